// A lesson that is one file: what the app's page does before a component begins, then the component itself, with what
// the file holds in place of a server.
import {startLearn} from "../learn/learn.js";
import {settleLanguage} from "../shared/language.js";
import {startSwitches} from "../shared/switches.js";
import {settleTheme} from "../shared/theme.js";

const held = (id) => JSON.parse(document.getElementById(id).textContent);

// begin(element, props): the component's own script, as the app's page runs it.
export function openLesson(begin) {
  settleLanguage();
  settleTheme();
  startSwitches(document.getElementById("vd-header"));
  const words = held("vd-words"), titles = held("vd-titles");
  document.title = titles[window.vdLang];
  window.vdStart = (element, module, names, start) =>
    start({startLearn}, Object.assign({}, ...names.map((name) => words[name])));
  begin(document.getElementById("vd-learn"), {value: held("vd-value")});
}
