// The lines of the chart with their scale, as one drawing: one path per line, gaps where there is no value. Colours are
// the style sheet's, so another theme draws nothing anew.
import {svg} from "../shared/dom.js";
import {known} from "../shared/format.js";
import {hasMarks, MARKED} from "../shared/lines.js";

// Lines of the scale at most; a step is 2, 5 or 10 of a power of ten.
const STEPS = 6;
// Sides of a mark.
const MARK = 7;
// Room between the numbers and the lines they stand at.
const BESIDE = {wide: 10, narrow: 3};

const round = (n) => Math.round(n * 100) / 100;

// The values of the scale in low..high, and how many decimals they take.
export function scaleOf([low, high]) {
  const rough = (high - low) / STEPS, power = Math.floor(Math.log10(rough)), base = 10 ** power;
  const factor = [2, 5, 10].find((each) => each * base >= rough * (1 - 1e-9)), step = factor * base;
  const first = Math.ceil(low / step - 1e-9), count = Math.floor(high / step + 1e-9) - first + 1;
  return {values: Array.from({length: count}, (_, i) => (first + i) * step),
    decimals: Math.max(0, -power - (factor === 10 ? 1 : 0))};
}

// "M1 2L3 4" through the known values, one pair of numbers for each.
export const pathOf = (values, x, y) => values.map((value, i) =>
  (known(value) ? `${i && known(values[i - 1]) ? "L" : "M"}${round(x(i))} ${round(y(value))}` : "")).join("");

// axis: see shared/axis.js. y(value), range: of the scale. lines: [{values, line, width}], from the back to the front;
// line: {colour, dash, mark}. beyond: [first, stop] frames that the source does not have. box: {height, top, bottom}.
export function plotOf({axis, y, range, lines, beyond, box}) {
  const {values, decimals} = scaleOf(range), high = box.height - box.top - box.bottom;
  const [from, to] = axis.clip(...beyond), beside = axis.narrow ? BESIDE.narrow : BESIDE.wide;
  const inside = {x: axis.left, y: box.top, width: axis.end - axis.left, height: high};
  return svg("svg", {class: "vd-plot", width: axis.width, height: box.height, "aria-hidden": "true"},
    from < to ? svg("rect", {class: "vd-plot-beyond", x: axis.x(from), y: box.top, width: (to - from) * axis.fw,
      height: high}) : null,
    values.map((value) => svg("path", {class: "vd-plot-grid",
      d: `M${axis.left} ${Math.round(y(value)) + 0.5}H${axis.end}`})),
    svg("svg", {...inside, viewBox: Object.values(inside).join(" ")}, lines.map((each, n) => [
      svg("path", {class: "vd-plot-line", d: pathOf(each.values, axis.middle, y), "stroke-dasharray": each.line.dash,
        "stroke-width": each.width, style: `--line: ${each.line.colour}`}), marks(each, n)])),
    values.map((value) => svg("text", {class: "vd-tick", "text-anchor": "end", y: round(y(value)) + 4,
      x: axis.narrow ? axis.end - beside : axis.left - beside}, value.toFixed(decimals))));

  function marks({values: all, line}, n) {
    return markedOf(all, line, n).map((i) => svg("rect", {class: `vd-swatch vd-mark-${hasMarks(line) ? line.mark
      : "circle"}`, width: MARK, height: MARK, style: `--line: ${line.colour}`, x: round(axis.middle(i) - MARK / 2),
    y: round(y(all[i]) - MARK / 2)}));
  }
}

// Which values of the n-th line have a mark: those of one line between those of the next, and all that no line shows,
// for they have no neighbour.
export function markedOf(all, line, n) {
  const every = hasMarks(line) && Math.ceil(all.length / MARKED);
  const lonely = (i) => !known(all[i - 1]) && !known(all[i + 1]);
  const due = (i) => every && (i + Math.round(n * every / 3)) % every === 0;
  return all.flatMap((value, i) => (known(value) && (lonely(i) || due(i)) ? [i] : []));
}
