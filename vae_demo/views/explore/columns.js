import {h, helped} from "../shared/dom.js";
import {clamp, db, known, pText, signed, sizeText} from "../shared/format.js";
import {swatch} from "../shared/lines.js";
import {columnsAcross, columnsClass, fact, kindOf} from "./facts.js";

// One column per variant: verdict, numbers, picture, caption. The first column is the source.
export function columnsView(app, pictures) {
  const {model, say, verdict} = app;
  const captions = new Map(), waiting = new Map();

  const strong = (text) => h("b", {}, text), unit = () => h("span", {class: "vd-unit"}, " dB");

  function column(attributes, ...children) {
    return h("section", attributes, ...children);
  }

  function sourceColumn() {
    const base = model.baseline_2d, clip = model.clip;
    const line = h("span", {}, "");
    app.onTapeRow((y) => { line.textContent = y === null ? "–" : `y = ${y}`; });
    return column({class: "vd-column vd-source vd-phone", "aria-label": say("source")},
      h("header", {}, h("h3", {}, say("source"))),
      h("p", {class: "vd-verdict vd-plain"}, say("source_says")),
      h("dl", {class: "vd-facts"},
        fact(say("facts_clip"), h("span", {title: clip.name}, app.title)),
        fact(say("facts_size"), `${clip.n_frames} × ${sizeText(clip.width, clip.height)}`),
        fact(helped(say("facts_part"), say("strip_help")),
          `${model.frameName(0)}–${model.frameName(model.n_source - 1)}`),
        fact(helped(say("facts_2d"), say("help_2d")), strong(db(base?.means.psnr)), " dB"),
        fact(say("facts_xt"), line)),
      tapeLine(app, pictures, pictures.frame("source", "frames")),
      caption("source"),
      h("div", {class: "vd-layer-note"}, h("b", {}), h("p", {})));
  }

  function variantColumn(v) {
    return column({class: "vd-column", "data-key": v.label,
      style: `--line: ${v.line.colour}; --on-line: ${v.line.text}`, "aria-label": v.label,
      onclick: () => app.select(v.label),
      onpointerenter: () => app.hover(v.label), onpointerleave: () => app.hover(null)},
      h("header", {}, h("h3", {class: "vd-mono"},
        h("button", {type: "button", class: "vd-choose", "aria-pressed": "false",
          title: say("choose", {label: v.label})}, swatch(v.line), v.label)),
        kindOf(say, v)),
      verdictOf(v),
      h("dl", {class: "vd-facts"}, numbers(v)),
      ["frames", "error", "delta"].map((layer) =>
        [pictures.frame(v.label, layer), layer === "frames" ? caption(v.label) : null]));
  }

  function verdictOf(v) {
    const says = h("p", {class: "vd-verdict"}, v.verdict ? verdict(v.verdict) : "");
    const share = h("i", {class: "vd-share"});
    if (v.pending) waiting.set(v.label, {says, share});
    return v.pending ? h("div", {class: "vd-verdict-box"}, says, share) : says;
  }

  // Stages after which a frame is there: the last one of every model.
  const DECODED = ["spatial_decode", "decode"];

  // How far a variant is that is not measured yet; what a stopped run said stays.
  function progress(run) {
    const stopped = run?.phase === "stopped", over = !run || stopped || run.phase === "error";
    for (const [label, {says, share}] of waiting) {
      if (over && !stopped && share.hasAttribute("data-stopped")) continue;
      share.toggleAttribute("data-stopped", stopped);
      const now = run && run.label === label && run.total;
      if (now) share.dataset.done = DECODED.includes(run.stage) ? run.done : share.dataset.done || 0;
      const total = model.of(label).frames_out, done = Number(share.dataset.done || 0);
      share.style.width = now ? `${run.done / run.total * 100}%` : "0";
      const told = verdict(over
        ? (stopped && done ? {case: "stopped", params: {done, total}} : {case: "not_run", params: {}})
        : now || run?.phase === "stopping" && done ? {case: "running", params: {done, total}}
        : {case: "waiting", params: {}});
      if (says.textContent !== told) says.textContent = told;
    }
  }

  function numbers(v) {
    return [
      fact(say("facts_in_out"), `${v.frames_in} → `,
        v.frames_out === v.frames_in ? `${v.frames_out}` : strong(`${v.frames_out}`)),
      fact(helped(say("facts_pads_lost"), say("help_pads")),
        v.clash ? strong(`${v.pads_shown}, ${v.lost_frames.length}`) : "0, 0"),
      fact(helped(say("facts_psnr"), distances(v)), ...psnr(v, v)),
      fact(helped(say("facts_distance", {label: model.reference}), say("help_distance", {label: model.reference})),
        distance(v, model.of(model.reference)), " / ", distance(v, model.baseline_2d), unit()),
      v.clash ? fact(helped(say("facts_realigned"), say("help_realigned")), ...psnr(v, v.aligned)) : seam(v)];
  }

  function psnr(v, errors) {
    const frame = errors === v ? v.worst_frame : errors.worst_frame === null ? null
      : v.slots.indexOf(errors.worst_frame);
    const go = (event) => { event.stopPropagation(); app.select(v.label); app.seek(frame); };
    const worst = frame === null ? db(null)
      : h("button", {type: "button", class: "vd-worst", onclick: go, title: say("worst_frame", {frame}),
        "aria-label": say("worst_frame", {frame})}, db(errors.means.psnr_worst));
    return [strong(db(errors.means.psnr)), " / ", worst, unit()];
  }

  const distance = (v, other) =>
    !other || v === other || !known(v.means.psnr) || !known(other.means.psnr) ? "–"
      : signed(v.means.psnr - other.means.psnr);

  // How far from the reference and from the spatial half alone, in words, behind the dotted line.
  function distances(v) {
    const reference = model.of(model.reference), base = model.baseline_2d?.means.psnr, own = v.means.psnr;
    const parts = [say("help_psnr")];
    if (known(own) && reference && v !== reference && known(reference.means.psnr))
      parts.push(say("distance_reference", {label: reference.label, db: signed(own - reference.means.psnr)}));
    if (known(own) && known(base)) parts.push(say("distance_2d", {db: signed(own - base)}));
    return parts.join(" ");
  }

  function seam(v) {
    if (!v.seam)
      return fact(helped(say("facts_seam"),
        v.seam_reason ? say(`seam_reason_${v.seam_reason.case}`, v.seam_reason.params) : say("help_seam")),
      v.pending ? "–" : say("facts_not_tested"));
    const controls = [v.seam.control_minus, v.seam.control_plus].filter(known).map((c) => `${c.toFixed(2)}×`)
      .join(", ");
    const help = [say("help_seam"), controls ? say("seam_controls", {controls}) : ""].join(" ");
    return fact(helped(say("seam_over", {n: v.seam.boundaries}), help.trim()), strong(`${v.seam.score.toFixed(2)}×`),
      ` p ${pText(v.seam.p)}`);
  }

  function caption(key) {
    const parts = {where: h("span", {class: "vd-where"}), tag: h("span", {class: "vd-tag"}),
      late: h("span", {class: "vd-late"}), value: h("b", {})};
    captions.set(key, parts);
    return h("p", {class: "vd-caption", "data-key": key}, Object.values(parts));
  }

  function cursor(frame) {
    captions.get("source").where.textContent = frame < model.n_source ? model.frameName(frame) : "";
    for (const v of model.variants) {
      const {where, tag, late, value} = captions.get(v.label);
      const over = frame >= v.frames_out, slot = over ? null : v.slots[frame];
      const pad = !over && slot === null, opens = !over && v.boundaries.includes(frame);
      where.textContent = over || pad ? "" : model.frameName(slot);
      tag.textContent = pad ? say("tag_pad") : opens ? say("tag_chunk_start") : "";
      tag.className = `vd-tag${pad ? " vd-pad" : opens ? " vd-opens" : ""}`;
      const behind = slot === null ? 0 : frame - slot;
      late.textContent = behind > 0 ? say("late", {n: behind}) : behind < 0 ? say("early", {n: -behind}) : "";
      const score = over ? null : app.series(v, "psnr")[frame];
      value.textContent = known(score) ? `${db(score)} dB` : "";
      pictures.border(v.label, opens);
    }
  }

  const blind = model.media.panels.length ? "" : " vd-blind";
  const node = h("div", {class: `${columnsClass(model.variants.length)}${blind}`,
    style: `--n: ${columnsAcross(model.variants.length)}`}, sourceColumn(), model.variants.map(variantColumn));

  function select(label) {
    for (const each of node.querySelectorAll(".vd-column[data-key]")) {
      const chosen = each.dataset.key === label;
      each.classList.toggle("vd-selected", chosen);
      each.classList.toggle("vd-phone", chosen);
      each.querySelector(".vd-choose").setAttribute("aria-pressed", String(chosen));
    }
  }

  function note(layer) {
    const [title, text] = node.querySelector(".vd-layer-note").children;
    title.textContent = layer === "off" ? "" : say(`layer_${layer}`);
    text.textContent = layer === "off" ? "" : say(`layer_${layer}_help`);
  }

  // What stands below a picture now, as text.
  function captionOf(key) {
    const {where, tag, late, value} = captions.get(key);
    return {caption: [where, tag, late].map((each) => each.textContent).filter(Boolean).join("  "),
      value: value.textContent};
  }

  return {node, cursor, select, note, progress, captionOf};
}

// The dashed line on the source: which row of pixels the tapes show. Drag it, or arrow keys once focused.
function tapeLine(app, pictures, box) {
  const rows = app.model.media.tapes?.rows;
  if (!rows || rows.length < 2) return box;
  const height = app.model.media.tile[1], say = app.say;
  const line = h("div", {class: "vd-xt", role: "slider", tabindex: "0", "aria-label": say("xt_line"),
    "aria-orientation": "vertical", "aria-valuemin": 0, "aria-valuemax": height - 1},
    h("span", {}, say("xt_line")));
  const nearest = (y) => rows.reduce((best, row, i) => (Math.abs(row - y) < Math.abs(rows[best] - y) ? i : best), 0);
  const follow = (event) => {
    app.setTapeRow(nearest(pictures.placeIn(box, event).y * height));
  };
  line.addEventListener("pointerdown", (event) => {
    line.setPointerCapture(event.pointerId);
    event.preventDefault();
    line.focus({preventScroll: true});
  });
  line.addEventListener("pointermove", (event) => { if (line.hasPointerCapture(event.pointerId)) follow(event); });
  line.addEventListener("keydown", (event) => {
    const by = {ArrowUp: -1, ArrowDown: 1}[event.key];
    if (!by) return;
    event.preventDefault();
    event.stopPropagation();
    app.setTapeRow(clamp(app.state.tapeRow + by, 0, rows.length - 1));
  });
  app.onTapeRow((y) => {
    line.style.setProperty("--y", (y + 0.5) / height);
    line.classList.toggle("vd-below", y < height * 0.2);
    line.setAttribute("aria-valuenow", y);
    line.setAttribute("aria-valuetext", say("says_row", {y, n: height}));
  });
  box.append(line);
  return box;
}
