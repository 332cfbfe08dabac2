// What an answer of families.js means, in sentences: headline, why, cells of the table.
import {h} from "./dom.js";
import {answerFor, wasMeasured} from "./families.js";
import {cutText} from "./format.js";
import {chunkLengths} from "./frames.js";

// Real frames in the first group of a padded chunk: 1 for 1 + 4k, else 2 to the stride.
export const opensWith = (length, stride) => length % stride || stride;

// 5 -> "1+4", 4 -> "4"; long ones are shortened.
export function groupText(length, stride) {
  const first = opensWith(length, stride), rest = (length - first) / stride;
  return rest > 3 ? `${first} + ${rest}×${stride}` : [first, ...Array(rest).fill(stride)].join("+");
}

export const shortNumber = (value) => String(Number(value.toFixed(2)));

// The chunk whose first group is the trouble: a full one, or the last.
function troubledLength(answer, setting) {
  const size = setting.chunk;
  return answer.case === "size" ? size : size ? answer.frames % size : answer.frames;
}

// 1 + 4k and 4×17 + 5 stay on one line.
export const unbroken = (text) => text.replace(/ ([+×=]) /g, "\u00a0$1\u00a0");

export function planWords(saying) {
  const say = (key, params) => unbroken(saying(key, params));
  // "1-34, 51" as people read it.
  const spanText = (measured) => measured.replaceAll("-", "\u2060–\u2060").replaceAll(", ", saying("list_names"));
  const takes = (setting) => say(`vae_takes_${setting.takes}`, {stride: setting.stride});
  const wrong = (setting) => say(`vae_wrong_${setting.wrong}`, {stride: setting.stride, cut: setting.stride - 1});
  const opens = (answer, setting) => opensWith(troubledLength(answer, setting), setting.stride);

  function advice({case: name, below, above}) {
    if (below === null && above === null) return say("plan_advice_none");
    if (below === null || above === null) return say("plan_advice_one", {only: below ?? above});
    return say(["tail", "chunk"].includes(name) ? "plan_advice_rather" : "plan_advice_either", {below, above});
  }

  function headline(answer, setting) {
    const {frames, counts} = answer, size = setting.chunk;
    if (answer.case === "size") {
      const below = size - ((size - 1) % setting.stride), above = below + setting.stride;
      return below > 1 ? say("plan_head_size", {size, below, above}) : say("plan_head_size_low", {size, above});
    }
    return say(`plan_head_${answer.case}`, {n: frames, back: counts.back, advice: advice(answer)});
  }

  function why(answer, setting) {
    const {frames} = answer, size = setting.chunk;
    const layout = `${frames} = ${cutText(chunkLengths(frames, size || null))}`;
    const filled = setting.rule && setting.rule.first === "fill" && setting.stride > 1;
    if (answer.case === "unknown") return say("plan_why_unknown", {measured: spanText(setting.measured)});
    if (["tail", "chunk", "size"].includes(answer.case))
      return say(`plan_why_${answer.case}`, {n: opens(answer, setting), layout, frames, tail: frames % size, size});
    if (answer.case === "fits")
      return filled ? say("plan_why_fits",
        {layout: size && frames > size ? layout : `${frames} = ${groupText(frames, setting.stride)}`})
          : say("plan_why_takes", {takes: takes(setting), frames});
    return answer.case === "per_latent" ? wrong(setting)
      : say("plan_why_not", {frames, takes: takes(setting), wrong: wrong(setting)});
  }

  const late = (answer) => (answer.case === "error" && answer.counts.latents !== null ? "_late" : "");
  // How many frames a case is about: missing, extra, black, or in the first group.
  function amount(answer, setting) {
    if (answer.case === "black") return answer.counts.black;
    if (["fewer", "more"].includes(answer.case)) return Math.abs(answer.counts.back - answer.frames);
    return ["tail", "chunk", "size"].includes(answer.case) ? opens(answer, setting) : 0;
  }
  const cell = (answer, setting) => say(`plan_cell_${answer.case}${late(answer)}`, {n: amount(answer, setting)});
  const goOn = (answer, setting) => say(`plan_go_${answer.case}${late(answer)}`, {n: amount(answer, setting)});

  function knownFrom(answer, setting) {
    if (answer.known === "measured") return say("plan_known_measured", {frames: answer.frames});
    if (answer.known === "unknown") return say("plan_known_unknown", {measured: spanText(setting.measured)});
    return setting.measured ? say("plan_known_formula", {measured: spanText(setting.measured)})
      : say("plan_known_formula_only");
  }

  // The same for a line of several settings, short where there is little room.
  function knownOf(members, frames, whole) {
    const measured = members.filter((setting) => wasMeasured(frames, setting)), first = members[0];
    if (measured.length && measured.length < members.length)
      return say("plan_known_mixed",
        {frames, names: [...new Set(measured.map((setting) => setting.family.name))].join(say("list_names"))});
    const spans = first.measured.split(", "), short = !whole && spans.length > 3 ? `${spans[0]} …` : first.measured;
    return h("span", {title: short === first.measured ? null : spanText(first.measured)},
      knownFrom(answerFor(frames, first), {...first, measured: short}));
  }

  const modeName = (setting) => (setting.mode ? say(`vae_mode_${setting.mode}`, {key: setting.key}) : "");
  return {takes, wrong, headline, why, cell, goOn, knownFrom, knownOf, modeName};
}
