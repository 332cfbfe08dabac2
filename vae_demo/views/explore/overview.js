// The whole of a clip in one strip, above the axis that shows a part of it: borders, that part, the cursor. A click
// goes to a frame; the part can be dragged, and its edges too.
import {h, replaceChildren, svg} from "../shared/dom.js";
import {clamp} from "../shared/format.js";

const STRIP = {height: 24, top: 5, bottom: 19}, EDGE_PX = {mouse: 6, touch: 14}, SLACK_PX = 3;

export function overviewView(app) {
  const {say} = app, canvas = h("div", {}), range = h("span", {class: "vd-overview-range"});
  const part = h("div", {class: "vd-overview-part", role: "slider", tabindex: "0", "aria-label": say("part_title"),
    "aria-valuemin": 0, title: say("part_help")}, h("i", {}), h("i", {}));
  const drawing = h("div", {class: "vd-overview-drawing"}, canvas, part);
  const node = h("div", {class: "vd-overview", hidden: true},
    h("span", {class: "vd-overview-title"}, say("overview_title")), drawing, range);
  let axis = null, model = app.model, now = null, held = null;

  const wide = () => axis.end - axis.left;
  const x = (frame) => axis.left + frame * wide() / axis.slots;
  const rect = (name, from, to, y, height) => svg("rect", {class: name, x: x(from), y, width: x(to) - x(from), height});

  function draw(next) {
    axis = next || axis;
    node.hidden = !axis || axis.whole;
    if (node.hidden) return;
    const v = model.of(app.state.selected) || model.variants[0], middle = STRIP.bottom - STRIP.top;
    now = svg("line", {class: "vd-overview-now", y1: 0, y2: STRIP.height});
    range.textContent = say("overview_range", {first: axis.first, last: axis.stop - 1});
    replaceChildren(canvas,
      svg("svg", {width: axis.width, height: STRIP.height, role: "img", style: `--line: ${v.line.colour}`,
        "aria-label": say("overview_label", {label: v.label})},
      rect("vd-overview-clip", 0, axis.slots, STRIP.top, middle),
      rect("vd-overview-frames", 0, v.frames_out, STRIP.top, middle),
      v.boundaries.map((b) => svg("line",
        {class: "vd-border-line", x1: x(b), x2: x(b), y1: STRIP.top, y2: STRIP.bottom})), now));
    Object.assign(part.style, {left: `${x(axis.first)}px`, width: `${x(axis.stop) - x(axis.first)}px`});
    part.setAttribute("aria-valuemax", axis.slots - (axis.stop - axis.first));
    part.setAttribute("aria-valuenow", axis.first);
    part.setAttribute("aria-valuetext", range.textContent);
    cursor(app.state.frame);
  }

  function cursor(frame) {
    if (node.hidden) return;
    for (const end of ["x1", "x2"]) now.setAttribute(end, x(frame + 0.5));
  }

  const pixel = (event) => event.clientX - drawing.getBoundingClientRect().left;
  const frameAt = (px) => (px - axis.left) / wide() * axis.slots;

  function seek(px) {
    const frame = clamp(Math.floor(frameAt(px)), 0, app.model.n_frames - 1);
    app.forgetHover();
    if (frame !== app.state.frame || app.state.playing) app.seek(frame);
  }

  // What a pointer takes hold of: an edge of the part, the part, or the clip.
  function grip(px, touch) {
    const edge = touch ? EDGE_PX.touch : EDGE_PX.mouse;
    const edges = {first: Math.abs(px - x(axis.first)), stop: Math.abs(px - x(axis.stop))};
    const near = edges.first <= edges.stop ? "first" : "stop";
    if (edges[near] <= edge) return near;
    return px > x(axis.first) && px < x(axis.stop) ? "part" : "clip";
  }

  drawing.addEventListener("pointerdown", (event) => {
    const px = pixel(event);
    if (event.button > 0 || px < axis.left - EDGE_PX.mouse || px > axis.end + EDGE_PX.mouse) return;
    // The keys stay with the frames; Tab leads to the part.
    event.preventDefault();
    held = {grip: grip(px, event.pointerType === "touch"), px, first: axis.first, stop: axis.stop, moved: false};
    drawing.setPointerCapture(event.pointerId);
    if (held.grip === "clip") seek(px);
  });
  drawing.addEventListener("pointermove", (event) => {
    if (!held) return;
    const px = pixel(event), by = frameAt(px) - frameAt(held.px), {first, stop} = held;
    if (held.grip === "clip") return seek(px);
    if (!held.moved && Math.abs(px - held.px) < SLACK_PX) return;
    held.moved = true;
    if (held.grip === "part") app.part.show(clamp(first + by, 0, axis.slots - (stop - first)), stop - first);
    else if (held.grip === "first") app.part.show(Math.max(first + by, 0), stop - Math.max(first + by, 0));
    else app.part.show(first, Math.min(stop + by, axis.slots) - first);
  });
  for (const ending of ["pointerup", "pointercancel"]) drawing.addEventListener(ending, (event) => {
    if (held && !held.moved && held.grip !== "clip" && ending === "pointerup") seek(pixel(event));
    held = null;
  });
  part.addEventListener("keydown", (event) => {
    const count = axis.stop - axis.first, step = Math.max(Math.round(count / 8), 1);
    const moves = {ArrowLeft: -step, ArrowDown: -step, ArrowRight: step, ArrowUp: step, PageUp: count, PageDown: -count,
      Home: -axis.slots, End: axis.slots};
    const zooms = {"+": 1, "=": 1, "-": -1};
    if (event.ctrlKey || event.metaKey || event.altKey || !(event.key in moves || event.key in zooms)) return;
    event.preventDefault();
    event.stopPropagation();
    if (event.key in moves) app.part.pan(moves[event.key]);
    else app.part.zoom(zooms[event.key]);
  });

  return {node, draw, cursor, select: () => draw(), plan: (next) => { model = next || app.model; }};
}
