// The line below the controls: presets, what the sizes come to, how long a run takes; while one works, how it goes.
import {makeSay} from "../../words/say.js";
import {advancedButton, dtypeOf, halves} from "../shared/advanced.js";
import {h, replaceChildren, whenThere} from "../shared/dom.js";
import {clips, titleOf} from "../shared/forms.js";
import {cutText, lengthsOf} from "../shared/format.js";
import {givesFocusBack} from "../shared/giving_back.js";
import {linesOf, swatch} from "../shared/lines.js";
import {needs, withNeed} from "../shared/needs.js";
import {estimateText, kindOf, secondsOf} from "../shared/pace.js";
import {runningLine} from "../shared/running.js";
import {guardUpload} from "../shared/uploads.js";
import {bus} from "./bus.js";
import {dressChips} from "./chips.js";
import {megapixels, offered, picturesOf, planned, workOf} from "./plans.js";
import {typedVariants} from "./typed.js";

export function startDesk({element, words, facts, value, watch, trigger}) {
  const root = element.querySelector(".vd-root"), lang = window.vdLang === "zh" ? "zh" : "en";
  const {say} = makeSay(words, lang);
  const server = {pace: null};
  const said = (error) => error[lang] || error.en, line = runningLine(say, said);
  const sums = h("p", {class: "vd-sums"}), estimate = h("span", {class: "vd-estimate"});
  const about = h("span", {class: "vd-about"});
  let time = "", need = null;
  const presets = h("div", {class: "vd-presets", role: "group", "aria-label": say("presets")},
    h("span", {class: "vd-presets-name"}, say("presets")),
    Object.keys(facts.presets)
      .map((name) =>
        h("button", {type: "button", "data-preset": name, title: say(`preset_${name}_help`), hidden: name === "shipped",
          onclick: () => bus.fill(trigger, presetOf(name, bus.told.settings?.model))}, say(`preset_${name}`))));
  const [track, status] = line.nodes;
  // On a phone the controls fold to one line: what is chosen, Change, Run.
  const chosen = h("p", {class: "vd-chosen"});
  const change = h("button",
    {type: "button", class: "vd-change", onclick: () => fold(!root.classList.contains("vd-tucked"))});
  const folded = h("div", {class: "vd-tuck"}, chosen, change);
  root.classList.add("vd-desk");
  root.replaceChildren(folded, track, h("div", {class: "vd-desk-line"}, presets, about),
    h("div", {class: "vd-desk-line vd-desk-says"}, sums, status, estimate));

  const upload = guardUpload("vd-upload", words, facts.most.bytes, (error) => bus.tell("run", {phase: "error", error}));

  const asking = needs("explore", facts.models, (found) => {
    need = found;
    if (bus.told.plan) add(bus.told.plan);
  });

  function refresh() {
    const settings = bus.told.settings;
    if (!settings) return;
    const plan = planned(settings, clips.of(settings.clip), facts.models[settings.model], facts.most);
    asking.ask(plan.error ? null : settings, settings.variants.join());
    add(plan);
    // A start behind the clip's end leaves no frames; what a model takes is then asked of all there are.
    const all = clips.of(settings.clip)?.n_frames ?? Infinity;
    const frames = plan.frames > 0 ? plan.frames : Math.min(all, facts.most.frames);
    for (const button of presets.querySelectorAll("[data-preset]")) {
      const name = button.dataset.preset, variants = presetOf(name, settings.model);
      button.hidden = !isOffered(name, settings.model, frames);
      button.setAttribute("aria-pressed", String(variants?.join() === settings.variants.join()));
    }
    aboutClip(settings);
    const title = titleOf(say, {clip: settings.clip, upload: !facts.samples[settings.clip]});
    const count = say("n_variants", {n: settings.variants.length});
    replaceChildren(chosen, h("b", {title}, title),
      h("span", {}, [settings.model, ...(settings.dtype === "auto" ? [] : [settings.dtype]), count,
        `${settings.frames} × ${sizeShort(settings.size)}`].join(" · ")));
    bus.tell("plan", plan);
    offer();
  }

  // What the sizes come to and what that takes, or why it cannot run.
  function add(plan) {
    const error = plan.error ? say(`error_${plan.error.case}`, plan.error.params) : need?.error && said(need.error);
    replaceChildren(sums, error ? h("b", {}, error) : sum(plan));
    time = error ? "" : seconds(plan);
    bus.tell("estimate", time);
    offer();
  }

  const presetOf = (name, model) => facts.presets[name] ?? facts.models[model]?.shipped ?? null;

  // Whether the model takes all variants of a preset, on clips as long as this one. Its own are there at any length:
  // what is wrong with that is then said.
  function isOffered(name, model, frames) {
    const variants = presetOf(name, model), known = facts.models[model];
    return Boolean(variants) && (name === "shipped" || !known || offered(variants, known, model, frames));
  }

  // What is on screen is not offered once more.
  function offer() {
    const same = bus.told.differ?.length === 0 && bus.told.result.whole;
    estimate.textContent = same && time ? say("whose_on_screen") : withNeed(say, time, need);
    document.body.classList.toggle("vd-on-screen", same);
    bus.name(trigger, say(same ? "control_run_again" : "control_run"));
  }

  // Your 73 frames: 17 = 4×17 + 5 · 16 = 4×16 + 9 · 17→16 = 94 out, 12 pads, 3 lost
  function sum(plan) {
    const lines = linesOf(plan.variants.map((v) => v.label));
    return [h("span", {class: "vd-sum-frames"}, say("sum_frames", {n: plan.frames})),
      plan.variants.map((v, i) =>
        h("span", {class: "vd-sum", style: `--line: ${lines[i].colour}`,
          title: say("sum_latents", {n: v.plan.latents})},
        swatch(lines[i]), h("b", {class: "vd-mono"}, v.label), " = ",
        h("span", {class: "vd-mono"}, cutText(lengthsOf(v.plan))), outcome(v.plan)))];
  }

  const outcome = (plan) => {
    const said = [];
    if (plan.frames_out !== plan.frames_in) said.push(say("sum_out", {n: plan.frames_out}));
    if (plan.pads_shown) said.push(say("sum_pads", {n: plan.pads_shown}));
    if (plan.lost_frames.length) said.push(say("sum_lost", {n: plan.lost_frames.length}));
    return said.length ? h("b", {}, `, ${said.join(", ")}`) : null;
  };

  function seconds(plan) {
    const {model, clip} = plan.settings, {pace} = server;
    if (!pace) return ""; // the server has not said yet what it knows
    const run = {work: workOf(plan, facts.costs[model]), pictures: picturesOf(plan),
      megapixels: megapixels(plan.settings, clips.of(clip))};
    const {settings} = plan, {models, device} = facts, kind = kindOf(settings, models);
    return estimateText(say, secondsOf(pace, kind, run, facts.perPicture),
      {device, dtype: dtypeOf(settings, models), half: halves(settings, models)}, pace.tried.includes(kind));
  }

  function aboutClip(settings) {
    const sample = facts.samples[settings.clip];
    about.textContent = sample
      ? (sample.says ? sample.says[lang] : "") : say("upload_deleted", {minutes: window.vdGraceMinutes});
    about.title = about.textContent;
  }

  // A refused request says so in the line; the control it is about stands out.
  function blame(run) {
    for (const each of document.querySelectorAll("#vd-controls .vd-blamed")) each.classList.remove("vd-blamed");
    if (run?.phase === "error" && run.at) document.getElementById(`vd-${run.at}`)?.classList.add("vd-blamed");
  }

  function busy(run) {
    line.show(run);
    blame(run);
    root.classList.toggle("vd-says-run", Boolean(run));
    const on = Boolean(run) && ["asked", "queued", "working", "stopping"].includes(run.phase);
    upload(on);
    if (document.body.classList.contains("vd-running") === on) return;
    const held = document.activeElement;
    document.body.classList.toggle("vd-running", on);
    // The pressed button gives way to the other one: the keyboard goes with it.
    if (held && held.closest("#vd-run, #vd-cancel")) document.getElementById(on ? "vd-cancel" : "vd-run")?.focus();
  }

  function fold(on) {
    root.classList.toggle("vd-tucked", on);
    change.textContent = say(on ? "controls_change" : "controls_done");
    change.setAttribute("aria-expanded", String(!on));
  }

  function take(next) {
    if (!next) return;
    Object.assign(server, next);
    refresh();
  }

  // How fast the machine is takes a moment of all its power to measure: the first picture comes before that.
  let asked = false;
  const askPace = () => { if (!asked) trigger("pace", {}); asked = true; };
  bus.on("drawn", root, () => setTimeout(askPace, PACE_AFTER_MS));
  setTimeout(askPace, PACE_AT_LAST_MS);

  // A changed setting takes away what the last run said; a run's own words stay while it works.
  bus.on("settings", root, () => {
    const {run} = bus.told;
    if (run?.filling) run.filling = bus.says(run.filling) ? null : run.filling; // app.js
    else if (run && ["error", "stopped"].includes(run.phase)) bus.tell("run", null);
    refresh();
  });
  bus.on("differ", root, offer);
  clips.own.on(root, refresh);
  bus.on("run", root, busy);
  watch("value", () => take(value()));
  take(value());
  addEventListener("vd-join-failed", ({detail}) => bus.lost(detail));
  addEventListener("vd-visit-gone", ({detail}) => bus.tell("run", {phase: "error", error: detail}));
  whenThere("vd-variants", (menu) => {
    dressChips(menu, say);
    typedVariants(menu, say, facts.most.variants);
  });
  advancedButton({menu: "vd-model", tab: "explore", root, say});
  givesFocusBack(root);
  fold(true);
}

const PACE_AFTER_MS = 600, PACE_AT_LAST_MS = 8000;
const sizeShort = (size) => size.endsWith(":none") ? size.split(":")[0] : `${size}²`;
