// The lines below the controls of the Inspect tab: the samples, and how a run goes. Everybody who knows something about
// a run says it as the event `vd-inspect` of the window:
//   {phase: asked | queued | working | stopping | stopped | error | done, ...}
import {makeSay} from "../../words/say.js";
import {h, replaceChildren} from "../shared/dom.js";
import {clips, forms} from "../shared/forms.js";
import {openInInspect} from "../shared/inspecting.js";
import {runningLine} from "../shared/running.js";
import {guardUpload} from "../shared/uploads.js";
import {acted, whenTyped} from "./form.js";

const INSPECT_BUSY = ["asked", "queued", "working", "stopping"];
const YOURS = ["own", "given", "made", "made-source"];

export function startInspectDesk({element, words, most, samples, value, watch, trigger}) {
  const root = element.querySelector(".vd-root"), lang = window.vdLang === "zh" ? "zh" : "en";
  const {say} = makeSay(words, lang), sentence = (error) => error[lang] || error.en;
  const line = runningLine(say, sentence), [track, status] = line.nodes;
  const sums = h("p", {class: "vd-sums"});
  const again = h("button", {type: "button", class: "vd-in-again", hidden: true,
    onclick: () => trigger("again", {})}, say("inspect_again"));
  const links = samples.map((name) => h("button", {type: "button", "data-sample": name,
    onclick: () => openInInspect({sample: name})}, say(`inspect_sample_${name}`)));
  // Which of two files was taken for the source: one click takes the other.
  const paired = h("p", {class: "vd-in-paired", role: "status"});
  let run = null, own = clips.own.now?.id;
  root.classList.add("vd-desk");
  root.replaceChildren(track,
    h("div", {class: "vd-desk-line"},
      h("div", {class: "vd-presets"}, samples.length ? h("span", {}, say("inspect_samples")) : null, links),
      h("span", {class: "vd-estimate"}, say("inspect_cost"))),
    h("div", {class: "vd-desk-line vd-desk-says"}, sums, status, again), paired);
  for (const id of ["vd-inspect-upload", "vd-inspect-give"])
    guardUpload(id, words, most, (error) => hear({phase: "error", error}));

  // A large file takes a while to travel, before anybody here hears of it.
  document.addEventListener("change", ({target}) => {
    if (root.isConnected && target.matches?.("#vd-inspect-controls input[type=file]") && target.files?.length)
      hear({phase: "asked", says: [say("inspect_sending"), ""]});
  });

  function hear(said) {
    // Words of a step that was under way when Cancel was pressed come too late.
    if (["queued", "working"].includes(said.phase) && !(run && ["asked", "queued", "working"].includes(run.phase)))
      return;
    run = said.phase === "done" ? null : said;
    line.show(run);
    root.classList.toggle("vd-says-run", Boolean(run));
    again.hidden = run?.phase !== "stopped";
    const on = Boolean(run) && INSPECT_BUSY.includes(run.phase);
    document.body.classList.toggle("vd-inspecting", on);
  }

  function look(form) {
    for (const link of links) link.setAttribute("aria-pressed", String(link.dataset.sample === form.video));
    const mine = [form.video, form.source].some((name) => YOURS.includes(name));
    document.body.classList.toggle("vd-in-two", YOURS.includes(form.video) && YOURS.includes(form.source));
    root.classList.toggle("vd-in-nothing", form.video === "none");
    replaceChildren(sums, mine ? say("inspect_deleted", {minutes: window.vdGraceMinutes}) : say("inspect_takes"));
  }

  function sayPaired(told) {
    const swap = () => document.getElementById("vd-inspect-swap")?.click();
    replaceChildren(paired, told ? [say(`inspect_paired_${told.why}`, {source: told.source}), " ",
      h("button", {type: "button", class: "vd-in-again", onclick: swap}, say("inspect_swap"))] : "");
  }

  function take(next) {
    if (!next) return;
    if (next.of) {
      acted(next.of);
      sayPaired(next.paired);
    }
    if (!("own" in next)) return;
    own = next.own?.id;
    window.vdOwnClip = Boolean(next.own); // visit.js
    clips.own.set(next.own);
  }

  const listen = ({detail}) => (root.isConnected ? hear(detail) : removeEventListener("vd-inspect", listen));
  addEventListener("vd-inspect", listen);
  whenTyped(() => trigger("typed", {}));
  forms.inspect.on(root, look);
  // A clip that another tab was given is in these menus, too.
  clips.own.on(root, (next) => {
    if (next?.id === own) return;
    own = next?.id;
    trigger("offer", {});
  });
  watch("value", () => take(value()));
  take(value());
  addEventListener("vd-join-failed", ({detail}) => {
    if (run && ["asked", "queued"].includes(run.phase)) hear({phase: "error", error: detail});
  });
  addEventListener("vd-visit-gone", ({detail}) => hear({phase: "error", error: detail}));
}
