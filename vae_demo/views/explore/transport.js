// Play, step, borders, speed, loop; how pictures are compared; below, the second row and what sight.js adds.
import {h, helped, segments, svg} from "../shared/dom.js";
import {ICONS, SPEEDS} from "../shared/icons.js";
import {COMPARES} from "./pictures.js";
import {seeBar} from "./see_bar.js";

// The bar of a border button is red, like every border.
const BARS = {border_back: ["M3.5 3v10", "M13 3L6.5 8l6.5 5z"], border_next: ["M12.5 3v10", "M3 3l6.5 5L3 13z"]};

export function transportView(app) {
  const {model, say, state} = app;
  const icon = (name) => {
    const shapes = BARS[name]
      ? [svg("path", {d: BARS[name][0], class: "vd-red-bar"}), svg("path", {d: BARS[name][1], class: "vd-icon"})]
      : [svg("path", {d: ICONS[name], class: name === "loop" ? "vd-icon vd-outline" : "vd-icon"})];
    return svg("svg", {viewBox: "0 0 16 16", width: 15, height: 15, "aria-hidden": "true"}, shapes);
  };
  const button = (name, action) =>
    h("button", {type: "button", class: `vd-t-${name.replace("_", "-")}`, title: say(`t_${name}`),
      "aria-label": say(`t_${name}`), onclick: action}, icon(name));
  const play = button("play", () => app.toggle());
  const counter = h("span", {class: "vd-counter"}), number = h("b", {}), time = h("span", {class: "vd-time"});
  counter.append(number, " / ", lastFrame(model, say), time);
  const speed = segments(say("t_speed"), Object.keys(SPEEDS).sort((a, b) => a - b), (s) => SPEEDS[s],
    (s) => app.setSpeed(Number(s)));
  const loop = h("button",
    {type: "button", class: "vd-text-button vd-loop-clip", title: say("t_loop_clip"), "aria-label": say("t_loop_clip"),
      onclick: () => app.setLoop(state.loop === "clip" ? "none" : "clip")}, icon("loop"));
  const around = h("button",
    {type: "button", class: "vd-text-button", title: say("t_loop_border_help"),
      onclick: () => app.setLoop(state.loop === "border" ? "none" : "border")}, say("t_loop_border"));
  const compare = segments(say("compare_title"), COMPARES, (name) => say(`compare_${name}`), app.setCompare,
    Object.fromEntries(COMPARES.map((name) => [name, say(`compare_${name}_help`)])));
  const against = h("select",
    {class: "vd-against", "aria-label": say("compare_against"), title: say("compare_against"),
      onchange: (e) => app.setAgainst(e.target.value)},
    ["source", ...model.variants.map((v) => v.label)].map((key) =>
      h("option", {value: key}, key === "source" ? say("source") : key)));
  const room = h("div", {class: "vd-see-room"}), bar = seeBar(app, room);
  // Two parts: on a phone the first stays in reach at the bottom of the screen.
  const moving = h("div", {class: "vd-transport", role: "toolbar", "aria-label": say("t_title")},
    h("div", {class: "vd-buttons"}, button("first", () => app.seek(0)), button("border_back", () => app.border(-1)),
      button("back", () => app.step(-1)), play,
      button("next", () => app.step(1)), button("border_next", () => app.border(1)),
      button("last", () => app.seek(model.n_frames - 1))),
    counter);
  const tools = h("div", {class: "vd-tools"},
    h("div", {class: "vd-group"}, speed.node, loop, around, app.keysButton()),
    h("span", {class: "vd-gap"}),
    h("div", {class: "vd-group"}, h("span", {class: "vd-label"}, say("compare_title")), compare.node, against));
  const node = h("div", {class: "vd-bench"}, moving, tools, bar.node);

  function cursor(frame) {
    number.textContent = frame;
    time.textContent = `${(frame / model.media.fps).toFixed(2)} s`;
  }

  function refresh() {
    play.replaceChildren(icon(state.playing ? "pause" : "play"));
    for (const name of ["aria-label", "title"]) play.setAttribute(name, say(state.playing ? "t_pause" : "t_play"));
    loop.setAttribute("aria-pressed", String(state.loop === "clip"));
    around.setAttribute("aria-pressed", String(state.loop === "border"));
    speed.show(state.speed);
    compare.show(state.compare);
    bar.refresh();
    against.value = state.against;
    against.hidden = state.compare !== "wipe" && state.compare !== "blink";
  }

  return {node, room, cursor, refresh};
}

// The last playback frame. It explains itself where a variant plays more frames than the clip has.
function lastFrame(model, say) {
  const last = model.n_frames - 1, longest = model.variants.find((v) => v.frames_out === model.n_frames);
  if (!longest || model.n_frames <= model.n_source) return `${last}`;
  return helped(`${last}`, say("see_last_frame",
    {frames: model.n_source, clip_last: model.n_source - 1, label: longest.label, played: model.n_frames, last}));
}
