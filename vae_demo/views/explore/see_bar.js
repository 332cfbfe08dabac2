// Below the transport: the second row and its shades, then how large the pictures are.
import {h, segments} from "../shared/dom.js";
import {shadingTools} from "./shading.js";

export const LAYERS = ["off", "error", "delta"];

export function seeBar(app, tools) {
  const {model, say} = app;
  const layers = segments(say("layer_title"), LAYERS, (name) => say(`layer_${name}`), app.setLayer,
    {error: say("layer_error_help"), delta: say("layer_delta_help")});
  const shading = shadingTools(app), there = model.panel(model.variants[0].label, "error");
  const node = h("div", {class: "vd-see"},
    there ? [h("div", {class: "vd-group vd-rows"}, h("span", {class: "vd-label"}, say("layer_title")), layers.node),
      shading.node] : null,
    h("span", {class: "vd-gap"}), tools);

  function refresh() {
    layers.show(app.state.layer);
    shading.show(app.state.layer);
  }

  return {node, refresh};
}
