// A long clip in one strip, above the axis that shows a part of it: borders, that part, the cursor.
import {h, replaceChildren, svg} from "../shared/dom.js";
import {clamp} from "../shared/format.js";

const STRIP = {height: 24, top: 5, bottom: 19};

export function overviewView(app) {
  const {say} = app, drawing = h("div", {class: "vd-overview-drawing"});
  const range = h("span", {class: "vd-overview-range"});
  const node = h("div", {class: "vd-overview", hidden: true},
    h("span", {class: "vd-overview-title"}, say("overview_title")), drawing, range);
  let axis = null, model = app.model, now = null, held = false;

  const x = (frame) => axis.left + frame * (axis.end - axis.left) / axis.slots;
  const rect = (name, from, to, y, height) => svg("rect", {class: name, x: x(from), y, width: x(to) - x(from), height});

  function draw(next) {
    axis = next || axis;
    node.hidden = !axis || axis.whole;
    if (node.hidden) return;
    const v = model.of(app.state.selected) || model.variants[0], middle = STRIP.bottom - STRIP.top;
    now = svg("line", {class: "vd-overview-now", y1: 0, y2: STRIP.height});
    range.textContent = say("overview_range", {first: axis.first, last: axis.stop - 1});
    replaceChildren(drawing,
      svg("svg", {width: axis.width, height: STRIP.height, role: "img", style: `--line: ${v.line.colour}`,
        "aria-label": say("overview_label", {label: v.label})},
      rect("vd-overview-clip", 0, axis.slots, STRIP.top, middle),
      rect("vd-overview-frames", 0, v.frames_out, STRIP.top, middle),
      v.boundaries.map((b) => svg("line",
        {class: "vd-border-line", x1: x(b), x2: x(b), y1: STRIP.top, y2: STRIP.bottom})),
      rect("vd-overview-part", axis.first, axis.stop, 1.5, STRIP.height - 3), now));
    cursor(app.state.frame);
  }

  function cursor(frame) {
    if (node.hidden) return;
    for (const end of ["x1", "x2"]) now.setAttribute(end, x(frame + 0.5));
  }

  function seek(event) {
    const px = event.clientX - drawing.getBoundingClientRect().left;
    const frame = clamp(Math.floor((px - axis.left) / (axis.end - axis.left) * axis.slots), 0, app.model.n_frames - 1);
    app.forgetHover();
    if (frame !== app.state.frame || app.state.playing) app.seek(frame);
  }

  const within = (event) => {
    const px = event.clientX - drawing.getBoundingClientRect().left;
    return px >= axis.left && px <= axis.end;
  };
  drawing.addEventListener("pointerdown", (event) => {
    if (event.button > 0 || !within(event)) return;
    held = true;
    drawing.setPointerCapture(event.pointerId);
    seek(event);
  });
  drawing.addEventListener("pointermove", (event) => { if (held) seek(event); });
  for (const ending of ["pointerup", "pointercancel"]) drawing.addEventListener(ending, () => { held = false; });

  return {node, draw, cursor, select: () => draw(), plan: (next) => { model = next || app.model; }};
}
