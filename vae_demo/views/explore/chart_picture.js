// The chart as a figure that stands by itself: title, axes, legend, on a light ground whatever the page's theme is.
import {traceOf} from "./trace.js";

const WIDTH = 1200, HEIGHT = 560, SANS = "IBM Plex Sans, Noto Sans CJK SC, sans-serif";

// series: [{name, y, line: {colour, dash, mark}}], base: the same without a mark, or null. words: {title, lines, x, y,
// beyond}. light: colours by name.
export function chartFigure({series, base, borders, nSource, nFrames, words, light}) {
  const upright = {type: "line", yref: "paper", y0: 0, y1: 1, layer: "below"};
  const axis = {zeroline: false, gridcolor: light.rule, linecolor: light.strong, showline: true, ticks: "outside",
    tickcolor: light.strong, tickfont: {size: 12, color: light.ink2}};
  const layout = {
    width: WIDTH, height: HEIGHT, paper_bgcolor: light.surface, plot_bgcolor: light.surface,
    font: {family: SANS, size: 13, color: light.ink},
    margin: {l: 76, r: 24, t: 92, b: 96, pad: 0},
    title: {text: plain(words.title), x: 0, xref: "paper", xanchor: "left", y: 0.965, yanchor: "top",
      font: {size: 17, color: light.ink}, subtitle: {text: plain(words.lines), font: {size: 12, color: light.ink2}}},
    xaxis: {...axis, title: {text: plain(words.x), font: {size: 13}, standoff: 8}, range: [-0.5, nFrames - 0.5],
      showgrid: false},
    yaxis: {...axis, title: {text: plain(words.y), font: {size: 13}}, nticks: 8},
    legend: {orientation: "h", x: 0, xanchor: "left", y: -0.16, yanchor: "top", font: {size: 13}, entrywidth: 140},
    showlegend: true,
    // Why every line stops before the end.
    annotations: nFrames - nSource < nFrames / 14 ? [] : [{text: plain(words.beyond).replaceAll(/[ ，]/g, "<br>"),
      showarrow: false, x: (nSource + nFrames - 1) / 2, xref: "x", y: 0.5, yref: "paper",
      font: {size: 12, color: light.ink2}}],
    shapes: [...borders.map((b) => ({...upright, x0: b - 0.5, x1: b - 0.5, line: {color: light.border, width: 1}})),
      ...(nFrames > nSource ? [{...upright, type: "rect", x0: nSource - 0.5, x1: nFrames - 0.5, line: {width: 0},
        fillcolor: light.sunken}] : [])],
  };
  return {data: [...(base ? [traceOf({...base, width: 1.5})] : []),
    ...series.map((each) => traceOf({...each, width: 2}))], layout};
}

// Plotly reads some markup in its texts: a clip's name has none.
const plain = (text) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");

// kind: "png" or "svg". Plotly: the library.
export async function chartBlob(Plotly, figure, kind) {
  const uri = await Plotly.toImage(figure, {format: kind, width: WIDTH, height: HEIGHT, scale: kind === "png" ? 2 : 1});
  return kind === "svg"
    ? new Blob([decodeURIComponent(uri.slice(uri.indexOf(",") + 1))], {type: "image/svg+xml"})
    : (await fetch(uri)).blob();
}
