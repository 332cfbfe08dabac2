// The step `live`: drag a size, and this browser encodes and decodes the clip again. Saved results stand in until it
// can, and for good where it cannot.
import {h} from "../../shared/dom.js";
import {linesOf} from "../../shared/lines.js";
import {allSizes} from "./all.js";
import {computedResults} from "./computed.js";
import {liveFigure} from "./figure.js";
import {savedResults} from "./saved.js";
import {saysView} from "./says.js";
import {shownSizes} from "./shown.js";

const MB = 1e6;
// Frames that come in beside the one in view are drawn so often: drawing takes its time from computing.
const BESIDE_MS = 100;

export function liveView(app, step, session) {
  const {say} = app, figure = step.figure, n = figure.n_frames;
  const sizes = Array.from({length: figure.most - figure.least + 1}, (_, i) => figure.least + i);
  // Where the second chunk begins: there is something to see.
  const border = (size) => (size < n ? size : 0);
  // all: what runs every size, while it does. seen: whether the figure is in the window.
  const live = {size: figure.start, frame: border(figure.start), held: null, all: null, seen: false};
  const saved = savedResults(app, figure, () => later());
  const computed = computedResults(session, n, {cursor: () => live.frame, changed, done});
  const sizing = shownSizes(app, {session, computed, saved, live, n}), {keyOf, isWhole} = sizing;
  const sizeOf = (key) => sizes.find((size) => keyOf(size) === key);
  const line = (size) => linesOf([String(size)])[0];
  const all = allSizes({sizes, live, session, sizing, computed, later, over, ask});
  const view = liveFigure(app, {...sizing, figure, sizes, live, session, saved, computed, line, show, seek, all});
  const says = saysView(app, n, figure.own);
  const more = new Set();
  let due = null, waits = null, phase = session.phase;

  // A size by the slider, a button or the map. The cursor goes along while it stands on the border.
  function show(size) {
    live.all?.stop();
    if (live.frame === border(live.size)) live.frame = border(size);
    if (size !== live.held) live.held = null;
    live.size = size;
    ask();
    draw();
  }

  function seek(frame) {
    live.frame = frame;
    draw();
  }

  function ask() {
    if (session.phase === "ready" && !live.all) computed.ask(sizing.of(live.size).plan);
  }

  // The frame in view is drawn at once. Of all sizes, those not in view are drawn when they are whole: frame by
  // frame, drawing takes longer than computing.
  function changed(key, frame) {
    const size = sizeOf(key), inView = size === live.size;
    if (inView || !live.all) later(size, frame !== undefined && !(inView && frame === live.frame));
  }

  function done(key) {
    const size = sizeOf(key);
    if (size === live.held) live.held = null;
    later(size);
    if (size === live.size && !live.all) app.announce(sizing.saidOf(size));
  }

  // Drawn once for all that came since the last frame of the screen. size: the one of which there is more. beside: it
  // is not in view, and may wait a little.
  function later(size, beside = false) {
    if (size !== undefined) more.add(size);
    if (beside) waits ??= setTimeout(later, BESIDE_MS);
    else due ??= requestAnimationFrame(draw);
  }

  function over() {
    draw();
    app.announce(view.mapSaid());
  }

  function draw() {
    cancelAnimationFrame(due);
    clearTimeout(waits);
    due = waits = null;
    more.forEach(view.row);
    more.clear();
    view.draw();
    says.draw(sizing.of(live.size).v, sizing.numbersOf(live.size),
      live.size === figure.own ? null : sizing.summary(figure.own, sizing.knownOf(figure.own)));
  }

  session.hear(() => {
    if (session.phase !== phase) {
      phase = session.phase;
      live.held = phase === "ready" && saved.of(String(live.size)) ? live.size : null;
      view.rows();
    }
    if (live.seen && !session.busy && !isWhole(live.size)) ask();
    later();
  });
  app.whenSeen(view.node, (seen) => {
    live.seen = seen;
    if (seen) session.wake();
    if (seen && !session.busy) ask();
  });

  const chip = (size) => h("button", {type: "button", class: "vd-chip vd-live-set", onclick: () => view.set(size),
    style: `--line: ${line(size).colour}`}, h("i", {class: "vd-swatch"}), size);
  const explore = () => app.explore({model: step.model, clip: app.clip, frame: live.frame, selected: String(live.size),
    variants: [...new Set([figure.own, live.size])].map(String)});
  const first = app.alone ? say("learn_live_1_alone", {model: figure.model, n})
    : session.total ? say("learn_live_1", {model: figure.model, n, mb: (session.total / MB).toFixed(1)})
    : say("learn_live_1_saved", {model: figure.model, n});
  draw();
  return {figure: view.node, text: [h("p", {}, first), step.text.map(app.paragraph), says.node,
    h("p", {class: "vd-caveat"}, app.told(step.caveat)),
    figure.clip ? h("p", {class: "vd-caveat"}, say("learn_live_clip", {name: figure.clip})) : null,
    h("div", {class: "vd-settings"}, h("span", {}, say("learn_set_to")), figure.set_to.map(chip),
      h("span", {class: "vd-spring"}), app.alone ? null : h("button", {type: "button", class: "vd-link",
        title: say("learn_open_explore_help"), onclick: explore}, say("learn_open_explore")))]};
}
