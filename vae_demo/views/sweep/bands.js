// Four bands on one axis, one column per size: full chunks, the lengths trained on, the tail, the seam.
import {NARROW} from "../shared/axis.js";
import {h, helped, replaceChildren, svg} from "../shared/dom.js";
import {clamp, db, known} from "../shared/format.js";
import {diamond, lollipop, markLine, markText, seamBar, trainedSpan} from "./marks.js";
import {partScores, scaleOf} from "./model.js";

export const SWEEP_GUTTER = {left: 146, right: 108, ticks: 26};
const SWEEP_COLUMN = 64;
// Two numbers beside an axis do not touch.
const TICK_APART = 15;
// How wide a digit of them is.
const DIGIT = 7;
const TALL = {numbers: 14, full: [28, 228], trained: 268, step: 17, tail: 24, tailHeight: 60, seam: 20, seamHeight: 66,
  label: 0};
// On a phone every band has its words above it.
const SLIM_BANDS = {numbers: 76, full: [88, 190], trained: 300, step: 30, tail: 72, tailHeight: 56, seam: 54,
  seamHeight: 64, label: 58};

function sweepAxis(width, n) {
  const narrow = width < NARROW, left = narrow ? 0 : SWEEP_GUTTER.left;
  const right = narrow ? SWEEP_GUTTER.ticks : SWEEP_GUTTER.right;
  const room = (width - left - right) / Math.max(n, 1);
  const fw = narrow || room < 4 ? room : Math.floor(room);
  const middle = (i) => left + (i + 0.5) * fw, column = Math.min(fw, SWEEP_COLUMN);
  // Few sizes stand far apart; what is drawn of each stays as narrow as of many.
  return {width, narrow, left, right, fw, column, middle, end: left + n * fw, x: (i) => left + i * fw,
    edge: (i) => middle(i) - column / 2,
    columnAt: (px) => clamp(Math.floor((px - left) / fw), 0, n - 1)};
}

export function bandsView(app) {
  const {say} = app, labels = h("div", {class: "vd-sw-labels"});
  const drawing = h("div",
    {class: "vd-sw-drawing", role: "slider", tabindex: "0", "aria-label": say("sweep_figure"), "aria-valuemin": 0});
  const node = h("div", {class: "vd-sw-figure"}, drawing, labels);
  let axis = null;
  node.addEventListener("click", (event) => {
    const x = event.clientX - node.getBoundingClientRect().left;
    if (axis && app.model && x >= axis.left && x <= axis.end && !event.target.closest("button"))
      app.select(app.model.columns[axis.columnAt(x)].label);
  });

  function draw(width) {
    const {model} = app, columns = model.columns;
    axis = sweepAxis(width, columns.length);
    const size = axis.narrow ? SLIM_BANDS : TALL, [fullTop, fullHeight] = size.full, spans = spansOf(model);
    const trainedEnd = size.trained + spans.length * size.step, tailTop = trainedEnd + size.tail + 12;
    const tailEnd = tailTop + size.tailHeight;
    const seamTop = tailEnd + size.seam, seamEnd = seamTop + size.seamHeight, height = seamEnd + 24;
    const other = columns.map((column) => app.value.other?.worst[column.label]).filter(known);
    const full = scaleOf([...columns.flatMap((c) => partScores(c.row?.full)), ...other], fullTop + fullHeight, fullTop,
      5, [1, 2, 5, 10]);
    const tail = scaleOf(columns.flatMap((c) => partScores(c.row?.tail)), tailEnd, tailTop, 3, [1, 2, 5, 10, 20]);
    const seams = columns.map((c) => c.row?.seam?.score).filter(known);
    const seam = scaleOf([...seams, 1], seamEnd, seamTop, 3, [1, 2, 5, 10, 20, 50]);
    const parts = [
      columns.filter((c) => c.alone)
        .map((c) => svg("rect", {class: "vd-sw-tint", x: axis.edge(c.index) + axis.column * 0.06, y: fullTop - 4,
          width: axis.column * 0.88, height: fullHeight + 8})),
      grid(full, fullTop, ""), grid(tail, tailTop, ""),
      seams.length ? grid({...seam, ticks: [1, ...seam.ticks.filter((t) => seam.y(1) - seam.y(t) > TICK_APART)]},
        seamTop, "×") : [],
      [trainedEnd + 6, tailEnd + 10].map((y) => markLine("vd-sw-rule", 0, y, axis.width, y)),
      dashed(columns, full),
      columns.map((c) => column(c, {full, tail, seam, tailNumbers: tailTop - 8})), numbers(columns, size.numbers),
      numbers(columns, seamEnd + 17),
      box(model, size.numbers,
        axis.narrow ? [[fullTop - 5, fullTop + fullHeight + 5], [tailTop - 22, tailEnd + 4],
          [seamTop - 6, seamEnd + 4]] : [[size.numbers + 5, seamEnd + 4]]),
      spans.map((span, i) => trained(span, size.trained + i * size.step)), missing(model, seamTop, seamEnd),
    ];
    replaceChildren(drawing,
      svg("svg", {width: axis.width, height, "aria-hidden": "true"}, parts.flat(3).filter(Boolean)));
    replaceChildren(labels, words({size, fullTop, trainedEnd, tailTop, seamTop, seamEnd}),
      axis.narrow ? [] : readings(model, full, tailTop, seam, seams.length));
    aria(model);
  }

  const grid = (scale, top, unit) =>
    scale.ticks.map((tick) => [markLine("vd-sw-grid", axis.left, scale.y(tick), axis.end, scale.y(tick)),
    axis.narrow ? markText("vd-tick", axis.width, scale.y(tick) + 4, `${tick}${unit}`, "end")
      : markText("vd-tick", axis.left - 8, scale.y(tick) + 4, `${tick}${unit}`, "end")]);

  function column(c, {full, tail, seam, tailNumbers}) {
    const x = axis.middle(c.index), radius = clamp(axis.fw * 0.17, 2.2, 5), cap = clamp(axis.fw * 0.15, 1.6, 4);
    if (!c.row) return [];
    const {row} = c, room = axis.fw >= 15 || (c.alone && axis.fw >= 6);
    return svg("g", {}, svg("title", {}, valueText(c)), [
      lollipop(row.full, {x, y: full.y, filled: c.alone, colour: c.colour, radius, cap}),
      room ? markText("vd-sw-count", x, tailNumbers, row.tail ? `${row.tail.frames}` : "–") : null,
      diamond(row.tail, {x, y: tail.y, filled: row.tail_first_alone, radius: radius + 0.4, cap}),
      row.seam ? seamBar(row.seam, {x, y: seam.y, width: Math.max(axis.column * 0.34, 2.5), colour: c.colour}) : null,
    ].filter(Boolean));
  }

  function numbers(columns, y) {
    let taken = -Infinity;
    const clear = (c) => {
      const half = c.label.length * DIGIT / 2, x = axis.middle(c.index);
      if (c.label === app.selected) return true;
      if (x - half < taken) return false;
      taken = x + half;
      return true;
    };
    const crowded = (c) => axis.fw < 30 && columns[c.index + 1]?.label === "whole" && c.label !== app.selected;
    return columns.filter((c) => (axis.fw >= 15 || c.alone || c.label === app.selected) && !crowded(c))
      .filter((c) => c.label === app.selected || axis.fw >= 15
        || (c.label !== "whole" && Math.abs(c.index - app.index()) * axis.fw > 20
          && c.index * axis.fw < axis.width - 22))
      .filter(clear)
      .map((c) => markText(`vd-sw-number${c.alone ? " vd-sw-alone" : ""}${c.label === "whole" ? " vd-sw-word" : ""}`,
        clamp(axis.middle(c.index), c.label === "whole" ? 16 : 0, axis.width - (c.label === "whole" ? 16 : 0)), y,
        c.label));
  }

  // The selected size: one box through all bands (on a phone, where words stand between them, one in each).
  function box(model, y, bands) {
    const c = model.of(app.selected);
    if (!c) return [];
    const half = (c.label === "whole" ? 36 : clamp(axis.fw, 18, 30)) / 2;
    const x = clamp(axis.middle(c.index), half, axis.width - half);
    return [bands.map(([top, bottom]) =>
      svg("rect", {class: "vd-sw-box", x: axis.edge(c.index) + 0.5, y: top + 0.5, width: axis.column - 1,
        height: bottom - top, rx: 2})),
      svg("rect", {class: "vd-sw-tag", x: x - half + 0.5, y: y - 14, width: half * 2 - 1, height: 18, rx: 3}),
      markText(`vd-sw-tag-text${c.label === "whole" ? " vd-sw-word" : ""}`, x, y, c.label)];
  }

  function dashed(columns, full) {
    const points = columns.map((c) => [axis.middle(c.index), app.value.other?.worst[c.label]]);
    let open = false;
    const d = points.map(([x, value]) => {
      if (!known(value)) { open = false; return ""; }
      const step = `${open ? "L" : "M"}${x} ${full.y(value).toFixed(1)}`;
      open = true;
      return step;
    }).join("");
    return d ? svg("path", {class: "vd-sw-other", d}) : null;
  }

  const spansOf = (model) => {
    const {other} = app.value;
    const spans = [{model: model.model, lengths: model.trained_lengths, own: true}];
    if (other) spans.push({model: other.model, lengths: other.trained_lengths, own: false});
    return spans.filter((span) => span.lengths);
  };

  function trained({model: name, lengths, own}, top) {
    const [low, high] = lengths, span = trainedSpan(app.model.columns, lengths, axis), y = top + (axis.narrow ? 20 : 6);
    const line = own ? "vd-sw-trained" : "vd-sw-trained vd-sw-dash";
    const says = low === high ? say("sweep_trained_one", {model: name, low})
      : say("sweep_trained_many", {model: name, low, high});
    const text = axis.narrow ? markText("vd-sw-note vd-sw-halo", 0, top + 10, says, "start")
      : markText("vd-sw-note vd-sw-halo", (span ? span.to : axis.left) + 9, y + 4, says, "start");
    return span ? [markLine(line, span.from, y, span.to, y),
      markLine("vd-sw-trained", span.from, y - 4, span.from, y + 4),
      markLine("vd-sw-trained", span.to, y - 4, span.to, y + 4), text] : [text];
  }

  // Why the last columns have no seam score, said once in the room they leave.
  function missing(model, top, bottom) {
    const none = model.columns.filter((c) => c.row && !c.row.seam);
    const reason = none.find((c) => c.row.seam_reason?.case === "few_borders");
    let first = model.columns.length;
    while (first > 0 && model.columns[first - 1].row && !model.columns[first - 1].row.seam) first--;
    const room = axis.end - axis.x(first);
    if (!reason || room < 150) return [];
    const says = say("sweep_seam_missing", {needed: reason.row.seam_reason.params.needed, frames: model.n});
    return svg("foreignObject", {x: axis.x(first) + 6, y: top + 4, width: room - 8, height: bottom - top},
      h("p", {class: "vd-sw-missing"}, says));
  }

  function words({size, fullTop, trainedEnd, seamTop}) {
    const at = (top, ...children) => h("div", {class: "vd-sw-label", style: `top:${top}px`}, children);
    const lift = axis.narrow ? size.label : 0;
    const key = (filled, word) => h("span", {class: "vd-sw-key"}, h("i", {class: filled ? "vd-sw-on" : ""}),
      say(word, {stride: app.model.rule.stride}));
    return [
      axis.narrow ? null : at(0, h("h4", {}, say("sweep_axis"))),
      at(axis.narrow ? 0 : fullTop - 4, h("h4", {}, say("sweep_band_full")), h("p", {}, say("sweep_band_full_says")),
        key(true, "sweep_key_alone"), key(false, "sweep_key_others")),
      axis.narrow ? null : at(size.trained - 3, h("p", {}, say("sweep_band_trained"))),
      at(axis.narrow ? trainedEnd + 14 : trainedEnd + 12, h("h4", {}, say("sweep_band_tail")),
        h("p", {}, say("sweep_band_tail_says", {stride: app.model.rule.stride}))),
      at(axis.narrow ? seamTop - lift + 16 : seamTop - 2, h("h4", {}, helped(say("sweep_band_seam"), say("help_seam"))),
        h("p", {}, say("sweep_band_seam_says"))),
    ];
  }

  // Words at the right end, beside the marks they name; pushed apart where they would touch.
  function readings(model, full, tailTop, seam, scored) {
    const last = [...model.columns].reverse().find((c) => partScores(c.row?.full).length), said = [];
    if (last)
      said.push({y: full.y(last.row.full.psnr), text: say("sweep_mean_of", {model: model.model})},
        {y: full.y(last.row.full.psnr_worst), text: say("sweep_worst_of", {model: model.model})});
    const end = [...model.columns].reverse().find((c) => known(app.value.other?.worst[c.label]));
    if (end)
      said.push({y: full.y(app.value.other.worst[end.label]),
        text: say("sweep_worst_of", {model: app.value.other.model})});
    said.sort((a, b) => a.y - b.y).forEach((s, i) => { if (i) s.y = Math.max(s.y, said[i - 1].y + 34); });
    said.push({y: tailTop - 12, text: say("sweep_tail_frames")});
    if (scored) said.push({y: seam.y(1), text: say("sweep_seam_one")});
    return said.map(({y, text}) =>
      h("span", {class: "vd-sw-reading", style: `top:${y}px; left:${axis.end + 9}px`}, text));
  }

  function valueText(c) {
    const scores = partScores(c.row?.full);
    return scores.length ? say("sweep_value", {size: c.label, psnr: db(scores[0]), worst: db(scores[1])})
      : say("sweep_value_none", {size: c.label});
  }

  function aria(model) {
    const c = model.of(app.selected);
    drawing.setAttribute("aria-valuemax", model.columns.length - 1);
    drawing.setAttribute("aria-valuenow", c ? c.index : 0);
    drawing.setAttribute("aria-valuetext", c ? valueText(c) : "");
  }

  return {node, draw};
}
