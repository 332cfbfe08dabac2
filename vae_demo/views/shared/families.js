// The browser's twin of vae_demo/families: counts by rule, what they mean and the nearest ones that fit, tested
// against the Python on a grid. Needs frames.js. A setting is one row of families.json.
const STOPS = {latents: null, back: null, black: 0};
const REACH = 64;
const floorDiv = (a, b) => Math.floor(a / b);

// Chunks of equal length are counted once, so that any frame count costs the same.
function groupCounts(frames, rule) {
  const size = rule.chunk, full = size ? floorDiv(frames, size) : 0, tail = size ? frames % size : frames;
  const sum = (count) => [[size, full], [tail, 1]].reduce((total, [length, times]) => total + (length && times ? times * count(length, rule) : 0), 0);
  try {
    return {latents: sum(latentsIn), back: sum(usedOf)};
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return STOPS;
  }
}

const COUNTS_OF = {
  groups: groupCounts,
  overlap(frames, {stride, step}) {
    const full = floorDiv(frames - 1, step), rest = (frames - 1) % step;
    return {latents: full * (1 + step / stride) + (rest || !full ? 1 + floorDiv(rest, stride) : 0), back: 1 + floorDiv(frames - 1, stride) * stride};
  },
  ladder(frames, {first, every, shift, latents, frames: back}) {
    const k = floorDiv(frames - first + shift, every);
    return {latents: latents[0] + latents[1] * k, back: back[0] + back[1] * k};
  },
  pairs(frames, {stride}) {
    const latents = 1 + floorDiv(frames - 1, stride);
    return {latents, back: stride * latents - (stride - 1) * (latents % 2)};
  },
  tiles(frames, {stride, tile, step}) {
    if (frames % stride) return STOPS;
    const latents = frames / stride, lone = latents === 1 || (latents > tile && latents % step === 1);
    return {latents, back: frames - (lone ? stride - 1 : 0)};
  },
  wavelet_tiles(frames, {stride}) {
    const over = frames % (2 * stride), latents = 1 + floorDiv(frames - 1, stride);
    if (over >= 2 && over <= stride) return STOPS;
    return {latents, back: latents === 2 ? null : 1 + (latents - 1) * stride};
  },
  windows(frames, {stride, window: size, step}) {
    const latents = floorDiv(frames, stride), back = latents * stride, room = frames - size;
    const covered = room >= 0 ? size + floorDiv(room, step) * step : 0;
    return {latents, back, black: Math.max(back - covered, 0)};
  },
  segments(frames, {stride, segment, short}) {
    const latents = 1 + floorDiv(frames - 1, stride), rest = (frames - 1) % stride;
    if (frames <= segment + 1) return {latents, back: frames - rest};
    return rest ? STOPS : {latents, back: frames - (frames % segment === 1 + stride ? short : 0)};
  },
  front_padded(frames, {stride}) {
    const latents = 1 + Math.ceil((frames - 1) / stride) + (frames % stride === 0 ? 1 : 0);
    return {latents, back: 1 + (latents - 1) * stride};
  },
};

function countsBy(frames, rule) {
  const odd = (rule.except || {})[frames];
  if (odd) return {latents: odd[0], back: odd[1], black: 0};
  if (frames < (rule.least ?? 1) || frames > (rule.most ?? frames)) return STOPS;
  const found = {black: 0, ...COUNTS_OF[rule.kind](frames, rule)};
  return frames < (rule.decodes_from ?? 1) ? {...found, back: null, black: 0} : found;
}

const wasMeasured = (frames, setting) => setting.measured !== "" && setting.measured.split(", ").some((part) => {
  const [first, last] = part.split("-").map(Number);
  return first <= frames && frames <= (last ?? first);
});

function knownCounts(frames, setting) {
  const measured = wasMeasured(frames, setting);
  if (setting.rule) return {counts: countsBy(frames, setting.rule), known: measured ? "measured" : "formula"};
  if (!measured) return {counts: STOPS, known: "unknown"};
  const [latents, back] = setting.rows[frames];
  return {counts: {latents, back, black: 0}, known: "measured"};
}

// Of chunks that are padded on the left: which of them opens with more than one frame.
function openingOf(frames, rule) {
  if (rule.first !== "fill") return "fits";
  const size = rule.chunk, one = 1 % rule.stride, full = size ? floorDiv(frames, size) : 0, tail = size ? frames % size : frames;
  if (full && size % rule.stride !== one) return "size";
  if (tail && tail % rule.stride !== one) return full ? "tail" : "chunk";
  return "fits";
}

function caseOf(frames, setting) {
  const {counts, known} = knownCounts(frames, setting);
  if (known === "unknown") return "unknown";
  if (counts.back === null) return "error";
  if (setting.rule && setting.rule.per_latent) return "per_latent";
  if (counts.black) return "black";
  if (counts.back !== frames) return counts.back < frames ? "fewer" : "more";
  return setting.rule ? openingOf(frames, setting.rule) : "fits";
}

const fitsIn = (frames, setting) => ["fits", "per_latent"].includes(caseOf(frames, setting));

function answerFor(frames, setting) {
  if (!Number.isInteger(frames) || frames < 1 || frames > MOST_FRAMES) throw new Refusal("frames_range", {frames, most: MOST_FRAMES});
  let below = frames - 1, above = frames + 1;
  while (below >= Math.max(frames - REACH, 1) && !fitsIn(below, setting)) below -= 1;
  while (above <= Math.min(frames + REACH, MOST_FRAMES) && !fitsIn(above, setting)) above += 1;
  return {
    frames, ...knownCounts(frames, setting), case: caseOf(frames, setting),
    below: below >= Math.max(frames - REACH, 1) ? below : null, above: above <= Math.min(frames + REACH, MOST_FRAMES) ? above : null,
  };
}

// One row per setting, with the facts of its family; `any` is a setting of a family whose chunk size is free.
const settingsOf = (families) => families.flatMap((family) => family.modes.map((mode) => (
  {rows: {}, stride: family.stride, spatial: family.spatial, channels: family.channels, ...mode, family, name: `${family.key}/${mode.key}`})));

function settingFor(family, key, settings) {
  const own = settings.filter((setting) => setting.family === family), found = own.find((setting) => setting.key === key);
  if (found || !family.any_chunk || !/^[1-9]\d{0,4}$/.test(key)) return found || own[0];
  return {...own[0], key, name: `${family.key}/${key}`, measured: "", rule: {...own[0].rule, chunk: Number(key)}};
}
