// The component: builds the views of one comparison, owns its state, and keeps them all on one frame.
import {makeSay} from "../../words/say.js";
import {axisOf} from "../shared/axis.js";
import {h, replaceChildren} from "../shared/dom.js";
import {titleOf} from "../shared/forms.js";
import {modelOf, plannedModel, restingAt, seriesOf} from "../shared/model.js";
import {installActions, remembered} from "./actions.js";
import {aheadView} from "./ahead.js";
import {headView, phoneVerdicts, variantPick} from "./around.js";
import {bus} from "./bus.js";
import {chartView} from "./chart.js";
import {TiledVideo} from "./clock.js";
import {columnsView} from "./columns.js";
import {cursorView} from "./cursor.js";
import {dropFirst, dropWhenSettled, takeStill} from "./first.js";
import {hear} from "./heard.js";
import {keys, scrubbing} from "./input.js";
import {later} from "./later.js";
import {showLook} from "./look.js";
import {installOpening} from "./opening.js";
import {overviewView} from "./overview.js";
import {axisPart} from "./part.js";
import {endsRun, keptBehind, mayShow, partly, sameSettings, tellResult} from "./partly.js";
import {picturesView} from "./pictures.js";
import {limitsOf, Playback} from "./playback.js";
import {loadPlotly} from "./plotly.js";
import {rulerView} from "./ruler.js";
import {sightOf} from "./sight.js";
import {footView} from "./takeaway.js";
import {tapesView} from "./tapes.js";
import {transportView} from "./transport.js";
import {installWhose} from "./whose.js";

export function startExplore({element, words, plotly, home, scores, light, models, value, watch, trigger}) {
  const root = element.querySelector(".vd-root"), lang = window.vdLang === "zh" ? "zh" : "en";
  const {say, list, headline, verdict} = makeSay(words, lang);
  const note = (n) => (`note_${n.case}` in words ? say(`note_${n.case}`, n.params) : n.text);
  const state = {frame: 0, selected: null, metric: remembered("vd-metric", Object.keys(scores), "psnr"),
    realigned: false, layer: "off", playing: false,
    speed: 1, loop: "none", compare: "side", against: "source", at: {x: 0.5, y: 0.5}, tapeRow: 0};
  const tapes = later(root);
  // A frame that a verdict names is one of the file.
  const judged = ({case: name, params}) => verdict({case: name,
    params: name === "one_chunk" ? {...params, worst: params.worst + (app.model.clip.start || 0)} : params});
  const app = {root, lang, say, verdict: judged, state, scores, light, model: null,
    get plotly() { return loadPlotly(plotly); }, tapesSeen: tapes.seen};
  const stage = h("div", {class: "vd-stage"}), notice = h("p", {class: "vd-notice", role: "alert", hidden: true});
  root.replaceChildren(notice, installWhose({root, stage, say, list, lang, models,
    restore: (settings) => bus.restore(trigger, settings)}), stage);
  let views = null, first = null, axis = null, files = {}, shown = null, ahead = null, wanted = null, asLooked = null;
  let tapeRowFollowers = [], hover = {forget() {}};

  // Settings that nobody has run, and nothing on screen before them: what they come to.
  const empty = aheadView(app, () => { if (!bus.told.drawn) bus.tell("drawn", true); });
  const lookAhead = (plan) => { if (empty.on && !views) { empty.draw(plan); dropFirst(); } };

  const main = new TiledVideo((frame) => {
    // While resting, only the wanted frame is shown: no other frame flashes by on the way.
    if (!views || (!state.playing && frame !== state.frame)) return;
    if (playback.alone || !state.playing) views.pictures.draw(main.file, main.canvas, frame);
    if (!bus.told.drawn) bus.tell("drawn", true);
    playback.onFrame(frame, app.stop);
  });
  const others = new Map();
  const playback = new Playback(main, () => [...others.values()].filter((video) => video.url), () => limitsOf(app),
    arrive);
  installActions(app, {
    playback, main, paint: (frame) => paint(frame), redraw, views: () => views, openOthers, stage,
    follow: (row) => {
      const rows = app.model.media.tapes?.rows;
      for (const fn of tapeRowFollowers) fn(rows ? rows[row] : null);
    },
    fail: (text) => { notice.hidden = !text; notice.textContent = text || ""; },
  });
  const sight = sightOf(app, stage, () => layout(true)), part = axisPart(app, () => axis);
  app.redraw = redraw;
  app.url = (name) => files[name];
  app.series = (v, metric) => seriesOf(v, metric, state.realigned);
  app.onTapeRow = (fn) => tapeRowFollowers.push(fn);
  app.forgetHover = () => hover.forget();

  function arrive(frame) {
    state.frame = frame;
    if (!playback.alone) redraw();
    paint(frame);
  }

  function redraw() {
    if (!views || main.frame < 0) return;
    for (const video of [main, ...playback.others()]) if (video.frame >= 0)
      views.pictures.draw(video.file, video.canvas, video.frame);
  }

  function paint(frame) {
    // The frame has left the part of a long clip that is on the axis.
    if (axis && !axis.shows(frame) && !part.rests(frame)) return layout(true);
    for (const view of [views.columns, views.transport, views.ruler, views.chart, views.overview]) view.cursor(frame);
    views.cursor.place(axis, frame);
  }

  function layout(again) {
    if (!views) return;
    // On a tab that is not in front the block has no width: it keeps the one it had.
    const width = Math.floor(views.block.clientWidth) || axis?.width || 0;
    if (width < 40 || (!again && axis && axis.width === width)) return;
    // A plan of more frames than the result has stays whole: no cursor would ever reach its end.
    const n = app.model.n_frames, longer = ahead && ahead.n_frames > n;
    axis = longer ? axisOf(width, ahead.n_frames) : part.axis(width, n, state.frame);
    for (const view of [views.overview, views.ruler, views.chart, views.tapes]) view.draw(axis);
    paint(state.frame);
  }

  // The files that show something now, beside the main one: tiles that found no room in it, and the second row.
  function openOthers() {
    const needed = new Set(app.model.media.panels.filter((p) =>
      p.file !== main.file && (p.layer === "frames" || p.layer === state.layer)).map((p) => p.file));
    for (const [file, video] of others) if (!needed.has(file)) { video.close(); others.delete(file); }
    return Promise.all([...needed].filter((file) => !others.has(file)).map((file) => {
      const video = new TiledVideo((frame) => {
        if (views && !state.playing && frame === state.frame) views.pictures.draw(file, video.canvas, frame);
      });
      others.set(file, video);
      return openVideo(video, file);
    }));
  }

  async function openVideo(video, file) {
    if (!file) return bus.tell("drawn", true); // somebody brought the numbers alone
    video.wanted = state.frame;
    video.file = file;
    return video.open(files[file], app.model.media.fps);
  }

  function open(next) {
    const model = modelOf(next.comparison), before = views;
    const more = Boolean(shown) && shown.whole === false && sameSettings(shown.settings, next.settings);
    const focused = document.activeElement && stage.contains(document.activeElement)
      ? document.activeElement.getAttribute("aria-label") : null;
    const asked = wanted && sameSettings(wanted.settings, next.settings) ? wanted : next;
    if (next.whole !== false) wanted = null;
    asLooked = more ? null : asked.look;
    Object.assign(state, restingAt(model, more ? state : {}, asked), {layer: "off", playing: false});
    if (!more)
      Object.assign(state, {loop: "none", compare: "side", against: "source",
        tapeRow: Math.floor((model.media.tapes?.rows.length || 1) / 2)});
    app.see.renew({anew: !more});
    if (!more) part.forget();
    app.model = model;
    app.title = next.settings && !next.settings.upload ? titleOf(say, next.settings) : model.clip.name;
    shown = next;
    files = Object.fromEntries(Object.entries(next.urls).map(([name, file]) => [name, file.url]));
    if (before) before.pictures.stop();
    tapeRowFollowers = [];
    state.around = state.frame;
    if (!model.of(state.against)) state.against = "source";
    build(next);
    if (before && more) views.pictures.adopt(before.pictures);
    takeStill(views.pictures.painters, next.saved ? next.settings.clip : null, state.frame);
    if (!bus.told.result) dropWhenSettled((then) => bus.on("settings", root, then));
    if (focused) stage.querySelector(`[aria-label="${CSS.escape(focused)}"]`)?.focus({preventScroll: true});
    look(bus.told.plan);
    for (const video of others.values()) video.close();
    others.clear();
    openVideo(main, model.panel("source", "frames")?.file).then(openOthers).catch(() => app.failed());
    if (asLooked) showLook(app, asLooked);
    bus.tell("intro", next.intro);
    tellResult(next, model.n_source);
  }

  function build(next) {
    const pictures = picturesView(app);
    views = {pictures, columns: columnsView(app, pictures), transport: transportView(app), overview: overviewView(app),
      ruler: rulerView(app), chart: chartView(app), tapes: tapesView(app)};
    views.sight = sight.build(views);
    views.cursor = cursorView(app);
    views.block = h("div", {class: "vd-axis"}, views.ruler.node, views.chart.node, views.tapes.node, views.cursor.node);
    part.listen(views.block);
    views.pick = variantPick(app);
    hover = scrubbing(views.block, () => axis, app);
    tapes.watch(views.tapes.node);
    axis = null;
    stage.dataset.layer = "off";
    stage.dataset.compare = state.compare;
    replaceChildren(stage, headView(app, headline, note, next), views.pick, views.columns.node, views.transport.node,
      phoneVerdicts(app), views.overview.node, views.block, footView(app, home, next), views.sight.shading);
    views.transport.refresh();
    sight.arrange();
    views.columns.select(state.selected);
    views.columns.progress(bus.told.run);
    views.pick.value = state.selected;
    app.setTapeRow(state.tapeRow);
    if (state.compare === "blink") pictures.compare(redraw);
  }

  // The ruler shows what the controls say as soon as it is not the result on screen; one from a file was never theirs.
  function look(plan) {
    if (!views) return;
    const labels = plan && !plan.error && plan.variants.map((v) => v.label), {model} = app;
    const same = !labels || shown?.opened_from || (
      plan.frames === model.n_source && labels.join() === model.variants.map((v) => v.label).join());
    ahead = same ? null : plannedModel(plan);
    for (const view of [views.ruler, views.overview]) view.plan(ahead);
    layout(true);
  }

  function update(next) {
    if (!next) return;
    // What the page came with is no answer to what it asks for.
    if (next !== first) window.vdVisitFilled("explore");
    if (next.opened) wanted = next.opened;
    if (next.running) hear(next.running, next.opened?.settings, Boolean(shown) && partly(shown));
    if (next.opened && !next.comparison && !views) {
      empty.on = true;
      replaceChildren(stage, empty.node);
      if (next.intro) bus.tell("intro", next.intro);
      return lookAhead(bus.told.plan);
    }
    if (!next.comparison || next.stamp === shown?.stamp) return;
    if (!mayShow(next)) return;
    behind.before(next, shown);
    app.stop();
    open(next);
    if (next !== first && endsRun(next)) bus.tell("run", null);
  }

  new ResizeObserver(() => {
    layout();
    lookAhead(bus.told.plan);
  }).observe(root);
  keys(root, app);
  bus.on("plan", root, look);
  bus.on("plan", root, lookAhead);
  bus.on("run", root, (run) => views && views.columns.progress(run));
  const behind = keptBehind(root, open);
  watch("value", () => update(value()));
  first = value();
  if (!first?.comparison) {
    replaceChildren(stage, h("p", {class: "vd-empty"}, say("nothing_yet")));
    dropFirst();
  }
  const linked = installOpening((settings) => trigger("open", settings));
  // A link, or what was here before a reload, shows its own result: the one every visitor sees first would only
  // flash by.
  if (linked) setTimeout(() => views || empty.on || update(first), LINK_PATIENCE_MS);
  else update(first);
}

const LINK_PATIENCE_MS = 4000;
