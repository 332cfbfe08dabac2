// How variants are drawn: colour, text on it, dashes, mark. The twin of vae_demo/palette.py, tested on the same labels.
import {h, svg} from "./dom.js";

export const HUED = ["17", "16", "18", "17→16"];
const OTHERS = ["ink", "v4", "v5", "v6", "v7", "v8"];
const DASHES = ["5 3", "2 3", "8 3 2 3", "1 2", "9 4", "4 2 1 2"];
// Marks along a line, about so many; a full line has none, for its colour is enough.
export const MARKED = 16;
export const hasMarks = ({dash, mark}) => Boolean(dash && mark);
export const MARKS = ["circle", "triangle-up", "diamond", "cross", "triangle-down", "x"];

const named = (name) => ({colour: `var(--vd-${name})`, text: name === "ink" ? "var(--vd-bg)" : `var(--vd-on-${name})`});

export function linesOf(labels) {
  const others = [...new Set(labels.filter((label) => !HUED.includes(label)))];
  return labels.map((label) => {
    if (HUED.includes(label)) return {...named(`v${HUED.indexOf(label)}`), dash: "", mark: "square"};
    const n = others.indexOf(label), count = OTHERS.length, turned = (n + Math.floor(n / count)) % count;
    return {...named(OTHERS[n % count]), dash: DASHES[turned], mark: MARKS[turned]};
  });
}

// The mark beside a name, as an element and inside a drawing; without a line it is the source's.
export const swatch = (line) =>
  h("i", {class: `vd-swatch vd-mark-${line?.mark || "square"}`, style: line ? `--line: ${line.colour}` : null});
export const drawnSwatch = (line, x, y) =>
  svg("rect", {class: `vd-swatch vd-mark-${line.mark}`, style: `--line: ${line.colour}`, x, y, width: 10, height: 10});
