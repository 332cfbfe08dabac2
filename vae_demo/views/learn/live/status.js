// One line on where the numbers are from, or how far the machine is, and what can be done about it.
import {h, putAttributes, putText, replaceChildren} from "../../shared/dom.js";

const MB = 1e6;
// After these it may go better the next time.
const AGAIN = ["memory", "worker", "hung", "fetching", "weights"];
const HEADINGS = {saved: "learn_live_saved_results", machine: "learn_live_stopped"};

// `full` of the line below the slider, 0 to 1; null for no line.
export function statusView(app, session, model) {
  const {say} = app, badge = h("span", {class: "vd-live-badge"});
  const strong = h("b", {}), more = h("span", {}), way = h("span", {});
  // A full stop of Chinese brings its own room.
  const gap = app.lang === "zh" ? "" : " ", words = h("p", {class: "vd-live-words"}, strong, gap, more, " ", way);
  const bar = h("i", {}), progress = h("div", {class: "vd-live-progress"}, bar);
  const node = h("div", {class: "vd-live-status"}, progress, words, badge);
  const mb = (bytes) => (bytes / MB).toFixed(1);
  const load = (key) => h("button", {type: "button", class: "vd-link", onclick: session.load},
    say(key, {mb: mb(session.total)}));
  const first = load("learn_live_load"), again = load("learn_live_again");
  const heading = (from) => say(HEADINGS[from] ?? "learn_live_no_result");

  const took = (ms) => (ms < 1000 ? say("learn_live_took_ms", {ms: Math.round(ms)})
    : say("learn_live_took_s", {s: (ms / 1000).toFixed(1)}));

  function refused(from) {
    const better = session.why.startsWith("live_") || AGAIN.some((name) => session.why.endsWith(`_${name}`));
    return {strong: heading(from), more: say(session.why), way: better ? again : null};
  }

  // Before this machine computes.
  function ahead({size, from}) {
    const more = say(from ? "learn_live_until" : "learn_live_until_none", {size});
    if (session.phase === "checking") return {strong: say("learn_live_checking"), more, full: 1};
    if (session.phase === "loading") {
      const {got, total} = session;
      return {strong: say("learn_live_loading", {model, got: mb(got), all: mb(total)}), more, full: got / total};
    }
    return {strong: heading(from), way: session.asksFirst() ? first : null};
  }

  function told(what) {
    const {size, from, have, n, ms, side, all} = what;
    if (session.phase === "refused") return refused(from);
    if (session.phase !== "ready") return ahead(what);
    if (all) return {strong: say("learn_live_all_at", {n: all.done, m: all.sizes}), way: all.stop, as: "computing",
      full: all.done / all.sizes};
    if (from === "machine" && have === n)
      return {strong: say("learn_live_computed"), more: say("learn_live_computed_in", {took: took(ms), n, side})};
    return {strong: say("learn_live_computing", {have, n, size}),
      more: say("learn_live_drag_on"), as: "computing", full: have / n};
  }

  // Only what is another: a button that were put there anew would lose the press that is on it.
  function put(node, what) {
    if (node.vdHeld === what) return;
    node.vdHeld = what;
    replaceChildren(node, what);
  }

  // what: {size, from, have, n, ms, side, all}; see view.js.
  function draw(what) {
    const {as = what.from, full = null, ...says} = told(what);
    put(strong, says.strong);
    put(more, says.more ?? "");
    put(way, says.way ?? null);
    putText(badge, as ? say(`learn_live_badge_${as}`) : "");
    putAttributes(badge, {"data-from": as});
    bar.style.width = `${Math.round(100 * (full ?? 0))}%`;
    progress.toggleAttribute("data-at-work", full !== null);
  }

  return {node, draw};
}
