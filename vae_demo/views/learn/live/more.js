// Below the figures of `breaks` and `clash`: any other size, by the same engine. Nothing is asked of it before the
// answer of the step is open and this is in the window.
import {h, replaceChildren} from "../../shared/dom.js";
import {clamp, db, known} from "../../shared/format.js";
import {linesOf} from "../../shared/lines.js";
import {computedResults} from "./computed.js";
import {decodedOf, sourceOf} from "./pixels.js";
import {planned} from "./plans.js";
import {savedResults} from "./saved.js";
import {statusView} from "./status.js";
import {stripView} from "./strip.js";

const BEFORE = 2;

// figure: of the step `live`. Each gives what stands in the figure: nothing where there is no session.
export function moreSizes(app, session, figure) {
  const {say} = app, n = figure.n_frames;
  if (!session) return {breaks: () => null, clash: () => null};
  const psnr = (v, frame, score) => [h("span", {}, known(score) ? db(score) : "…"),
    v.boundaries.includes(frame) ? h("em", {class: "vd-red"}, say("learn_chunk_start")) : null];
  const slot = (v, frame) => (v.slots[frame] === null ? h("b", {}, say("tag_pad"))
    : [`f${v.slots[frame]}`, frame > v.slots[frame] ? h("em", {}, say("late", {n: frame - v.slots[frame]})) : null]);
  return {
    breaks: () => moreView(app, session, figure, {title: "learn_live_more_breaks", start: 20, caption: psnr,
      pair: (size) => [size, size], stands: (v) => v.boundaries[0] ?? 0}),
    clash: (ruler) => moreView(app, session, figure, {title: "learn_live_more_clash", start: 16, caption: slot, ruler,
      pair: (size) => [figure.own, size], stands: (v) => Math.max(v.slots.indexOf(null, 1), 0)}),
  };

  function moreView(app, session, figure, {title, start, pair, stands, caption, ruler}) {
    const saved = savedResults(app, figure, () => later()), status = statusView(app, session, figure.model);
    const strip = stripView(app, figure, {redraw: () => draw()}), drawn = h("div", {});
    const computed = computedResults(session, n, {cursor: () => stands(of().v), changed: later, done: later});
    const number = h("input", {type: "number", min: figure.least, max: figure.most, value: start,
      "aria-label": say("learn_slider_number", {least: figure.least, most: figure.most}),
      oninput: () => show(Math.round(Number(number.value))), onblur: () => { number.value = size; }});
    const step = (says, by, sign) => h("button", {type: "button", class: "vd-text-button", "aria-label": say(says),
      onclick: () => {
        show(clamp(size + by, figure.least, figure.most));
        number.value = size;
      }}, sign);
    const head = h("div", {class: "vd-fig-head"}, h("h4", {}, say(title, {own: figure.own})),
      h("p", {}, step("learn_live_less", -1, "−"), number, step("learn_live_greater", 1, "+")));
    const node = h("div", {class: "vd-live vd-live-more vd-slider vd-later"}, head, status.node, drawn, strip.node);
    let size = start, seen = false, due = null;

    const of = () => planned(n, ...pair(size));

    function show(next) {
      if (!(next >= figure.least && next <= figure.most) || next === size) return;
      size = next;
      ask();
      draw();
    }

    function ask() {
      const open = node.closest(".vd-step")?.dataset.open !== undefined;
      if (!seen || !open) return;
      session.wake();
      if (session.phase === "ready") computed.ask(of().plan);
    }

    function later() { due ??= requestAnimationFrame(draw); }

    function draw() {
      due = null;
      const {v, label, plan} = of(), own = computed.of(plan.key), kept = saved.of(label);
      const from = session.phase === "ready" || (own?.whole && !kept) ? "machine" : kept ? "saved" : "";
      const scores = (from === "machine" ? own : kept)?.psnr ?? [], count = v.frames_out;
      node.style.setProperty("--line", linesOf([label])[0].colour);
      status.draw({size: label, from, have: own?.have ?? 0, n: count, ms: own?.ms,
        side: figure.height});
      if (ruler && drawn.dataset.of !== label) replaceChildren(drawn, ruler(v));
      drawn.dataset.of = label;
      strip.draw({label, now: null, first: (shown) => clamp(stands(v) - BEFORE, 0, count - shown), of: (frame) => ({
        name: ruler ? `${frame}` : `f${frame}`, shows: frame, from, opens: v.boundaries.includes(frame),
        source: frame < n ? sourceOf(session.frames, saved, frame) : {picture: null, paint: () => false},
        own: decodedOf(from, computed, saved, {key: plan.key, label}, frame),
        caption: caption(v, frame, scores[frame])})});
    }

    session.hear(() => {
      if (!session.busy && !computed.of(of().plan.key)?.whole) ask();
      later();
    });
    app.whenSeen(node, (now) => {
      seen = now;
      if (!session.busy) ask();
    });
    draw();
    return node;
  }
}
