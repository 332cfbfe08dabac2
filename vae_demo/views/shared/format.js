// Numbers as people read them.
export const known = (value) => value !== null && value !== undefined;
export const db = (value) => known(value) ? value.toFixed(1) : "–";
export const clamp = (value, low, high) => Math.min(Math.max(value, low), high);

// .0005, .003, .03, .99: as verdicts.p_text prints it.
export const pText = (p) => p.toFixed(p < 0.00095 ? 4 : p < 0.0095 ? 3 : 2).replace(/^0/, "");

// Squares are written 256², everything else 832×480.
export const sizeText = (width, height) => width === height ? `${width}²` : `${width}×${height}`;

export const signed = (value, digits = 1) => `${value < 0 ? "−" : "+"}${Math.abs(value).toFixed(digits)}`;

// [81, 82, 83, 90] -> f81–83, f90; name: of a frame.
export function ranges(numbers, name = (n) => `f${n}`) {
  const runs = [];
  for (const n of numbers) {
    const last = runs[runs.length - 1];
    if (last && last[1] === n - 1) last[1] = n;
    else runs.push([n, n]);
  }
  const words = runs.slice(0, 3).map(([a, b]) => (a === b ? name(a) : `${name(a)}–${name(b).slice(1)}`));
  return words.join(", ") + (runs.length > 3 ? " …" : "");
}

export const lengthsOf = (plan) => plan.encode_chunks.map((chunk) => chunk.stop - chunk.start);

// Chunks of a clip, equal ones together: 4×17 + 4; one chunk is just its length. As cut_text in layout/text.py.
export function cutText(lengths) {
  const runs = [];
  for (const length of lengths) {
    const last = runs[runs.length - 1];
    if (last?.length === length) last.count++;
    else runs.push({length, count: 1});
  }
  return runs.map(({length, count}) => (count > 1 ? `${count}×${length}` : `${length}`)).join(" + ");
}

// The layout of a variant: 5×17: 25 latents, or 5×16 + 5: 22 latents; a clash says how the decoder reads.
export function layoutWords(v, say) {
  if (v.encode !== v.decode) return say("layout_read", {n: v.latents, m: v.decode_chunks[0].latent_stop});
  return say("layout", {chunks: cutText(lengthsOf(v)), n: v.latents});
}
