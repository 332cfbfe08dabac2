// What a weights file says of its two halves, in its metadata: the fields of TinySpatialConfig and TemporalConfig.
import {LiveError} from "../failures.js";

const count = (value) => Number.isSafeInteger(value) && value > 0, flag = (value) => typeof value === "boolean";
const allOf = (kind) => (values) => Array.isArray(values) && values.length > 0 && values.every(kind);

const SPATIAL = {
  latent_channels: count, encoder_widths: allOf(count), decoder_widths: allOf(count), encoder_blocks: allOf(count),
  decoder_blocks: allOf(count), norm_groups: count};
// zero_init is how training began and changes nothing here.
const TEMPORAL = {
  in_channels: count, latent_channels: count, filters: count, multipliers: allOf(count), n_res_blocks: count,
  n_groups: count, temporal_downsample: allOf(flag), linear_shortcut: flag, zero_init: flag};

export const configuration = (metadata) => ({
  spatial: read(metadata.spatial, "spatial", SPATIAL), temporal: read(metadata.temporal, "temporal", TEMPORAL)});

function read(text, half, kinds) {
  let found = null;
  try {
    found = JSON.parse(text);
  } catch {
    throw new LiveError("weights", `the file does not say what its ${half} half is`);
  }
  const given = Object.keys(found ?? {}), names = Object.keys(kinds), odd = [
    ...given.filter((name) => !names.includes(name)), ...names.filter((name) => !given.includes(name))];
  if (odd.length) throw new LiveError("weights", `the ${half} half is unknown or incomplete: ${odd.join(", ")}`);
  const wrong = names.find((name) => !kinds[name](found[name]));
  if (wrong) throw new LiveError("weights", `${wrong} of the ${half} half cannot be ${JSON.stringify(found[wrong])}`);
  return found;
}
