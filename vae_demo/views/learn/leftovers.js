// Clips near one length in chunks of 17: where they are cut, and what the chunk at the end opens with.
import {h, replaceChildren, svg} from "../shared/dom.js";
import {colourOf} from "./slider.js";

const BAR = 14;

export function leftoversView(app, figure) {
  const {say} = app, size = figure.start, longest = Math.max(...figure.leftovers.map(framesOf));
  const rows = figure.leftovers.map((clip) => {
    const bar = h("div", {}), last = clip.chunks[clip.chunks.length - 1], whole = last.frames === size;
    const says = whole ? say("learn_group_left_none", {size})
      : say("learn_group_left_opens", {n: last.first, m: last.frames});
    app.sized(bar, (width) => replaceChildren(bar, drawn(clip, width / longest)));
    return h("li", {style: `--line: ${colourOf(size).colour}`}, h("b", {class: "vd-mono"}, clip.sum), bar,
      h(last.first === 1 ? "span" : "strong", {}, says));
  });
  return h("div", {class: "vd-leftovers"},
    app.figureHead(say("learn_group_left", {size}), null, "counted"), h("ul", {}, rows));
}

const framesOf = (clip) => clip.chunks.reduce((sum, chunk) => sum + chunk.frames, 0);

function drawn({chunks}, scale) {
  let at = 0;
  const parts = chunks.map(({frames, first}, i) => {
    const x = at * scale, opens = at;
    at += frames;
    return [svg("rect", {class: "vd-rest", x, y: 2, width: Math.max(frames * scale - 1, 0.5), height: BAR}),
      svg("rect", {class: "vd-first", x, y: 2, width: Math.max(first * scale - 1, 0.5), height: BAR}),
      i ? svg("line", {class: "vd-border-line", x1: opens * scale - 0.5, x2: opens * scale - 0.5, y1: 0,
        y2: BAR + 4}) : null];
  });
  return svg("svg", {width: at * scale, height: BAR + 4, "aria-hidden": "true"}, parts.flat());
}
