// frames.csv of a result that has no file of it: the record says it all. As write_csv in report/table.py.
import {known} from "../shared/format.js";

// names: of the scores, in order.
export function csvOf(comparison, names) {
  const rows = [["variant", "frame", "source_frame", "is_pad", ...names]];
  for (const v of comparison.variants) v.slots.forEach((slot, frame) => rows.push([
    v.label, frame, slot ?? "", Number(slot === null),
    ...names.map((name) => (known(v[name][frame]) ? v[name][frame].toFixed(6) : ""))]));
  return rows.map((row) => `${row.join(",")}\r\n`).join("");
}
