// Step 2: any size from 1 to 40 falls into groups, worked out by frames.js as the hand moves.
import {h, replaceChildren, svg} from "../shared/dom.js";
import {groupsIn, latentsIn, OPEN_SORA, padsOf, planFrames} from "../shared/frames.js";
import {linesOf} from "../shared/lines.js";
import {hatch} from "../shared/row_cells.js";
import {sizeSlider} from "./size_slider.js";

const SLIDER = {gap: 4, frame: 18, group: 27, latent: 18, curve: 38, label: 150};

// Slots of a chunk by group: null is a pad.
const slotsOf = (size) => planFrames(size, null, null, OPEN_SORA).latent_slots;
export const heldBy = (size) => groupsIn(size, OPEN_SORA)[0];
const sumOf = (size) => `${size} = ${groupsIn(size, OPEN_SORA).join("+")}`;
export const colourOf = (size) => {
  const line = linesOf([String(size)])[0];
  return {colour: line.dash ? "var(--vd-ink2)" : line.colour, text: line.dash ? "var(--vd-bg)" : line.text};
};

export function sliderView(app, figure) {
  const {say} = app, most = figure.most;
  const drawing = h("div", {class: "vd-groups"});
  const sum = h("b", {}), counts = h("span", {});
  const slider = sizeSlider(app, {least: 1, most, start: figure.start, show, says: saysOf, head: (number) =>
    h("div", {class: "vd-fig-head"}, h("h4", {}, say("learn_slider"), " ", app.kind("counted")),
      h("p", {}, h("i", {class: "vd-dot"}), say("learn_slider_rule"),
        h("span", {class: "vd-wide"}, say("learn_slider_hint")), number))});
  const node = h("div", {class: "vd-slider"}, slider.nodes, h("p", {class: "vd-total"}, sum, counts), drawing);
  let size = figure.start, width = 0;

  const rect = (name, x, y, w, height) => svg("rect", {class: name, x, y, width: Math.max(w, 0.5), height});
  const text = (name, x, y, says, anchor = "start") => svg("text", {class: name, x, y, "text-anchor": anchor}, says);

  function saysOf(n) { return say("learn_slider_says", {n: heldBy(n), groups: sumOf(n)}); }

  function drawGroups() {
    const groups = slotsOf(size);
    const slot = Math.min(15, Math.floor((width - SLIDER.gap * (most / OPEN_SORA.stride - 1)) / most));
    const x = (g, s) => g * (OPEN_SORA.stride * slot + SLIDER.gap) + s * slot;
    const end = x(groups.length - 1, OPEN_SORA.stride);
    const pads = padsOf(size, OPEN_SORA), left = pads * slot, label = end + 12;
    const rows = {frames: 14, groups: 14 + SLIDER.frame + SLIDER.curve}, latents = rows.groups + SLIDER.group + 3;
    const parts = [];
    for (let i = 0; i < size; i++)
      parts.push(rect(i < heldBy(size) ? "vd-first" : "vd-rest", left + i * slot, rows.frames, slot - 1, SLIDER.frame));
    groups.forEach((group, g) => {
      group.forEach((frame, s) => {
        parts.push(rect(frame === null ? "vd-pad-cell" : g ? "vd-rest" : "vd-first", x(g, s), rows.groups, slot - 1,
          SLIDER.group));
        if (frame !== null && slot >= 13)
          parts.push(text(g ? "vd-slot-name" : "vd-slot-name vd-on-first", x(g, s) + (slot - 1) / 2, rows.groups + 17,
            frame, "middle"));
      });
      const opens = group.find((frame) => frame !== null), from = left + opens * slot, to = x(g, group.indexOf(opens));
      const top = rows.frames + SLIDER.frame + 2, bottom = rows.groups - 2, middle = (top + bottom) / 2;
      const start = from + slot / 2, end = to + slot / 2;
      parts.push(svg("path", {class: "vd-curve",
        d: `M${start} ${top}C${start} ${middle} ${end} ${middle} ${end} ${bottom}`}));
      parts.push(rect(g ? "vd-latent-cell" : "vd-latent-cell vd-latent-first", x(g, 0), latents,
        OPEN_SORA.stride * slot - 1, SLIDER.latent));
      parts.push(text("vd-fig-small", x(g, 0) + OPEN_SORA.stride * slot / 2, latents + 13,
        slot >= 13 ? say("learn_slider_latent", {index: g}) : g, "middle"));
    });
    // Beside the rows where there is room, else the rows speak for themselves.
    if (label + SLIDER.label < width) {
      parts.push(text("vd-fig-note", Math.max(left + size * slot + 12, 0), rows.frames + 13,
        say("learn_slider_frames", {n: size})),
        text("vd-fig-note", label, rows.groups + 18, say("learn_slider_groups", {n: OPEN_SORA.stride})),
        text("vd-fig-note", label, latents + 13, say("learn_slider_latents")));
    }
    const {colour, text: on} = colourOf(size);
    replaceChildren(drawing,
      svg("svg", {width, height: latents + SLIDER.latent + 2, role: "img", style: `--line: ${colour}; --on-line: ${on}`,
        "aria-label": saysOf(size)}, learnHatch(), parts));
  }

  function show(next) {
    size = next;
    sum.textContent = sumOf(size);
    counts.textContent = say("learn_slider_counts", {n: padsOf(size, OPEN_SORA), m: latentsIn(size, OPEN_SORA)});
    if (width) drawGroups();
  }

  show(size);
  app.sized(node, (w) => {
    width = w;
    slider.draw(w);
    drawGroups();
  });
  return node;
}

export const learnHatch = () => hatch("vd-learn-hatch");

// The groups of a few sizes under each other: all that differs is the first one.
export function firstGroups(app, figure) {
  const {say} = app, slot = 11, gap = 4, most = Math.max(...figure.sizes.map((n) => slotsOf(n).length));
  const rows = figure.sizes.map((size) => {
    const width = most * (OPEN_SORA.stride * slot + gap), {colour, text} = colourOf(size), held = heldBy(size);
    const cells = slotsOf(size).map((group, g) => group.map((frame, s) => svg("rect", {
      class: frame === null ? "vd-pad-cell" : g ? "vd-rest" : "vd-first",
      x: g * (OPEN_SORA.stride * slot + gap) + s * slot, y: 1, width: slot - 1, height: 11})));
    const later = size === figure.shown ? "" : "vd-later";
    return h("li", {style: `--line: ${colour}; --on-line: ${text}`}, h("b", {}, h("i", {class: "vd-swatch"}), size),
      h("div", {class: later}, svg("svg", {viewBox: `0 0 ${width} 13`, "aria-hidden": "true"}, learnHatch(), cells)),
      h("span", {class: `vd-mono vd-wide ${later}`}, sumOf(size)),
      h(held === 1 ? "span" : "strong", {class: later}, say("learn_holds", {n: held})));
  });
  return h("div", {class: "vd-first-groups"},
    h("div", {class: "vd-fig-head"}, h("h4", {}, say("learn_first_group"), " ", app.kind("counted")),
      h("p", {class: "vd-wide"}, say("learn_first_group_note"))), h("ul", {}, rows));
}
