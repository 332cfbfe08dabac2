// The runs of this visit: what the server keeps of them, and the list of them wherever a tab shows it.
//   runsView({tab, current, title})  the list, as an element that follows what the server says; current: the run on
//                                    screen; title: what a clip is called on this page
import {makeSay} from "../../words/say.js";
import {h, replaceChildren} from "./dom.js";

// By tab: what the server said last, how to ask it, and the lists on the page.
const shops = {};
const shopOf = (tab) => (shops[tab] ||= {told: null, say: null, ask: null, views: []});
const HAD = "vd-runs";
const remembered = () => { try { return sessionStorage.getItem(HAD); } catch (e) { return null; } };

// The component that hears what the server keeps and asks it for the rest; what it says is drawn by the lists.
export function startHistory({tab, words, most, value, watch, trigger}) {
  const lang = window.vdLang === "zh" ? "zh" : "en", {say} = makeSay(words, lang), shop = shopOf(tab);
  Object.assign(shop, {say, lang, most, ask: (what, about = {}) => trigger(what, {visit: window.vdVisit, ...about})});
  watch("value", () => {
    shop.told = value();
    const {runs, thrown} = shop.told || {};
    if (runs?.length || thrown) try { sessionStorage.setItem(HAD, "1"); } catch (e) { /* it only costs the list */ }
    draw(shop);
  });
  // A page that was loaded again; a new visitor has run nothing, and asks nothing.
  if (remembered()) shop.ask("list");
}

function draw(shop) {
  shop.views = shop.views.filter(({node}) => node.isConnected);
  for (const view of shop.views) view.draw();
}

export function runsView({tab, current, title}) {
  const shop = shopOf(tab), node = h("section", {class: "vd-runs", hidden: true});
  let renaming = null, focus = null;

  function drawList() {
    const {told, say} = shop;
    node.hidden = !told || !(told.runs.length || told.thrown || told.error);
    if (node.hidden) return;
    node.setAttribute("aria-label", say("runs_title"));
    replaceChildren(node,
      h("h4", {}, say("runs_title"), h("span", {class: "vd-runs-note"}, say("runs_bounds", {n: told.most,
        megabytes: told.megabytes}), told.dropped ? ` ${say("runs_dropped", {n: told.dropped})}` : "")),
      h("ol", {}, told.runs.map(row)),
      told.error ? h("p", {role: "alert"}, told.error[shop.lang]) : null,
      told.thrown ? h("p", {role: "status"}, say("runs_thrown", {name: nameOf(told.thrown)}), " ",
        h("button", {type: "button", class: "vd-run-undo", onclick: () => ask("fetch", told.thrown, ".vd-run-open")},
          say("runs_undo"))) : null);
    if (focus) node.querySelector(focus)?.focus({preventScroll: true});
    focus = null;
  }

  // The name somebody gave it, else what it is of and when it was.
  const nameOf = (run) => run.name || [title(run), run.cuts, run.model, timeOf(run)].filter(Boolean).join(" · ");
  const timeOf = (run) => new Date(run.at * 1000).toLocaleTimeString(shop.lang === "zh" ? "zh-CN" : "en-GB",
    {hour: "2-digit", minute: "2-digit"});

  // next: what has the focus afterwards.
  function ask(what, run, next, about = {}) {
    focus = next && next.startsWith(".vd-run-undo") ? next : next && `[data-run="${run.id}"] ${next}`;
    shop.ask(what, {run: run.id, ...about});
  }

  function row(run) {
    const {say} = shop, name = nameOf(run), shown = run.id === current;
    const button = (key, act, sign) => h("button", {type: "button", class: `vd-run-${key}`, title: say(`runs_${key}`),
      "aria-label": say(`runs_${key}_of`, {name}), onclick: act}, sign);
    const open = h("button", {type: "button", class: "vd-run-open", "aria-current": shown ? "true" : null,
      title: say(shown ? "runs_shown" : "runs_open"), onclick: () => ask("show", run, ".vd-run-open")}, name);
    return h("li", {"data-run": run.id, class: shown ? "vd-run-shown" : null},
      renaming === run.id ? field(run, name) : open,
      h("span", {class: "vd-run-about"}, [run.opened ? say("runs_opened") : null, run.name ? timeOf(run) : null,
        say("runs_size", {n: run.megabytes})].filter(Boolean).join(" · ")),
      button("rename", () => {
        renaming = run.id;
        focus = "input";
        drawList();
        node.querySelector("input")?.select();
      }, say("runs_rename")),
      button("throw", () => ask("throw", run, ".vd-run-undo"), say("runs_throw")));
  }

  // Enter and leaving it keep what was typed, Esc does not.
  function field(run, name) {
    const input = h("input", {type: "text", maxlength: shop.most, "aria-label": shop.say("runs_name"), value: name});
    const done = (keep) => {
      if (renaming !== run.id) return;
      renaming = null;
      focus = `[data-run="${run.id}"] .vd-run-rename`;
      const typed = input.value.trim();
      if (keep && typed !== name) ask("rename", run, ".vd-run-rename", {name: typed});
      else drawList();
    };
    input.addEventListener("keydown", (event) => {
      event.stopPropagation();
      if (event.key === "Enter" || event.key === "Escape") done(event.key === "Enter");
    });
    input.addEventListener("blur", () => done(true));
    return input;
  }

  shop.views.push({node, draw: drawList});
  drawList();
  return node;
}
