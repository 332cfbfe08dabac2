// The component: one inspection on screen, all its views on one frame; before there is one, what can be inspected.
//   window.vdOpenInInspect({sample})                   shows a sample, from anywhere
//   window.vdOpenInInspect({label, run} or settings)   a variant of a result of Explore against its source
import {makeSay} from "../../words/say.js";
import {NARROW} from "../shared/axis.js";
import {h, replaceChildren} from "../shared/dom.js";
import {clamp} from "../shared/format.js";
import {explores, nameSample} from "./around.js";
import {axisView} from "./axis.js";
import {cardsView} from "./cards.js";
import {emptyView, takesFiles} from "./empty.js";
import {foldView} from "./fold.js";
import {inspectFoot} from "./foot.js";
import {inspectHead, tellsHeadline} from "./head.js";
import {inspectKeys} from "./keys.js";
import {liveView} from "./live.js";
import {inspectModel} from "./model.js";
import {periodsView} from "./periods.js";
import {FrameClock, loopLimits} from "./player.js";
import {sheetsOf} from "./sheet.js";
import {stripView} from "./strip.js";
import {transportBar} from "./transport.js";

// Of the width: strip and fold, and the gap between them; a pair has wider strips.
const SHARES = {lone: 650 / 1234, pair: 748 / 1234}, BETWEEN = 46;

export function startInspect({element, words, samples, home, value, watch, trigger}) {
  const root = element.querySelector(".vd-root"), lang = window.vdLang === "zh" ? "zh" : "en";
  const {say} = makeSay(words, lang), glue = lang === "zh" ? "" : " ";
  const state = {frame: 0, fold: 16, view: "frames", playing: false, speed: 1, loop: false, enlarged: false};
  const app = {root, lang, say, words, glue, state, model: null, value: {}, sheets: {}, told: tellsHeadline(say, glue)};
  const stage = h("div", {class: "vd-in-stage"});
  const reading = liveView(app);
  root.replaceChildren(reading.node, stage);
  let views = null, stamp = null, width = 0, resting = 0, peeked = false, order = null, live = false, themed = [];

  const tell = (detail) => dispatchEvent(new CustomEvent("vd-inspect", {detail}));
  const hear = ({detail}) => {
    if (!root.isConnected) return removeEventListener("vd-inspect", hear);
    if (detail.phase === "asked") { ({order} = detail); live = true; }
    if (["stopping", "error", "done"].includes(detail.phase)) live = false;
    if (["asked", "stopping", "error", "done"].includes(detail.phase)) reading.show(null);
  };
  addEventListener("vd-inspect", hear);

  const clock = new FrameClock({
    limits: () => loopLimits(app.model, {loop: state.loop, around: state.around}), fps: () => app.model.fps,
    show: (frame) => at(frame), stopped: () => { state.playing = false; views.transport.refresh(); }});

  function at(frame) {
    state.frame = clamp(frame, 0, app.model.n - 1);
    for (const view of [views.strip, views.fold, views.transport, views.axis]) view.cursor(state.frame);
  }
  // For good; `peek` shows a frame until the pointer leaves.
  app.seek = (frame) => {
    resting = clamp(frame, 0, app.model.n - 1);
    peeked = false;
    state.around = resting;
    if (state.playing) clock.begin(resting);
    at(resting);
  };
  app.peek = (frame) => {
    if (state.playing || !app.model) return;
    if (frame === null) {
      if (peeked) at(resting);
      peeked = false;
      return;
    }
    peeked = true;
    if (frame !== state.frame) at(frame);
  };
  app.step = (by) => {
    app.pause();
    app.seek((peeked ? state.frame : resting) + by);
  };
  app.event = (by) => {
    const {events} = app.model, now = peeked ? state.frame : resting;
    const next = by > 0 ? events.find((t) => t > now) : events.findLast((t) => t < now);
    app.pause();
    if (next !== undefined) app.seek(next);
  };
  app.pause = () => {
    if (!state.playing) return;
    state.playing = false;
    clock.pause();
    resting = state.frame;
    views.transport.refresh();
  };
  app.toggle = () => {
    if (state.playing) return app.pause();
    state.playing = true;
    state.around = state.frame;
    clock.play(state.frame);
    views.transport.refresh();
  };
  app.setSpeed = (speed) => {
    state.speed = speed;
    clock.setSpeed(speed);
    views.transport.refresh();
  };
  app.setLoop = (on) => {
    state.loop = on;
    state.around = state.frame;
    if (on && !state.playing) app.toggle();
    views.transport.refresh();
  };
  app.setEnlarged = (on) => {
    state.enlarged = on;
    views.strip.paint();
    views.transport.refresh();
  };
  app.setView = (name) => {
    state.view = name;
    drawFold();
  };
  app.setFold = (period) => {
    state.fold = clamp(period, 2, Math.max(Math.floor(app.model.n / 2), 2));
    kept = state.fold;
    drawFold();
  };
  let kept = null;
  // A period under the pointer is folded at until the pointer leaves.
  app.previewFold = (period) => {
    state.fold = period ?? kept;
    drawFold();
  };
  app.resting = () => app.model.events[Math.floor(app.model.events.length / 2)] ?? 0;
  app.toNext = () => {
    const target = stage.querySelector("#vd-inspect-next");
    target.tabIndex = -1;
    target.scrollIntoView({block: "center"});
    target.focus({preventScroll: true});
  };
  app.onTheme = (paint) => { themed.push(paint); paint(); };
  app.nextView = () => app.setView(state.view === "frames" ? app.model.folded : "frames");

  const exploring = explores(root, trigger);

  const columns = () => {
    const narrow = width < 900, share = app.model.pair ? SHARES.pair : SHARES.lone;
    const one = narrow ? width : Math.floor((width - BETWEEN) * share);
    return {narrow, one, two: narrow ? width : width - BETWEEN - one};
  };

  function drawFold() { views.fold.draw(columns().two); }

  function paint() {
    width = Math.floor(stage.clientWidth);
    if (!views || width < 40) return;
    const {one} = columns();
    views.figures.style.setProperty("--one", `${one}px`);
    const lone = width < 900 ? width : Math.floor((width - BETWEEN) * SHARES.lone);
    views.strip.draw(width < NARROW);
    drawFold();
    views.axis.draw(width);
    views.periods.draw(lone, width < 900 ? width : width - BETWEEN - lone);
    views.transport.refresh();
    at(state.frame);
  }

  function repaint() {
    if (!views) return;
    views.strip.paint();
    views.fold.paint();
    views.axis.paint();
  }

  function show(next) {
    if (state.playing) clock.pause();
    themed = [];
    app.value = next;
    app.model = inspectModel(next);
    app.sourceInExplore = app.model.pair ? exploring(next) : null;
    Object.assign(state, {playing: false, loop: false, enlarged: false, frame: app.resting(), around: app.resting(),
      fold: app.model.period, view: app.model.seen && !app.model.second ? "frames" : app.model.folded});
    kept = state.fold;
    resting = state.frame;
    app.sheets = Object.fromEntries(Object.entries(next.pictures).map(([name, told]) =>
      [name, sheetsOf(told, (file) => next.urls[`${name}/${file}`].url, repaint)]));
    views = {strip: stripView(app), fold: foldView(app), transport: transportBar(app), axis: axisView(app),
      periods: periodsView(app), cards: cardsView(app)};
    views.figures = h("div", {class: "vd-in-figures"}, views.strip.node, views.fold.node);
    replaceChildren(stage, inspectHead(app), views.figures, views.transport.node, views.axis.node, views.periods.node,
      views.cards.node, inspectFoot(app, home));
    paint();
    nameSample(next.sample);
  }

  function showEmpty() {
    if (state.playing) clock.pause();
    views = app.model = stamp = null;
    themed = [];
    replaceChildren(stage, emptyView(app, samples));
  }

  function working(run) {
    if (run.error) return tell({phase: "error", error: run.error});
    if (run.stopped) return live ? null : tell({phase: "stopped"});
    if (run.position !== undefined)
      return live ? tell({phase: "queued", position: run.position, size: run.size}) : null;
    if (!live || run.fraction === undefined) return;
    if (run.live) reading.show(run.live);
    tell({phase: "working", fraction: run.fraction, says: run.frames ? [say("inspect_reading"),
      run.of ? say("inspect_read_of", {n: run.frames, of: run.of}) : say("n_frames", {n: run.frames})] : null});
  }

  function update(next) {
    // Words of an order that another one has replaced come too late.
    if (!next || (next.order && order && next.order !== order)) return;
    if (next.running) return working(next.running);
    if (next.empty) {
      showEmpty();
      nameSample(null);
      return tell({phase: "done"});
    }
    if (!next.inspection || next.stamp === stamp) return;
    ({stamp} = next);
    show(next);
    tell({phase: "done"});
  }

  window.vdOpenInInspect = (asked) => {
    window.vdShowTab?.("inspect");
    if (!asked.sample) tell({phase: "asked"});
    trigger(asked.sample ? "open" : "decode", {...asked, visit: window.vdVisit});
  };
  const asking = window.vdInspectAsked;
  if (asking) {
    window.vdOpenInInspect(window.vdInspectAsked);
    window.vdInspectAsked = null;
  }
  inspectKeys(root, app);
  takesFiles(root, root);
  new ResizeObserver(() => { if (Math.floor(stage.clientWidth) !== width) paint(); }).observe(root);
  new MutationObserver(() => {
    for (const each of themed) each();
    if (views) paint();
  }).observe(document.body, {attributes: true, attributeFilter: ["class"]});
  showEmpty();
  watch("value", () => { window.vdVisitFilled("inspect"); update(value()); });
  update(value());
  const back = window.vdVisitAsks("inspect"), asked = new URLSearchParams(location.search);
  if (asking) return;
  if (back && back.video && back.video !== "none") trigger("open", back);
  else if (asked.get("tab") === "inspect" && asked.get("sample"))
    trigger("open", {sample: asked.get("sample"), visit: window.vdVisit});
}
