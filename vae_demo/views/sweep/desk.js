// The line below the controls of the Sweep tab: how many sizes and how long, or how a run goes. Everybody who
// knows something about a run says it as the event `vd-sweep` of the window:
//   {phase: asked | sent | queued | working | stopping | stopped | error | done | over, ...}
import {makeSay} from "../../words/say.js";
import {advancedButton, dtypeOf, halves} from "../shared/advanced.js";
import {h, replaceChildren} from "../shared/dom.js";
import {needs, withNeed} from "../shared/needs.js";
import {estimateText} from "../shared/pace.js";
import {runningLine} from "../shared/running.js";
import {guardUpload} from "../shared/uploads.js";
import {formOf, nameRun, onScreen, planned} from "./form.js";

const SWEEP_BUSY = ["asked", "queued", "working", "stopping"];

export function startSweepDesk({element, words, device, models, most, value, watch, trigger}) {
  const root = element.querySelector(".vd-root"), lang = window.vdLang === "zh" ? "zh" : "en";
  const {say} = makeSay(words, lang);
  const sentence = (error) => error[lang] || error.en, line = runningLine(say, sentence), [track, status] = line.nodes;
  const sums = h("p", {class: "vd-sums"}), estimate = h("span", {class: "vd-estimate"});
  let run = null, sent = false, of = null, takes = "", same = false, last = null, need = null;
  root.classList.add("vd-desk");
  root.replaceChildren(track, h("div", {class: "vd-desk-line vd-desk-says"}, sums, status, estimate));

  const upload = guardUpload("vd-sweep-upload", words, most, (error) => hear({phase: "error", error}));

  const asking = needs("sweep", models, (found) => {
    need = found;
    if (last) add(last);
  });

  // What the sizes come to and what that takes, or why it cannot run.
  function add(said) {
    const error = said.error || need?.error;
    replaceChildren(sums, error ? h("b", {}, sentence(error)) : say("sweep_plan", {n: said.n, frames: said.frames}),
      said.upload ? h("span", {}, say("upload_deleted", {minutes: window.vdGraceMinutes})) : null);
    const form = formOf(said.of);
    takes = error ? "" : estimateText(say, said.seconds,
      {device, dtype: dtypeOf(form, models), half: halves(form, models)}, said.tried);
    planned.set({of: said.of, runs: !error, time: takes});
    offer();
  }

  function plan(said) {
    if (!said) return;
    last = said;
    const form = formOf(said.of);
    asking.ask(said.error ? null : form, form.sizes);
    add(said);
    const before = of;
    of = JSON.stringify(said.of);
    // A changed setting takes away what the last run said; what the server fills in is no change of the visitor's.
    if (run?.filling) run.filling = of === JSON.stringify(run.filling) ? null : run.filling;
    else if (of !== before && run && !SWEEP_BUSY.includes(run.phase)) hear(null);
  }

  // What is on screen is not offered once more.
  function offer() {
    estimate.textContent = same && takes ? say("whose_on_screen") : withNeed(say, takes, need);
    document.body.classList.toggle("vd-sweep-on-screen", same);
    nameRun(trigger, say(same ? "control_run_again" : "control_run"));
  }

  function hear(said) {
    if (said && said.phase === "asked") sent = false;
    if (said && said.phase === "sent") { sent = true; return; }
    // The end of an earlier run, told after Run was pressed again.
    if (said && said.phase === "over" && run && run.phase === "asked" && !sent) return;
    if (said && said.phase === "over") said = run && run.phase === "stopping" ? {phase: "stopped"}
      : run && SWEEP_BUSY.includes(run.phase) ? null : run;
    if (said && said.phase === "done") said = null;
    // Words of a step that was under way when Cancel was pressed come too late.
    if (said && ["queued", "working"].includes(said.phase)
      && !(run && ["asked", "queued", "working"].includes(run.phase))) return;
    run = said;
    line.show(run);
    root.classList.toggle("vd-says-run", Boolean(run));
    const on = Boolean(run) && SWEEP_BUSY.includes(run.phase), held = document.activeElement;
    upload(on);
    if (document.body.classList.contains("vd-sweeping") === on) return;
    document.body.classList.toggle("vd-sweeping", on);
    // The pressed button gives way to the other one: the keyboard goes with it.
    if (held && held.closest("#vd-sweep-run, #vd-sweep-cancel"))
      document.getElementById(on ? "vd-sweep-cancel" : "vd-sweep-run")?.focus();
  }

  const listen = (event) => root.isConnected ? hear(event.detail) : removeEventListener("vd-sweep", listen);
  addEventListener("vd-sweep", listen);
  // figure.js says whether what it shows is of the controls.
  onScreen.on(root, ({differ, whole}) => {
    same = differ?.length === 0 && whole;
    offer();
  });
  advancedButton({menu: "vd-sweep-model", tab: "sweep", root, say});
  watch("value", () => plan(value()));
  plan(value());
  addEventListener("vd-join-failed", ({detail}) => {
    if (run && ["asked", "queued"].includes(run.phase)) hear({phase: "error", error: detail});
  });
  addEventListener("vd-visit-gone", ({detail}) => hear({phase: "error", error: detail}));
}
