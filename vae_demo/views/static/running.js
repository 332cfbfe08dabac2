// What a run says while it works: a card per variant with a thin bar, its stage and the time left, then its
// numbers. The last result stays on screen below until the new one replaces it.
function runningView(say, sentence) {
  const cards = h("div", {class: "vd-run-cards"}), text = h("p", {class: "vd-run-text"});
  const bar = h("i", {}), node = h("div", {class: "vd-running", role: "status", "aria-live": "polite", hidden: true}, h("div", {class: "vd-run-bar"}, bar), text, cards);

  function show(run) {
    node.hidden = !run;
    if (!run) return;
    const failed = Boolean(run.error), over = failed || Boolean(run.stopped);
    node.classList.toggle("vd-run-over", over);
    bar.style.width = over ? "0" : `${Math.round((run.fraction || 0) * 1000) / 10}%`;
    if (failed) {
      replaceChildren(text, h("b", {}, sentence(run.error)), " ", say("run_kept"));
      return replaceChildren(cards);
    }
    if (run.stopped) return replaceChildren(text, h("b", {}, say("run_stopped")), " ", say("run_kept"));
    const left = known(run.seconds_left) ? ` · ${say("run_left", {n: Math.max(1, Math.round(run.seconds_left))})}` : "";
    const stage = run.stage ? say(`stage_${run.stage}`) : say("run_reading");
    replaceChildren(text, h("b", {}, stage), left);
    const labels = run.labels || [...new Set([...(run.finished || []).map((v) => v.label), ...(run.label ? [run.label] : [])])];
    const lines = linesOf(labels);
    replaceChildren(cards, labels.map((label, i) => card(label, lines[i], run)));
  }

  function card(label, line, run) {
    const done = (run.finished || []).find((v) => v.label === label), now = run.label === label;
    const share = done ? 1 : now && run.total ? run.done / run.total : 0;
    const says = done ? say("run_measured") : now ? `${say(`stage_${run.stage}`)} ${run.done} / ${run.total}` : say("run_waits");
    const fact = (name, ...values) => h("div", {class: "vd-fact"}, h("dt", {}, name), h("dd", {}, values));
    return h("div", {class: "vd-run-card", style: `--line: ${line.colour}`}, h("h3", {class: "vd-mono"}, label), h("p", {}, says),
      h("div", {class: "vd-run-share"}, h("i", {style: `width: ${share * 100}%`})),
      h("dl", {}, fact(say("facts_in_out"), done ? `${done.frames_in} → ${done.frames_out}` : "–"), fact(say("facts_psnr_mean"), done ? h("b", {}, db(done.psnr)) : "–", done ? " dB" : "")));
  }

  return {node, show};
}
