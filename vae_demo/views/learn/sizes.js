// Sizes of the saved sweep in a table, by what a chunk opens with; bold where the worst frame falls.
import {h} from "../shared/dom.js";

const COLUMNS = ["opens", "mean", "worst", "tail"];

export function sizesTable(app, rows) {
  const {say} = app, cell = (text, strong) => h("td", {class: "vd-later"}, h(strong ? "b" : "span", {}, text));
  const tail = (row) => (row.tail ? say("learn_sizes_tail_of", {value: row.tail_worst, n: row.tail}) : "–");
  return h("table", {class: "vd-numbers vd-sizes"},
    h("caption", {}, say("learn_sizes_title"), " ", app.kind("measured")),
    h("thead", {}, h("tr", {}, h("th", {}), COLUMNS.map((each) =>
      h("th", {scope: "col"}, say(`learn_sizes_${each}`))))),
    h("tbody", {}, rows.map((row) => h("tr", {}, h("th", {scope: "row", class: "vd-mono"}, row.size),
      cell(say("learn_holds", {n: row.opens})), cell(row.mean), cell(row.worst, row.opens > 1), cell(tail(row))))));
}
