// The browser's twin of vae_demo/families: counts by table, what they mean and the nearest ones that fit, tested
// against the Python on a grid. Needs frames.js. A setting is one row of families.json.
import {latentsIn, MOST_FRAMES, Refusal, usedOf} from "./frames.js";

const REACH = 64;
const countsIn = ([latents, back, black = 0]) => ({latents, back, black});

// Rows of 1, 2, 3 … frames, then a body that comes again and again, `step` more each time; null where it does not
// say.
export function countsBy(frames, {prefix, body, step}) {
  if (frames <= prefix.length) return countsIn(prefix[frames - 1]);
  if (!body.length) return null;
  const past = frames - prefix.length - 1, turns = Math.floor(past / body.length);
  return countsIn(body[past % body.length].map((value, i) => (value === null ? null : value + turns * step[i])));
}

// The table of chunks of `size` on both sides, by a rule that refuses no length.
function chunkTable(rule, size) {
  const body = Array.from({length: size}, (_, i) => [latentsIn(i + 1, rule), usedOf(i + 1, rule)]);
  return {prefix: [], body, step: body[size - 1]};
}

export const wasMeasured = (frames, setting) => setting.measured !== "" && setting.measured.split(", ").some((part) => {
  const [first, last] = part.split("-").map(Number);
  return first <= frames && frames <= (last ?? first);
});

export function knownCounts(frames, setting) {
  const counts = countsBy(frames, setting.table);
  if (!counts) return {counts: countsIn([null, null]), known: "unknown"};
  return {counts, known: wasMeasured(frames, setting) ? "measured" : "formula"};
}

// Of chunks that are padded on the left: which of them opens with more than one frame.
function openingOf(frames, {rule, chunk: size}) {
  if (!rule || rule.first !== "fill") return "fits";
  const one = 1 % rule.stride, full = size ? Math.floor(frames / size) : 0, tail = size ? frames % size : frames;
  if (full && size % rule.stride !== one) return "size";
  if (tail && tail % rule.stride !== one) return full ? "tail" : "chunk";
  return "fits";
}

function caseOf(frames, setting) {
  const {counts, known} = knownCounts(frames, setting);
  if (known === "unknown") return "unknown";
  if (counts.back === null) return "error";
  if (setting.per_latent) return "per_latent";
  if (counts.black) return "black";
  if (counts.back !== frames) return counts.back < frames ? "fewer" : "more";
  return openingOf(frames, setting);
}

const fitsIn = (frames, setting) => ["fits", "per_latent"].includes(caseOf(frames, setting));

export function answerFor(frames, setting) {
  if (!Number.isInteger(frames) || frames < 1 || frames > MOST_FRAMES)
    throw new Refusal("frames_range", {frames, most: MOST_FRAMES});
  let below = frames - 1, above = frames + 1;
  while (below >= Math.max(frames - REACH, 1) && !fitsIn(below, setting)) below -= 1;
  while (above <= Math.min(frames + REACH, MOST_FRAMES) && !fitsIn(above, setting)) above += 1;
  return {
    frames, ...knownCounts(frames, setting), case: caseOf(frames, setting),
    below: below >= Math.max(frames - REACH, 1) ? below : null,
    above: above <= Math.min(frames + REACH, MOST_FRAMES) ? above : null,
  };
}

// One row per setting, with the facts of its family; `any` is a setting of a family whose chunk size is free.
export const settingsOf = (families) => families.flatMap((family) => family.modes.map((mode) => (
  {rule: null, chunk: null, stride: family.stride, spatial: family.spatial, channels: family.channels, ...mode, family,
    name: `${family.key}/${mode.key}`})));

export function settingFor(family, key, settings) {
  const own = settings.filter((setting) => setting.family === family);
  const found = own.find((setting) => setting.key === key);
  if (found || !family.any_chunk || !/^[1-9]\d{0,4}$/.test(key)) return found || own[0];
  return {...own[0], key, name: `${family.key}/${key}`, measured: "", chunk: Number(key),
    table: chunkTable(own[0].rule, Number(key))};
}
