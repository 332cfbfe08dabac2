// The whole of a long file above the part of it that the axis shows.
import {h, helped, replaceChildren, svg} from "../shared/dom.js";
import {clamp} from "../shared/format.js";

const TALL = 16;

export function overviewStrip(app, axisNow) {
  const drawing = h("div", {}), now = svg("line", {class: "vd-overview-now", y1: 0, y2: TALL});
  const node = h("div", {class: "vd-overview vd-in-overview", hidden: true},
    h("h4", {class: "vd-overview-title"},
      helped(app.say("overview_title"), app.say("inspect_help_overview"))), drawing);
  let x = null;

  function draw() {
    const axis = axisNow(), {model} = app;
    node.hidden = !axis || axis.whole;
    if (node.hidden) return;
    const width = axis.width - axis.left - axis.right, step = width / model.n;
    x = (frame) => axis.left + frame * step;
    replaceChildren(drawing, svg("svg", {width: axis.width, height: TALL, "aria-hidden": "true"},
      svg("rect", {class: "vd-overview-clip", x: axis.left, y: 2, width, height: TALL - 4}),
      model.main ? model.at(model.main).map((t) => svg("line", {class: "vd-in-tick", x1: x(t), x2: x(t), y1: 4,
        y2: TALL - 4})) : [],
      svg("rect", {class: "vd-overview-frames", x: x(axis.first), y: 0, width: (axis.stop - axis.first) * step,
        height: TALL}), now));
    cursor(app.state.frame);
  }

  function cursor(frame) {
    if (node.hidden || !x) return;
    for (const name of ["x1", "x2"]) now.setAttribute(name, x(frame));
  }

  drawing.addEventListener("click", (event) => {
    const axis = axisNow(), from = event.clientX - drawing.getBoundingClientRect().left - axis.left;
    app.seek(clamp(Math.floor(from / (axis.width - axis.left - axis.right) * app.model.n), 0, app.model.n - 1));
  });
  return {node, draw, cursor};
}
