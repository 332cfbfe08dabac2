// Gain and heat of the second row on the screen: one filter of the browser's for all its pictures, so that playing
// costs no more than showing them; and the bar that says what a colour means.
import {h, replaceChildren, segments, svg} from "../shared/dom.js";
import {GAINS, ramp, SHADES, shadeTable, topLevel} from "./shades.js";

let made = 0;

// Puts the filter on `stage` and keeps it at what is asked for; returns the node that holds it.
export function shadingOn(app, stage) {
  const node = svg("svg", {class: "vd-shading", width: 0, height: 0, "aria-hidden": "true"});

  function refresh() {
    const {gain, shades} = app.see.get(), table = shadeTable(shades, gain);
    if (!table) {
      node.replaceChildren();
      return stage.style.removeProperty("--shade");
    }
    // A new name each time: some browsers do not look again at a filter they know.
    const id = `vd-shade-${made++}`;
    const channel = (name, i) => svg(`feFunc${name}`,
      {type: "discrete", tableValues: table.map((colour) => (colour[i] / 255).toFixed(4)).join(" ")});
    replaceChildren(node, svg("filter", {id, "color-interpolation-filters": "sRGB", x: 0, y: 0, width: 1, height: 1},
      svg("feComponentTransfer", {}, ["R", "G", "B"].map(channel))));
    stage.style.setProperty("--shade", `url(#${id})`);
  }

  refresh();
  app.see.on((_, names) => { if (names.includes("gain") || names.includes("shades")) refresh(); });
  return node;
}

// Gain, grey or heat, and the legend; hidden while there is no second row.
export function shadingTools(app) {
  const {say, see} = app, digits = (value) => value < 10 ? value.toFixed(1).replace(/\.0$/, "") : value.toFixed(0);
  const slider = h("input", {type: "range", class: "vd-gain", min: 0, max: GAINS.length - 1, step: 1,
    "aria-label": say("see_gain"), title: say("see_gain_help"),
    // After the mouse the arrows are the frames' again.
    onpointerup: (event) => event.target.blur(),
    oninput: (event) => see.set({gain: GAINS[Number(event.target.value)]})});
  const times = h("output", {class: "vd-gain-times"});
  const shades = segments(say("see_shades"), SHADES, (name) => say(`see_shades_${name}`), (name) =>
    see.set({shades: name}));
  const bar = h("i", {class: "vd-ramp"}), top = h("span", {});
  const legend = h("span", {class: "vd-ramp-box", role: "img", title: say("see_legend_help")}, h("span", {}, "0"), bar,
    top);
  const node = h("div", {class: "vd-group vd-shades"},
    h("label", {class: "vd-gain-box"}, h("span", {class: "vd-label"}, say("see_gain")), slider, times), shades.node,
    legend);

  function refresh() {
    const {gain, shades: chosen} = see.get(), level = digits(topLevel(gain));
    slider.value = GAINS.indexOf(gain);
    slider.setAttribute("aria-valuetext", `×${gain}`);
    times.textContent = `×${gain}`;
    shades.show(chosen);
    bar.style.background = `linear-gradient(90deg, ${ramp(chosen, gain).join(", ")})`;
    top.textContent = say("see_top", {level});
    legend.setAttribute("aria-label", say("see_legend", {level}));
  }

  refresh();
  see.on(refresh);
  return {node, show: (layer) => { node.hidden = layer === "off"; }};
}
