// How the pictures are looked at, put together: the record of see.js, zoom, enlarging, the whole screen, shades.
import {enlarging} from "./enlarging.js";
import {wholeScreen} from "./full.js";
import {COMPARES} from "./pictures.js";
import {seeing} from "./see.js";
import {LAYERS} from "./see_bar.js";
import {shadingOn} from "./shading.js";
import {zooming} from "./zooming.js";

// layout(): draws the time axis anew.
export function sightOf(app, stage, layout) {
  const {state} = app;
  let now = null;
  const screen = wholeScreen(stage, () => arrange());
  const against = {get: () => state.against, set: (key) => app.setAgainst(key),
    reads: (key) => key === "source" || Boolean(app.model?.of(key))};
  app.see = seeing({
    compare: {get: () => state.compare, set: (name) => app.setCompare(name), reads: (name) => COMPARES.includes(name)},
    layer: {get: () => state.layer, set: (name) => app.setLayer(name), reads: (name) => LAYERS.includes(name)},
    against});

  // Whoever stands elsewhere has another size, and so the zoom is reckoned anew.
  function arrange() {
    if (!now) return;
    now.enlarging.apply();
    now.zooming.apply();
  }

  function build({pictures, columns, transport}) {
    const zoom = zooming(app, pictures, columns.node, stage);
    const large = enlarging(app, stage, columns.node, transport.node, screen);
    now = {zooming: zoom, enlarging: large};
    // A result may have come without its pictures.
    if (pictures.painters.length) transport.room.append(zoom.node, large.full);
    app.see.on((_, names) => {
      if (names.includes("big")) arrange();
      if (names.includes("part")) layout();
    });
    return {
      arrange, shading: shadingOn(app, stage),
      // The enlarged picture is that of the variant one chooses.
      select: (label) => { if (app.see.get().big) app.see.set({big: label}); },
    };
  }

  // I, J, K and L move what the pointer would: the wipe line or the loupe; with Shift, or else, the picture.
  app.nudge = (x, y, shift) => {
    const pointing = state.compare === "wipe" || state.compare === "loupe";
    if (pointing && !shift) app.pointAt(state.at.x + x * 0.05, state.at.y + y * 0.05);
    else now.zooming.shift(x, y);
  };
  // What is seen of every picture, in pixels: see partOf in zoom.js.
  app.seenPart = () => now.zooming.part();
  app.sightKeys = () => {
    const busy = screen.on() || app.see.get().big !== null, {Escape, ...others} = now.enlarging.keys;
    return {...now.zooming.keys, ...others, ...(busy ? {Escape} : {})};
  };
  return {build, arrange};
}
