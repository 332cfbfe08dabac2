// Below, as asked and above on one x(i). Where the groups are known (FrameRule) pads, frames, latents and borders are
// drawn; elsewhere only how many frames go in and come back, because which frame each shows is not known.
import {NARROW} from "../shared/axis.js";
import {h, svg} from "../shared/dom.js";
import {groupText, opensWith} from "../shared/family_words.js";
import {cutText} from "../shared/format.js";
import {chunkLengths, encodeChunks} from "../shared/frames.js";

const PLAN_LEFT = 146, PLAN_RIGHT = 112, PLAN_MOST_CELL = 14, PLAN_LEAST_CELL = 5, PLAN_LEAST_NARROW = 3.4;
const PLAN_ROW = {step: 53, down: 14, frames: 10, gap: 2, latents: 13, ground: 47};
const PLAN_NARROW_DOWN = 33;

// The part of the clip that fits: from 0, else from a chunk start on, so that the last frames are always drawn.
function planAxis(width, longest, size) {
  const narrow = width < NARROW, left = narrow ? 0 : PLAN_LEFT, room = width - left - (narrow ? 0 : PLAN_RIGHT);
  const visible = Math.floor(room / (narrow ? PLAN_LEAST_NARROW : PLAN_LEAST_CELL));
  const cut = Math.max(longest - visible, 0);
  const first = !cut ? 0 : size && size < visible ? Math.ceil(cut / size) * size : cut;
  const slots = longest - first, fit = room / slots;
  const fw = Math.min(narrow || fit < PLAN_LEAST_CELL ? fit : Math.floor(fit), PLAN_MOST_CELL);
  return {width, narrow, left, first, slots, fw, cell: Math.max(fw - (fw >= 4 ? 1 : 0.6), 0.5),
    x: (frame) => left + (frame - first) * fw};
}

export function planDrawing(width, say, rows, setting, colour) {
  const {rule, chunk: size} = setting;
  const longest = Math.max(...rows.map((row) => Math.max(row.answer.frames, row.answer.counts.back ?? 0)));
  const axis = planAxis(width, longest, size), {narrow, fw} = axis;
  const step = narrow ? PLAN_ROW.step + 17 : PLAN_ROW.step, down = narrow ? PLAN_NARROW_DOWN : PLAN_ROW.down;
  const rect = (name, x, y, w, height) => svg("rect", {class: name, x, y, width: Math.max(w, 0.5), height});
  const shown = (start, stop) => stop > axis.first;
  const text = (name, x, y, words, anchor = "start") => svg("text", {class: name, x, y, "text-anchor": anchor}, words);

  function chunked(chunks, y) {
    const yLatents = y + PLAN_ROW.frames + PLAN_ROW.gap, parts = [];
    const last = chunks.length > 1 ? chunks.length - 1 : null;
    chunks.forEach((chunk, index) => {
      if (!shown(chunk.start, chunk.stop)) return;
      const end = index === last ? " vd-plan-end" : "";
      for (let frame = Math.max(chunk.start, axis.first); frame < chunk.stop; frame += 1)
        parts.push(rect(`vd-plan-frame${frame - chunk.start < chunk.used ? end : " vd-plan-out"}`, axis.x(frame), y,
          axis.cell, PLAN_ROW.frames));
      for (let latent = chunk.latent_start; latent < chunk.latent_stop; latent += 1) {
        const slot = chunk.start - chunk.pad + (latent - chunk.latent_start) * rule.stride;
        const start = Math.max(slot, chunk.start), stop = slot + rule.stride, w = (stop - start) * fw;
        if (start < axis.first) continue;
        parts.push(rect(`vd-plan-latent${end}`, axis.x(start), yLatents, w - 1, PLAN_ROW.latents));
        if (!narrow && w >= 6.2 * String(latent).length + 10)
          parts.push(text(`vd-latent-name${end && rule.first === "fill" ? " vd-plan-name-end" : ""}`,
            axis.x(start) + w / 2 - 0.5, yLatents + 10, `${latent}`, "middle"));
      }
      if (chunk.pad && rule.first === "fill" && chunk.start >= axis.first)
        parts.push(rect("vd-folded vd-plan-pad", axis.x(chunk.start), y - 2 - 2.5 * Math.min(chunk.pad, 3),
          Math.max(axis.cell, 4), 2.5 * Math.min(chunk.pad, 3)));
      if (index && chunk.start >= axis.first)
        parts.push(svg("line", {class: "vd-border-line", x1: axis.x(chunk.start) - 0.5, x2: axis.x(chunk.start) - 0.5,
          y1: y - 10, y2: yLatents + PLAN_ROW.latents}));
    });
    return parts;
  }

  function counted({frames, counts}, y) {
    const parts = [], yBack = y + PLAN_ROW.frames + PLAN_ROW.gap, back = counts.back ?? 0;
    for (let i = axis.first; i < frames; i += 1)
      parts.push(rect("vd-plan-in", axis.x(i), y, axis.cell, PLAN_ROW.frames));
    for (let i = axis.first; i < back; i += 1)
      parts.push(rect(i >= back - counts.black ? "vd-plan-black" : "vd-plan-frame", axis.x(i), yBack, axis.cell,
        PLAN_ROW.latents));
    return parts;
  }

  // What stands at the right end of a row, in two lines.
  function ending({answer}) {
    const {frames, counts, case: name} = answer;
    if (name === "unknown") return [say("plan_row_unknown")];
    if (counts.back === null) return [say("plan_row_error")];
    if (!rule || rule.first !== "fill" || rule.stride === 1) return [say("plan_row_back", {n: counts.back})];
    const tail = size ? frames % size : 0, bad = name === "size" ? size : tail || size || frames;
    const opens = say("plan_row_opens", {n: opensWith(bad, rule.stride)});
    if (size && frames < size) return [`${frames} = ${groupText(frames, rule.stride)}`, opens];
    if (!size) return [opens];
    return tail ? [say("plan_row_tail", {tail, groups: groupText(tail, rule.stride)}), name === "size" ? "" : opens]
      : [say("plan_row_no_tail"), opens];
  }

  function row(one, index) {
    const {answer, asked} = one, top = 24 + index * step, y = top + down, {frames, counts} = answer;
    const layout = size && counts.latents !== null && frames > size
      ? say("plan_row_layout", {layout: cutText(chunkLengths(frames, size)), n: counts.latents})
      : counts.latents === null ? "" : say("plan_row_latents", {n: counts.latents});
    const cells = rule && counts.latents !== null ? chunked(encodeChunks(frames, size, rule), y) : counted(answer, y);
    const name = asked ? say("plan_row_asked", {frames}) : `${frames}`, says = ending(one).filter(Boolean);
    const labels = narrow
      ? [text("vd-plan-name", 0, top + 13, name),
        text("vd-row-note", asked ? 108 : 36, top + 13, [layout, says[says.length - 1]].filter(Boolean).join(" · "))]
      : [text("vd-plan-name", 0, top + 20, name), text("vd-row-note", 0, top + 36, layout),
        ...says.map((line, i) =>
          text("vd-row-note vd-plan-ending", axis.x(Math.max(frames, counts.back ?? 0)) + 10,
            top + (says.length > 1 ? 20 : 28) + 16 * i, line))];
    return svg("g", {class: `vd-plan-row${asked ? " vd-plan-asked" : ""}`,
      style: `--line: ${asked ? colour : "var(--vd-source)"}`, "data-frames": frames},
      asked ? rect("vd-plan-ground", -10, top, width + 20, narrow ? PLAN_ROW.ground + 15 : PLAN_ROW.ground) : null,
      cells, labels);
  }

  const stride = [1, 2, 5, 10, 20, 50, 100].find((s) => s * fw >= (narrow ? 34 : 60)) || 200;
  const start = Math.ceil(axis.first / stride) * stride;
  const marks = Array.from({length: Math.ceil((longest - start) / stride)}, (_, i) => start + i * stride).map((frame) =>
    text("vd-tick", narrow && frame === axis.first ? 0 : axis.x(frame) + fw / 2, 11, `${frame}`,
      narrow && frame === axis.first ? "start" : "middle"));
  const pattern = svg("defs", {},
    svg("pattern", {id: "vd-plan-hatch", width: 4, height: 4, patternUnits: "userSpaceOnUse",
      patternTransform: "rotate(45)"},
    svg("rect", {class: "vd-hatch-ground", width: 4, height: 4}),
    svg("rect", {class: "vd-hatch-line", width: 1.5, height: 4})));
  const height = 24 + rows.length * step;
  return {
    cut: axis.first,
    node: svg("svg", {width, height, role: "img",
      "aria-label": rows.map(({answer}) =>
        `${answer.frames}: ${ending({answer}).filter(Boolean).join(say("list_names"))}`).join(say("list_rows"))},
    pattern, marks, rows.map(row)),
  };
}

// What the marks mean; only those that this setting draws.
export function planLegend(say, setting, rows, cut) {
  const item = (mark, words) => h("span", {}, h("i", {class: mark}), words), rule = setting.rule;
  const from = cut ? h("span", {}, say("plan_row_from", {first: cut})) : null;
  if (!rule)
    return h("p", {class: "vd-legend"}, item("vd-k-in", say("plan_key_in")), item("vd-k-back", say("plan_key_back")),
    rows.some(({answer}) => answer.counts.black) ? item("vd-k-black", say("plan_key_black")) : null, from);
  const dropped = rows.some(({answer}) => answer.case === "fewer");
  return h("p", {class: "vd-legend"}, setting.chunk ? item("vd-k-border", say("plan_key_border")) : null,
    rule.first === "fill" && rule.stride > 1 ? item("vd-k-pad", say("plan_key_pads")) : null,
    item("vd-k-latent", say("plan_key_latent", {n: rule.stride})),
    dropped ? item("vd-k-out", say("plan_key_dropped")) : null, from);
}
