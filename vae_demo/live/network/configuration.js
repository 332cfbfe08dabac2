// What a weights file says of its two halves, in its metadata: the fields of TinySpatialConfig and TemporalConfig.
import {LiveError} from "../failures.js";

const SPATIAL = [
  "latent_channels", "encoder_widths", "decoder_widths", "encoder_blocks", "decoder_blocks", "norm_groups"];
// zero_init is how training began and changes nothing here.
const TEMPORAL = ["in_channels", "latent_channels", "filters", "multipliers", "n_res_blocks", "n_groups",
  "temporal_downsample", "linear_shortcut", "zero_init"];

export const configuration = (metadata) => ({
  spatial: read(metadata.spatial, "spatial", SPATIAL), temporal: read(metadata.temporal, "temporal", TEMPORAL)});

function read(text, half, names) {
  let found = null;
  try {
    found = JSON.parse(text);
  } catch {
    throw new LiveError("weights", `the file does not say what its ${half} half is`);
  }
  const given = Object.keys(found ?? {}), odd = [
    ...given.filter((name) => !names.includes(name)), ...names.filter((name) => !given.includes(name))];
  if (odd.length) throw new LiveError("weights", `the ${half} half is unknown or incomplete: ${odd.join(", ")}`);
  return found;
}
