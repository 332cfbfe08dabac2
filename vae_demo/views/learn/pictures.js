// Still pictures and tapes of a saved run, cut from its sheets onto canvases: they print, and nothing moves.
import {h} from "../shared/dom.js";

export function learnPictures(app) {
  const {say} = app, loaded = {};

  // A sheet as an image, fetched once.
  function sheetOf(model, sheet) {
    return loaded[`${model} ${sheet}`] ||= new Promise((done) => {
      const image = new Image();
      image.onload = () => done(image);
      image.src = app.url(model, sheet);
    });
  }

  // Draws once the sheet is there; a canvas has its size before that.
  function onto(canvas, model, sheet, draw) {
    sheetOf(model, sheet).then((image) => draw(canvas.getContext("2d"), image));
    return canvas;
  }

  function tile(model, sheet, key, frame, label) {
    const {tile: [width, height], keys, frames} = app.sheets[model][sheet];
    const column = frames.indexOf(frame), row = keys.indexOf(key);
    return onto(h("canvas", {width, height, role: "img", "aria-label": label}), model, sheet, (context, image) =>
      context.drawImage(image, column * width, row * height, width, height, 0, 0, width, height));
  }

  const nameOf = (key) => (key === "source" ? say("source") : key);
  const picture = (model, key, frame) =>
    h("div", {class: "vd-still"}, tile(model, "stills", key, frame, say("learn_picture", {key: nameOf(key), frame})));
  const thumb = (model, frame) =>
    tile(model, "chunk", "source", frame, say("learn_picture", {key: say("source"), frame}));

  function latent(model, index) {
    const {tile: [width, height]} = app.sheets[model].latents;
    return onto(h("canvas", {width, height, class: "vd-latent-tile", role: "img",
      "aria-label": say("learn_slider_latent", {index})}), model, "latents",
      (context, image) => context.drawImage(image, index * width, 0, width, height, 0, 0, width, height));
  }

  // One column per frame, stretched by CSS without smoothing.
  function tape(model, key, count) {
    const {height, keys} = app.sheets[model].tapes, shown = 52, scale = 8;
    const label = say("learn_tape_of", {key: nameOf(key)});
    const canvas = h("canvas", {width: count * scale, height: shown * 2, role: "img", "aria-label": label});
    return onto(canvas, model, "tapes", (context, image) => {
      const slim = h("canvas", {width: count, height: shown * 2}), narrow = slim.getContext("2d");
      narrow.imageSmoothingQuality = "high";
      narrow.drawImage(image, 0, keys.indexOf(key) * height, count, height, 0, 0, count, shown * 2);
      context.imageSmoothingEnabled = false;
      context.drawImage(slim, 0, 0, count, shown * 2, 0, 0, count * scale, shown * 2);
    });
  }

  return {picture, thumb, latent, tape, nameOf, sheetOf};
}
