// Every picture is a slice of the tiled video. Compared side by side, by a wipe line, by blinking, or under a
// loupe, the same way and at the same place in all columns.
import {h} from "../shared/dom.js";
import {lensOver} from "./lens.js";
import {toPicture} from "./zoom.js";

export const COMPARES = ["side", "wipe", "blink", "loupe"];
const BLINK_MS = 450;

export function picturesView(app) {
  const {model, say, state} = app;
  const [width, height] = model.media.tile;
  const painters = [], snapshots = {};
  let blinking = false, timer = null, view = {scale: 1, x: 0.5, y: 0.5};

  function frame(key, layer) {
    const panel = model.panel(key, layer);
    const name = key === "source" ? say("source") : key;
    const canvas = h("canvas",
      {width, height, role: "img", "aria-label": layer === "frames" ? name : `${name}, ${say(`layer_${layer}`)}`});
    const left = h("span", {class: "vd-picture-name"}), right = h("span", {class: "vd-picture-name vd-right"});
    const box = h("div", {class: `vd-picture vd-layer-${layer}`, "data-picture": key,
      style: `aspect-ratio: ${width} / ${height}`},
      h("div", {class: "vd-scene"}, canvas), h("i", {class: "vd-wipe"}), left, right,
      layer === "frames" ? null : h("div", {class: "vd-none"}, h("span", {})),
      h("span", {class: "vd-ended"},
        panel ? say(key === "source" ? "panel_ended_at" : "panel_ended_playing",
          {frame: key === "source" ? model.frameName(panel.n_frames - 1) : panel.n_frames - 1})
          : say(model.media.panels.length ? "panel_pending" : "panel_none")));
    box.classList.toggle("vd-over", !panel && layer === "frames");
    if (panel) painters.push({panel, layer, canvas, box, left, right, key, name, lens: null});
    if (layer === "frames") box.addEventListener("pointermove", (event) => point(event, box));
    return box;
  }

  // The place under the pointer, 0..1, for wipe line and loupe; keys I J K L move it too.
  function point(event, box) {
    if (state.compare !== "wipe" && state.compare !== "loupe") return;
    const at = placeIn(box, event);
    app.pointAt(at.x, at.y);
  }

  // The place in the picture, 0..1, under the pointer.
  function placeIn(box, event) {
    const area = box.getBoundingClientRect();
    return toPicture(view, {x: (event.clientX - area.left) / area.width, y: (event.clientY - area.top) / area.height});
  }

  const tile = (context, snapshot, panel) =>
    context.drawImage(snapshot, panel.x, panel.y, width, height, 0, 0, width, height);

  function paint(painter, frame) {
    const {panel, canvas, box, key, layer, left, right, name} = painter, over = frame >= panel.n_frames;
    box.classList.toggle("vd-over", over);
    const context = canvas.getContext("2d"), snapshot = snapshots[panel.file];
    context.imageSmoothingEnabled = true;
    if (over) context.clearRect(0, 0, width, height);
    else tile(context, snapshot, panel);
    const other = model.panel(state.against, "frames");
    const paired = layer === "frames" && key !== state.against && other && snapshots[other.file]
      && frame < other.n_frames && !over;
    const wiping = paired && state.compare === "wipe", swapped = paired && state.compare === "blink" && blinking;
    if (wiping) {
      const cut = Math.round(state.at.x * width);
      if (cut > 0) context.drawImage(snapshots[other.file], other.x, other.y, cut, height, 0, 0, cut, height);
    }
    if (swapped) tile(context, snapshots[other.file], other);
    box.classList.toggle("vd-wiping", wiping);
    box.style.setProperty("--at", state.at.x);
    const against = state.against === "source" ? say("source") : state.against;
    left.textContent = wiping ? against : swapped ? against : paired && state.compare === "blink" ? name : "";
    right.textContent = wiping ? name : "";
    loupe(painter, snapshot, state.compare === "loupe" && !over);
    if (layer !== "frames") sourceless(box, key, layer, frame);
  }

  function loupe(painter, snapshot, on) {
    if (!on) {
      painter.lens?.remove();
      painter.lens = null;
      return;
    }
    painter.lens ||= lensOver(painter.canvas.parentNode, [width, height]);
    painter.lens.draw(snapshot, painter.panel, view, state.at);
  }

  // Black means equal, and that is not what there is to say where nothing can be compared.
  function sourceless(box, key, layer, frame) {
    const first = layer === "delta" && frame === 0, none = first || frame >= model.n_source;
    const pad = !none && model.of(key).slots[frame] === null;
    box.classList.toggle("vd-sourceless", none);
    box.classList.toggle("vd-of-pad", pad);
    box.querySelector(".vd-none span").textContent = first ? say("see_no_frame_before") : none ? say("see_no_source")
      : pad ? say("see_pad_only") : "";
  }

  // The pictures that one video holds, out of its snapshot.
  function draw(file, snapshot, frame) {
    snapshots[file] = snapshot;
    for (const painter of painters) if (painter.panel.file === file) paint(painter, frame);
  }

  // Until the new video is there, pictures of the result before stay where they were.
  function adopt(before) {
    for (const {key, layer, canvas} of painters) {
      const old = before.painters.find((p) => p.key === key && p.layer === layer);
      if (old && layer === "frames") canvas.getContext("2d").drawImage(old.canvas, 0, 0, width, height);
    }
  }

  function border(key, opens) {
    for (const painter of painters) if (painter.key === key) painter.box.classList.toggle("vd-border", opens);
  }

  // Blinking alternates by itself unless the visitor asked for less motion; then key B alternates.
  function compare(redraw) {
    clearInterval(timer);
    blinking = state.compare === "blink";
    if (blinking && !reducedMotion()) timer = setInterval(() => { blinking = !blinking; redraw(); }, BLINK_MS);
    redraw();
  }

  function flip(redraw) {
    blinking = !blinking;
    redraw();
  }

  return {painters, adopt, frame, draw, border, compare, flip, placeIn, setView: (next) => { view = next; },
    stop: () => clearInterval(timer)};
}

export const reducedMotion = () => matchMedia("(prefers-reduced-motion: reduce)").matches;
