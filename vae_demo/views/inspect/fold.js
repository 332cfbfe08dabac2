// The fold: the frames in rows of P, as pictures or as one signal in ink. What happens every P frames forms a column.
import {h, helped, replaceChildren, segments} from "../shared/dom.js";
import {clamp, known} from "../shared/format.js";
import {kindLabel} from "./kinds.js";
import {VIEWS} from "./model.js";

const LABELS = 34, GAP = 1, TALLEST = {lone: 372, pair: 292}, LEAST_CELL = 3;
// A row of ink is no taller than this.
const MOST_CELL = 36;

export function foldView(app) {
  const {say} = app, body = h("div", {class: "vd-in-fold-body"}), title = h("h4", {});
  const number = h("b", {class: "vd-mono"});
  const step = (by, key, sign) => h("button", {type: "button", "aria-label": say(key), title: say(key),
    onclick: () => app.setFold(app.state.fold + by)}, sign);
  const stepper = h("div", {class: "vd-segments vd-in-stepper", role: "group",
    "aria-label": say("inspect_fold_period")},
    step(-1, "inspect_fold_shorter", "−"), number, step(1, "inspect_fold_longer", "+"));
  const names = () => (app.model?.pair ? ["frames", ...app.model.signals] : VIEWS);
  let view = null;
  const node = h("figure", {class: "vd-in-fold"});

  function draw(width) {
    const {model, state} = app;
    view = segments(say("inspect_fold_view"), names(), (name) => say(`inspect_view_${name}`), app.setView);
    view.show(state.view);
    number.textContent = state.fold;
    replaceChildren(title, helped(titleText(), say("inspect_help_fold")));
    replaceChildren(node, h("figcaption", {class: "vd-in-caption"}, title, h("span", {class: "vd-in-tools"}, stepper,
      view.node)), body);
    const kinds = state.view === "frames" && model.pair ? ["source", "video"] : ["video"];
    const tallest = kinds.length > 1 ? TALLEST.pair : TALLEST.lone;
    grids = kinds.map((kind) => grid(kind, width, tallest));
    replaceChildren(body, grids.map((each) => [kinds.length > 1
      ? kindLabel(say, each.kind) : null, each.node]).flat());
    paint();
  }

  const titleText = () => {
    const {model, state} = app, params = {period: state.fold};
    return say(model.mode === "none" && state.fold === model.period ? "inspect_fold_none" : "inspect_fold", params);
  };
  let grids = [];

  function grid(kind, width, tallest) {
    const {model, state} = app, P = state.fold, sheet = app.sheets[kind], pictures = state.view === "frames";
    const room = width - LABELS, w = (room - (P - 1) * GAP) / P, rows = Math.ceil(model.n / P);
    const high = pictures ? w * sheet.height / sheet.width
      : clamp((tallest - rows * GAP) / rows, LEAST_CELL, Math.min(w, MOST_CELL));
    const shown = Math.max(Math.min(rows, Math.floor((tallest + GAP) / (high + GAP))), 1);
    const height = shown * (high + GAP) - GAP;
    const ratio = Math.min(devicePixelRatio || 1, 2);
    const canvas = h("canvas", {width: Math.round(room * ratio), height: Math.round(height * ratio),
      style: `width: ${room}px; height: ${height}px; margin-left: ${LABELS}px`, role: "img",
      "aria-label": `${titleText()}, ${say(`inspect_view_${state.view}`)}`});
    const labels = h("div", {class: "vd-in-fold-labels", "aria-hidden": "true"}), now = h("i",
      {class: "vd-in-fold-now"});
    const made = {kind, canvas, labels, now, w, high, rows, shown, ratio, first: 0, P};
    const box = h("div", {class: "vd-in-grid"}, columns(w, P), h("div", {class: "vd-in-grid-box"}, labels, canvas,
      now));
    made.node = box;
    const frameOf = (event) => {
      const area = canvas.getBoundingClientRect();
      const column = Math.floor((event.clientX - area.left) / (w + GAP));
      const frame = (made.first + Math.floor((event.clientY - area.top) / (high + GAP))) * P + clamp(column, 0, P - 1);
      return frame >= 0 && frame < model.n ? frame : null;
    };
    canvas.addEventListener("pointermove", (event) => {
      if (event.pointerType === "mouse") app.peek(frameOf(event));
    });
    canvas.addEventListener("pointerleave", () => app.peek(null));
    canvas.addEventListener("click", (event) => {
      const frame = frameOf(event);
      if (known(frame)) app.seek(frame);
    });
    return made;
  }

  // Numbers of the columns; that of the events as a chip where the rows are of their period.
  function columns(w, P) {
    const {model} = app, by = [1, 2, 4, 8, 16, 32].find((each) => each * w >= 17) || 64;
    const marked = (finding, at) => finding && finding.period <= P && P % finding.period === 0
      && at % finding.period === finding.phase % finding.period;
    return h("div", {class: "vd-in-columns", style: `margin-left: ${LABELS}px`, "aria-hidden": "true"},
      Array.from({length: P}, (_, at) => at)
        .filter((at) => at % by === 0 || (marked(model.main, at) && model.main.period === P))
        .map((at) => {
          const main = marked(model.main, at), second = !main && marked(model.second, at);
          // A hint is hollow, too.
          return h("span", {class: main && model.sure ? "vd-in-chip" : main || second ? "vd-in-chip vd-in-hollow" : "",
            style: `left: ${at * (w + GAP)}px; width: ${Math.max(w, main ? 17 : 0)}px`}, at);
        }));
  }

  // The rows that hold the frame, where not all have room.
  const firstRow = ({rows, shown, first, P}, frame) => {
    const row = Math.floor(frame / P);
    return rows <= shown ? 0 : row >= first && row < first + shown ? first
      : clamp(row - Math.floor(shown / 2), 0, rows - shown);
  };

  function paint() {
    for (const each of grids) paintGrid(each);
    cursor(app.state.frame);
  }

  function paintGrid(each) {
    const {model, state} = app, {canvas, w, high, P, ratio, kind, labels} = each, context = canvas.getContext("2d");
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.clearRect(0, 0, canvas.width, canvas.height);
    context.imageSmoothingQuality = "high";
    each.first = firstRow(each, state.frame);
    const ink = getComputedStyle(app.root).getPropertyValue("--vd-ink");
    for (let row = 0; row < each.shown; row++) for (let column = 0; column < P; column++) {
      const frame = (each.first + row) * P + column, x = column * (w + GAP), y = row * (high + GAP);
      if (frame >= model.n) break;
      if (state.view === "frames") app.sheets[kind].draw(context, frame, x, y, w, high);
      else {
        context.globalAlpha = 0.05 + 0.95 * model.ink(state.view, frame);
        context.fillStyle = ink;
        context.fillRect(x, y, w, high);
        context.globalAlpha = 1;
      }
    }
    const every = Math.max(Math.ceil(13 / (high + GAP)), 1);
    replaceChildren(labels, Array.from({length: each.shown}, (_, row) => row).filter((row) => row % every === 0)
      .map((row) => h("span", {style: `top: ${row * (high + GAP) + high / 2}px`},
        `f${model.nameOf((each.first + row) * P)}`)));
  }

  function cursor(frame) {
    for (const each of grids) {
      if (firstRow(each, frame) !== each.first) paintGrid(each);
      const row = Math.floor(frame / each.P) - each.first, column = frame % each.P;
      each.now.style.cssText = `left: ${LABELS + column * (each.w + GAP)}px; top: ${row * (each.high + GAP)}px; `
        + `width: ${each.w}px; height: ${each.high}px`;
    }
  }

  return {node, draw, paint, cursor};
}

const SMALL_GAP = 12, SMALL_CELL = 6, SMALL_TALL = 104;

// The same signal folded at other periods, small, cells of one size.
export function smallFolds(app, width, periods, signal, add = null) {
  const {model} = app, total = periods.reduce((sum, P) => sum + P, 0);
  const cell = clamp((width - SMALL_GAP * (periods.length - 1)) / total, 1, add ? 20 : SMALL_CELL * 3);
  const ink = getComputedStyle(app.root).getPropertyValue("--vd-ink");
  const ratio = Math.min(devicePixelRatio || 1, 2);
  return h("div", {class: "vd-in-smalls"}, periods.map((P, i) => {
    const rows = Math.min(Math.ceil(model.n / P), Math.max(Math.floor(SMALL_TALL / cell), 4));
    const canvas = h("canvas", {width: P * cell * ratio, height: rows * cell * ratio, role: "img",
      "aria-label": app.say("inspect_fold", {period: P}),
      style: `width: ${P * cell}px; height: ${rows * cell}px`});
    const context = canvas.getContext("2d"), gap = cell > 4 ? 0.8 : 0.3;
    context.scale(ratio, ratio);
    context.fillStyle = ink;
    for (let frame = 0; frame < Math.min(model.n, rows * P); frame++) {
      const extra = add && i === 1 && frame % P === 0 ? add : 0;
      const share = Math.min(model.ink(signal, frame) + extra, 1);
      context.globalAlpha = 0.05 + 0.95 * share;
      context.fillRect(frame % P * cell, Math.floor(frame / P) * cell, cell - gap, cell - gap);
    }
    const name = add ? app.say(i ? "inspect_seen_added" : "inspect_seen_file") : `${P}`;
    return h("figure", {class: P === model.period && !add ? "vd-in-own" : "", "data-period": P},
      h("figcaption", {}, name), canvas);
  }));
}
