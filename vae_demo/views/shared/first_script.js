// Before anything else of the page: the language, the way to the modules, the visit's key, an ear on failed requests,
// and what Gradio would do for ever.
import {makeSay} from "../../words/say.js";
import {calmCounters} from "./counters.js";
import {guardJoins} from "./joins.js";
import {liveSwitches, refuseFirst} from "../explore/first.js";
import {settleLanguage} from "./language.js";
import {installModules} from "./modules.js";
import {settleTheme} from "./theme.js";
import {startVisit} from "./visit.js";

export function begin({words, graceMs, modules}) {
  const sentence = (key, params = {}) =>
    Object.fromEntries(["en", "zh"].map((lang) => [lang, makeSay(words, lang).say(key, params)]));
  calmCounters(window);
  settleLanguage();
  settleTheme();
  installModules(modules, sentence);
  startVisit({graceMs, sentence});
  liveSwitches();
  if (window.vdVisitHad.explore) refuseFirst();
  guardJoins(sentence);
}
