// Zoom and pan of all pictures at once: wheel, two fingers, dragging, keys and buttons end in the record of see.js,
// and that ends in three numbers of the style sheet that every picture follows.
import {h, segments, svg} from "../shared/dom.js";
import {gestures} from "./gestures.js";
import {edgeOf, nextScale, panned, partOf, PRESETS, scaleOf, zoomed} from "./zoom.js";

const NEARLY = 0.005, KEY_SHIFT = 0.12;
// From here on a pixel of the picture is a square, not a blur.
const CRISP = 2;
// Too narrow for words on it.
const SMALL_PX = 210;
const SIGNS = {out: "M3 8h10", into: "M3 8h10M8 3v10"};

export function zooming(app, pictures, columns, stage) {
  const {see, say, model} = app, [wide] = model.media.tile;
  const percent = h("output", {class: "vd-percent", title: say("see_percent_help")});
  const button = (name, action) => h("button", {type: "button", class: `vd-text-button vd-see-${name}`,
    "aria-label": say(`see_${name}`), title: say(`see_${name}`), onclick: action},
  svg("svg", {viewBox: "0 0 16 16", width: 14, height: 14, "aria-hidden": "true"},
    svg("path", {d: SIGNS[name], class: "vd-icon vd-outline"})));
  const presets = segments(say("see_zoom"), PRESETS, (name) => say(`see_zoom_${name}`), (zoom) => look({zoom}),
    Object.fromEntries(PRESETS.map((name) => [name, say(`see_zoom_${name}_help`)])));
  const node = h("div", {class: "vd-group vd-zoom"}, h("span", {class: "vd-label"}, say("see_zoom")),
    button("out", () => step(-1)), percent, button("into", () => step(1)), presets.node);

  const boxes = () => pictures.painters.filter(({layer}) => layer === "frames").map(({box}) => box);
  // Device pixels per picture pixel in the largest box, when the whole picture just fits.
  const fit = () => Math.max(...boxes().map((box) => box.clientWidth)) * (devicePixelRatio || 1) / wide;
  const viewAt = (ratio) => {
    const {zoom, x, y} = see.get();
    return {scale: scaleOf(zoom, ratio), x, y};
  };
  const view = () => viewAt(fit());
  const isZoomed = () => view().scale > 1 + NEARLY;

  // Only what is really seen is kept: a whole picture has its middle in the middle.
  function look({zoom, x = see.get().x, y = see.get().y}) {
    see.set(zoom === "fit" ? {zoom, x: 0.5, y: 0.5} : {zoom, x, y});
  }
  const show = ({scale, x, y}) => look({zoom: Math.abs(scale - 1) < NEARLY ? "fit" : scale, x, y});
  const zoomBy = (factor, at) => show(zoomed(view(), factor, at, fit()));
  const step = (direction) => {
    const {scale} = view();
    zoomBy(nextScale(scale, fit(), direction) / scale, {x: 0.5, y: 0.5});
  };
  function pan(dx, dy) {
    if (!isZoomed()) return;
    const {x, y} = panned(view(), dx, dy);
    see.set({x, y});
  }

  function apply() {
    const ratio = fit();
    if (!(ratio > 0)) return;
    const now = viewAt(ratio), style = columns.style, dots = devicePixelRatio || 1;
    style.setProperty("--zs", now.scale);
    style.setProperty("--zl", edgeOf(now.scale, now.x));
    style.setProperty("--zt", edgeOf(now.scale, now.y));
    pictures.setView(now);
    for (const {box, canvas, width} of pictures.painters.map((each) => ({...each, width: each.box.clientWidth}))) {
      canvas.classList.toggle("vd-crisp", width * dots / wide * now.scale >= CRISP - NEARLY);
      box.classList.toggle("vd-small", width < SMALL_PX);
    }
    stage.toggleAttribute("data-zoomed", now.scale > 1 + NEARLY);
    percent.textContent = `${Math.round(ratio * now.scale * 100)} %`;
    presets.show(see.get().zoom);
    if (app.state.compare === "loupe") app.redraw();
  }

  // Where there is little else, one finger moves the picture; in the page it scrolls the page.
  const large = () => "big" in stage.dataset || stage.classList.contains("vd-full");
  for (const {box} of pictures.painters) gestures(box, {
    takes: {wheel: () => isZoomed() || large(),
      drag: (event) => isZoomed() && (event.pointerType === "mouse" || large())},
    zoom: zoomBy, pan});
  see.on((_, names) => { if (["zoom", "x", "y"].some((name) => names.includes(name))) apply(); });
  new ResizeObserver(apply).observe(columns);

  // Keys; a hand on the keyboard pushes the window, not the picture.
  const keys = {"+": () => step(1), "=": () => step(1), "-": () => step(-1), 0: () => look({zoom: "fit"})};
  const shift = (dx, dy) => pan(-dx * KEY_SHIFT, -dy * KEY_SHIFT);
  return {node, apply, shift, keys, part: () => partOf(view(), model.media.tile)};
}
