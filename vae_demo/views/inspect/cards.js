// Three cards: what else is in the file, who cuts time that way, what to try next.
import {h, helped} from "../shared/dom.js";

// Periods of most VAEs, and how many events it takes to speak of one; see MIN_EVENTS in metrics/periodic.py.
const NEEDED = [4, 8, 12, 16, 17, 32], EVENTS = 4;
// Frames a second before and after a conversion that shows frames twice.
const CONVERSIONS = [[24, 25], [24, 30], [25, 30], [16, 24]];

export function cardsView(app) {
  const {say, model} = app, next = card("inspect_next", {}, [], null, nextSteps(app));
  next.classList.add("vd-in-next");
  next.id = "vd-inspect-next";
  const cards = {
    found: () => [causesCard(), whoCard()], hint: () => [causesCard(), whoCard()], short: () => [needsCard()],
    none: () => [card("inspect_rules_out", {}, [], say("inspect_rules_out_says")), limitsCard()], still: () => []};
  const node = h("div", {class: "vd-in-cards"}, cards[model.mode](), next);

  function card(title, params, rows, text, more = null) {
    return h("section", {class: "vd-in-card"}, h("h3", {}, say(title, params)),
      rows.length ? h("dl", {}, rows.map(rowOf)) : null, text ? h("p", {}, text) : null, more);
  }

  function rowOf({name, value, strong, quiet, help}) {
    const css = [strong ? "vd-in-strong" : "", quiet ? "vd-in-quiet-row" : ""].filter(Boolean).join(" ");
    return h("div", {class: css}, h("dt", {}, help ? helped(name, help) : name), h("dd", {}, value));
  }

  function causesCard() {
    const rows = model.main.causes.map(({case: name, params}) => ({
      name: say(`inspect_cause_name_${name}`), value: causeText(name, params), strong: params.coincides === "all"}));
    if (model.pair) rows.unshift({name: say("inspect_cause_source"),
      value: say(model.data.source_too.includes(model.period)
        ? "inspect_cause_source_yes" : "inspect_cause_source_no")});
    const has = (cause) => model.main.causes.some((each) => each.case === cause && each.params.coincides !== "none");
    const left = model.sure && !model.explained && say(
      has("keys") ? "inspect_reverse" : has("anchors") ? "inspect_anchored" : "inspect_left", {period: model.period});
    return card("inspect_causes", {}, rows, left || "");
  }

  function causeText(name, {n, on, events, loop, coincides, period}) {
    if (name === "anchors") return say("inspect_cause_apart", {n, on, period});
    if (name === "loop") return loop ? say("inspect_cause_loop_at", {loop}) : say("inspect_cause_loop_none");
    if (!n) return say("inspect_cause_none");
    return say(coincides === "none" ? "inspect_cause_off" : "inspect_cause_on", {n, on, events});
  }

  function whoCard() {
    const cause = model.main.causes.find(({params}) => params.coincides === "all")?.case, {period} = model;
    if (cause === "keys") return card("inspect_why_key", {}, [], say("inspect_why_key_says"));
    if (cause === "repeated") return card("inspect_conversion", {}, CONVERSIONS.map(([from, to]) => ({
      name: say("inspect_conversion_row", {from, to}), value: say("inspect_conversion_every", {n: to / (to - from)}),
      quiet: to / (to - from) !== period})), "");
    const rows = model.main.works.map((each) => ({
      name: say("inspect_works_name", {name: each.name, size: each.size, step: each.step}),
      value: fitText(each), quiet: each.fits !== true,
      help: say("inspect_works_source", {source: each.source})}));
    const plan = h("button", {type: "button", class: "vd-in-link", onclick: () => window.vdShowTab?.("plan")},
      say("inspect_all_families"));
    return card("inspect_who", {period}, rows, [rows.length ? say("inspect_works_read") : say("inspect_works_none"),
      app.glue, plan]);
  }

  // At which of the period's frames its windows begin, and whether that is where the events are.
  function fitText({fits, phases, join}) {
    if (!phases) return say("inspect_fit_open");
    if (join === "exact") return say("inspect_fit_exact");
    return say(fits ? "inspect_fit_yes" : "inspect_fit_no", {phases: phases.join("/")});
  }

  // What somebody needs who was told that this is too short.
  function needsCard() {
    return card("inspect_needs", {}, NEEDED.map((period) => ({name: say("inspect_every", {period}),
      value: model.n >= EVENTS * period ? say("inspect_needs_tried") : say("n_frames", {n: EVENTS * period}),
      quiet: model.n < EVENTS * period})), say("inspect_needs_says", {n: EVENTS}));
  }

  function limitsCard() {
    return card("inspect_limits", {}, [["uneven", "uneven_why"], ["few", "few_why"], ["part", "part_why"],
      ["drift", "drift_why"]].map(([name, why]) => ({name: say(`inspect_limit_${name}`, {n: model.last + 1}),
      value: say(`inspect_limit_${why}`)})), "");
  }

  return {node, next};
}

function nextSteps(app) {
  const {say, model, value} = app, {data, main} = model;
  const cause = main?.causes.find(({params}) => params.coincides === "all")?.case,
    source = data.reference ? [] : ["source"];
  const keys = {keys: ["lossless", "gop"], anchors: ["lossless", "move"], repeated: ["rate"], loop: ["original"],
    cuts: ["original"]}[cause]
    ?? {hint: [...source, "longer", "move"], short: ["longer"], still: ["longer", "original"], none: [...source,
      "longer", "original"]}[model.mode]
    ?? ["move", "whole", "seed", "sizes", "count", ...source];
  const link = (text, act) => h("button", {type: "button", class: "vd-in-link", onclick: act}, text);
  const links = {
    sizes: () => link(say("inspect_see_clash"), () => window.vdOpenInExplore?.(
      {clip: "harbour", variants: ["17", "16", "18", "17→16"], selected: "17→16"})),
    count: () => link(say("inspect_plan_count", {n: model.n}), () => window.vdOpenInPlan?.({frames: model.n})),
  };
  const items = keys.map((key, i) => {
    const text = say(`inspect_next_${key}`), [lead, ...rest] = text.split(/(?<=[.。])\s*/);
    return h("li", {}, i ? text : [h("b", {}, lead), rest.length ? app.glue : "", rest.join(app.glue)],
      links[key] ? [app.glue, links[key]()] : null);
  });
  if (model.pair && app.sourceInExplore)
    items.push(h("li", {}, link(say(value.sample ? "inspect_harbour_in_explore" : "inspect_source_in_explore"),
      app.sourceInExplore)));
  return h("ol", {}, items);
}
