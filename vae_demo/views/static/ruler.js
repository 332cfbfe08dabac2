// Frames, pads, latents and chunks of every variant as cells on the shared axis.
const ROW = {frames: 11, gap: 2, latents: 14, above: 12, step: 46};

function rulerView(app) {
  const {model, say} = app;
  const node = h("div", {class: "vd-ruler"});
  let axis = null, cells = [];

  function row(v, index) {
    const top = 34 + index * (axis.narrow ? ROW.step + 14 : ROW.step) + (axis.narrow ? 14 : 0);
    const y = top + ROW.above, yLatents = y + ROW.frames + ROW.gap, bottom = yLatents + ROW.latents;
    const group = svg("g", {class: "vd-row", "data-key": v.label, style: `--line: ${v.line.colour}`});
    group.append(svg("rect", {class: "vd-row-ground", x: 0, y: top - 1, width: axis.width, height: ROW.step - 4}));
    const frames = v.slots.map((slot, i) => svg("rect", {
      class: slot === null ? "vd-cell vd-cell-pad" : "vd-cell", x: axis.x(i), y, width: Math.max(axis.fw - 1, 0.6), height: ROW.frames}));
    const latents = v.latent.cells.map((cell) => svg("rect", {
      class: "vd-latent", x: axis.x(cell.start), y: yLatents, width: Math.max((cell.stop - cell.start) * axis.fw - 1, 0.6), height: ROW.latents}));
    const names = axis.narrow ? [] : v.latent.cells.map((cell) => svg("text", {
      class: "vd-latent-name", x: axis.x((cell.start + cell.stop) / 2) - 0.5, y: yLatents + 10.5, "text-anchor": "middle"}, `${cell.index}`))
      .filter((_, i) => (v.latent.cells[i].stop - v.latent.cells[i].start) * axis.fw > 13);
    const folded = v.latent.folded.filter((f) => f.pads).map((f) => svg("rect", {
      class: "vd-folded", x: axis.x(f.frame), y: y - 1 - 3 * f.pads, width: Math.max(axis.fw - 1, 2), height: 3 * f.pads}));
    const borders = v.boundaries.map((b) => svg("line", {class: "vd-border-line", x1: axis.x(b) - 0.5, x2: axis.x(b) - 0.5, y1: y - 8, y2: bottom}));
    group.append(...frames, ...latents, ...names, ...folded, ...borders);
    group.append(...lostMarks(v, y), ...labels(v, top, y));
    group.addEventListener("click", () => app.select(v.label));
    cells.push({v, frames, latents, reading: group.querySelector(".vd-reading")});
    return group;
  }

  function lostMarks(v, y) {
    if (!v.lost_frames.length) return [];
    const x = axis.x(v.frames_out) + 3;
    const box = svg("path", {class: "vd-lost", d: `M${x} ${y + 1}h9v9h-9z m0 0l9 9m0 -9l-9 9`});
    const text = say("lost_label", {frames: ranges(v.lost_frames)});
    const inside = x + 12 > axis.width - axis.right;
    return [inside && !axis.narrow ? svg("path", {class: "vd-lost", d: `M${axis.x(v.frames_out) - 10} ${y - 11}h9v9h-9z m0 0l9 9m0 -9l-9 9`}) : box,
      svg("text", {class: "vd-lost-text", x: axis.x(v.frames_out) - (inside ? 14 : 0), y: y - 3, "text-anchor": "end"}, text)];
  }

  function labels(v, top, y) {
    const layout = chunkWords(v, say);
    if (axis.narrow) return [
      svg("rect", {class: "vd-swatch", x: 0, y: top - 9, width: 10, height: 10}),
      svg("text", {class: "vd-row-name", x: 16, y: top}, v.label),
      svg("text", {class: "vd-row-note", x: 16 + 9 * v.label.length + 8, y: top}, layout)];
    return [
      svg("rect", {class: "vd-swatch", x: 0, y: y - 1, width: 10, height: 10}),
      svg("text", {class: "vd-row-name", x: 16, y: y + 8}, v.label),
      svg("text", {class: "vd-row-note", x: 16, y: y + 24}, layout),
      svg("text", {class: "vd-reading", x: axis.width, y: y + 8, "text-anchor": "end"}, svg("tspan", {}), svg("tspan", {x: axis.width, dy: 15}))];
  }

  function draw(next) {
    axis = next;
    cells = [];
    const rows = model.variants.map(row);
    const n = model.variants.length, height = 34 + n * (axis.narrow ? ROW.step + 14 : ROW.step) + (axis.narrow ? 20 : 6);
    const source = Array.from({length: model.n_source}, (_, i) => svg("rect", {
      class: "vd-cell vd-cell-source", x: axis.x(i), y: 20, width: Math.max(axis.fw - 1, 0.6), height: 9}));
    const marks = ticks(axis).map((t) => svg("text", {class: "vd-tick", x: axis.middle(t), y: 11, "text-anchor": axis.narrow && t === 0 ? "start" : "middle"}, `${t}`));
    const titles = axis.narrow ? [] : [svg("rect", {class: "vd-swatch vd-swatch-source", x: 0, y: 19, width: 10, height: 10}), svg("text", {class: "vd-row-name", x: 16, y: 28}, say("source"))];
    replaceChildren(node,
      h("h4", {class: "vd-axis-title"}, say("ruler_title")),
      svg("svg", {width: axis.width, height, role: "img", "aria-label": say("ruler_title")}, hatch(), marks, source, titles, rows),
      legend());
    select(app.state.selected);
  }

  function legend() {
    const item = (mark, key) => h("span", {}, h("i", {class: mark}), say(key));
    return h("p", {class: "vd-legend"}, item("vd-k-border", "legend_border"), item("vd-k-pad", "legend_pad"),
      item("vd-k-folded", "legend_folded"), item("vd-k-lost", "legend_lost"), item("vd-k-latent", "legend_latent"));
  }

  function cursor(frame) {
    for (const {v, frames, latents, reading} of cells) {
      for (const old of node.querySelectorAll(`.vd-row[data-key="${CSS.escape(v.label)}"] .vd-now`)) old.classList.remove("vd-now");
      const over = frame >= v.frames_out;
      const latent = v.latent.cells.findIndex((c) => c.start <= frame && frame < c.stop);
      if (!over) {
        frames[frame].classList.add("vd-now");
        if (latent >= 0) latents[latent].classList.add("vd-now");
      }
      if (!reading) continue;
      const slot = over ? null : v.slots[frame];
      reading.children[0].textContent = over ? say("panel_ended") : say("reading_frame", {shows: slot === null ? say("tag_pad") : `f${slot}`, latent: v.latent.cells[latent]?.index ?? "–"});
      reading.children[1].textContent = over ? "" : say("reading_chunk", {chunk: v.chunkOf(frame) + 1, chunks: v.decode_chunks.length});
    }
  }

  function select(label) {
    for (const group of node.querySelectorAll(".vd-row")) group.classList.toggle("vd-selected", group.dataset.key === label);
  }

  return {node, draw, cursor, select};
}

function hatch() {
  return svg("defs", {}, svg("pattern", {id: "vd-hatch", width: 4, height: 4, patternUnits: "userSpaceOnUse", patternTransform: "rotate(45)"},
    svg("rect", {class: "vd-hatch-ground", width: 4, height: 4}), svg("rect", {class: "vd-hatch-line", width: 1.4, height: 4})));
}

// 5×17: 25 latents, or 5×16 + 5: 22 latents
function chunkWords(v, say) {
  if (v.clash) return say("layout_clash", {n: v.latents, per: v.decode_chunks[0].latent_stop});
  const lengths = v.encode_chunks.map((c) => c.stop - c.start), full = lengths.filter((n) => n === lengths[0]).length;
  const tail = lengths.length > full ? ` + ${lengths[lengths.length - 1]}` : "";
  return say("layout", {chunks: full === 1 && !tail ? `${lengths[0]}` : `${full}×${lengths[0]}${tail}`, n: v.latents});
}

// [81, 82, 83, 90] -> f81–83, f90
function ranges(numbers) {
  const runs = [];
  for (const n of numbers) {
    const last = runs[runs.length - 1];
    if (last && last[1] === n - 1) last[1] = n;
    else runs.push([n, n]);
  }
  const words = runs.slice(0, 3).map(([a, b]) => (a === b ? `f${a}` : `f${a}–${b}`));
  return words.join(", ") + (runs.length > 3 ? " …" : "");
}
