// What the views ask about a comparison: lines, slots, latents, borders. No drawing here.
const HUED = ["17", "16", "18", "17→16"];
const DASHES = ["5 3", "2 3", "8 3 2 3", "1 2", "9 4", "4 2 1 2"];
const METRICS = ["psnr", "ssim", "l1", "temporal_step"];

function modelOf(comparison) {
  let inked = 0;
  const variants = comparison.variants.map((variant) => {
    const hued = HUED.includes(variant.label);
    const line = {colour: hued ? `var(--vd-v${HUED.indexOf(variant.label)})` : "var(--vd-ink)", dash: hued ? "" : DASHES[inked++ % DASHES.length]};
    const starts = variant.decode_chunks.map((chunk) => chunk.start);
    const clash = variant.pads_shown > 0 || variant.lost_frames.length > 0;
    return {...variant, line, starts, clash, latent: latentsOf(variant), chunkOf: (i) => lastAtMost(starts, i)};
  });
  const n_frames = comparison.media.n_frames;
  return {...comparison, variants, n_frames, n_source: comparison.clip.n_frames, of: (label) => variants.find((v) => v.label === label)};
}

function lastAtMost(starts, frame) {
  let index = 0;
  while (index + 1 < starts.length && starts[index + 1] <= frame) index++;
  return index;
}

// The latents in the order they are read: which output frames each spans, and which pads or real frames
// the crop in front of its chunk removed.
function latentsOf(variant) {
  const slots = [];
  for (const chunk of variant.encode_chunks) {
    const total = chunk.pad + chunk.used;
    for (let s = 0; s < total; s++) slots.push(s < chunk.pad ? null : chunk.start + s - chunk.pad);
  }
  const stride = Math.round(slots.length / variant.encoded_latents);
  const cells = [], folded = [];
  for (const chunk of variant.decode_chunks) {
    let at = chunk.start;
    for (let k = chunk.latent_start; k < chunk.latent_stop; k++) {
      const cut = k === chunk.latent_start ? chunk.crop : 0;
      cells.push({index: k, start: at, stop: at + stride - cut});
      at += stride - cut;
    }
    const gone = slots.slice(chunk.latent_start * stride, chunk.latent_start * stride + chunk.crop);
    folded.push({frame: chunk.start, pads: gone.filter((slot) => slot === null).length});
  }
  return {cells, folded};
}

// Where to rest first: the first border of the first variant that is not the reference.
function firstStop(model) {
  const other = model.variants.find((v) => v.label !== model.reference && v.boundaries.length) || model.variants[0];
  return {selected: other.label, frame: other.boundaries.length ? other.boundaries[0] : 0};
}
