// Events, key frames, repeated frames, signals and tapes on one x(i), and the cursor over all of them.
import {windowAxis} from "../shared/axis.js";
import {h, helped, replaceChildren, svg} from "../shared/dom.js";
import {clamp, known, pText} from "../shared/format.js";
import {heardName, kindName} from "./kinds.js";
import {overviewStrip} from "./overview.js";
import {signalScale} from "./scales.js";

// up: how far above its row a name stands: of events, of a line of marks, of a signal.
const WIDE = {up: [3, 10, 4], ticks: 18, events: 28, cell: 39, cellHeight: 11, keys: 76, repeated: 98, signals: 124,
  signal: 64, gap: 18};
// On a phone every row has its name above it.
const SLIM = {up: [22, 28, 23], ticks: 18, events: 46, cell: 57, cellHeight: 11, keys: 102, repeated: 138, signals: 176,
  signal: 64, gap: 38};
const TAPE = 52, DIAMOND = 5, BAND_PAD = 5;

export function axisView(app) {
  const {say} = app, drawing = h("div", {class: "vd-in-rows"}), labels = h("div", {class: "vd-in-labels"});
  const tapes = h("div", {class: "vd-in-tapes"}), number = h("span", {});
  const cursorLine = h("div", {class: "vd-cursor", role: "slider", tabindex: "0", "aria-label": say("t_scrub"),
    "aria-valuemin": 0}, number);
  const block = h("div", {class: "vd-axis vd-in-axis"}, drawing, labels, tapes, cursorLine);
  const legend = h("p", {class: "vd-legend"}), overview = overviewStrip(app, () => axis);
  const node = h("div", {}, overview.node, block, legend);
  let axis = null, readings = [];

  function draw(width) {
    const {model} = app;
    axis = windowAxis(width, model.n, app.state.frame, {from: axis?.slots === model.n ? axis.first : 0});
    const size = axis.narrow ? SLIM : WIDE, {signals} = model;
    const top = (i) => size.signals + i * (size.signal + size.gap), height = top(signals.length) - size.gap + 10;
    const parts = [ticks(size.ticks - 5), bands(size, top), eventRow(size), line(size.keys), keyMarks(size.keys),
      line(size.repeated), repeatMarks(size.repeated), signals.map((name, i) => signalRow(name, top(i), size))];
    replaceChildren(drawing, svg("svg", {width: axis.width, height, "aria-hidden": "true"},
      parts.flat(3).filter(Boolean)));
    replaceChildren(labels, rowNames(size, top));
    replaceChildren(tapes, tapeRows(), svg("svg", {width: axis.width, height: 20, "aria-hidden": "true"}, ticks(14)));
    replaceChildren(legend, legendOf());
    overview.draw(width);
    paintTapes();
    cursorLine.setAttribute("aria-valuemax", model.n - 1);
    place(app.state.frame);
  }

  const inView = (frame) => frame >= axis.first && frame < axis.stop;
  const path = (name, d, more = {}) => svg("path", {class: name, d, ...more});
  const line = (y) => svg("line", {class: "vd-in-rule", x1: axis.left, x2: axis.end, y1: y, y2: y});

  // As the file counts, also where only a part of it was looked at.
  function ticks(y) {
    const step = [1, 2, 5, 10, 20, 50, 100, 200].find((s) => s * axis.fw >= (axis.narrow ? 34 : 60)) || 500;
    const {start} = app.model, found = [];
    for (let t = Math.ceil((axis.first + start) / step) * step; t < axis.stop + start; t += step)
      found.push(svg("text", {class: "vd-tick", x: Math.max(axis.middle(t - start), axis.narrow ? 8 : 0), y,
        "text-anchor": "middle"}, `${t}`));
    return found;
  }

  // The events that a signal shows, of the finding that it tells best.
  const shownBy = (name) => (app.model.own(name) ? app.model.at(app.model.own(name)) : []);

  // 8 % of ink behind every event of the finding that a signal shows.
  function bands(size, top) {
    const {model} = app, wide = Math.max(axis.fw, 2);
    return model.signals.map((name, i) => shownBy(name).filter(inView).map((frame) => svg("rect", {class: "vd-in-band",
      x: axis.middle(frame) - wide / 2, width: wide, y: top(i) - BAND_PAD, height: size.signal + 2 * BAND_PAD})));
  }

  function eventRow(size) {
    const {model} = app, cells = [];
    for (let frame = axis.first; frame < axis.stop; frame++)
      cells.push(svg("rect", {class: model.isEvent(frame) && model.sure ? "vd-in-event-cell" : "vd-in-plain-cell",
        x: axis.x(frame), width: axis.cell, y: size.cell, height: size.cellHeight}));
    const mark = (frame, hollow) => path(hollow ? "vd-in-mark vd-in-hollow-mark" : "vd-in-mark",
      hollow ? `M${axis.middle(frame) - 3} ${size.events + 3}h6l-3 5z`
        : `M${axis.middle(frame) - 4.5} ${size.events}h9l-4.5 7.5z`);
    const {main, second} = model;
    return [axis.fw >= 2.4 ? cells : svg("rect", {class: "vd-in-plain-cell", x: axis.left, width: axis.end - axis.left,
      y: size.cell, height: size.cellHeight}),
    second ? model.at(second).filter((t) => inView(t) && !model.isEvent(t)).map((t) => mark(t, true)) : [],
    main ? model.at(main).filter(inView).map((t) => mark(t, !model.sure)) : []];
  }

  const keyMarks = (y) => app.model.keys.filter(inView).map((t) => path("vd-in-diamond",
    `M${axis.middle(t)} ${y - DIAMOND}l4 ${DIAMOND}l-4 ${DIAMOND}l-4 ${-DIAMOND}z`));
  const repeatMarks = (y) => app.model.repeated.filter(inView).map((t) => path("vd-in-boxes",
    `M${axis.x(t) - 7} ${y - 4}h7v8h-7zM${axis.x(t)} ${y - 4}h7v8h-7z`));

  function signalRow(name, y, size) {
    const {model} = app, {values} = model.drawn[name], scale = signalScale(model.drawn[name], name, y, size.signal);
    const shows = Boolean(model.own(name));
    let open = false, d = "";
    for (let t = axis.first; t < axis.stop; t++) {
      if (!known(values[t])) { open = false; continue; }
      d += `${open ? "L" : "M"}${axis.middle(t).toFixed(1)} ${scale.y(values[t]).toFixed(1)}`;
      open = true;
    }
    const dots = shownBy(name).filter((t) => inView(t) && known(values[t]));
    const tick = (x, at, text) => svg("text", {class: "vd-tick", x, y: at, "text-anchor": "end"}, text);
    const named = ([value, text]) => (!axis.narrow ? tick(axis.left - 8, scale.y(value) + 4, text)
      : value ? tick(axis.end, scale.y(value) - 3, text) : null);
    return [scale.ticks.map((each) => [line(scale.y(each[0])), named(each)]),
    path(shows ? "vd-in-curve" : "vd-in-curve vd-in-quiet", d),
    dots.map((t) => svg("circle", {class: "vd-in-dot", cx: axis.middle(t), cy: scale.y(values[t]), r: 2.6}))];
  }

  // Names at the left, what holds at the frame at the right.
  function rowNames(size, top) {
    const {model} = app, {main, second} = model;
    const at = h("span", {class: "vd-in-at"}), event = h("b", {});
    readings = [{node: at, text: (frame) => say("at_frame", {frame: model.nameOf(frame)})},
      {node: event, text: eventText}];
    const label = (y, name, says, ...right) => h("div", {class: "vd-in-label", style: `top: ${y}px`},
      h("div", {}, h("h4", {}, name), says ? h("p", {}, says) : null), h("div", {class: "vd-in-read"}, right));
    const every = [main, second].filter(Boolean).map(({period,
      phase}) => say(second ? "inspect_every" : "inspect_every_from",
      {period, phase: model.nameOf(phase)})).join(say("list_comma"));
    const [eventUp, lineUp, signalUp] = size.up;
    return [axis.narrow ? null : label(-3, say("inspect_axis"), "", at),
      label(size.events - eventUp, helped(say("inspect_events"), say("inspect_help_event")),
        main ? (model.sure ? every : say("inspect_hinted", {every})) : say("inspect_none_word"), event),
      label(size.keys - lineUp, say("inspect_keys"), "", h("span", {}, countText(model.keys))),
      label(size.repeated - lineUp, say("inspect_repeats"), "", h("span", {}, countText(model.repeated))),
      ...model.signals.map((name, i) => {
        const value = h("b", {class: "vd-mono"});
        readings.push({node: value, text: (frame) => model.told(name, model.value(name, frame))});
        return label(top(i) - signalUp, helped(say(`inspect_row_${name}`), say(`inspect_help_${name}`)),
          say(`inspect_row_${name}_says`), value, h("span", {}, hitsText(name)));
      })];
  }

  function eventText(frame) {
    const {model} = app, {events} = model;
    if (!model.sure) return "–";
    return model.isEvent(frame) ? say("inspect_event_of", {i: events.indexOf(frame) + 1, n: events.length})
      : say("inspect_between");
  }

  function countText(frames) {
    const {model} = app, n = frames.length;
    if (!n) return say("inspect_none_word");
    if (n === 1) return say("inspect_one_at", {frame: model.nameOf(frames[0])});
    const later = model.events.filter(Boolean), on = model.main ? later.filter((t) => frames.includes(t)).length : 0;
    return on ? say("inspect_many_on", {n, on}) : say("inspect_many", {n});
  }

  function hitsText(name) {
    const {model} = app, finding = model.own(name);
    if (!finding) return say("inspect_no_period");
    const {hits, events} = finding.signals[name], parts = [say("inspect_hits", {hits, n: events})];
    if (name === finding.signal && !model.second) parts.push(`p ${pText(finding.p)}`);
    if (model.second) parts.unshift(say("inspect_every", {period: finding.period}));
    return parts.join(say("list_comma"));
  }

  // -- tapes
  function tapeRows() {
    const {model} = app, kinds = model.pair ? ["source", "video"] : ["video"], n = axis.stop - axis.first;
    const arrows = (up) => svg("svg", {width: axis.width, height: 7, "aria-hidden": "true"}, model.main && up
      ? model.at(model.main).filter(inView).map((t) => path("vd-in-mark", `M${axis.middle(t) - 3.5} 7h7l-3.5 -6z`))
      : []);
    return kinds.map((kind) => {
      const canvas = h("canvas", {width: Math.max(Math.round(n * axis.fw), 1), height: TAPE, "data-kind": kind,
        style: `margin-left: ${axis.left}px`, role: "img",
        "aria-label": say("inspect_tape_of", {kind: heardName(say, kind)})});
      const name = !model.pair ? helped(say("inspect_tape"), say("inspect_help_tape"))
        : kindName(say, kind);
      return h("div", {class: "vd-in-tape"}, h("div", {class: "vd-in-label"}, h("div", {}, h("h4", {}, name),
        h("p", {}, say("inspect_tape_says")))), canvas, arrows(kind === "video"));
    });
  }

  function paintTapes() {
    if (!axis) return;
    for (const canvas of tapes.querySelectorAll("canvas")) {
      const {tape} = app.sheets[canvas.dataset.kind], n = axis.stop - axis.first;
      if (!tape.complete || !tape.naturalWidth) continue;
      // Smooth in the picture direction, not in time: columns stay columns.
      const slim = h("canvas", {width: n, height: TAPE}), narrow = slim.getContext("2d");
      narrow.imageSmoothingQuality = "high";
      narrow.drawImage(tape, axis.first, 0, n, tape.naturalHeight, 0, 0, n, TAPE);
      const context = canvas.getContext("2d");
      context.imageSmoothingEnabled = axis.fw < 1;
      context.drawImage(slim, 0, 0, n, TAPE, 0, 0, n * axis.fw, TAPE);
    }
  }

  function legendOf() {
    const {model} = app;
    const mark = (d, name, more = "") => h("i", {class: more},
      svg("svg", {width: 20, height: 12, "aria-hidden": "true"}, path(name, d)));
    return [
      h("span", {}, mark("M5 2h9l-4.5 7.5z", "vd-in-mark"), say("inspect_legend_event")),
      model.second ? h("span", {}, mark("M6 3h7l-3.5 6z", "vd-in-mark vd-in-hollow-mark"), say("inspect_legend_second"))
        : null,
      h("span", {}, mark("M10 1l4 5l-4 5l-4 -5z", "vd-in-diamond"), say("inspect_legend_key")),
      h("span", {}, mark("M2 2h7v8h-7zM9 2h7v8h-7z", "vd-in-boxes"), say("inspect_legend_repeat"))];
  }

  function place(frame) {
    if (!axis) return;
    cursorLine.style.setProperty("--fw", `${axis.fw}px`);
    cursorLine.style.transform = `translateX(${axis.middle(frame)}px)`;
    number.textContent = `${app.model.nameOf(frame)}`;
    for (const {node: each, text} of readings) each.textContent = text(frame);
    cursorLine.setAttribute("aria-valuenow", frame);
    cursorLine.setAttribute("aria-valuetext",
      `${say("says_frame", {frame: app.model.nameOf(frame), n: app.model.n})}, ${
      eventText(frame)}`);
    overview.cursor(frame);
  }

  // The frame has left the part of a long file that is on the axis.
  function cursor(frame) {
    if (axis && !axis.shows(frame)) return draw(axis.width);
    place(frame);
  }

  const frameAt = (event) => {
    const x = event.clientX - block.getBoundingClientRect().left;
    return axis && x >= axis.left && x <= axis.end ? clamp(axis.frameAt(x), 0, app.model.n - 1) : null;
  };
  let held = false;
  block.addEventListener("pointerdown", (event) => {
    const frame = frameAt(event);
    if (frame === null || event.button > 0 || event.target.closest(".vd-help")) return;
    held = true;
    app.seek(frame);
  });
  block.addEventListener("pointermove", (event) => {
    if (event.pointerType !== "mouse" && !held) return;
    const frame = frameAt(event);
    if (held && frame !== null) app.seek(frame);
    else if (!held) app.peek(frame);
  });
  for (const ending of ["pointerup", "pointercancel"]) block.addEventListener(ending, () => { held = false; });
  block.addEventListener("pointerleave", () => { if (!held) app.peek(null); });

  return {node, draw, cursor, paint: paintTapes};
}
