// One column per variant: verdict, numbers, picture, caption. The first column is the source.
function columnsView(app) {
  const {model, say, verdict} = app;
  const [width, height] = model.media.tile;
  const painters = [];

  const fact = (label, ...values) => h("div", {class: "vd-fact"}, h("dt", {}, label), h("dd", {}, ...values));
  const strong = (text) => h("b", {}, text);

  function numbers(v) {
    const psnr = (errors) => [strong(db(errors.means.psnr)), ` / ${db(errors.means.psnr_worst)} dB`];
    const rows = [
      fact(say("facts_in_out"), `${v.frames_in} → `, v.frames_out === v.frames_in ? `${v.frames_out}` : strong(`${v.frames_out}`)),
      fact(say("facts_pads_lost"), v.clash ? strong(`${v.pads_shown}, ${v.lost_frames.length}`) : "0, 0"),
      fact(say("facts_psnr"), ...psnr(v)),
    ];
    if (v.clash) rows.push(fact(say("facts_realigned"), ...psnr(v.aligned)));
    else if (v.seam) rows.push(fact(say("facts_seam"), strong(`${v.seam.score.toFixed(2)}×`), ` p ${shortP(v.seam.p)}`));
    else rows.push(fact(say("facts_seam"), say("facts_not_tested")));
    return h("dl", {class: "vd-facts"}, rows);
  }

  function picture(key, layers) {
    return layers.map((layer) => {
      const panel = model.media.panels.find((p) => p.key === key && p.layer === layer);
      const canvas = h("canvas", {width, height, role: "img", "aria-label": key});
      const ended = h("span", {class: "vd-ended"}, say("panel_ended"));
      const box = h("div", {class: `vd-picture vd-layer-${layer}`, style: `aspect-ratio: ${width} / ${height}`}, canvas, ended);
      if (panel) painters.push({panel, layer, canvas, box});
      return box;
    });
  }

  function sourceColumn() {
    const base = model.baseline_2d;
    return h("section", {class: "vd-column vd-source", "aria-label": say("source")},
      h("header", {}, h("h3", {}, say("source"))),
      h("p", {class: "vd-verdict vd-plain"}, say("source_says")),
      h("dl", {class: "vd-facts"},
        fact(say("facts_clip"), h("span", {class: "vd-name", title: model.clip.name}, model.clip.name)),
        fact(say("facts_size"), `${model.clip.n_frames} × ${model.clip.width}×${model.clip.height}`),
        fact(say("facts_2d"), base && base.means.psnr !== null ? strong(db(base.means.psnr)) : "–", " dB"),
        fact(say("facts_rate"), `${Number(model.media.fps.toFixed(2))} fps`)),
      picture("source", ["frames"]),
      h("p", {class: "vd-caption", "data-key": "source"}),
      h("p", {class: "vd-layer-note"}));
  }

  function variantColumn(v) {
    const kind = v.clash ? "kind_clash" : v.encode === v.decode ? "kind_round_trip" : "kind_mixed";
    return h("section", {class: "vd-column", "data-key": v.label, style: `--line: ${v.line.colour}`, "aria-label": v.label, tabindex: "0",
      onclick: () => app.select(v.label), onkeydown: (e) => { if (e.key === "Enter") app.select(v.label); }},
      h("header", {}, h("h3", {class: "vd-mono"}, v.label), h("span", {}, say(kind))),
      h("p", {class: "vd-verdict"}, v.verdict ? verdict(v.verdict) : ""),
      numbers(v),
      picture(v.label, ["frames", "error", "delta"]),
      h("p", {class: "vd-caption", "data-key": v.label},
        h("span", {class: "vd-where"}), h("span", {class: "vd-tag"}), h("span", {class: "vd-late"}), h("b", {})),
      h("button", {class: "vd-link vd-worst", type: "button", onclick: (e) => { e.stopPropagation(); app.select(v.label); app.seek(v.worst_frame); }, hidden: v.worst_frame === null},
        say("worst_frame", {frame: v.worst_frame, psnr: v.worst_frame === null ? "" : db(v.psnr[v.worst_frame])})));
  }

  const node = h("div", {class: "vd-columns", style: `--n: ${model.variants.length + 1}`},
    sourceColumn(), model.variants.map(variantColumn));

  function drawPictures(layer, snapshot, frame) {
    for (const {panel, canvas, box} of painters.filter((p) => p.layer === layer)) {
      const over = frame >= panel.n_frames;
      box.classList.toggle("vd-over", over);
      const context = canvas.getContext("2d");
      if (over) context.clearRect(0, 0, width, height);
      else context.drawImage(snapshot, panel.x, panel.y, width, height, 0, 0, width, height);
    }
  }

  function captions(frame) {
    const source = node.querySelector('.vd-caption[data-key="source"]');
    source.textContent = frame < model.n_source ? `f${frame}` : say("panel_ended");
    for (const v of model.variants) caption(v, frame);
  }

  function caption(v, frame) {
    const line = node.querySelector(`.vd-caption[data-key="${CSS.escape(v.label)}"]`);
    const [where, tag, late, value] = line.children;
    const over = frame >= v.frames_out, slot = over ? null : v.slots[frame];
    const pad = !over && slot === null, opens = !over && v.starts.includes(frame);
    where.textContent = over ? say("panel_ended") : pad ? "" : `f${slot}`;
    tag.textContent = pad ? say("tag_pad") : opens ? say("tag_chunk_start") : "";
    tag.className = `vd-tag${pad ? " vd-pad" : opens ? " vd-opens" : ""}`;
    const behind = slot === null ? 0 : frame - slot;
    late.textContent = behind > 0 ? say("late", {n: behind}) : behind < 0 ? say("early", {n: -behind}) : "";
    const psnr = over ? null : v.psnr[frame];
    value.textContent = psnr === null ? "" : `${db(psnr)} dB`;
    line.parentElement.querySelector(".vd-picture").classList.toggle("vd-border", opens);
  }

  function select(label) {
    for (const column of node.querySelectorAll("[data-key].vd-column")) column.classList.toggle("vd-selected", column.dataset.key === label);
  }

  // Blink: the selected panel shows the source instead; switching back and forth makes small changes jump out.
  function blink(snapshot, frame) {
    const shown = painters.find((p) => p.layer === "frames" && p.panel.key === app.state.selected);
    const source = painters.find((p) => p.layer === "frames" && p.panel.key === "source").panel;
    if (shown && frame < source.n_frames) shown.canvas.getContext("2d").drawImage(snapshot, source.x, source.y, width, height, 0, 0, width, height);
  }

  function note(layer) {
    node.querySelector(".vd-layer-note").textContent = layer === "off" ? "" : say(`layer_${layer}_help`);
  }

  return {node, drawPictures, captions, select, blink, note};
}

const shortP = (p) => (p < 0.001 ? p.toFixed(4) : p.toFixed(p < 0.1 ? 3 : 2)).replace(/^0/, "");
