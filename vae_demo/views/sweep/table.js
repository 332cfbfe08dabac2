// Every size as a row, in two halves side by side (one below the other on narrower pages, where they read as one).
import {h, replaceChildren} from "../shared/dom.js";
import {db, pText} from "../shared/format.js";
import {wholeSeconds} from "./model.js";

const SWEEP_GROUPS = ["mean", "tail", "seam"], SWEEP_ROOMY = ["latents", "chunks", "tail_mean", "p", "s"];
const columnClass = (name) =>
  `vd-c-${name}${SWEEP_GROUPS.includes(name) ? " vd-sw-group" : ""}${SWEEP_ROOMY.includes(name) ? " vd-sw-roomy" : ""}`;
const SWEEP_COLUMNS = ["size", "latents", "chunks", "mean", "worst", "tail", "tail_mean", "tail_worst", "seam", "p",
  "s"];

export function tableView(app) {
  const {say} = app, node = h("div", {class: "vd-sw-tables", role: "group", "aria-label": say("sweep_select")});
  let rows = new Map();

  const heading = (name) =>
    ({tail_mean: say("sweep_head_mean"), tail_worst: say("sweep_head_worst"), p: "p", s: "s"}[name]
      || say(`sweep_head_${name}`));

  function draw() {
    const columns = app.model.columns, held = node.contains(document.activeElement);
    const half = columns.length > 8 ? Math.ceil(columns.length / 2) : columns.length;
    rows = new Map();
    replaceChildren(node, [columns.slice(0, half), columns.slice(half)].filter((part) => part.length)
      .map((part) => h("table", {class: "vd-sw-table"},
      h("thead", {}, h("tr", {},
        SWEEP_COLUMNS.map((name) => h("th", {scope: "col", class: columnClass(name)}, heading(name))))),
    h("tbody", {}, part.map(line)))));
    if (held) rows.get(app.selected)?.focus({preventScroll: true});
  }

  function line(c) {
    const {row} = c, selected = c.label === app.selected, full = row?.full, tail = row?.tail;
    const cell = (name, ...children) => h("td", {class: columnClass(name)}, children);
    const made = h("tr", {class: `${c.alone ? "vd-sw-shaded" : ""}${selected ? " vd-sw-selected" : ""}`,
      tabindex: selected ? "0" : "-1", "data-size": c.label, "aria-current": selected ? "true" : null,
      onclick: () => { app.select(c.label); rows.get(c.label)?.focus({preventScroll: true}); }},
      h("th", {scope: "row", class: "vd-c-size"},
        c.hued ? h("i", {class: "vd-swatch", style: `--line: ${c.colour}`}) : null, c.label),
      !row ? SWEEP_COLUMNS.slice(1).map((name) => cell(name))
        : [cell("latents", `${row.latents}`), cell("chunks", full ? `${row.n_chunks - (tail ? 1 : 0)}` : "–"),
          cell("mean", h("b", {}, db(full?.psnr))), cell("worst", db(full?.psnr_worst)),
        cell("tail", tail ? `${tail.frames}` : "–"), cell("tail_mean", tail ? db(tail.psnr) : ""),
        cell("tail_worst", tail ? db(tail.psnr_worst) : ""), seam(row, cell), cell("s", wholeSeconds(row).toFixed(1))]);
    rows.set(c.label, made);
    return made;
  }

  function seam(row, cell) {
    if (row.seam) return [cell("seam", `${row.seam.score.toFixed(2)}×`), cell("p", pText(row.seam.p))];
    const reason = row.seam_reason, n = reason?.params?.n;
    const text = reason?.case === "few_borders" ? say("sweep_borders", {n}) : reason?.case === "one_chunk"
      ? say("sweep_one_chunk") : "–";
    return [h("td", {class: `${columnClass("seam")} vd-sw-why`,
      title: reason ? say(`seam_reason_${reason.case}`, reason.params) : null}, text), cell("p")];
  }

  return {node, draw, focus: () => rows.get(app.selected)?.focus()};
}
