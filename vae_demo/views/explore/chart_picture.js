// The chart as a picture that stands by itself: title, axes, legend, on a light ground whatever the page's theme is.
import {h, svg} from "../shared/dom.js";
import {known} from "../shared/format.js";
import {marked, pathOf, scaleOf} from "./plot.js";

const WIDTH = 1200, HEIGHT = 560, FONT = "IBM Plex Sans, Noto Sans CJK SC, sans-serif";
const BOX = {left: 76, right: WIDTH - 24, top: 92, bottom: HEIGHT - 96};
// An entry of the legend, and what is drawn of its line.
const ENTRY = {width: 156, height: 22, line: 30}, MARK = 7, TICK = 5;
// Room above and below the lines, in parts of theirs.
const ROOM = 0.05;

// series: [{name, y, line: {colour, dash, mark}}], base: the same without a mark, or null. words: {title, lines, x, y,
// beyond}. light: colours by name. corners(mark): see cornersOf.
export function chartPicture({series, base, borders, nSource, nFrames, words, light, corners}) {
  const lines = [...(base ? [{...base, width: 1.5}] : []), ...series.map((each) => ({...each, width: 2}))];
  const all = lines.flatMap((each) => each.y).filter(known), low = Math.min(...all, Infinity);
  const high = Math.max(...all, -Infinity), room = Math.max((high - low) * ROOM, 1e-3);
  const range = all.length ? [low - room, high + room] : [0, 1];
  const x = (frame) => BOX.left + (BOX.right - BOX.left) * (frame + 0.5) / nFrames;
  const y = (value) => BOX.bottom - (BOX.bottom - BOX.top) * (value - range[0]) / (range[1] - range[0]);
  const across = Math.floor((BOX.right - BOX.left) / ENTRY.width), rows = Math.ceil(lines.length / across);
  const height = HEIGHT + (rows - 1) * ENTRY.height;

  const text = (said, at, more = {}) => svg("text", {...at, "font-size": 13, fill: light.ink, ...more}, said);
  const path = (d, stroke, width = 1) => svg("path", {d, stroke, fill: "none", "stroke-width": width});
  const mark = (name, colour, cx, cy) => svg("polygon", {fill: colour, points: corners(name)
    .map(([right, down]) => `${(cx + (right - 0.5) * MARK).toFixed(2)},${(cy + (down - 0.5) * MARK).toFixed(2)}`)
    .join(" ")});
  const stroke = ({line, width}) => ({stroke: line.colour, "stroke-width": width, "stroke-dasharray": line.dash,
    "stroke-linejoin": "round", fill: "none"});

  function upright() {
    const scale = scaleOf(range, 8);
    return scale.values.map((value) => [path(`M${BOX.left} ${y(value)}H${BOX.right}`, light.rule),
      path(`M${BOX.left - TICK} ${y(value)}H${BOX.left}`, light.strong),
      text(value.toFixed(scale.decimals), {x: BOX.left - TICK - 4, y: y(value) + 4},
        {"font-size": 12, fill: light.ink2, "text-anchor": "end"})]);
  }

  const frames = () => scaleOf([0, Math.max(nFrames - 1, 1)], 12).values.filter(Number.isInteger).map((frame) => [
    path(`M${x(frame)} ${BOX.bottom}V${BOX.bottom + TICK}`, light.strong),
    text(frame, {x: x(frame), y: BOX.bottom + TICK + 14}, {"font-size": 12, fill: light.ink2,
      "text-anchor": "middle"})]);

  // Why every line stops before the end.
  function beyond() {
    if (nFrames - nSource < nFrames / 14) return [];
    const said = words.beyond.split(/[ ，]/), middle = (x(nSource) + x(nFrames - 1)) / 2;
    const top = (BOX.top + BOX.bottom - 15 * said.length) / 2 + 12;
    return said.map((word, i) => text(word, {x: middle, y: top + 15 * i},
      {"font-size": 12, fill: light.ink2, "text-anchor": "middle"}));
  }

  const legend = () => lines.map((each, i) => {
    const left = BOX.left + (i % across) * ENTRY.width;
    const top = HEIGHT - 30 + Math.floor(i / across) * ENTRY.height;
    return [svg("path", {d: `M${left} ${top}h${ENTRY.line}`, ...stroke(each)}),
      marked(each.line) ? mark(each.line.mark, each.line.colour, left + ENTRY.line / 2, top) : null,
      text(each.name, {x: left + ENTRY.line + 7, y: top + 4.5})];
  });

  return svg("svg", {xmlns: "http://www.w3.org/2000/svg", width: WIDTH, height, viewBox: `0 0 ${WIDTH} ${height}`,
    "font-family": FONT},
  svg("rect", {width: WIDTH, height, fill: light.surface}),
  text(words.title, {x: BOX.left, y: 36}, {"font-size": 17}),
  text(words.lines, {x: BOX.left, y: 58}, {"font-size": 12, fill: light.ink2}),
  nFrames > nSource ? svg("rect", {x: x(nSource - 0.5), y: BOX.top, width: BOX.right - x(nSource - 0.5),
    height: BOX.bottom - BOX.top, fill: light.sunken}) : null,
  upright().flat(),
  borders.map((b) => path(`M${x(b - 0.5)} ${BOX.top}V${BOX.bottom}`, light.border)),
  lines.map((each, n) => [svg("path", {d: pathOf(each.y, x, y), ...stroke(each)}),
    ...marked(each.line, each.y, n).map((i) => mark(each.line.mark, each.line.colour, x(i), y(each.y[i])))]),
  path(`M${BOX.left} ${BOX.top}V${BOX.bottom}H${BOX.right}`, light.strong), frames().flat(), beyond(),
  text(words.x, {x: (BOX.left + BOX.right) / 2, y: BOX.bottom + 40}, {"text-anchor": "middle"}),
  text(words.y, {x: 0, y: 0}, {"text-anchor": "middle",
    transform: `translate(22 ${(BOX.top + BOX.bottom) / 2}) rotate(-90)`}),
  legend().flat());
}

// The corners of a mark in a square, 0..1, out of the page's style sheet.
export function cornersOf(root) {
  return (name) => {
    const probe = h("i", {class: `vd-mark-${name}`});
    root.append(probe);
    const shape = getComputedStyle(probe).getPropertyValue("--mark");
    probe.remove();
    const corners = [...shape.matchAll(/([\d.]+)% ([\d.]+)%/g)].map(([, right, down]) => [right / 100, down / 100]);
    return corners.length ? corners : [[0, 0], [1, 0], [1, 1], [0, 1]];
  };
}

// kind: "png" or "svg"; what a screen with two pixels to the point shows, or the drawing itself.
export async function chartBlob(picture, kind) {
  const drawing = new Blob([new XMLSerializer().serializeToString(picture)], {type: "image/svg+xml"});
  if (kind === "svg") return drawing;
  const address = URL.createObjectURL(drawing), image = new Image();
  image.src = address;
  await image.decode();
  const canvas = h("canvas", {width: 2 * picture.getAttribute("width"), height: 2 * picture.getAttribute("height")});
  canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
  URL.revokeObjectURL(address);
  return new Promise((done) => canvas.toBlob(done, "image/png"));
}
