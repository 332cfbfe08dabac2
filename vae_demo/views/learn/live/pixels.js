// Pictures of the engine, and frames of the clip, on canvases of their size.

// What strip.js shows of the clip, and of the decoded frame. exact: the clip's frames, null before they came.
export const sourceOf = (exact, saved, frame) => ({picture: `${exact ? "exact" : "saved"} ${frame}`,
  paint: (context) => (exact ? putFrame(context, exact, frame) : saved.paint(context, "source", frame))});

export const decodedOf = (from, computed, saved, {key, label}, frame) => (from === "machine"
  ? {picture: computed.picture(key, frame), paint: (context) => putPicture(context, computed.picture(key, frame))}
  : {picture: `saved ${label} ${frame}`, paint: (context) => saved.paint(context, label, frame)});

// Whether it was there.
function putPicture(context, rgba) {
  if (!rgba) return false;
  const {width, height} = context.canvas;
  const pixels = new Uint8ClampedArray(rgba.buffer, rgba.byteOffset, rgba.length);
  context.putImageData(new ImageData(pixels, width, height), 0, 0);
  return true;
}

// A frame of the clip, uint8 T H W 3.
function putFrame(context, {rgb, height, width}, frame) {
  const rgba = new Uint8ClampedArray(height * width * 4).fill(255);
  for (let to = 0, at = frame * height * width * 3; to < rgba.length; to += 4, at += 3) {
    rgba[to] = rgb[at];
    rgba[to + 1] = rgb[at + 1];
    rgba[to + 2] = rgb[at + 2];
  }
  return putPicture(context, rgba);
}
