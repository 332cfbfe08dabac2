// Sentences of the lessons: [key, params] from Python, with two marks in the text: **bold** and [shown|term],
// where a term is explained on hover, focus or tap, [shown|=name] is a link of LINKS in lessons.py, and [shown|#] says
// where a number is from.
import {makeSay} from "../../words/say.js";
import {h, helped} from "../shared/dom.js";

const MARKS = /\*\*((?:[^*]|\*(?!\*))+)\*\*|\[([^|\]]+)\|(=?\w+|#)\]/g;

const tag = (text) => h("span", {class: "vd-kind"}, text);

export function lessonWords(words, lang, links) {
  const {say, list} = makeSay(words, lang);
  const gap = lang === "zh" ? "" : " ";
  const isSentence = ([key, params]) => typeof key === "string" && params?.constructor === Object;
  const param = (value) => !Array.isArray(value) ? value : isSentence(value) ? told(value) : list(value.map(param));
  const told = ([key, params]) =>
    say(key, Object.fromEntries(Object.entries(params).map(([name, value]) => [name, param(value)])));

  // The page's glossary has most terms; the others are the lessons' own.
  const known = (shared, own) => say(say.knows(shared) ? shared : own);
  const term = (name) => known(`term_${name}`, `learn_term_${name}`);
  const help = (name) => known(`term_${name}_help`, `learn_help_${name}`);

  function rich(text) {
    const nodes = [];
    let at = 0;
    for (const match of text.matchAll(MARKS)) {
      const [whole, bold, shown, to] = match;
      nodes.push(text.slice(at, match.index));
      if (bold) nodes.push(h("b", {}, rich(bold)));
      else if (to === "#") nodes.push(tag(shown));
      else if (to.startsWith("="))
        nodes.push(h("a", {href: links[to.slice(1)], target: "_blank", rel: "noopener noreferrer"}, shown));
      else nodes.push(helped(shown, help(to)));
      at = match.index + whole.length;
    }
    return [...nodes, text.slice(at)].filter((node) => node !== "");
  }

  const plain = (text) => text.replace(MARKS, (_, bold, shown) => (bold ? plain(bold) : shown));
  // "measured", "counted" or "quoted", as a small mark.
  const kind = (name) => tag(say(`learn_${name}`));
  const figureHead = (title, note, from) => h("div", {class: "vd-fig-head"},
    h("h4", {}, title, from ? [" ", kind(from)] : null), note ? h("p", {}, note) : null);
  return {
    say, told, rich, kind, figureHead, term, help,
    paragraph: (sentence) => h("p", {}, rich(told(sentence))),
    // Several sentences as one paragraph.
    joined: (sentences) => h("p", {}, sentences.flatMap((each, i) => [...(i ? [gap] : []), ...rich(told(each))])),
    plain: (sentences) => sentences.map((each) => plain(told(each))).join(gap),
    short: (sentence) => rich(told(sentence)),
  };
}
