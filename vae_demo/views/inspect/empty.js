// Before there is a file: what this does, one place to let files go, and the samples.
import {h} from "../shared/dom.js";
import {openInInspect} from "../shared/inspecting.js";

export const INPUT = "#vd-inspect-controls #vd-inspect-upload input[type=file], "
  + "#vd-inspect-controls > :has(#vd-inspect-upload) input[type=file], #vd-inspect-controls input[type=file]";

export function emptyView(app, samples) {
  const {say} = app;
  const card = ({name, picture, ink}) => h("li", {}, h("button", {type: "button", class: "vd-in-sample",
    onclick: () => openInInspect({sample: name})},
  picture ? h("img", {src: picture, alt: "", width: 170, height: 106, loading: "lazy"}) : null, folded(app, ink),
  h("b", {}, say(`inspect_sample_${name}`)), h("span", {}, say(`inspect_about_${name}`))));
  return h("div", {class: "vd-in-empty"},
    h("h2", {}, say("inspect_empty")), h("p", {class: "vd-lede"}, say("inspect_empty_says")),
    h("div", {class: "vd-in-drop"}, h("b", {}, say("inspect_drop")), h("span", {}, say("inspect_drop_says")),
      h("button", {type: "button", class: "vd-in-choose", onclick: () => document.querySelector(INPUT)?.click()},
        say("inspect_choose"))),
    samples.length ? [h("div", {class: "vd-in-caption"}, h("h4", {}, say("inspect_or_sample")),
      h("span", {}, say("inspect_or_sample_says"))), h("ul", {class: "vd-in-sample-list"}, samples.map(card))] : null);
}

const CELL = {w: 10, h: 10};

function folded(app, ink) {
  const columns = Math.max(...ink.map((row) => row.length));
  const canvas = h("canvas", {width: columns * CELL.w, height: ink.length * CELL.h, "aria-hidden": "true"});
  const paint = () => {
    const context = canvas.getContext("2d");
    context.clearRect(0, 0, canvas.width, canvas.height);
    context.fillStyle = getComputedStyle(app.root).getPropertyValue("--vd-ink");
    ink.forEach((row, y) => row.forEach((value, x) => {
      context.globalAlpha = 0.05 + 0.95 * value;
      context.fillRect(x * CELL.w, y * CELL.h, CELL.w - 0.6, CELL.h - 0.6);
    }));
  };
  app.onTheme(paint);
  return canvas;
}

// Files that are let go of anywhere on the page while this tab is in front: one, or a video and its source.
export function takesFiles(root, mark) {
  const carries = (event) => event.dataTransfer?.types.includes("Files") && root.isConnected && root.offsetParent;
  let leaving = null;
  addEventListener("dragover", (event) => {
    if (!carries(event)) return;
    event.preventDefault();
    mark.classList.add("vd-dropping");
    clearTimeout(leaving);
    leaving = setTimeout(() => mark.classList.remove("vd-dropping"), 200);
  });
  addEventListener("drop", (event) => {
    if (!carries(event)) return;
    event.preventDefault();
    mark.classList.remove("vd-dropping");
    const input = document.querySelector(INPUT);
    if (!input) return;
    input.files = event.dataTransfer.files;
    input.dispatchEvent(new Event("change", {bubbles: true}));
  });
}
