// What the columns of a result and of a plan have in common.
import {h, helped} from "../shared/dom.js";

// Six columns and more are too narrow for full-size numbers.
const MANY = 4;

// variants: how many there are beside the source.
// Columns beside each other, the source's among them, before they take another row; rows are about equally long.
const ACROSS = 7;
export function columnsAcross(variants) {
  const all = variants + 1;
  return Math.ceil(all / Math.ceil(all / ACROSS));
}
export const columnsClass = (variants) => 
  `vd-columns${variants > MANY ? " vd-many" : ""}${variants >= ACROSS ? " vd-rows" : ""}`;
export const fact = (label, ...values) => h("div", {class: "vd-fact"}, h("dt", {}, label), h("dd", {}, values));
export const kindOf = (say, v) => h("span", {}, helped(say(`kind_${v.kind}`), say(`help_kind_${v.kind}`)));
