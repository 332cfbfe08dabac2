// A line of scores as Plotly draws it in a saved picture.
// A mark on about every sixth frame, for lines that colour alone may not tell apart.
const MARKED = 16;

// y: one value per frame. line: {colour, dash, mark} as linesOf has them, with a colour that is no variable; only a
// dashed line has marks.
export function traceOf({name, y, line: {colour, dash, mark}, width}) {
  const marked = Boolean(dash && mark);
  return {
    name, y, x: y.map((_, i) => i), type: "scatter", hoverinfo: "skip", connectgaps: false,
    mode: y.length === 1 ? "markers" : marked ? "lines+markers" : "lines",
    line: {color: colour, width, dash: dash ? dash.split(" ").map((d) => `${d}px`).join(" ") : "solid"},
    marker: {color: colour, size: 7, symbol: marked ? mark : "circle", maxdisplayed: MARKED}};
}
