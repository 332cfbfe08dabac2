// How a result is looked at, as an address says it and as app.see has it (see.js); what is as ever is left out.
import {spelled} from "../shared/variants.js";
import {START} from "./see.js";

const round = (value) => String(Math.round(value * 1000) / 1000);

export function lookNamed({see, state}, usual) {
  const {compare, against, layer, gain, shades, zoom, x, y} = see.get();
  const paired = compare === "wipe" || compare === "blink";
  return {
    view: compare === "side" ? null : compare, against: paired && against !== "source" ? spelled(against) : null,
    score: state.metric === usual ? null : state.metric, row: layer === "off" ? null : layer,
    gain: layer === "off" || gain === START.gain ? null : gain,
    shades: layer === "off" || shades === START.shades ? null : shades,
    zoom: zoom === START.zoom ? null : [typeof zoom === "number" ? round(zoom) : zoom, round(x), round(y)].join(","),
  };
}

// look: as the server read it; a row that this result does not have stays off.
export function showLook(app, look) {
  const {layer, score, against, ...others} = look, {model} = app;
  if (score) app.showMetric(score);
  // First: the way of comparing shows it in its menu.
  if (against) app.see.set({against});
  app.see.set(layer && model.panel(model.variants[0].label, layer) ? {...others, layer} : others);
}
