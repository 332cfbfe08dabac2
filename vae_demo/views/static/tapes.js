// x-t tapes: one row of pixels over time, one column per frame. A vertical stripe is a frame out of step.
const TAPE_HEIGHT = 52;

function tapesView(app) {
  const {model, say} = app;
  const tapes = model.media.tapes;
  const node = h("div", {class: "vd-tapes"});
  if (!tapes) return {node, draw() {}, select() {}, row() {}};
  const sheet = new Image();
  let axis = null;

  function draw(next) {
    axis = next || axis;
    const rows = tapes.keys.map((key) => strip(key, model.of(key)));
    replaceChildren(node, h("h4", {class: "vd-axis-title"}, say("tapes_title")), h("p", {class: "vd-axis-note"}, say("tapes_note")), rows);
    paint();
  }

  function strip(key, v) {
    const n = v ? v.frames_out : model.n_source;
    const canvas = h("canvas", {width: Math.round(n * axis.fw), height: TAPE_HEIGHT, "data-key": key, "data-n": n, style: `margin-left:${axis.left}px`, role: "img", "aria-label": say("tape_of", {key: v ? key : say("source")})});
    const marks = v ? v.boundaries.map((b) => svg("line", {class: "vd-border-line", x1: axis.x(b) - 0.5, x2: axis.x(b) - 0.5, y1: 1, y2: 6})) : [];
    const pads = v ? v.slots.map((slot, i) => (slot === null ? svg("rect", {class: "vd-cell-pad", x: axis.x(i), y: 2, width: axis.fw, height: 4}) : null)) : [];
    return h("div", {class: "vd-tape", style: `--line: ${v ? v.line.colour : "var(--vd-source)"}`, onclick: () => v && app.select(key)},
      h("span", {class: "vd-tape-name"}, h("i", {}), v ? key : say("source")), canvas,
      svg("svg", {width: axis.width, height: 8, "aria-hidden": "true"}, marks, pads));
  }

  function paint() {
    if (!sheet.complete || !sheet.naturalWidth) return;
    for (const canvas of node.querySelectorAll("canvas")) {
      const k = tapes.keys.indexOf(canvas.dataset.key), n = Number(canvas.dataset.n);
      // Smooth down in the picture direction first, then stretch in time without smoothing: columns stay columns.
      const slim = h("canvas", {width: n, height: TAPE_HEIGHT});
      slim.getContext("2d").drawImage(sheet, app.state.tapeRow * tapes.width, k * tapes.height, n, tapes.height, 0, 0, n, TAPE_HEIGHT);
      const context = canvas.getContext("2d");
      context.imageSmoothingEnabled = false;
      context.drawImage(slim, 0, 0, n, TAPE_HEIGHT, 0, 0, canvas.width, TAPE_HEIGHT);
    }
  }

  sheet.addEventListener("load", paint);
  sheet.src = app.url(tapes.file);
  return {node, draw, select() {}, row: paint};
}
