// Scores per frame: its x is the ruler's x to the pixel. The drawing is static; hover, click and cursor belong to the
// axis block, so a moving cursor never redraws it.
import {h, replaceChildren, segments} from "../shared/dom.js";
import {clamp, known} from "../shared/format.js";
import {swatch} from "../shared/lines.js";
import {plotOf} from "./plot.js";

const CHART = {height: 214, top: 8, bottom: 10, line: 17};
// Letters of a label beside its value at full size.
const ROOM = 6;

export function chartView(app) {
  const {model, say, state} = app;
  const plot = h("div"), dots = h("div", {class: "vd-dots", "aria-hidden": "true"});
  const readings = h("div", {class: "vd-chart-readings", "aria-hidden": "true"});
  const tags = h("div", {class: "vd-chart-tags"}), note = h("p", {class: "vd-chart-note"});
  const menu = segments(say("chart_title"), Object.keys(app.scores), (m) => say(`metric_${m}`), app.setMetric);
  menu.node.className = "vd-metrics";
  const times = segments(say("times_title"), ["played", "realigned"], (name) => say(`times_${name}`),
    (name) => app.setRealigned(name === "realigned"),
    {played: say("help_played"), realigned: say("help_realigned")});
  times.node.className = "vd-metrics vd-times";
  const marks = h("div", {class: "vd-chart-marks", "aria-hidden": "true"});
  const area = h("div", {class: "vd-chart-area"}, plot, marks, tags, dots, readings);
  const node = h("div", {class: "vd-chart"}, h("h4", {class: "vd-axis-title"}, say("chart_title")),
    h("div", {class: "vd-chart-side"}, menu.node, model.variants.some((v) => v.clash) ? times.node : null, note), area);
  let axis = null, range = [0, 1];

  const series = (v) => app.series(v, state.metric);
  const baseline = () => model.baseline_2d?.[state.metric] || null;
  const y = (value) => CHART.top
    + (CHART.height - CHART.top - CHART.bottom) * (1 - (value - range[0]) / (range[1] - range[0]));

  function limits() {
    const all = [...model.variants.map(series), baseline() || []].flat().filter(known);
    if (!all.length) return [0, 1];
    const low = Math.min(...all), high = Math.max(...all), room = Math.max((high - low) * 0.07, 1e-3);
    return [low - room, high + room];
  }

  // The selected one in front.
  function lines() {
    const base = baseline(), source = {colour: "var(--vd-source)", dash: "3 3"};
    const order = [...model.variants].sort((a, b) => (a.label === state.selected) - (b.label === state.selected));
    return [...(base ? [{values: base, line: source, width: 1.3}] : []),
      ...order.map((v) => ({values: series(v), line: v.line, width: v.label === state.selected ? 2.4 : 1.4}))];
  }

  function draw(next) {
    axis = next || axis;
    if (!axis) return;
    range = limits();
    replaceChildren(plot, plotOf({axis, y, range, lines: lines(), beyond: [model.n_source, model.n_frames],
      box: CHART}));
    menu.show(state.metric);
    times.show(state.realigned ? "realigned" : "played");
    mark(state.selected);
    replaceChildren(tags, describe());
    cursor(state.frame);
  }

  // Borders of one variant across the plot: the selected one's, or those of the one under the pointer.
  function mark(label) {
    if (!axis) return;
    const {boundaries} = model.of(label), which = label === state.selected ? "chart_borders" : "chart_borders_hover";
    replaceChildren(marks, boundaries.filter(axis.shows).map((b) => h("i", {style: `left:${axis.x(b) - 1}px`})));
    replaceChildren(note, say(app.scores[state.metric].higher ? "higher_better" : "lower_better"),
      " ",
      boundaries.length ? say(which, {label}) : "");
  }

  // Words inside the plot: what the dashed line is, and why lines stop where the source has ended.
  function describe() {
    const words = [], base = baseline(), space = (Math.min(model.n_frames, axis.stop) - model.n_source) * axis.fw;
    if (base && !axis.narrow) {
      const last = base.slice(0, axis.stop).reverse().find(known), above = y(last) > CHART.top + 16;
      const beside = axis.end - axis.x(model.n_source) >= 96;
      words.push(h("span", {class: beside ? "" : "vd-tag-end",
        style: beside ? `left:${axis.x(model.n_source) + 4}px; top:${y(last) - 9}px`
          : `right:${axis.width - axis.end + 2}px; top:${y(last) + (above ? -17 : 4)}px`}, say("chart_2d")));
    }
    if (space >= 84 && !axis.narrow)
      words.push(
        h("span", {style: `left:${axis.x(model.n_source) + 4}px; top:${CHART.height * 0.55}px; width:${space - 8}px`},
          say("chart_beyond")));
    return words;
  }

  function cursor(frame) {
    if (!axis) return;
    const values = model.variants.map((v) => ({v, value: series(v)[frame]})).filter((r) => known(r.value));
    replaceChildren(dots, (axis.shows(frame) ? values : []).map(({v, value}) =>
      h("i", {style: `left:${axis.middle(frame)}px; top:${y(value)}px`}, swatch(v.line))));
    if (axis.narrow) return replaceChildren(readings);
    const all = values.map((r) => ({...r, top: y(r.value)})).sort((a, b) => a.top - b.top);
    // More than there is room for: those around the selected one; every column says its own.
    const room = Math.floor((CHART.height - CHART.top) / CHART.line);
    const first = clamp(all.findIndex(({v}) => v.label === state.selected) - (room >> 1), 0,
      Math.max(all.length - room, 0));
    const placed = all.slice(first, first + room);
    placed.forEach((r, i) => { if (i) r.top = Math.max(r.top, placed[i - 1].top + CHART.line); });
    // Too many at the bottom: push the stack up from below.
    for (let i = placed.length - 1, floor = CHART.height - 10; i >= 0; i--, floor -= CHART.line)
      placed[i].top = Math.min(placed[i].top, floor);
    replaceChildren(readings,
      placed.map(({v, value, top}) => h("span", {style: `top:${top}px; --line:${v.line.colour}`},
      swatch(v.line),
      h("span", {class: v.label.length > ROOM ? "vd-long" : null}, v.label),
      h("b", {}, known(value) ? value.toFixed(app.scores[state.metric].digits) : "–"))));
  }

  return {node, draw, cursor, mark, select: () => draw()};
}
