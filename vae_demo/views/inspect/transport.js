// Play, step, speed, loop around an event; how the pictures are enlarged.
import {h, segments, svg} from "../shared/dom.js";
import {ICONS, SPEEDS} from "../shared/icons.js";

export function transportBar(app) {
  const {say, state} = app;
  const icon = (name) => svg("svg", {viewBox: "0 0 16 16", width: 15, height: 15, "aria-hidden": "true"},
    svg("path", {d: ICONS[name], class: "vd-icon"}));
  const button = (name, action) => h("button", {type: "button", class: `vd-t-${name}`, title: say(`t_${name}`),
    "aria-label": say(`t_${name}`), onclick: action}, icon(name));
  const play = button("play", () => app.toggle());
  const number = h("b", {}), last = h("span", {}), time = h("span", {class: "vd-time"});
  const speed = segments(say("t_speed"), [0.1, 0.25, 0.5, 1], (s) => SPEEDS[s], (s) => app.setSpeed(Number(s)));
  const loop = h("button", {type: "button", class: "vd-text-button", onclick: () => app.setLoop(!state.loop)});
  const enlarge = segments(say("inspect_enlarge"), ["off", "apart"], (name) => say(`inspect_enlarge_${name}`),
    (name) => app.setEnlarged(name === "apart"), {apart: say("inspect_enlarge_help")});
  const node = h("div", {class: "vd-bench"},
    h("div", {class: "vd-transport", role: "toolbar", "aria-label": say("t_title")},
      h("div", {class: "vd-buttons"}, button("first", () => app.seek(0)), button("back", () => app.step(-1)), play,
        button("next", () => app.step(1)), button("last", () => app.seek(app.model.n - 1))),
      h("span", {class: "vd-counter"}, number, " / ", last, time)),
    h("div", {class: "vd-tools"}, h("div", {class: "vd-group"}, speed.node, loop), h("span", {class: "vd-gap"}),
      h("div", {class: "vd-group"}, h("span", {class: "vd-label"}, say("inspect_enlarge")), enlarge.node)));

  function cursor(frame) {
    const {model} = app;
    number.textContent = model.nameOf(frame);
    last.textContent = model.nameOf(model.n - 1);
    time.textContent = `${(frame / model.fps).toFixed(2)} s`;
  }

  function refresh() {
    play.replaceChildren(icon(state.playing ? "pause" : "play"));
    for (const name of ["aria-label", "title"]) play.setAttribute(name, say(state.playing ? "t_pause" : "t_play"));
    loop.textContent = say(app.model.main ? "inspect_loop_event" : "inspect_loop_file");
    loop.setAttribute("aria-pressed", String(state.loop));
    speed.show(state.speed);
    enlarge.show(state.enlarged ? "apart" : "off");
  }

  return {node, cursor, refresh};
}
