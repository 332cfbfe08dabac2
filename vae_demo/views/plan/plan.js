// The Plan tab: a frame count in, what comes back out. Everything is computed here; nothing is asked of the server.
import {makeSay} from "../../words/say.js";
import {h, helped, replaceChildren, segments} from "../shared/dom.js";
import {answerFor, settingFor, settingsOf} from "../shared/families.js";
import {planWords} from "../shared/family_words.js";
import {MOST_FRAMES, padsOf} from "../shared/frames.js";
import {sourceLink} from "../shared/source_link.js";
import {planChoices} from "./choices.js";
import {planDrawing, planLegend} from "./drawing.js";
import {planTable} from "./table.js";
import {planFoot} from "./takeaway.js";

const PLAN_KEYS = ["frames", "seconds", "fps", "family", "setting"], PLAN_FREE_SIZES = 41;

export function startPlan({element, words: table, families, exploreModel, exploreMost}) {
  const root = element.querySelector(".vd-root"), lang = window.vdLang === "zh" ? "zh" : "en";
  const {say} = makeSay(table, lang), words = planWords(say), settings = settingsOf(families);
  const start = {by: "frames", frames: 72, seconds: 3, fps: 24};
  const state = {...start, family: families[0], setting: settings[0], all: false, touched: false};

  function readAddress() {
    const asked = new URLSearchParams(location.search);
    const number = (name) => (asked.get(name) ? Number(asked.get(name)) : NaN);
    if (asked.get("tab") !== "plan") return;
    if (number("fps") > 0) state.fps = number("fps");
    if (number("seconds") > 0) Object.assign(state, {by: "seconds", seconds: number("seconds")});
    else if (isCount(number("frames"))) state.frames = number("frames");
    state.family = families.find((family) => family.key === asked.get("family")) || state.family;
    state.setting = settingFor(state.family, asked.get("setting") || "", settings);
    state.touched = PLAN_KEYS.some((name) => asked.has(name));
  }

  // The keys stand in the address while this tab is shown: another tab gives some of them another meaning.
  function writeAddress() {
    const url = new URL(location.href), shown = root.offsetParent !== null;
    if (!shown && !url.searchParams.has("family")) return;
    for (const name of PLAN_KEYS) url.searchParams.delete(name);
    const says = shown && state.touched ? address() : {};
    for (const [name, value] of Object.entries(says)) url.searchParams.set(name, value);
    if (url.href !== location.href) history.replaceState(history.state, "", url);
  }
  // An empty field is left out, for NaN means nothing to whoever opens the link.
  const typed = () => (state.by === "frames" ? {frames: state.frames} : {seconds: state.seconds, fps: state.fps});
  const address = () => ({...Object.fromEntries(Object.entries(typed()).filter(([, value]) => Number.isFinite(value))),
    family: state.family.key, setting: state.setting.key});

  const isCount = (n) => Number.isInteger(n) && n >= 1 && n <= MOST_FRAMES;
  const count = () => (state.by === "frames" ? state.frames : Math.round(state.seconds * state.fps));

  const field = (name, label, attributes, ...nodes) =>
    h("label", {class: `vd-field vd-field-${name}`}, h("span", {}, label), ...nodes);
  const numberInput = (name, step, least, most) => {
    const oninput = ({target: {value}}) => {
      state[name] = value === "" ? NaN : Number(value);
      changed();
    };
    const kind = {type: "number", inputmode: step === 1 ? "numeric" : "decimal"};
    return h("input", {...kind, min: least, max: most, step, value: state[name], oninput});
  };
  const result = h("div", {class: "vd-plan-result"}), equals = h("output", {class: "vd-plan-equals"});
  const controls = h("form", {class: "vd-plan-controls", onsubmit: (event) => event.preventDefault()});
  const by = segments(say("plan_how_long"), ["frames", "seconds"], (name) => say(`plan_by_${name}`), (name) => {
    state.by = name;
    buildControls();
    changed();
  });

  function settingPick() {
    const own = settings.filter((setting) => setting.family === state.family), free = state.family.any_chunk;
    if (!free && own.length === 1) return null;
    const option = (key, text) => h("option", {value: key, selected: key === state.setting.key}, text);
    const sizes = Array.from({length: PLAN_FREE_SIZES - 3}, (_, i) => i + 4);
    const keep = free && !sizes.includes(Number(state.setting.key)) && state.setting.key !== "whole"
      ? [Number(state.setting.key)] : [];
    const offered = free ? [option("whole", say("vae_mode_whole")),
      h("optgroup", {label: say("plan_sizes_clean")},
        [...sizes, ...keep].filter((n) => n % 4 === 1).map((n) => option(`${n}`, `${n}`))),
      h("optgroup", {label: say("plan_sizes_other")},
        [...sizes, ...keep].filter((n) => n % 4 !== 1).map((n) => option(`${n}`, `${n}`)))]
          : own.map((setting) => option(setting.key, words.modeName(setting)));
    return field("setting", say(free ? "plan_chunk" : "plan_setting"), {}, h("select", {onchange: (event) => {
      state.setting = settingFor(state.family, event.target.value, settings);
      changed();
    }}, offered));
  }

  function buildControls() {
    const seconds = state.by === "seconds";
    by.show(state.by);
    replaceChildren(controls, h("div", {class: "vd-field"}, h("span", {}, say("plan_how_long")), by.node),
      seconds ? [field("seconds", say("plan_field_seconds"), {}, numberInput("seconds", "any", 0.01, 9999)),
        h("span", {class: "vd-plan-sign"}, "×"),
        field("fps", say("plan_field_fps"), {}, numberInput("fps", "any", 1, 1000)), equals]
        : field("frames", say("plan_field_frames"), {}, numberInput("frames", 1, 1, MOST_FRAMES)),
      field("family", say("plan_family"), {},
        h("select", {onchange: (event) =>
          choose(settingFor(families.find((family) => family.key === event.target.value), "", settings))},
        families.map((family) => h("option", {value: family.key, selected: family === state.family}, family.name)))),
      settingPick(), h("p", {class: "vd-plan-offline"}, say("plan_offline")));
  }

  function choose(setting) {
    state.family = setting.family;
    state.setting = setting;
    buildControls();
    changed();
  }

  function changed() {
    state.touched = true;
    draw();
    writeAddress();
  }

  function figures(answer) {
    const {setting} = state, {rule, chunk: size} = setting;
    const padded = rule && rule.first === "fill" && setting.stride > 1;
    const lengths = padded || size
      ? [size ? Math.floor(answer.frames / size) : 0, size ? answer.frames % size : answer.frames] : null;
    const figure = (name, value) =>
      h("div", {}, h("dt", {}, helped(say(`plan_fig_${name}`), say(`plan_help_${name}`))),
        h("dd", {}, value === null ? "–" : `${value}`));
    return h("dl", {class: "vd-figures"}, figure("latents", answer.counts.latents),
      lengths ? figure("chunks", lengths[0] + (lengths[1] ? 1 : 0)) : null,
      padded ? figure("pads", lengths[0] * padsOf(size || 1, rule) + (lengths[1] ? padsOf(lengths[1], rule) : 0))
        : null, figure("back", answer.counts.back));
  }

  const hues = {17: "var(--vd-v0)", 16: "var(--vd-v1)", 18: "var(--vd-v2)"};

  function drawing(answer) {
    const at = (n) => ({answer: answerFor(n, state.setting), asked: n === answer.frames});
    const wanted = answer.case === "size" ? [answer.frames]
      : [answer.below, answer.frames, answer.above].filter((n) => n !== null);
    const rows = wanted.map(at), width = Math.floor(result.clientWidth) || 1280;
    const made = planDrawing(width, say, rows, state.setting,
      state.family.any_chunk && hues[state.setting.key] || "var(--vd-ink2)");
    const title = state.setting.rule ? "plan_drawing" : "plan_drawing_counts";
    return h("section", {class: "vd-plan-drawing"}, h("h3", {class: "vd-axis-title"}, say(title)), made.node,
      planLegend(say, state.setting, rows, made.cut));
  }

  function draw() {
    const frames = count();
    equals.replaceChildren("= ", h("b", {}, isCount(frames) ? `${frames}` : "–"),
      ` ${say("plan_equals", {n: frames || 0})}`);
    if (!isCount(frames))
      return replaceChildren(result,
        h("p", {class: "vd-plan-refused", role: "alert"}, say("plan_not_a_count", {most: MOST_FRAMES})));
    const {setting} = state, answer = answerFor(frames, setting);
    const open = state.family.any_chunk && frames <= exploreMost
      ? () => window.vdOpenInExplore
      && window.vdOpenInExplore({model: exploreModel, variants: [...new Set(["17", setting.key])], frames}) : null;
    const focused = document.activeElement?.dataset?.name;
    replaceChildren(result,
      h("header", {class: "vd-head vd-plan-head"},
        h("div", {}, h("h2", {"aria-live": "polite"}, words.headline(answer, setting)),
          h("p", {class: "vd-lede"}, words.why(answer, setting)),
        h("p", {class: "vd-plan-from"}, say("plan_source", {known: words.knownFrom(answer, setting)}), " ",
          sourceLink(state.family))), figures(answer)),
      answer.known === "unknown" ? null : drawing(answer),
      planChoices({say, lang, words, setting, answer, fps: state.fps > 0 ? state.fps : 24, open}),
      planTable({say, words, settings, current: setting, frames, all: state.all, choose, toggle: () => {
        state.all = !state.all;
        draw();
      }}), planFoot({say, lang, state, frames, address}));
    if (focused) result.querySelector(`[data-name="${CSS.escape(focused)}"]`)?.focus();
  }

  // From another tab: the same names as in the address, each of them optional.
  window.vdOpenInPlan = ({family, setting, frames} = {}) => {
    if (isCount(frames)) Object.assign(state, {by: "frames", frames});
    choose(settingFor(families.find((one) => one.key === family) || state.family, setting || "", settings));
    if (window.vdShowTab) window.vdShowTab("plan");
  };

  readAddress();
  buildControls();
  replaceChildren(root, controls, result);
  let width = 0;
  new ResizeObserver(() => {
    const now = Math.floor(result.clientWidth);
    if (now && now !== width) { width = now; draw(); }
  }).observe(root);
  new IntersectionObserver(() => { if (state.touched) writeAddress(); }).observe(root);
  draw();
}
