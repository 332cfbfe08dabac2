// Play, step, scrub, speed, loop; and the second row of pictures.
const SPEEDS = [0.1, 0.25, 0.5, 1, 2];
const ICONS = {
  first: "M3 3v10M13 3L6 8l7 5z", back: "M11 3L4 8l7 5z", play: "M4 2.5v11l9-5.5z", pause: "M4 3h3v10H4zM9 3h3v10H9z",
  next: "M5 3l7 5-7 5z", last: "M13 3v10M3 3l7 5-7 5z",
};

function transportView(app) {
  const {model, say} = app;
  const icon = (name) => svg("svg", {viewBox: "0 0 16 16", width: 16, height: 16, "aria-hidden": "true"}, svg("path", {d: ICONS[name], fill: "currentColor", stroke: "currentColor", "stroke-width": 1.2, "stroke-linejoin": "round"}));
  const button = (name, action) => h("button", {type: "button", class: `vd-t-${name}`, title: say(`t_${name}`), "aria-label": say(`t_${name}`), onclick: action}, icon(name));
  const play = button("play", () => app.toggle());
  const counter = h("output", {class: "vd-counter", "aria-live": "off"});
  const speed = h("select", {class: "vd-speed", "aria-label": say("t_speed"), onchange: (e) => app.setSpeed(Number(e.target.value))},
    SPEEDS.map((s) => h("option", {value: s, selected: s === app.state.speed}, `${s}×`)));
  const loop = h("button", {type: "button", class: "vd-text-button", "aria-pressed": `${app.state.loop}`, onclick: () => app.setLoop(!app.state.loop)}, say("t_loop"));
  const layers = h("div", {class: "vd-segments", role: "radiogroup", "aria-label": say("layer_title")},
    ["off", "error", "delta"].map((name) => h("button", {type: "button", role: "radio", "data-layer": name, onclick: () => app.setLayer(name), title: say(`layer_${name}_help`)}, say(`layer_${name}`))));
  const blink = h("button", {type: "button", class: "vd-text-button", title: say("t_blink_help"), "aria-pressed": "false", onclick: () => app.setBlink(!app.state.blink)}, say("t_blink"));
  const scrub = h("input", {type: "range", class: "vd-scrub", min: 0, max: model.n_frames - 1, step: 1, "aria-label": say("t_scrub"), oninput: (e) => app.seek(Number(e.target.value))});
  const node = h("div", {class: "vd-transport"},
    h("div", {class: "vd-buttons"}, button("first", () => app.seek(0)), button("back", () => app.step(-1)), play, button("next", () => app.step(1)), button("last", () => app.seek(model.n_frames - 1))),
    counter, scrub, speed, loop, h("span", {class: "vd-gap"}), blink, h("span", {class: "vd-label"}, say("layer_title")), layers);

  function cursor(frame) {
    replaceChildren(counter, h("b", {}, `${frame}`), ` / ${model.n_frames - 1}`, h("span", {}, `${(frame / model.media.fps).toFixed(2)} s`));
    scrub.value = frame;
  }

  function refresh() {
    const {state} = app;
    play.replaceChildren(icon(state.playing ? "pause" : "play"));
    play.setAttribute("aria-label", say(state.playing ? "t_pause" : "t_play"));
    loop.setAttribute("aria-pressed", `${state.loop}`);
    blink.setAttribute("aria-pressed", `${state.blink}`);
    for (const b of layers.children) b.setAttribute("aria-checked", `${b.dataset.layer === state.layer}`);
  }

  return {node, cursor, refresh};
}
