// Which frames stand on the time axis: all, the window that follows the frame, or what a visitor zoomed to.
import {windowAxis} from "../shared/axis.js";
import {h} from "../shared/dom.js";
import {clamp} from "../shared/format.js";
import {gestures} from "./gestures.js";

const LEAST = 8, STEP = 1.5;

// `factor` times fewer frames; what is at `at` (in frames, between two as well) stays there. part: {first, count}.
export function zoomedPart({first, count}, factor, at, slots) {
  const next = clamp(count / factor, Math.min(LEAST, slots), slots);
  return pannedPart({first: at - (at - first) * next / count, count: next}, 0, slots);
}

export const pannedPart = ({first, count}, by, slots) => ({first: clamp(first + by, 0, slots - count), count});

// axisNow(): what is drawn. `part` of app.see is in whole frames; how far a wheel has turned is finer than that.
export function axisPart(app, axisNow) {
  const {state} = app;
  let from = 0, exact = null, restsAt = null;

  // The axis for this width; where it turns a page, the part goes with it.
  function axis(width, n_frames, frame) {
    const {part} = app.see.get(), still = restsAt === frame;
    const next = windowAxis(width, n_frames, frame, part ? {from: part[0], count: part[1], still} : {from});
    if (part && !next.whole && next.first !== part[0]) {
      exact = null;
      app.see.set({part: [next.first, part[1]]}, {quiet: true});
    }
    from = next.first;
    return next;
  }

  const now = () => exact || {first: axisNow().first, count: axisNow().stop - axisNow().first};
  // It stays, even where the frame is not in it, until the frame changes.
  function choose(part, first = part.first) {
    const {slots} = axisNow(), count = Math.min(Math.max(Math.round(part.count), Math.min(LEAST, slots)), slots);
    exact = part;
    restsAt = state.frame;
    app.see.set({part: [clamp(Math.round(first), 0, slots - count), count]});
  }
  // Buttons and keys zoom about the frame that is shown, or about the middle where it stands elsewhere.
  function middle() {
    const drawn = axisNow();
    return drawn.shows(state.frame) ? state.frame + 0.5 : (drawn.first + drawn.stop) / 2;
  }
  // Cells are whole pixels, so that a few frames more than asked for are shown: around the same place.
  function zoomAt(factor, at) {
    const {width, slots} = axisNow(), part = zoomedPart(now(), factor, at, slots);
    const drawn = windowAxis(width, slots, 0, {from: 0, count: Math.round(part.count), still: true});
    choose(part, at - (at - part.first) * (drawn.stop - drawn.first) / part.count);
  }

  app.part = {
    show: (first, count) => choose({first, count}),
    pan: (by) => choose(pannedPart(now(), by, axisNow().slots)),
    zoom: (direction) => zoomAt(STEP ** direction, middle()),
    reset() {
      exact = restsAt = null;
      from = 0;
      app.see.set({part: null});
    },
  };

  // Wheel with Ctrl and two fingers zoom ruler, chart and tapes about the frame under them.
  function listen(block) {
    const frames = (share) => share * block.clientWidth / axisNow().fw;
    let before = 0;
    gestures(block, {
      // The first of two fingers has gone to a frame: that was not meant.
      first: () => { before = state.frame; }, second: () => {
        app.forgetHover();
        app.seek(before);
      },
      takes: {wheel: (event) => !axisNow().whole && (event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY)),
        drag: () => false},
      zoom: (factor, {x}) => {
        const drawn = axisNow();
        zoomAt(factor, clamp(drawn.first + (x * block.clientWidth - drawn.left) / drawn.fw, drawn.first, drawn.stop));
      },
      pan: (dx) => { if (dx && !axisNow().whole) app.part.pan(-frames(dx)); },
    });
  }

  return {axis, listen, rests: (frame) => restsAt === frame, forget: () => { exact = restsAt = null; from = 0; }};
}

// Buttons beside the ruler.
export function partTools(app) {
  const {say} = app;
  const button = (name, text, action) => h("button", {type: "button", class: `vd-text-button vd-part-${name}`,
    "aria-label": say(`part_${name}`), title: say(`part_${name}`), onclick: action}, text);
  const reset = button("reset", say("part_reset_short"), () => app.part.reset());
  const node = h("span", {class: "vd-part-tools", role: "group", "aria-label": say("part_zoom")},
    reset, button("out", "−", () => app.part.zoom(-1)), button("into", "+", () => app.part.zoom(1)));
  return {node, show: () => { reset.hidden = app.see.get().part === null; }};
}
