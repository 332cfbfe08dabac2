// PSNR as vae_demo/metrics/frame_scores.py has it: over all samples of a frame, at most 100 dB.
const PEAK = 255, MOST_DB = 100;

// rgba: uint8 H W 4 of one frame. rgb: uint8 T H W 3 of the clip, of which `frame` is compared. dB; null where the clip
// has no such frame.
export function psnrOf(rgba, rgb, frame, height, width) {
  const pixels = height * width, start = frame * pixels * 3;
  if (start + pixels * 3 > rgb.length) return null;
  let sum = 0;
  for (let pixel = 0, a = 0, b = start; pixel < pixels; pixel++, a += 4, b += 3) {
    const red = rgba[a] - rgb[b], green = rgba[a + 1] - rgb[b + 1], blue = rgba[a + 2] - rgb[b + 2];
    sum += red * red + green * green + blue * blue;
  }
  return Math.min(MOST_DB, 10 * Math.log10(PEAK * PEAK * pixels * 3 / sum));
}
