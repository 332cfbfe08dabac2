// How a run goes, in one line that is always there, so that nothing below it moves: what is being done, how much
// time is left, and a thin bar. The last result stays on screen below until measured variants replace it.
import {h, replaceChildren} from "./dom.js";
import {known} from "./format.js";
import {leftText} from "./pace.js";

const FULLEST = 0.99;

export function runningLine(say, sentence) {
  const bar = h("i", {}), text = h("p", {class: "vd-run-text", role: "status", "aria-live": "polite"});
  const track = h("div", {class: "vd-run-bar", role: "progressbar", "aria-label": say("run_progress"),
    "aria-valuemin": 0, "aria-valuemax": 100}, bar);
  let spoken = "", reached = 0;

  function show(run) {
    // Whatever comes late: a bar does not go back. It is never full, for then the result takes its place.
    reached = run && ["working", "stopping"].includes(run.phase) ? Math.max(reached, run.fraction || 0) : 0;
    const share = Math.min(reached, FULLEST);
    bar.style.transform = `scaleX(${Math.round(share * 1000) / 1000})`;
    track.classList.toggle("vd-on", Boolean(run) && ["asked", "queued", "working", "stopping"].includes(run.phase));
    track.setAttribute("aria-valuenow", Math.floor(share * 100));
    const [strong, rest] = run ? words(run) : ["", ""];
    // A screen reader hears stages, not seconds: the text changes often, what is said seldom.
    if (strong !== spoken) text.setAttribute("aria-live", "polite");
    else text.setAttribute("aria-live", "off");
    spoken = strong;
    replaceChildren(text, strong ? h("b", {}, strong) : "", rest ? ` ${rest}` : "");
  }

  function words(run) {
    if (run.says) return run.says;
    if (run.phase === "asked") return [say("run_asked"), ""];
    if (run.phase === "queued") return [say("run_queued", {n: run.position, of: run.size}), ""];
    if (run.phase === "stopping") return [say("run_stopping"), ""];
    if (run.phase === "stopped") return [say("run_stopped"), run.partly ? say("run_partly") : say("run_kept")];
    if (run.phase === "error") return [sentence(run.error), say("run_kept")];
    const stage = run.stage ? nameOf(run.stage) : say("run_reading");
    const left = known(run.seconds_left) ? ` · ${leftText(say, run.seconds_left)}` : "";
    return [run.label ? `${run.label}: ${stage}` : stage, `${run.total ? `${run.done} / ${run.total}` : ""}${left}`];
  }

  // A model may have stages of its own, which nobody has translated.
  const nameOf = (stage) => (say.knows(`stage_${stage}`) ? say(`stage_${stage}`) : stage.replaceAll("_", " "));

  return {nodes: [track, text], show};
}
