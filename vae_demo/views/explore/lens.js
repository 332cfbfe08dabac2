// The loupe: a part of the picture, four times as large as the picture stands on the screen, over the same place.
import {h} from "../shared/dom.js";
import {clamp} from "../shared/format.js";
import {toBox} from "./zoom.js";

const SIDE = 0.46, TIMES = 4;

export function lensOver(box, [width, height]) {
  const canvas = h("canvas", {class: "vd-lens", "aria-hidden": "true"});
  box.append(canvas);

  // view: {scale, x, y}; at: the place in the picture under the loupe, 0..1.
  function draw(snapshot, panel, view, at) {
    const wide = box.clientWidth, high = box.clientHeight, dots = devicePixelRatio || 1;
    const side = Math.round(Math.min(wide, high) * SIDE), span = side / (TIMES * view.scale * wide / width);
    const pixels = Math.round(side * dots);
    if (canvas.width !== pixels) canvas.width = canvas.height = pixels;
    const middle = toBox(view, at), x = clamp(middle.x * wide - side / 2, 0, wide - side);
    const y = clamp(middle.y * high - side / 2, 0, high - side);
    Object.assign(canvas.style, {left: `${x}px`, top: `${y}px`, width: `${side}px`, height: `${side}px`});
    const context = canvas.getContext("2d");
    const sx = clamp(at.x * width - span / 2, 0, Math.max(width - span, 0));
    const sy = clamp(at.y * height - span / 2, 0, Math.max(height - span, 0));
    context.clearRect(0, 0, pixels, pixels);
    context.imageSmoothingEnabled = false;
    context.drawImage(snapshot, panel.x + sx, panel.y + sy, span, span, 0, 0, pixels, pixels);
  }

  return {draw, remove: () => canvas.remove()};
}
