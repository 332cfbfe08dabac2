// What a size comes to, in a sentence and three numbers.
import {h, putChildren, putText} from "../../shared/dom.js";
import {cutText, db, known, lengthsOf} from "../../shared/format.js";
import {heldBy} from "../slider.js";

const mean = (values) => (values.length ? values.reduce((sum, value) => sum + value, 0) / values.length : null);

// Of the scores of a size, what the table has; null where a frame is not there yet. v: the variant.
export function summaryOf(v, psnr) {
  if (!psnr || !psnr.every(known)) return null;
  const size = Math.min(Number(v.decode), v.frames_out);
  const starts = v.decode_chunks.filter((chunk) => chunk.stop - chunk.start === size).map((chunk) => chunk.start);
  return {first: mean(starts.map((start) => psnr[start])), mean: mean(psnr), worst: Math.min(...psnr)};
}

// Which sentence is said of the chunks of a clip: what the full ones and the tail open with decides it.
export function sentenceOf(lengths) {
  const [full] = lengths, tail = lengths[lengths.length - 1], opens = [heldBy(full), heldBy(tail)];
  if (lengths.length === 1) return ["learn_live_one", {n: opens[0]}];
  if (opens[0] === 1) return opens[1] === 1 ? ["learn_live_alone", {}] : ["learn_live_tail", {n: opens[1], tail}];
  return opens[1] > 1 || tail === full ? ["learn_live_never", {}] : ["learn_live_tail_alone", {n: opens[0], tail}];
}

export function saysView(app, n, own) {
  const {say, told} = app, line = h("p", {class: "vd-legend-text"}), table = h("table", {});
  const node = h("div", {class: "vd-live-says"}, line, table);
  const row = (label, strong, more) => h("tr", {}, h("th", {scope: "row"}, label),
    h("td", {}, h("b", {}, strong), more, " dB"));

  // ofOwn: the summary at the model's own size.
  function draw(v, psnr, ofOwn) {
    const lengths = lengthsOf(v), found = summaryOf(v, psnr);
    const sum = lengths.length > 1 ? say("learn_live_sum", {n, sum: cutText(lengths)}) : "";
    putText(line, [sum, told(sentenceOf(lengths))].filter(Boolean).join(app.lang === "zh" ? "" : " "));
    putChildren(table, h("tbody", {}, row(say("learn_live_first"), db(found?.first), ""),
      row(say("learn_live_mean", {n}), db(found?.mean), ` / ${db(found?.worst)}`),
      ofOwn ? row(say("learn_live_at_own", {size: own}), "", `${db(ofOwn.first)} / ${db(ofOwn.mean)}`) : null));
  }

  return {node, draw};
}
