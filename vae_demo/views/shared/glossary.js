// Words that explain themselves, one glossary for the page: in running text at their first use, and all in a row.
import {h, helped} from "./dom.js";

export const TERMS = ["vae", "chunk", "border", "latent", "slot", "pad", "seam", "ghost", "tape", "delta"];
// Those looked for in sentences; the others are names of things on the page.
const IN_TEXT = ["vae", "chunk", "border", "latent", "pad", "seam", "ghost"];

// lang: "en" | "zh". Gives explained(text, met): the text as nodes, each term with its help where it is met first;
// met: a Set of the terms that stand above already, which grows.
export function glossary(say, lang) {
  const names = Object.fromEntries(IN_TEXT.map((term) => [say(`term_${term}`), term]));
  const any = Object.keys(names).sort((a, b) => b.length - a.length).join("|");
  const pattern = lang === "zh" ? new RegExp(`(${any})`, "g") : new RegExp(`\\b(${any})s?\\b`, "g");
  const help = (term, shown) => helped(shown, say(`term_${term}_help`));

  function explained(text, met = new Set()) {
    const nodes = [];
    let at = 0;
    for (const match of text.matchAll(pattern)) {
      const term = names[match[1]];
      if (met.has(term)) continue;
      met.add(term);
      nodes.push(text.slice(at, match.index), help(term, match[0]));
      at = match.index + match[0].length;
    }
    return [...nodes, text.slice(at)].filter((node) => node !== "");
  }

  const row = () => h("p", {class: "vd-keys vd-terms"}, h("span", {}, say("terms")),
    TERMS.map((term) => help(term, say(`term_${term}`))));
  return {explained, row};
}
