// The film strip: three events, each with the frames around it. The row in the middle follows the player.
import {h, helped, replaceChildren} from "../shared/dom.js";
import {clamp, known} from "../shared/format.js";
import {heardName, kindLabel} from "./kinds.js";
import {apartFromNeighbours} from "./sheet.js";

const REACH = {wide: 3, narrow: 2};
// A frame between the events says its value where that is more than a third of theirs.
const WORTH = 1 / 3;

export function stripView(app) {
  const {say} = app, node = h("figure", {class: "vd-in-strip"});
  let rows = [], live = null, reach = REACH.wide;

  // Frames in the middle of each row: the first event after the start, a middle one, the last but one.
  function centres() {
    const {events, pair} = app.model, later = events[0] === 0 ? events.slice(1) : events;
    const all = [later[0], events[Math.floor(events.length / 2)], events[events.length - 2]].filter(known);
    const some = [...new Set(all.length ? all : [0])];
    return pair ? some.slice(0, 2) : some;
  }

  function draw(narrow) {
    const {model} = app, middle = app.resting();
    reach = narrow ? REACH.narrow : REACH.wide;
    const offsets = Array.from({length: 2 * reach + 1}, (_, i) => i - reach);
    const kinds = model.pair ? ["source", "video"] : ["video"];
    const frames = centres();
    rows = frames.flatMap((centre) => kinds.map((kind) => row(kind, centre, offsets)));
    live = rows.filter((each) => each.centre === middle);
    const title = model.mode === "hint" ? say("inspect_strip_hint", {m: frames.length, n: model.count})
      : model.main ? say(model.pair ? "inspect_strip_pair" : "inspect_strip",
      {m: frames.length, n: model.count}) : say(model.mode === "none" ? "inspect_strip_none" : "inspect_strip_some");
    replaceChildren(node,
      h("figcaption", {class: "vd-in-caption"}, h("h4", {}, helped(title, say("inspect_help_strip"))),
        h("span", {}, model.main ? say(`inspect_against_${model.signal}`)
          : model.mode === "none" ? say("inspect_strip_none_note", {period: model.period}) : "")),
      h("div", {class: "vd-in-strip-row vd-in-strip-head"}, offsets.map((by) => h("span", {},
        by ? `${by > 0 ? "+" : "−"}${Math.abs(by)}`
          : h("b", {class: model.sure ? "vd-in-chip" : ""}, say(model.sure ? "inspect_event" : "inspect_frame"))))),
      rows.map((each) => each.node));
    cursor(app.state.frame);
  }

  function row(kind, centre, offsets) {
    const sheet = app.sheets[kind], cells = offsets.map(() => cell(sheet));
    const label = app.model.pair ? kindLabel(say, kind) : null;
    return {kind, centre, cells, node: h("div", {}, label, h("div", {class: "vd-in-strip-row"},
      cells.map((each) => each.node)))};
  }

  function cell(sheet) {
    const canvas = h("canvas", {width: sheet.width, height: sheet.height, role: "img"});
    const name = h("span", {}), value = h("b", {}), bar = h("i", {});
    const each = {canvas, name, value, frame: null};
    each.node = h("div", {class: "vd-in-cell", onclick: () => { if (known(each.frame)) app.seek(each.frame); }},
      bar, canvas, h("p", {}, name, value));
    return each;
  }

  function cursor(frame) {
    for (const each of rows) fill(each, live.includes(each) ? frame : each.centre, frame);
  }

  function fill({kind, cells}, centre, now) {
    const {model, sheets} = app, sheet = sheets[kind];
    cells.forEach((each, i) => {
      const frame = centre + i - reach, inside = frame >= 0 && frame < model.n;
      const deviation = inside && kind === "video" ? model.value(model.signal, frame) : null;
      const event = model.sure && model.isEvent(frame) && kind === "video";
      const tells = known(deviation) && (event || (model.sure
        && Math.abs(deviation) > Math.abs(model.size) * WORTH));
      each.frame = inside ? frame : null;
      each.node.classList.toggle("vd-in-gone", !inside);
      each.node.classList.toggle("vd-in-is-event", inside && event);
      each.node.classList.toggle("vd-in-now", frame === now);
      each.name.textContent = inside ? `f${model.nameOf(frame)}` : "";
      each.value.textContent = tells ? model.told(model.signal, deviation) : "";
      each.canvas.setAttribute("aria-label", inside ? say("inspect_picture", {frame: model.nameOf(frame),
        kind: heardName(say, kind)}) : "");
      const context = each.canvas.getContext("2d");
      context.clearRect(0, 0, sheet.width, sheet.height);
      if (!inside) return;
      const apart = app.state.enlarged ? apartFromNeighbours(sheet, frame) : null;
      if (apart) context.putImageData(apart, 0, 0);
      else sheet.draw(context, frame, 0, 0, sheet.width, sheet.height);
    });
  }

  return {node, draw, cursor, paint: () => cursor(clamp(app.state.frame, 0, app.model.n - 1))};
}
