// Files made in the browser: what they are called, and how they reach the visitor.
import {h} from "./dom.js";

export function save(blob, name) {
  const url = URL.createObjectURL(blob);
  h("a", {href: url, download: name}).click();
  setTimeout(() => URL.revokeObjectURL(url), 10000);
}

const LONGEST = 40, LONGEST_LIST = 90;
// A clip's name without its ending, fit for a file's name on any system.
export const slug = (name) => name.replace(/\.[a-z0-9]{2,4}$/i, "").replace(/[^\p{L}\p{N}._-]+/gu, "-")
  .replace(/^[-.]+|[-.]+$/g, "").slice(0, LONGEST) || "clip";

// harbour_17-16-17to16_f16.png; more: what of it, as in f16 or psnr.
export function fileName(clip, spellings, more, ending) {
  const said = spellings.map((each) => each.replaceAll(":", "to").replaceAll("/", "by"));
  while (said.join("-").length > LONGEST_LIST) said.pop();
  const left_out = spellings.length - said.length;
  return `${slug(clip)}_${said.join("-")}${left_out ? `-and-${left_out}-more` : ""}_${more}.${ending}`;
}
