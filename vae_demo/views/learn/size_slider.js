// A size to drag, type or walk to: a track with a dot where one frame alone opens the chunk, and a number.
import {h, putAttributes, putText, replaceChildren, svg} from "../shared/dom.js";
import {groupsIn, OPEN_SORA} from "../shared/frames.js";

const THUMB = 18, Y = 32;
const alone = (n) => groupsIn(n, OPEN_SORA)[0] === 1;

// head(number): what stands above the track, with the number field in it. show(size): it is another. says(size): that
// in words. colour(size): of the knob. set() shows a size without saying so to `show`.
export function sizeSlider(app, {least, most, start, head, show, says, colour = () => "var(--vd-v0)"}) {
  const {say} = app;
  let size = start, width = 0;
  const range = h("input", {type: "range", min: least, max: most, step: 1, value: start,
    "aria-label": say("learn_slider"), oninput: () => go(Number(range.value)), onkeydown: leap});
  const number = h("input", {type: "number", min: least, max: most, value: start,
    "aria-label": say("learn_slider_number", {least, most}), oninput: typed,
    onblur: () => { number.value = size; }});
  const track = h("div", {class: "vd-track"});

  function typed() {
    const n = Math.round(Number(number.value));
    if (n >= least && n <= most) go(n, true);
  }

  // Page up and down stop where one frame alone opens the chunk.
  function leap(event) {
    const by = {PageUp: 1, PageDown: -1}[event.key];
    if (!by || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    let next = size + by;
    while (next > least && next < most && !alone(next)) next += by;
    go(Math.min(Math.max(next, least), most));
  }

  function go(next, fromNumber = false) {
    set(next, fromNumber);
    show(next);
  }

  function set(next, fromNumber = false) {
    size = next;
    range.value = size;
    if (!fromNumber) number.value = size;
    if (width) move();
    putAttributes(range, {"aria-valuetext": says(size)});
  }

  const rect = (name, x, y, w, height) => svg("rect", {class: name, x, y, width: Math.max(w, 0.5), height});
  const text = (name, x, y, words) => svg("text", {class: name, x, y, "text-anchor": "middle"}, words);

  const at = (n) => THUMB / 2 + (n - least) / (most - least) * (width - THUMB);
  // What moves with the size.
  const done = rect("vd-track-done", 0, Y - 2, 0, 4), knob = svg("circle", {class: "vd-knob", cy: Y, r: THUMB / 2});
  const bubble = rect("vd-bubble", 0, 2, 28, 18), bubbleText = text("vd-bubble-text", 0, 15, size);

  function move() {
    const x = at(size);
    track.style.setProperty("--knob", colour(size));
    putAttributes(done, {x: at(least), width: Math.max(x - at(least), 0.5)});
    putAttributes(knob, {cx: x});
    putAttributes(bubble, {x: x - 14});
    putAttributes(bubbleText, {x});
    putText(bubbleText, size);
  }

  function drawTrack() {
    const sizes = Array.from({length: most - least + 1}, (_, i) => least + i);
    const named = sizes.filter((n) => alone(n) && (width > 300 || n % 8 === 1));
    const ends = [least, most].filter((n) => !alone(n));
    replaceChildren(track, svg("svg", {width, height: 60, "aria-hidden": "true"},
      rect("vd-track-line", at(least), Y - 2, at(most) - at(least), 4), done,
      sizes.map((n) => (alone(n) ? svg("circle", {class: "vd-track-dot", cx: at(n), cy: Y, r: 4})
        : rect("vd-track-tick", at(n) - 0.5, Y + 6, 1, 4))),
      [...named, ...ends].map((n) => text("vd-fig-small", at(n), Y + 24, n)), knob, bubble, bubbleText));
    move();
  }

  set(size);
  return {nodes: [head(number), h("div", {class: "vd-range"}, range, track)], set,
    // What is said of the size may change while it stays.
    resay: () => putAttributes(range, {"aria-valuetext": says(size)}),
    draw: (next) => { width = next; drawTrack(); }};
}
