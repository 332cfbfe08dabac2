// Pictures side by side, decoded below their source: what is not decoded is an empty cell. Every canvas says in its
// data whose picture it holds: `size`, `frame`, `from` ("machine", "saved", or "" while it is empty).
import {h, putChildren, putText, replaceChildren} from "../../shared/dom.js";

const WIDE = 6, SLIM = 4, NARROW = 480;

// clip: {width, height}. pick(frame): somebody chose that column; left out where columns are not to be chosen.
export function stripView(app, clip, {pick = null, redraw}) {
  const {say} = app, node = h("div", {class: "vd-live-strip"});
  let columns = [];

  const canvas = () => h("canvas", {width: clip.width, height: clip.height, role: "img"});

  function column() {
    const parts = {name: h("p", {class: "vd-live-frame"}), source: canvas(), own: canvas(),
      under: h("p", {class: "vd-under"})};
    const still = (part, extra = "") => h("div", {class: `vd-still ${extra}`}, part);
    const box = h("div", {class: "vd-live-column", onclick: () => pick?.(parts.frame)}, parts.name, still(parts.source),
      still(parts.own, "vd-live-own"), parts.under);
    return {...parts, parts, box};
  }

  app.sized(node, (width) => {
    const count = width < NARROW ? SLIM : WIDE;
    if (columns.length === count) return;
    columns = Array.from({length: count}, column);
    node.style.setProperty("--shots", count);
    replaceChildren(node, columns.map((each) => each.box));
    redraw();
  });

  // What is there already is not painted again, nor is what is empty emptied: every canvas that is touched is handed to
  // the screen anew.
  function show(into, label, frame, from, {picture, paint}) {
    const same = into.dataset.size === label && into.dataset.frame === `${frame}`;
    if (same && picture && into.vdPicture === picture) return;
    const context = into.getContext("2d"), there = from && paint(context);
    if (!there && into.vdPicture) context.clearRect(0, 0, into.width, into.height);
    into.vdPicture = there ? picture : null;
    if (same && into.dataset.from === (there ? from : "")) return;
    Object.assign(into.dataset, {size: label, frame, from: there ? from : ""});
    into.setAttribute("aria-label", say(there ? "learn_picture" : "learn_live_no_picture", {key: label, frame}));
  }

  // label: the size. of(frame): {name, shows, from, own, source, caption, opens}; own and source are {picture, what
  // tells it from others, paint(context) -> is it there}.
  function draw({label, first, now, of}) {
    columns.forEach((each, i) => {
      const frame = first(columns.length) + i, shown = of(frame);
      each.parts.frame = frame;
      putText(each.name, shown.name);
      each.box.classList.toggle("vd-live-now", frame === now);
      each.own.parentNode.classList.toggle("vd-starts", shown.opens);
      show(each.source, say("source"), shown.shows, "saved", shown.source);
      show(each.own, label, frame, shown.from, shown.own);
      putChildren(each.under, shown.caption);
    });
  }

  return {node, draw};
}
