// The files of a run while they are read: strips of pictures and tapes that fill, above the last result.
import {h, replaceChildren} from "../shared/dom.js";
import {heardName} from "./kinds.js";

export function liveView({say}) {
  const node = h("div", {class: "vd-in-live", hidden: true});
  let rows = {};

  // told: see views/inspect/live.py; null once there is nothing to wait for.
  function show(told) {
    node.hidden = !told;
    if (!told) {
      rows = {};
      return replaceChildren(node);
    }
    for (const [name, each] of Object.entries(told)) {
      rows[name] ??= row(name);
      fill(rows[name], each);
    }
    const nodes = Object.values(rows).map((each) => each.node);
    if (nodes.length !== node.childElementCount) replaceChildren(node, nodes);
  }

  function row(name) {
    const kind = heardName(say, name), read = h("span", {});
    const pictures = h("div", {class: "vd-in-live-strip"}), tape = h("img", {alt: say("inspect_tape_of", {kind})});
    return {kind, read, pictures, tape, node: h("figure", {},
      h("figcaption", {class: "vd-in-caption"}, h("h4", {}, say(`inspect_live_${name}`)), read),
      pictures, h("div", {class: "vd-in-live-tape"}, tape))};
  }

  function fill({kind, read, pictures, tape}, {n, of, places, frames, ratio, strip, tape: picture, share}) {
    read.textContent = of ? say("inspect_read_of", {n, of}) : say("n_frames", {n});
    tape.src = picture;
    tape.style.width = `${share * 100}%`;
    // One picture of all of them: each place shows its part.
    const last = frames.length - 1, at = (i) => (last ? `${100 * i / last}%` : "0");
    pictures.style.setProperty("--ratio", ratio);
    replaceChildren(pictures, Array.from({length: places}, (_, i) => (i > last ? h("i", {}) : h("i", {role: "img",
      "aria-label": say("inspect_picture", {frame: frames[i], kind}),
      style: `background: url("${strip}") ${at(i)} 0 / ${100 * frames.length}% 100%`}))));
  }

  return {node, show};
}
