// The strip below the controls of a tab: the clip in thumbnails, and two handles for the part that is used. It also
// knows the visitor's own clip for the whole page; see clip_strip.py.
import {makeSay} from "../../words/say.js";
import {keyedTo, movedPart, usedPart} from "./clip_part.js";
import {h, helped, replaceChildren} from "./dom.js";
import {clips, forms, titleOf} from "./forms.js";
import {known} from "./format.js";
import {nearestTo, thumbsOf} from "./thumbs.js";

// While the page loads its first result comes first.
const FIRST_MS = 3000, CALM_MS = 1200, TELL_MS = 120, HEIGHT = 40, TIGHT = 24;
const asked = {};
// What the events of a tab's strip bring, in the browser alone: an update of its menu; its first frame and frames.
export const menuOf = (tab) => [asked[tab].menu];
export const partOf = (tab) => asked[tab].part;

export function startStrip({element, words, tab, samples, most, value, watch, trigger}) {
  const root = element.querySelector(".vd-root"), lang = window.vdLang === "zh" ? "zh" : "en";
  const {say} = makeSay(words, lang), form = forms[tab];
  const canvas = h("canvas", {height: HEIGHT, "aria-hidden": "true"});
  const handle = (end) => h("div", {class: `vd-strip-${end}`, role: "slider", tabindex: "0",
    "aria-label": say(`strip_${end}`), "aria-orientation": "horizontal"});
  const ends = {in: handle("in"), out: handle("out")};
  const used = h("div", {class: "vd-strip-used", title: say("strip_move")});
  const before = h("div", {class: "vd-strip-off"}), after = h("div", {class: "vd-strip-off"});
  const track = h("div", {class: "vd-strip-track"}, canvas, before, after, used, ends.in, ends.out);
  const length = h("span", {}), part = h("span", {class: "vd-strip-part"});
  let strip = null, of = null, facts = null, shown = null, held = null, timer = null;
  asked[tab] = {menu: {}, part: []};
  clips.know(samples);
  root.classList.add("vd-strip");
  root.replaceChildren(h("div", {role: "group", "aria-label": say("strip_title")}, track,
    h("p", {class: "vd-strip-line"}, length, part)));

  // The visitor's own clip is in the menus of all tabs; where the one before it was chosen, it is now.
  function offer(own) {
    const choices = Object.keys(samples).map((name) => [titleOf(say, {clip: name}), name]);
    const chosen = form.now?.clip, replaced = chosen && chosen !== own.shown && !clips.isSample(chosen);
    asked[tab].menu = {__type__: "update", choices: [...choices, [own.shown, own.shown]],
      ...(replaced ? {value: own.shown} : {})};
    trigger("menu", {});
  }

  function take(next) {
    if (!next || !("own" in next)) return;
    window.vdOwnClip = Boolean(next.own); // visit.js
    clips.own.set(next.own);
  }

  // The controls or what is known of their clip have changed.
  function look() {
    if (!form.now) return;
    const {clip} = form.now, key = clips.own.now?.shown === clip ? clips.own.now.id : clip;
    facts = clips.of(clip);
    if (key !== of) {
      of = key;
      strip = null;
      fetchSoon(clip, clips.isSample(clip));
    }
    draw();
  }

  // Not before somebody sees it: a tab that is not in front needs no pictures.
  function fetchSoon(clip, calm) {
    const mine = of, seen = new IntersectionObserver((entries) => {
      if (of !== mine) return seen.disconnect();
      if (!entries.some((entry) => entry.isIntersecting)) return;
      seen.disconnect();
      setTimeout(() => { if (of === mine) fetchNow(clip); }, calm && performance.now() < FIRST_MS ? CALM_MS : 0);
    });
    seen.observe(root);
  }

  function fetchNow(clip) {
    if (!facts) return;
    const mine = of;
    strip = thumbsOf(clip, facts.id, (grown) => {
      if (of !== mine) return;
      strip = grown;
      // Only reading told how long it is.
      if (grown.done && known(grown.n_frames) && facts?.id && !known(facts.n_frames))
        return clips.own.set({...clips.own.now, n_frames: grown.n_frames});
      paint();
    });
  }

  const now = () => held || usedPart(form.now, facts?.n_frames ?? null, most);
  const percent = (frame) => `${frame / shown.total * 100}%`;
  const seconds = (frames) => (facts ? (frames / facts.fps).toFixed(2) : "–");

  function draw() {
    shown = now();
    const {start, stop, total} = shown, n = stop - start;
    before.style.cssText = `left: 0; width: ${percent(start)}`;
    after.style.cssText = `left: ${percent(stop)}; right: 0`;
    used.style.cssText = `left: ${percent(start)}; width: ${percent(n)}`;
    track.classList.toggle("vd-strip-tight", n / total * track.clientWidth < TIGHT);
    for (const [end, frame, low, high] of [["in", start, 0, stop - 1], ["out", stop - 1, start, total - 1]]) {
      ends[end].style.left = percent(end === "in" ? start : stop);
      for (const [name, says] of Object.entries({valuemin: low, valuemax: high, valuenow: frame,
        valuetext: say("strip_at", {frame, seconds: seconds(frame)})})) ends[end].setAttribute(`aria-${name}`, says);
    }
    const counted = known(facts?.n_frames);
    length.textContent = !facts ? "" : [counted ? say("strip_frames", {n: facts.n_frames}) : say("strip_unknown"),
      counted ? `${seconds(facts.n_frames)} s` : "", `${Number(facts.fps.toFixed(2))} fps`]
      .filter(Boolean).join(" · ");
    replaceChildren(part, helped(say("strip_part", {n, first: start, last: stop - 1, seconds: seconds(n)}),
      say("strip_help")), ` · ${say("strip_most", {most})}`);
    paint();
  }

  function paint() {
    const width = Math.floor(track.clientWidth), ratio = Math.min(window.devicePixelRatio || 1, 2);
    if (width < 20 || !shown) return;
    canvas.width = width * ratio;
    canvas.height = HEIGHT * ratio;
    if (!strip) return;
    const context = canvas.getContext("2d"), count = Math.max(Math.round(width / HEIGHT), 1);
    const cell = canvas.width / count;
    context.imageSmoothingQuality = "high";
    for (let i = 0; i < count; i++) {
      const found = nearestTo(strip, (i + 0.5) / count * shown.total - 0.5);
      if (!found) break;
      const {width: w, height: tall} = found.image, scale = Math.max(cell / w, canvas.height / tall);
      const [sw, sh] = [cell / scale, canvas.height / scale];
      context.drawImage(found.image, (w - sw) / 2, (tall - sh) / 2, sw, sh, i * cell, 0, cell, canvas.height);
    }
  }

  // The boxes of the form follow, seldom while a handle is dragged and at once when it is let go.
  function move(end, to, last) {
    held = movedPart(now(), end, to, most);
    draw();
    clearTimeout(timer);
    timer = setTimeout(() => {
      asked[tab].part = [held.start, held.stop - held.start];
      trigger("part", {});
      if (last) held = null;
    }, last ? 0 : TELL_MS);
  }

  function dragged(node, end) {
    let from = null;
    const frameAt = (event) => {
      const area = track.getBoundingClientRect();
      return Math.round((event.clientX - area.left) / area.width * shown.total);
    };
    node.addEventListener("pointerdown", (event) => {
      if (event.button > 0) return;
      node.setPointerCapture(event.pointerId);
      from = {frame: frameAt(event), start: shown.start};
      if (end === "all") event.preventDefault();
    });
    const follow = (event, last) => {
      const to = frameAt(event);
      move(end, end === "all" ? from.start + to - from.frame : to, last);
    };
    node.addEventListener("pointermove", (event) => { if (from) follow(event, false); });
    for (const ending of ["pointerup", "pointercancel"]) node.addEventListener(ending, (event) => {
      if (from) follow(event, true);
      from = null;
    });
  }

  for (const [end, node] of Object.entries(ends)) {
    dragged(node, end);
    node.addEventListener("keydown", (event) => {
      const to = event.ctrlKey || event.metaKey || event.altKey ? null
        : keyedTo(now(), end, event.key, Math.max(Math.round(facts?.fps || 1), 1));
      if (to === null) return;
      event.preventDefault();
      event.stopPropagation();
      move(end, to, true);
    });
  }
  dragged(used, "all");
  // A place outside takes the part there.
  for (const node of [before, after]) node.addEventListener("click", (event) => {
    const area = track.getBoundingClientRect(), {start, stop, total} = shown;
    move("all", Math.round((event.clientX - area.left) / area.width * total - (stop - start) / 2), true);
  });

  new ResizeObserver(() => { if (form.now) draw(); }).observe(root);
  clips.own.on(root, (own) => {
    if (own) offer(own);
    look();
  });
  form.on(root, look);
  watch("value", () => take(value()));
  take(value());
}
