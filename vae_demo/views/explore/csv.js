// frames.csv of a result that has no file of it: the record says it all. As write_csv in report/table.py.
import {known, METRICS} from "../shared/format.js";

export function csvOf(comparison) {
  const rows = [["variant", "frame", "source_frame", "is_pad", ...METRICS]];
  for (const v of comparison.variants) v.slots.forEach((slot, frame) => rows.push([
    v.label, frame, slot ?? "", Number(slot === null),
    ...METRICS.map((name) => (known(v[name][frame]) ? v[name][frame].toFixed(6) : ""))]));
  return rows.map((row) => `${row.join(",")}\r\n`).join("");
}
