// Where an enlarged picture lies in its box, and what a zoom or a shift makes of that. Whole numbers of nothing: a
// place is 0..1 of the picture or of the box, a scale is how many times the picture that just fits; so one view holds
// for boxes of every size.
import {clamp} from "../shared/format.js";

// Device pixels per pixel of the picture, at most.
const MOST = 32;
export const PRESETS = ["fit", "1", "2"];

// fit: device pixels per picture pixel when the whole picture just fits. zoom: "fit", "1", "2" or a scale.
export const scaleOf = (zoom, fit) => zoom === "fit" ? 1 : typeof zoom === "string" ? Number(zoom) / fit : zoom;

// The left (or top) edge of the picture, when `centre` of it is asked for in the middle of the box: no gap at an edge
// while the picture is larger than the box, in the middle while it is smaller.
export const edgeOf = (scale, centre) =>
  scale > 1 ? clamp(0.5 - centre * scale, 1 - scale, 0) : (1 - scale) / 2;

const centreOf = (scale, edge) => (0.5 - edge) / scale;

// view: {scale, x, y}, the centre of the box in the picture. Box to picture and back.
export const toPicture = ({scale, x, y}, {x: u, y: v}) =>
  ({x: (u - edgeOf(scale, x)) / scale, y: (v - edgeOf(scale, y)) / scale});
export const toBox = ({scale, x, y}, {x: u, y: v}) =>
  ({x: edgeOf(scale, x) + u * scale, y: edgeOf(scale, y) + v * scale});

// The pixels of a picture of `size` ([width, height]) that are seen, in whole ones: all of it where it is not zoomed.
export function partOf(view, [width, height]) {
  const along = (length, edge) => {
    const at = (place) => clamp((place - edge) / view.scale, 0, 1) * length;
    // A hair of a pixel is what is left of reckoning, not seen.
    const first = Math.floor(at(0) + 1e-6);
    return [first, Math.ceil(at(1) - 1e-6) - first];
  };
  const [x, wide] = along(width, edgeOf(view.scale, view.x)), [y, high] = along(height, edgeOf(view.scale, view.y));
  return {x, y, width: wide, height: high, whole: wide === width && high === height};
}

// The scales that may be chosen: down to the whole picture or one pixel on one, whichever is smaller.
export const limitsOf = (fit) => [Math.min(1, 1 / fit), Math.max(MOST / fit, 2)];

// `factor` times as large; what is at `at` of the box stays there.
export function zoomed(view, factor, at, fit) {
  const [least, most] = limitsOf(fit), scale = clamp(view.scale * factor, least, most), kept = toPicture(view, at);
  return settled({scale, x: kept.x + (0.5 - at.x) / scale, y: kept.y + (0.5 - at.y) / scale});
}

// Shifted by dx, dy of the box, as a hand would move the picture.
export const panned = ({scale, x, y}, dx, dy) => settled({scale, x: x - dx / scale, y: y - dy / scale});

// The centre that is really shown: a shift beyond an edge is not kept for the way back.
const settled = ({scale, x, y}) =>
  ({scale, x: centreOf(scale, edgeOf(scale, x)), y: centreOf(scale, edgeOf(scale, y))});

// The next of the round factors up or down, in device pixels per picture pixel: buttons and keys stop at them.
const ROUND = [0.125, 0.25, 0.5, 1, 2, 3, 4, 6, 8, 12, 16, 24, 32];
export function nextScale(scale, fit, direction) {
  const [least, most] = limitsOf(fit), ratio = scale * fit, stops = [...ROUND, fit].sort((a, b) => a - b);
  const next = direction > 0 ? stops.find((r) => r > ratio * 1.001) : stops.findLast((r) => r < ratio / 1.001);
  return clamp((next ?? ratio) / fit, least, most);
}
