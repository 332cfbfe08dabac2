// What stands around the axis: headline above, verdicts for narrow screens, downloads and keys below.
function headView(app, headline, note, value) {
  const {model, say, lang} = app;
  const list = (labels) => labels.length < 2 ? labels.join("") : labels.slice(0, -1).join(say("list_comma")) + say("list_or") + labels[labels.length - 1];
  const sizes = [...new Set(model.variants.filter((v) => v.encode === v.decode && v.encode !== "whole").map((v) => v.encode))];
  const other = model.variants.find((v) => v.encode !== v.decode && v.encode !== "whole" && v.decode !== "whole");
  const lede = [say("lede_rule"), sizes.length ? say("lede_columns", {sizes: list(sizes)}) : "", other ? say("lede_clash", {label: other.label, encode: other.encode, decode: other.decode}) : ""];
  const notes = model.clip.notes.map(note), clip = model.clip;
  return h("header", {class: "vd-head"},
    h("div", {}, model.findings.map((f) => h("h2", {}, headline(f))), h("p", {class: "vd-lede"}, lede.filter(Boolean).join(lang === "zh" ? "" : " "))),
    h("p", {class: "vd-provenance"}, say("measured_with", {model: model.model}), h("br"),
      [clip.name, say("n_frames", {n: clip.n_frames}), sizeText(clip.width, clip.height), value.saved ? say("saved_result") : `${model.device}, ${model.dtype}`].join(" · "),
      notes.length ? [h("br"), helped(say("clip_notes", {n: notes.length}), notes.join(" "))] : null));
}

function phoneVerdicts(app) {
  const {model, verdict, say} = app;
  return h("ul", {class: "vd-phone-verdicts"}, model.variants.map((v) => h("li", {style: `--line: ${v.line.colour}`, onclick: () => app.select(v.label)},
    h("i", {class: `vd-swatch${v.line.dash ? " vd-dashed" : ""}`}),
    h("div", {}, h("b", {class: "vd-mono"}, v.label), h("span", {}, say(v.clash ? "kind_clash" : v.encode === v.decode ? "kind_round_trip" : "kind_mixed"))),
    h("div", {}, h("p", {}, v.verdict ? verdict(v.verdict) : ""), h("p", {class: "vd-mono"}, `${v.frames_in}→`, h("b", {}, `${v.frames_out}`), " PSNR ", h("b", {}, db(v.means.psnr)), `/${db(v.means.psnr_worst)}`,
      v.seam ? [` ${say("facts_seam_short")} `, h("b", {}, `${v.seam.score.toFixed(2)}×`)] : null)))));
}

function footView(app) {
  const {model, say} = app;
  const links = Object.entries(model.media.downloads || {}).filter(([, file]) => app.url(file)).map(([kind, file]) =>
    h("a", {href: app.url(file), download: file, class: "vd-download"}, say(`download_${kind}`)));
  const line = cliLine(model), copy = h("button", {type: "button", class: "vd-copy", onclick: () => copied(copy, line, say)}, say("copy"));
  const key = (...names) => h("span", {}, names.map((n) => h("kbd", {}, n)));
  const keys = [[["space"], "key_play"], [["←", "→"], "key_frame"], [["⇧", "←", "→"], "key_border"], [["W"], "key_worst"], [["B"], "key_blink"]];
  return h("footer", {class: "vd-foot"},
    h("p", {class: "vd-keys"}, keys.map(([names, word]) => [key(...names.map((n) => (n === "space" ? say("key_space") : n))), h("span", {}, say(word))])),
    h("div", {class: "vd-downloads"}, links,
      h("button", {type: "button", class: "vd-download", onclick: () => app.savePicture()}, say("download_png")),
      h("div", {class: "vd-cli"}, h("code", {title: line}, line), copy)));
}

function copied(button, text, say) {
  const done = () => { button.textContent = say("copy_done"); setTimeout(() => { button.textContent = say("copy"); }, 1500); };
  if (navigator.clipboard) navigator.clipboard.writeText(text).then(done, () => {});
}

// The line that repeats this run; an odd file name is left for the visitor to fill in.
function cliLine(model) {
  const name = /^[\w][\w.-]*$/.test(model.clip.name) ? model.clip.name : "CLIP";
  const start = model.clip.start ? ` --start ${model.clip.start}` : "", seed = known(model.seed) ? ` --seed ${model.seed}` : "";
  const size = Math.min(model.clip.width, model.clip.height);
  return `python -m vae_demo compare ${name} --model ${model.model} --variants ${model.variants.map((v) => v.spelling).join(",")}${start} --frames ${model.clip.n_frames} --size ${size}${seed} --out DIR`;
}

// Source and selected variant at their worst frame, side by side, as a PNG.
async function worstPicture(app, main, canvas) {
  const {model, say, state} = app, v = model.of(state.selected), frame = v.worst_frame;
  if (frame === null || !(await main.show(frame))) return;
  const [width, height] = model.media.tile, bar = 28, gap = 8;
  canvas.width = width * 2 + gap;
  canvas.height = height + bar;
  const context = canvas.getContext("2d");
  context.fillStyle = "#fff";
  context.fillRect(0, 0, canvas.width, canvas.height);
  [["source", say("source"), `f${frame}`], [v.label, v.label, `f${v.slots[frame] ?? ""} ${db(v.psnr[frame])} dB`]].forEach(([key, name, says], i) => {
    const panel = model.panel(key, "frames"), x = i * (width + gap);
    if (frame < panel.n_frames) context.drawImage(main.canvas, panel.x, panel.y, width, height, x, 0, width, height);
    context.fillStyle = "#15181C";
    context.font = '13px "IBM Plex Mono", monospace';
    context.fillText(`${name}  ${says}`, x + 2, height + 19);
  });
  const blob = await new Promise((done) => canvas.toBlob(done, "image/png"));
  const url = URL.createObjectURL(blob);
  h("a", {href: url, download: `worst-${v.spelling.replaceAll(":", "-")}-f${frame}.png`}).click();
  setTimeout(() => URL.revokeObjectURL(url), 10000);
}
