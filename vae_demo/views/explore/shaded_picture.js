// A picture of the second row as the page colours it, drawn anew: what a filter of the browser's shows cannot be saved.
import {shadeTable} from "./shades.js";

const HATCH = 7;

// canvas: the saved grey. says: what there is to say instead of it, or over it where `pad` is true; empty where there
// is a difference. light: colours by name. Returns a canvas of the same size; the words are left to frame_picture.js,
// which knows what of it is seen.
export function shadedPicture(canvas, {gain, shades}, {says, pad}, light) {
  const {width, height} = canvas, copy = document.createElement("canvas"), pen = copy.getContext("2d");
  Object.assign(copy, {width, height});
  if (!says || pad) {
    const picture = canvas.getContext("2d").getImageData(0, 0, width, height), table = shadeTable(shades, gain);
    for (let i = 0; table && i < picture.data.length; i += 4) picture.data.set(table[picture.data[i]], i);
    pen.putImageData(picture, 0, 0);
  } else {
    pen.fillStyle = light.sunken;
    pen.fillRect(0, 0, width, height);
    pen.strokeStyle = light.strong;
    pen.beginPath();
    for (let x = -height; x < width; x += HATCH) {
      pen.moveTo(x, height);
      pen.lineTo(x + height, 0);
    }
    pen.stroke();
  }
  return copy;
}
