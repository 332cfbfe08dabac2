// The list of all steps, which says where one is and what is done; on a phone it is a bar.
import {h} from "../shared/dom.js";

// steps: all entries; `numbered` ones count as steps. address(id), jump(event): of a link to one.
export function railView(app, steps, {address, jump}) {
  const {say} = app, counted = steps.filter((step) => step.numbered);
  const entries = steps.map(({id, title}) =>
    h("a", {href: address(id), "data-step": id, onclick: jump}, h("i", {class: "vd-rail-dot"}), h("span", {}, title),
      h("span", {class: "vd-sr"})));
  const bar = h("p", {class: "vd-step-bar", "aria-hidden": "true"}, h("b", {}),
    h("span", {class: "vd-dashes"}, counted.map(() => h("i", {}))),
    h("span", {class: "vd-step-count"}));
  const node = h("nav", {class: "vd-rail", "aria-label": say("learn_contents")},
    h("ol", {}, entries.map((entry) => h("li", {}, entry))), bar);
  let current = steps[0].id;
  const show = (id) => {
    current = id || current;
    entries.forEach((entry, i) => {
      const here = steps[i].id === current, done = app.progress.done(steps[i].id);
      entry.classList.toggle("vd-done", done);
      if (here) entry.setAttribute("aria-current", "step"); else entry.removeAttribute("aria-current");
      entry.lastChild.textContent = done ? ` (${say("learn_done")})` : "";
      const dash = bar.children[1].children[counted.indexOf(steps[i])];
      if (dash) { dash.classList.toggle("vd-done", done); dash.classList.toggle("vd-here", here); }
    });
    const at = steps.findIndex((step) => step.id === current);
    bar.children[0].textContent = steps[at].title;
    bar.children[2].textContent = steps[at].numbered
      ? say("learn_step_of", {step: counted.indexOf(steps[at]) + 1, steps: counted.length}) : "";
  };
  return {node, show};
}
