// A line of scores as Plotly draws it in a saved picture.
import {hasMarks, MARKED} from "../shared/lines.js";

// y: one value per frame. line: {colour, dash, mark} as linesOf has them, with a colour that is no variable; only a
// dashed line has marks.
export function traceOf({name, y, line, width}) {
  const {colour, dash, mark} = line, marked = hasMarks(line);
  return {
    name, y, x: y.map((_, i) => i), type: "scatter", hoverinfo: "skip", connectgaps: false,
    mode: y.length === 1 ? "markers" : marked ? "lines+markers" : "lines",
    line: {color: colour, width, dash: dash ? dash.split(" ").map((d) => `${d}px`).join(" ") : "solid"},
    marker: {color: colour, size: 7, symbol: marked ? mark : "circle", maxdisplayed: MARKED}};
}
