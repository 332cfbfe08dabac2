// The marks of the figure: dots and their lines, diamonds of tails, bars of seams, borders, pads.
import {svg} from "../shared/dom.js";
import {partScores} from "./model.js";

export const markLine = (name, x1, y1, x2, y2, style) => svg("line", {class: name, x1, y1, x2, y2, style});
export const markText = (name, x, y, text, anchor = "middle") =>
  svg("text", {class: name, x, y, "text-anchor": anchor}, text);

// Mean as a dot (filled where the first group is one frame alone), a line down to the worst frame.
export function lollipop(part, {x, y, filled, colour, radius, cap}) {
  const [mean, worst] = partScores(part);
  if (mean === undefined) return [];
  const style = `--line: ${colour}`;
  return [markLine("vd-sw-stem", x, y(mean), x, y(worst), style),
    markLine("vd-sw-stem", x - cap, y(worst), x + cap, y(worst), style),
    svg("circle", {class: filled ? "vd-sw-dot" : "vd-sw-ring", cx: x, cy: y(mean), r: radius, style})];
}

export function diamond(part, {x, y, filled, radius, cap}) {
  const [mean, worst] = partScores(part);
  if (mean === undefined) return [];
  const at = y(mean), r = radius;
  return [worst < mean ? markLine("vd-sw-tail-stem", x, at, x, y(worst)) : null,
    worst < mean ? markLine("vd-sw-tail-stem", x - cap, y(worst), x + cap, y(worst)) : null,
    svg("path", {class: `vd-sw-diamond${filled ? " vd-sw-filled" : ""}`,
      d: `M${x} ${at - r}l${r} ${r}l${-r} ${r}l${-r} ${-r}z`})].filter(Boolean);
}

// A bar from the line of "no seam" up to the score, or down where borders change less than other frames.
export function seamBar(seam, {x, y, width, colour}) {
  const one = y(1), at = y(seam.score);
  return svg("rect", {class: "vd-sw-bar", x: x - width / 2, width, y: Math.min(one, at),
    height: Math.max(Math.abs(one - at), 1.5), style: `--line: ${colour}`});
}

// Lengths a model was trained on, over the columns that lie in them.
export function trainedSpan(columns, [low, high], axis) {
  const inside = columns.filter((column) => column.length >= low && column.length <= high);
  if (!inside.length) return null;
  const first = inside[0], last = inside[inside.length - 1];
  return {from: axis.edge(first.index) + axis.column * 0.12, to: axis.edge(last.index) + axis.column * 0.88};
}

// Hatched means pad, everywhere; a pattern of this component's own, for one in a hidden tab does not paint.
export const sweepHatch = () =>
  svg("defs", {}, svg("pattern",
    {id: "vd-sw-hatch", width: 4, height: 4, patternUnits: "userSpaceOnUse", patternTransform: "rotate(45)"},
  svg("rect", {class: "vd-hatch-ground", width: 4, height: 4}),
  svg("rect", {class: "vd-hatch-line", width: 1.3, height: 4})));
