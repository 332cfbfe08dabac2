// The component: one sweep on screen, one selected size; while another one runs its columns take the figure over,
// and the last finished sweep comes back if that run ends without a result.
import {makeSay} from "../../words/say.js";
import {bringing} from "../shared/bring.js";
import {h, replaceChildren} from "../shared/dom.js";
import {clips, forms} from "../shared/forms.js";
import {clamp} from "../shared/format.js";
import {differences} from "../shared/same_run.js";
import {whoseBanner} from "../shared/whose.js";
import {sizeView, sweepFoot, sweepHead} from "./around.js";
import {bandsView} from "./bands.js";
import {onScreen, planned, planNow, refill} from "./form.js";
import {byFrameView} from "./frames.js";
import {partScores, sweepModel} from "./model.js";
import {tableView} from "./table.js";

export function startSweep({element, words, rules, models, value, watch, trigger}) {
  const root = element.querySelector(".vd-root"), lang = window.vdLang === "zh" ? "zh" : "en";
  const {say: spoken, list} = makeSay(words, lang);
  // 1 + 4k is one word, never broken across lines.
  const say = (key, params) => spoken(key, params).replaceAll("1 + 4k", "1\u00a0+\u00a04k");
  say.knows = spoken.knows;
  const app = {root, lang, say, words, model: null, value: {}, selected: null, chosen: false};
  const head = h("div", {}), foot = h("div", {}), stage = h("div", {class: "vd-sweep-stage"});
  const empty = h("p", {class: "vd-sw-empty"}, say("sweep_nothing"));
  const views = {bands: bandsView(app), size: sizeView(app), frames: byFrameView(app), table: tableView(app)};
  let result = null, stamp = null, width = 0, n_shown = -1;
  const banner = whoseBanner({say, list, lang,
    run: () => document.getElementById("vd-sweep-run")?.click(), restore: (settings) => refill(trigger, settings)});
  replaceChildren(stage, head, views.bands.node, views.size.node, views.frames.node, views.table.node, foot);
  root.replaceChildren(empty, banner.node, stage);
  stage.hidden = true;
  const brought = bringing({tab: "sweep", root, stage, clip: "#vd-sweep-controls input[type=file]"});

  // A run is under way from the press of Run to its end; what comes after that was on its way too long.
  let live = false;
  const hear = ({detail: {phase}}) => {
    if (!root.isConnected) return removeEventListener("vd-sweep", hear);
    if (phase === "asked") live = true;
    if (phase === "stopping") restore();
    if (["stopping", "error", "done"].includes(phase)) live = false;
    match();
  };
  addEventListener("vd-sweep", hear);
  const tell = (detail) => dispatchEvent(new CustomEvent("vd-sweep", {detail}));
  app.index = () => app.model.of(app.selected)?.index ?? 0;
  app.select = (label) => {
    if (!app.model?.of(label) || label === app.selected) return;
    app.selected = label;
    app.chosen = true;
    paint();
  };
  // The clip that the figure is of, as menus name it; null where it was the visitor's and is here no longer.
  app.clip = () => {
    const {sample, settings} = app.value, own = clips.own.now;
    return sample || (settings?.upload && own?.id === settings.upload ? own.shown : null);
  };
  app.step = (by) => app.select(app.model.columns[clamp(app.index() + by, 0, app.model.columns.length - 1)].label);

  // Whether what is on screen is what the controls say.
  function match() {
    // A sweep from a file was never asked for here: it is nobody's other form.
    const settings = app.model && !app.value.opened_from && app.value.settings, form = forms.sweep.now;
    const of = settings && {...settings, got: app.model.n};
    const differ = of && form ? differences(form, of, clips.of(form.clip), models) : null;
    stage.classList.toggle("vd-other-form", Boolean(differ?.length));
    // What the server has not answered yet is not held against it.
    const {runs, time} = planNow() || {runs: true, time: ""};
    banner.show({of, differ: differ || [], running: live, runs, time});
    onScreen.set({differ, whole: Boolean(app.model) && !app.model.running});
  }

  app.trim = (frames) => trigger("select", {frames});
  app.open = () => {
    const {model} = app, name = app.clip();
    if (!name || !window.vdOpenInExplore) return;
    const variants = [...new Set([app.selected, model.reference])], {clip} = model;
    window.vdOpenInExplore({model: model.model, variants, clip: name, frames: clip.n_frames, start: clip.start,
      size: Math.min(clip.width, clip.height), dtype: app.value.settings?.dtype, selected: app.selected});
  };

  // The size that tells most: the 1 + 4k size next to the declared one that the clip's end spoils, else the worst one.
  function telling(model) {
    const scored = model.columns.filter((c) => partScores(c.row?.full).length), worst = (c) => c.row.full.psnr_worst;
    const far = (c) => Math.abs(c.length - Number(model.reference));
    const spoiled = scored.filter((c) => (c.row.findings || []).some((f) => f.case === "spoiled"))
      .sort((a, b) => far(a) - far(b))[0];
    const chosen = spoiled || scored.reduce((best, c) => (!best || worst(c) < worst(best) ? c : best), null);
    return (chosen || model.columns[0])?.label;
  }

  function paint() {
    width = Math.floor(stage.clientWidth) || Math.floor(root.clientWidth);
    if (!app.model || width < 40) return;
    views.bands.draw(width);
    views.size.draw();
    views.frames.draw(width);
    views.table.draw();
  }

  function show(data, next) {
    app.model = sweepModel(data, rules);
    app.value = next;
    if (!app.model.of(app.selected)) app.selected = telling(app.model);
    n_shown = data.rows.length;
    stage.classList.toggle("vd-sw-growing", app.model.running);
    empty.hidden = true;
    stage.hidden = false;
    replaceChildren(head, sweepHead(app));
    replaceChildren(foot, sweepFoot(app));
    paint();
    match();
  }

  function finished(next) {
    stamp = next.stamp;
    result = next;
    if (!result.sweep) return;
    brought.came();
    if (!app.model?.running || !app.chosen) app.selected = null;
    show(next.sweep, next);
    // A saved sweep that somebody opens meanwhile is not the end of a run.
    if (!next.saved && !next.back) tell({phase: "done"});
  }

  // A run that ends without a result gives its place back.
  function restore() {
    if (!app.model?.running) return;
    if (result) return show(result.sweep, result);
    app.model = null;
    stage.hidden = true;
    empty.hidden = false;
    match();
  }

  function working(run) {
    // The answer to Cancel may come after Run was pressed again.
    if (run.stopped && live) return;
    if (run.error || run.stopped) {
      brought.failed();
      restore();
      return tell(run.error ? {phase: "error", error: run.error, filling: run.filling} : {phase: "stopped"});
    }
    if (run.position !== undefined)
      return live ? tell({phase: "queued", position: run.position, size: run.size}) : null;
    if (run.fraction === undefined) return tell({phase: "done"});
    if (!live) return;
    const rows = run.so_far ? run.so_far.rows : [], total = run.so_far ? run.so_far.sizes.length : 0;
    tell({phase: "working", fraction: run.fraction, seconds_left: run.seconds_left, stage: run.stage,
      label: total ? [say("sweep_running", {done: rows.length, total}),
        run.label ? say("sweep_running_size", {size: run.label}) : ""].filter(Boolean).join(" · ") : null});
    if (!rows.length || (app.model?.running && rows.length === n_shown)) return;
    if (!app.model?.running) app.chosen = false;
    // The newest column is looked at until somebody chooses one.
    if (!app.chosen || !rows.some((row) => row.size === app.selected)) app.selected = rows[rows.length - 1].size;
    show(run.so_far, {sample: run.sample, settings: run.settings});
  }

  function update(next) {
    if (!next) return;
    if (next.running) return working(next.running);
    if (next.sweep && next.stamp !== stamp) finished(next);
  }

  const keys = {ArrowUp: () => app.step(-1), ArrowLeft: () => app.step(-1), ArrowDown: () => app.step(1),
    ArrowRight: () => app.step(1),
    Home: () => app.select(app.model.columns[0].label),
    End: () => app.select(app.model.columns[app.model.columns.length - 1].label), Enter: () => app.open()};
  for (const node of [views.bands.node, views.table.node]) node.addEventListener("keydown", (event) => {
    const key = keys[event.key];
    if (!key || !app.model || event.ctrlKey || event.metaKey || event.altKey || event.target.closest("button, a"))
      return;
    event.preventDefault();
    key();
  });
  new ResizeObserver(() => { if (Math.floor(stage.clientWidth) !== width) paint(); }).observe(root);
  forms.sweep.on(root, match);
  planned.on(root, match);
  clips.own.on(root, () => {
    match();
    views.size.draw();
  });
  watch("value", () => { window.vdVisitFilled("sweep"); update(value()); });
  update(value());
  const back = window.vdVisitAsks("sweep");
  if (back) trigger("open", back);
}
