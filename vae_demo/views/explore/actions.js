// What a visitor can do, by mouse, touch or key; every control ends in one of these.
import {clamp, known} from "../shared/format.js";
import {worstFrames} from "../shared/model.js";
import {installBringing} from "./bring.js";
import {bus} from "./bus.js";
import {reducedMotion} from "./pictures.js";
import {installSaving} from "./saving.js";

export function installActions(app, parts) {
  const {playback, main} = parts, {state} = app;
  installSaving(app, parts);
  installBringing(app.root, parts.stage);

  app.seek = (frame) => {
    if (!app.model || !known(frame) || frame < 0) return;
    app.stop();
    state.frame = state.around = clamp(Math.round(frame), 0, app.model.n_frames - 1);
    playback.seek(state.frame);
    parts.paint(state.frame);
  };
  app.step = (by) => app.seek(state.frame + by);
  app.border = (direction) => {
    const stops = [0, ...app.model.of(state.selected).boundaries];
    app.seek(direction > 0 ? stops.find((b) => b > state.frame) : stops.findLast((b) => b < state.frame));
  };
  // The worst frame of the selected variant, then the next worst, and round again.
  app.worst = () => {
    const list = worstFrames(app.model.of(state.selected));
    if (list.length) app.seek(list[(list.indexOf(state.frame) + 1) % list.length]);
  };
  // Borders of the variant under the pointer instead of the selected one's; null ends it.
  app.hover = (label) => {
    if (app.model) parts.views().chart.mark(label && app.model.of(label) ? label : state.selected);
  };
  app.toggle = () => {
    if (!app.model?.media.panels.length) return;
    if (state.playing) return app.stop();
    state.playing = true;
    parts.views().transport.refresh();
    playback.play(state.frame);
  };
  app.stop = () => {
    if (!state.playing) return;
    state.playing = false;
    playback.pause();
    state.around = state.frame;
    main.wanted = state.frame;
    parts.views().transport.refresh();
  };
  app.select = (label) => {
    if (!app.model || label === state.selected || !app.model.of(label)) return;
    state.selected = label;
    const views = parts.views();
    for (const view of [views.columns, views.ruler, views.chart, views.tapes, views.overview, views.sight])
      view.select(label);
    views.pick.value = label;
    parts.paint(state.frame);
  };
  app.setSpeed = (speed) => { state.speed = speed; playback.setSpeed(speed); parts.views().transport.refresh(); };
  app.setLoop = (loop) => { state.loop = loop; state.around = state.frame; parts.views().transport.refresh(); };
  app.showMetric = (metric) => { state.metric = metric; parts.views().chart.draw(); };
  app.setMetric = (metric) => { remember("vd-metric", metric); app.showMetric(metric); };
  app.setRealigned = (on) => { state.realigned = on; parts.views().chart.draw(); parts.paint(state.frame); };
  app.setTapeRow = (row) => { state.tapeRow = row; parts.follow(row); };
  app.setCompare = (name) => {
    state.compare = parts.stage.dataset.compare = name;
    parts.views().pictures.compare(parts.redraw);
    parts.views().transport.refresh();
  };
  app.setAgainst = (key) => { state.against = key; parts.redraw(); };
  // Key B: blinking on and off; with less motion asked for, one step of it.
  app.blink = () => {
    if (state.compare === "blink" && reducedMotion()) return parts.views().pictures.flip(parts.redraw);
    app.setCompare(state.compare === "blink" ? "side" : "blink");
  };
  app.pointAt = (x, y) => { state.at = {x: clamp(x, 0, 1), y: clamp(y, 0, 1)}; parts.redraw(); };
  app.setLayer = (layer) => {
    const playing = state.playing;
    app.stop();
    state.layer = parts.stage.dataset.layer = layer;
    parts.openOthers().then(() => { if (playing && state.layer === layer) app.toggle(); }, app.failed);
    parts.views().columns.note(layer);
    parts.views().transport.refresh();
    parts.views().sight.arrange();
  };
  app.failed = () => {
    parts.fail(app.say("video_failed"));
    if (!bus.told.drawn) bus.tell("drawn", true); // nobody need wait for it
  };
}

export function remembered(key, allowed, fallback) {
  try {
    const kept = localStorage.getItem(key);
    return allowed.includes(kept) ? kept : fallback;
  } catch (e) {
    return fallback;
  }
}

function remember(key, value) {
  try { localStorage.setItem(key, value); } catch (e) { /* storage may be off in a frame */ }
}
