// Which period: the score of every one that was tried, and the same signal folded at its neighbours.
import {h, helped, replaceChildren, svg} from "../shared/dom.js";
import {smallFolds} from "./fold.js";

const TALL = 164, TOP = 30, BOTTOM = 22, LEFT = 34;
const STEPS = [1, 2, 5, 10, 20];

export function periodsView(app) {
  const {say} = app, bars = h("figure", {class: "vd-in-periods"}), others = h("figure", {class: "vd-in-others"});
  const node = h("div", {class: "vd-in-pair"}, bars, others);

  function draw(width, beside) {
    drawBars(width);
    drawOthers(beside);
  }

  function drawBars(width) {
    const {model} = app, {scores, line, first} = model.data.periods;
    const title = h("figcaption", {class: "vd-in-caption"}, h("h4", {}, say("inspect_which")),
      h("span", {}, helped(say("inspect_which_says"), say("inspect_help_p"))));
    if (!scores.length || model.mode === "still") return replaceChildren(bars, title, h("p", {class: "vd-in-note"},
      say("inspect_no_scores")));
    const found = model.data.findings.map(({period}) => period), top = Math.max(...scores, line, 1) * 1.06;
    const low = Math.min(0, ...scores), y = (value) => TOP + (TALL - TOP - BOTTOM) * (top - value) / (top - low);
    const slot = (width - LEFT) / scores.length, x = (i) => LEFT + i * slot;
    const kin = (period) => found.some((each) => period % each === 0 || each % period === 0);
    const step = STEPS.find((each) => top / each <= 4) || 50;
    const ticks = Array.from({length: Math.floor(top / step) + 1}, (_, i) => i * step);
    const bar = (value, i) => {
      const period = first + i, name = found.includes(period) ? "found" : kin(period) ? "kin" : "rest";
      const wide = Math.max(slot * 0.7, 1), at = x(i) + (slot - wide) / 2;
      return svg("g", {class: `vd-in-bar vd-in-bar-${name}`, "data-period": period,
        onclick: () => app.setFold(period), onpointerenter: () => app.previewFold(period),
        onpointerleave: () => app.previewFold(null)},
      svg("title", {}, say("inspect_score_of", {period, score: value.toFixed(1)})),
      svg("rect", {class: "vd-in-hit", x: x(i), y: TOP - 16, width: slot, height: TALL - TOP}),
      svg("rect", {x: at, width: wide, y: Math.min(y(value), y(0)), height: Math.max(Math.abs(y(value) - y(0)), 1)}),
      name !== "rest" && value > line && slot >= 7 || name === "found"
        ? svg("text", {class: "vd-in-bar-name", x: x(i) + slot / 2, y: Math.min(y(value), y(0)) - 4,
          "text-anchor": "middle"}, `${period}`) : null);
    };
    const names = scores.map((_, i) => first + i).filter((period) => period === first || period % 5 === 0)
      .filter((period) => slot * 5 >= 24 || period % 10 === 0)
      .map((period) => svg("text", {class: "vd-tick", x: x(period - first) + slot / 2, y: TALL - 5,
        "text-anchor": "middle"}, `${period}`));
    replaceChildren(bars, title, svg("svg", {width, height: TALL, role: "img", "aria-label": say("inspect_periods")},
      ticks.map((tick) => [svg("line", {class: "vd-in-rule", x1: LEFT, x2: width, y1: y(tick), y2: y(tick)}),
        svg("text", {class: "vd-tick", x: LEFT - 8, y: y(tick) + 4, "text-anchor": "end"}, `${tick}`)]).flat(),
      scores.map(bar), svg("line", {class: "vd-in-dashes", x1: LEFT, x2: width, y1: y(line), y2: y(line)}), names),
    h("p", {class: "vd-in-note"}, {found: `${say("inspect_bars_found")} `, none: `${say("inspect_bars_none")} `}[
      model.mode] ?? "", say("inspect_line_says")));
  }

  function drawOthers(width) {
    const {model} = app, P = model.period, {detects} = model.data;
    const signal = model.folded, title = model.main ? say("inspect_others") : say("inspect_would");
    const caption = h("figcaption", {class: "vd-in-caption"}, h("h4", {}, title),
      h("span", {}, say("inspect_marked", {what: say(markOf(model, signal))})));
    if (!model.main) {
      const size = model.mode === "none" && detects?.sizes[signal];
      others.hidden = !size;
      // In ink, a deviation that counts twice over is full.
      if (size) replaceChildren(others, caption, smallFolds(app, width, [P, P], signal, 0.5 * timesOf(model, signal,
        size)),
        h("p", {class: "vd-in-note"}, say("inspect_would_says", {period: P})));
      return;
    }
    others.hidden = false;
    const half = P % 2 === 0 && P / 2 >= 3 ? [P / 2] : [], twice = 2 * P <= model.n / 2 ? [2 * P] : [];
    const slim = width < 420;
    const periods = slim ? [P - 1, P, P + 1] : [...half, P - 1, P, P + 1, ...twice];
    const some = periods.filter((each) => each >= 2);
    replaceChildren(others, caption, smallFolds(app, width, some, signal),
      model.sure ? h("p", {class: "vd-in-note"}, say(model.second ? "inspect_others_two" : "inspect_others_says",
        {period: P, before: P - 1, after: P + 1})) : null);
  }

  return {node, draw};
}

// How many times the deviation that counts a size in a signal's units is.
function timesOf(model, signal, size) {
  const {ratio, matters} = model.drawn[signal];
  return (ratio ? Math.log(signal === "detail" ? 1 + size : size) : size) / matters;
}

function markOf(model, signal) {
  const shown = model.own(signal)?.signals[signal], down = shown?.deviation < 0;
  if (!shown) return "inspect_mark_apart";
  return {step: down ? "inspect_mark_still" : "inspect_mark_jumps", added: "inspect_mark_added",
    light: down ? "inspect_mark_darker" : "inspect_mark_lighter", psnr: "inspect_mark_worse",
    detail: down ? "inspect_mark_softer" : "inspect_mark_sharper"}[signal];
}
