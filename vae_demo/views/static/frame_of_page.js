// What stands around the axis: headline above, verdicts for narrow screens, downloads and keys below.
function headView(app, headline, value) {
  const {model, say} = app;
  const sizes = [...new Set(model.variants.filter((v) => !v.clash && v.encode !== "whole").map((v) => v.encode))];
  const clash = model.variants.find((v) => v.encode !== v.decode);
  const lede = [say("lede_rule"), say("lede_columns", {sizes: sizes.join(" / ") || model.variants[0].label}), clash ? say("lede_clash", {label: clash.label, encode: clash.encode, decode: clash.decode}) : ""];
  const notes = model.clip.notes.map((note) => note.text);
  return h("header", {class: "vd-head"},
    h("div", {}, model.findings.map((f) => h("h2", {}, headline(f))), h("p", {class: "vd-lede"}, lede.join(" "))),
    h("p", {class: "vd-provenance", title: notes.join("\n")}, say("measured_with", {model: model.model}), h("br"),
      `${model.clip.name} · ${say("n_frames", {n: model.clip.n_frames})} · ${model.clip.width}×${model.clip.height} · ${model.device}, ${model.dtype}`, value.saved ? ` · ${say("saved_result")}` : "",
      notes.length ? h("details", {}, h("summary", {}, say("clip_notes", {n: notes.length})), notes.map((text) => h("span", {}, text))) : null));
}

function phoneVerdicts(app) {
  const {model, verdict} = app;
  return h("ul", {class: "vd-phone-verdicts"}, model.variants.map((v) => h("li", {style: `--line: ${v.line.colour}`, onclick: () => app.select(v.label)},
    h("i", {}), h("b", {class: "vd-mono"}, v.label),
    h("div", {}, h("p", {}, v.verdict ? verdict(v.verdict) : ""), h("p", {class: "vd-mono"}, `${v.frames_in} → ${v.frames_out} · PSNR ${db(v.means.psnr)} / ${db(v.means.psnr_worst)}`, v.seam ? ` · ${v.seam.score.toFixed(2)}×` : "")))));
}

function footView(app) {
  const {model, say} = app;
  const links = Object.entries(model.media.downloads || {}).filter(([, file]) => app.url(file)).map(([kind, file]) =>
    h("a", {href: app.url(file), download: file, class: "vd-download"}, say(`download_${kind}`)));
  const key = (...names) => names.map((n) => h("kbd", {}, n));
  return h("footer", {class: "vd-foot"},
    h("p", {class: "vd-keys"}, key("space"), say("key_play"), key("←", "→"), say("key_frame"), key("⇧←", "⇧→"), say("key_border"), key("W"), say("key_worst"), key("B"), say("key_blink")),
    h("div", {class: "vd-downloads"}, links, h("code", {class: "vd-cli"}, cliLine(model))));
}

function cliLine(model) {
  const name = /^[\w.-]+$/.test(model.clip.name) ? model.clip.name : "CLIP";
  const start = model.clip.start ? ` --start ${model.clip.start}` : "";
  return `python -m vae_demo compare ${name} --model ${model.model} --variants ${model.variants.map((v) => v.spelling).join(",")}${start} --frames ${model.clip.n_frames} --out DIR`;
}
