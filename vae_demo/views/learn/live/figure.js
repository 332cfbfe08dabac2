// The figure of the step `live`: slider, where the numbers are from, ruler and curve, pictures, every size tried.
import {h, putText} from "../../shared/dom.js";
import {clamp, db, known} from "../../shared/format.js";
import {sizeSlider} from "../size_slider.js";
import {mapView} from "./map.js";
import {decodedOf, sourceOf} from "./pixels.js";
import {plotView} from "./plot.js";
import {statusView} from "./status.js";
import {stripView} from "./strip.js";

const AROUND = 1, LOW_DB = 3;

// on: what it shows and whom it tells; see view.js.
export function liveFigure(app, on) {
  const {say} = app, {figure, sizes, live, session, of, shownOf} = on, n = figure.n_frames;
  const slider = sizeSlider(app, {least: figure.least, most: figure.most, start: figure.start, show: on.show,
    says: on.saidOf, colour: (size) => on.line(size).colour, head: (number) => h("div", {class: "vd-fig-head"},
      h("h4", {}, say("learn_slider"), number), h("p", {}, h("i", {class: "vd-dot"}), say("learn_live_rule")))});
  const status = statusView(app, session, figure.model);
  const plot = plotView(app, n, {seek: on.seek, says: frameSaid});
  const strip = stripView(app, figure, {pick: on.seek, redraw: () => live.drawn && drawStrip()});
  const map = mapView(app, n, sizes, {pick: set, psnrOf: on.triedOf, meanOf: on.meanOf, scale: () => near});
  const button = (words, onclick) => h("button", {type: "button", class: "vd-link", onclick}, words);
  const all = button(say("learn_live_all", {n: sizes.length}), on.all);
  const stop = button(say("learn_live_stop"), () => live.all?.stop());
  const caption = h("p", {class: "vd-live-caption"}), range = rangeOf();
  const near = {best: range.best, range: range.best - range.worst};
  const node = h("div", {class: "vd-slider vd-live"}, slider.nodes, status.node, plot.node, caption, strip.node,
    h("div", {class: "vd-fig-head vd-live-map-head"}, h("h4", {}, say("learn_live_map")),
      h("p", {}, say("learn_live_map_note"), " ", all)), map.node);
  app.sized(node, slider.draw);

  // What the scores of the clip lie between.
  function rangeOf() {
    const rounds = figure.saved.filter((each) => each.encode === each.decode);
    const own = rounds.find((each) => Number(each.decode) === figure.own), values = rounds.flatMap((each) => each.psnr);
    const sorted = [...own.psnr].sort((a, b) => a - b), worst = Math.min(...values);
    return {worst, low: Math.floor(worst - 1), high: Math.ceil(Math.max(...values) + 0.5),
      best: sorted[sorted.length >> 1]};
  }

  // A size from a button or the map.
  function set(size) {
    slider.set(size);
    on.show(size);
  }

  function frameSaid(frame) {
    const {psnr} = shownOf(live.size), {v} = of(live.size), value = known(psnr[frame])
      ? `${db(psnr[frame])} dB` : say("learn_live_pending");
    return [`f${frame}`, value, v.boundaries.includes(frame) ? say("learn_chunk_start") : ""].filter(Boolean)
      .join(say("list_comma"));
  }

  function drawStrip() {
    const {from, psnr} = shownOf(live.size), {v, label, plan} = of(live.size);
    const middle = [...psnr].filter(known).sort((a, b) => a - b), usual = middle[middle.length >> 1];
    strip.draw({
      label, now: live.frame,
      first: (count) => clamp(live.frame - Math.ceil(count / 2) + AROUND, 0, n - count),
      of: (frame) => ({
        name: `f${frame}`, shows: frame, from, opens: v.boundaries.includes(frame),
        source: sourceOf(session.frames, on.saved, frame),
        own: decodedOf(from, on.computed, on.saved, {key: plan.key, label}, frame),
        caption: [h(known(psnr[frame]) && usual - psnr[frame] >= LOW_DB ? "b" : "span", {},
          known(psnr[frame]) ? db(psnr[frame]) : "…"),
        v.boundaries.includes(frame) ? h("em", {class: "vd-red"}, say("learn_chunk_start")) : null],
      })});
  }

  function draw() {
    live.drawn = true;
    const {size, frame} = live, shown = shownOf(size), {v, label} = of(size), own = on.knownOf(figure.own);
    slider.resay();
    status.draw({size, from: shown.from, have: shown.behind ?? shown.have, n, ms: shown.ms, side: figure.height,
      all: live.all && {...live.all, stop}});
    const dashed = size !== figure.own && own;
    plot.draw({v, label, line: on.line(size), psnr: shown.psnr, reference: dashed ? own : null, frame,
      low: range.low, high: range.high, pending: say(shown.from ? "learn_live_pending" : "learn_live_not_saved")});
    putText(caption, say("learn_live_caption") + (dashed ? say("learn_live_dashed", {size: figure.own}) : ""));
    drawStrip();
    map.mark(size, on.line(size));
    all.disabled = session.phase !== "ready" || Boolean(live.all) || sizes.every(on.isWhole);
    const tried = sizes.filter((each) => on.meanOf(each) !== null).length;
    map.label(say("learn_live_map_says", {n: tried, m: sizes.length}));
  }

  return {node, draw, set, row: map.update, rows: map.draw, mapSaid: () => map.node.getAttribute("aria-label")};
}
