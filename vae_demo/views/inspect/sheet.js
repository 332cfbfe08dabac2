// The small pictures of all frames, out of the sheets that the server made of them; see report/small_pictures.py.
import {h} from "../shared/dom.js";

// told: as pictures.json says it; url: of a file. hear: a sheet has come.
export function sheetsOf(told, url, hear) {
  const {tile: [width, height], columns, rows, n} = told, per = columns * rows;
  const images = told.files.map((file) => {
    const image = new Image();
    image.addEventListener("load", hear);
    image.src = url(file);
    return image;
  });
  const tape = new Image();
  tape.addEventListener("load", hear);
  tape.src = url(told.tape);

  // Paints a frame over a box of a context; false where its sheet is not there.
  function draw(context, frame, x, y, w, tall) {
    const image = images[Math.floor(frame / per)], at = frame % per;
    if (frame < 0 || frame >= n || !image?.complete || !image.naturalWidth) return false;
    context.drawImage(image, at % columns * width, Math.floor(at / columns) * height, width, height, x, y, w, tall);
    return true;
  }

  const pixels = (frame) => {
    const canvas = h("canvas", {width, height}), context = canvas.getContext("2d", {willReadFrequently: true});
    return draw(context, frame, 0, 0, width, height) ? context.getImageData(0, 0, width, height) : null;
  };

  return {width, height, n, tape, draw, pixels};
}

const AROUND = 4, GAIN = 4;

// |frame − median of the frames around| × 4 of each sample, as pixels; null where a picture is missing.
export function apartFromNeighbours(sheet, frame) {
  const own = sheet.pixels(frame);
  const near = [];
  for (let t = Math.max(frame - AROUND, 0); t <= Math.min(frame + AROUND, sheet.n - 1); t++)
    if (t !== frame) near.push(sheet.pixels(t)?.data);
  if (!own || !near.length || near.some((each) => !each)) return null;
  const values = new Array(near.length), middle = near.length >> 1, {data} = own;
  for (let i = 0; i < data.length; i++) {
    if (i % 4 === 3) continue;
    for (let k = 0; k < near.length; k++) values[k] = near[k][i];
    values.sort((a, b) => a - b);
    const median = near.length % 2 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
    data[i] = Math.min(Math.abs(data[i] - median) * GAIN, 255);
  }
  return own;
}
