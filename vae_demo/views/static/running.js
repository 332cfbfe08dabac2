// What a run says while it works: a thin bar, the stage, the time left, and numbers of finished variants.
function runningView(say) {
  const bar = h("i", {});
  const text = h("p", {class: "vd-run-text"});
  const done = h("p", {class: "vd-run-done"});
  const node = h("div", {class: "vd-running", role: "status", "aria-live": "polite", hidden: true}, h("div", {class: "vd-run-bar"}, bar), text, done);

  function show(run) {
    node.hidden = !run;
    if (!run) return;
    node.classList.toggle("vd-run-error", Boolean(run.error));
    bar.style.width = `${Math.round((run.fraction || 0) * 1000) / 10}%`;
    if (run.error) {
      bar.style.width = "0";
      replaceChildren(text, h("b", {}, say("run_failed")), " ", errorSentence(run.error), " ", say("run_kept"));
      return replaceChildren(done);
    }
    if (run.stopped) return replaceChildren(text, h("b", {}, say("run_stopped")), " ", say("run_kept"));
    const left = run.seconds_left === null || run.seconds_left === undefined ? "" : say("run_left", {n: Math.max(1, Math.round(run.seconds_left))});
    const stage = run.stage ? say(`stage_${run.stage}`) : say("run_reading");
    replaceChildren(text, h("b", {}, run.label ? `${run.label} ` : ""), stage, run.total ? ` ${run.done} / ${run.total}` : "", left ? ` · ${left}` : "");
    replaceChildren(done, (run.finished || []).map((v) => h("span", {}, h("b", {}, v.label), ` ${v.frames_in} → ${v.frames_out} · PSNR ${db(v.psnr)} dB`)));
  }

  function errorSentence(error) {
    try {
      return say(`error_${error.case}`, error.params);
    } catch (missing) {
      return error.params.message || "";
    }
  }

  return {node, show};
}
