// One picture enlarged among the others, and everything on the whole screen: who stands where, and how wide.
import {h, svg} from "../shared/dom.js";
import {enlarged, packed} from "./packing.js";

const WORDS = {wide: 66, narrow: 52}, GAP = 12, ROOM = 24, LEAST_HEIGHT = 300, NARROW = 700;
const ARROWS = {enlarge: "M9.5 2.5h4v4M13.5 2.5l-5 5M6.5 13.5h-4v-4M2.5 13.5l5-5",
  full: "M2.5 6V2.5H6M10 2.5h3.5V6M13.5 10v3.5H10M6 13.5H2.5V10"};
const icon = (name) => svg("svg", {viewBox: "0 0 16 16", width: 14, height: 14, "aria-hidden": "true"},
  svg("path", {d: ARROWS[name], class: "vd-icon vd-outline"}));

export function enlarging(app, stage, columns, bench, screen) {
  const {see, say, model} = app, [wide, high] = model.media.tile;
  const keyOf = (column) => column.dataset.key || "source";
  const full = h("button", {type: "button", class: "vd-text-button vd-see-full", "aria-label": say("see_full"),
    title: say("see_full_help"), onclick: () => screen.toggle()}, icon("full"));
  const buttons = [...columns.children].map((column) => {
    const key = keyOf(column), box = column.querySelector(".vd-layer-frames");
    const node = h("button", {type: "button", class: "vd-enlarge", onclick: (event) => {
      event.stopPropagation();
      toggle(key);
    }}, icon("enlarge"));
    box.append(node);
    box.addEventListener("dblclick", (event) => {
      if (event.target.closest("button, .vd-xt")) return;
      if (stage.hasAttribute("data-zoomed")) see.set({zoom: "fit", x: 0.5, y: 0.5});
      else toggle(key);
    });
    return {node, key, name: key === "source" ? say("source") : key};
  });
  function toggle(key) {
    see.set({big: see.get().big === key ? null : key});
    // Picture and transport are in sight together.
    const seen = columns.getBoundingClientRect().top >= 0 && bench.getBoundingClientRect().bottom <= innerHeight;
    if (!seen && !screen.on()) columns.scrollIntoView({block: "start"});
  }

  function apply() {
    const wanted = see.get().big, big = wanted === "source" || model.of(wanted) ? wanted : null, whole = screen.on();
    const style = columns.style;
    if (big) stage.dataset.big = big;
    else delete stage.dataset.big;
    columns.classList.toggle("vd-packed", Boolean(big) || whole);
    for (const column of columns.children) column.classList.toggle("vd-big", keyOf(column) === big);
    for (const {node, key, name} of buttons) {
      const says = say(key === big ? "see_put_back" : "see_enlarge", {name});
      for (const attribute of ["aria-label", "title"]) node.setAttribute(attribute, says);
      node.setAttribute("aria-pressed", String(key === big));
    }
    full.setAttribute("aria-pressed", String(whole));
    if (!big && !whole) return;
    const narrow = columns.clientWidth < NARROW, n = narrow ? (big ? 1 : 2) : columns.children.length;
    const rows = app.state.layer === "off" ? 1 : 2, given = {words: narrow ? WORDS.narrow : WORDS.wide, gap: GAP};
    const area = {width: columns.clientWidth, height: whole ? columns.clientHeight
      : Math.max(innerHeight - bench.offsetHeight - ROOM, LEAST_HEIGHT)};
    const found = big ? enlarged(n - 1, area, wide / high,
      {...given, pictures: big === "source" ? 1 : rows, others_have: rows}) : null;
    const others = big ? found.others : packed(n, area, wide / high / rows, given);
    style.setProperty("--big", `${found?.big ?? 0}px`);
    style.setProperty("--each", `${others?.width ?? 0}px`);
    style.setProperty("--across", others?.columns ?? 0);
    style.setProperty("--rows", others?.rows ?? 1);
    style.setProperty("--span", (others?.rows ?? 1) + 1);
    columns.classList.toggle("vd-alone", Boolean(big) && !others);
    columns.classList.toggle("vd-beside", Boolean(found?.beside));
  }

  return {apply, full, toggle, keys: {
    e: () => toggle(see.get().big ?? app.state.selected), f: () => screen.toggle(),
    Escape: () => (screen.on() ? screen.leave() : see.set({big: null})),
  }};
}
