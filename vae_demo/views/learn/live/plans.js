// A size, or two, as the page draws it and as the engine is asked for it.
import {planOf} from "../../../live/plans.js";
import {OPEN_SORA, planFrames} from "../../shared/frames.js";
import {modelOf} from "../../shared/model.js";
import {readAnyVariant, variantLabel} from "../../shared/variants.js";

const made = new Map();

// n: frames of the clip. Gives {label, plan, v}: v as modelOf() makes it.
export function planned(n, encode, decode) {
  const key = `${n} ${encode} ${decode}`;
  if (!made.has(key)) {
    const counts = planFrames(n, encode, decode, OPEN_SORA);
    const label = variantLabel(readAnyVariant(encode === decode ? `${encode}` : `${encode}:${decode}`));
    const model = modelOf({variants: [{...counts, label}], clip: {n_frames: n}, media: {n_frames: n, panels: []}});
    made.set(key, {label, plan: planOf(counts), v: model.variants[0]});
  }
  return made.get(key);
}
