// The same count in every family. Settings that take the same counts and answer alike at every length share a line,
// unless all rows are asked for; then each has its source.
import {h} from "../shared/dom.js";
import {answerFor, countsBy} from "../shared/families.js";
import {sourceLink} from "../shared/source_link.js";

const PLAN_ALIKE = Array.from({length: 64}, (_, i) => i + 1);
const planAlike = new Map();

function alike(setting) {
  if (!planAlike.has(setting.name))
    planAlike.set(setting.name,
      JSON.stringify([setting.takes, setting.stride,
        setting.table.body.length ? PLAN_ALIKE.map((n) => countsBy(n, setting.table)) : setting.name]));
  return planAlike.get(setting.name);
}

function planLines(settings, current, all) {
  const offered = settings.some((setting) => setting.name === current.name) ? settings : [current, ...settings];
  const kept = all ? offered
    : offered.filter((setting) => !setting.family.any_chunk || ["17", "whole", current.key].includes(setting.key));
  const lines = new Map();
  for (const setting of kept) {
    const key = all ? setting.name : alike(setting);
    lines.set(key, [...(lines.get(key) || []), setting]);
  }
  return [...lines.values()];
}

export function planTable({say, words, settings, current, frames, all, choose, toggle}) {
  const lines = planLines(settings, current, all), number = (value) => (value === null ? "–" : `${value}`);
  const of = (setting) => h("button",
    {type: "button", class: "vd-plan-pick", "data-name": setting.name, onclick: () => choose(setting)},
    h("b", {}, setting.family.name),
    words.modeName(setting) ? h("span", {}, ` ${words.modeName(setting)}`) : null);
  // One family in two settings that behave alike is named once.
  const once = (members) =>
    members.filter((one, i) => all || members.findIndex((other) => other.family === one.family) === i);
  const heads = [["family"], ["takes"], ["latents", true], ["back", true], ["happens"], ["below", true],
    ["above", true], ["known"], ...(all ? [["source"]] : [])];
  const cell = (name, value, extra = "") =>
    h("td", {class: `vd-c-${name}${extra}`, "data-label": say(`plan_col_${name}`, {frames})}, value);
  const body = lines.map((members) => {
    const setting = members.find((one) => one.name === current.name) || members[0], answer = answerFor(frames, setting);
    const fits = ["fits", "per_latent"].includes(answer.case);
    const near = (n) => cell(n, fits ? h("b", {}, number(frames)) : number(answer[n]), " vd-n");
    return h("tr", {class: members.includes(setting) && setting.name === current.name ? "vd-now-row" : ""},
      cell("family", once(members)
        .map((one, i) => [i ? h("i", {}, "\u00a0· ") : null,
          of(one.name === setting.name || one.family !== setting.family ? one : setting)])),
      cell("takes", words.takes(setting)), cell("latents", number(answer.counts.latents), " vd-n"),
      cell("back", answer.counts.back === frames ? h("b", {}, number(answer.counts.back)) : number(answer.counts.back),
        " vd-n"),
      cell("happens", words.cell(answer, setting)), near("below"), near("above"),
      cell("known", words.knownOf(members, frames, all)),
      all ? cell("source", sourceLink(setting.family)) : null);
  });
  return h("section", {class: "vd-plan-table"},
    h("header", {}, h("h3", {}, say("plan_table", {n: frames})), h("p", {}, say("plan_table_says"))),
    h("div", {class: "vd-scroll"},
      h("table", {}, h("thead", {},
        h("tr", {}, heads.map(([name, right]) =>
          h("th", {scope: "col", class: `vd-c-${name}${right ? " vd-n" : ""}`}, say(`plan_col_${name}`, {frames}))))),
    h("tbody", {}, body))),
    h("p", {class: "vd-plan-note"}, say("plan_table_note", {shown: lines.length, n: settings.length}), " ",
      h("button", {type: "button", class: "vd-plan-link", "data-all": all ? "1" : "0", onclick: toggle},
        say(all ? "plan_fewer_rows" : "plan_all_rows", {n: settings.length}))));
}
