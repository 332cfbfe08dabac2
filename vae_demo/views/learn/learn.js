// The Learn tab: a rail, eight steps, one of which computes here, a quiz and what to try next.
// Works as reading; every answer opens by itself on the way down.
import {h, replaceChildren} from "../shared/dom.js";
import {openInInspect} from "../shared/inspecting.js";
import {linesOf} from "../shared/lines.js";
import {modelOf} from "../shared/model.js";
import {learnFigures} from "./figures.js";
import {furtherView} from "./further.js";
import {moreSizes} from "./live/more.js";
import {planned} from "./live/plans.js";
import {liveSession} from "./live/session.js";
import {liveView} from "./live/view.js";
import {learnPictures} from "./pictures.js";
import {learnProgress} from "./progress.js";
import {questionView} from "./question.js";
import {quizView} from "./quiz.js";
import {railView} from "./rail.js";
import {lessonWords} from "./words.js";

export function startLearn({element, words, links, value, watch}) {
  const root = element.querySelector(".vd-root"), lang = window.vdLang === "zh" ? "zh" : "en";
  const app = {lang, ...lessonWords(words, lang, links), progress: learnProgress()};
  const {say, told} = app;
  const status = h("p", {class: "vd-sr", role: "status"});
  app.announce = (text) => { status.textContent = text; };
  let data = null, seen = null, passed = [], watchers = [], session = null;

  // The model the lessons tell of, and the one that heals; and what was measured with a model.
  app.models = () => Object.keys(data.models);
  app.run = (model = app.models()[0]) => data.models[model];
  app.variant = (run, label) => run.variants.find((v) => v.label === label);
  app.url = (model, sheet) => data.urls[model][sheet].url;
  app.explore = (settings) => {
    if (window.vdOpenInExplore) window.vdOpenInExplore(settings);
    scrollTo(0, 0);
  };
  // Runs `then` once the node has left the view upwards.
  app.whenPassed = (node, then) => passed.push([node, then]);
  // Runs `draw(width)` whenever the node has another width. All that have are asked before any of them draws: a width
  // that is asked for after another has drawn lays out the whole page anew.
  let widths = null;
  app.sized = (node, draw) => {
    node.vdDraw = draw;
    widths.observe(node);
  };
  function watchWidths() {
    widths = new ResizeObserver((entries) => {
      const found = entries.map(({target}) => [target, Math.floor(target.clientWidth)]);
      for (const [node, width] of found)
        if (width && width !== node.vdWidth) { node.vdWidth = width; node.vdDraw(width); }
    });
    watchers.push(widths);
  }
  // Runs `then(seen)` whenever the node comes into the window or leaves it.
  app.whenSeen = (node, then) => {
    const watcher = new IntersectionObserver((entries) => then(entries[entries.length - 1].isIntersecting));
    watcher.observe(node);
    watchers.push(watcher);
  };

  // What leads to another tab.
  function ways(step) {
    const ask = {model: step.model, variants: step.opens, clip: data.clip, frame: step.frame, selected: step.selected};
    const way = (says, onclick, title = null) => h("button", {type: "button", class: "vd-link", title, onclick}, says);
    return [
      step.key === "group" ? way(say("learn_open_plan"), () => window.vdShowTab && window.vdShowTab("plan")) : null,
      step.figure.sample ? way(say("learn_open_inspect"), () => {
        openInInspect({sample: step.figure.sample});
        scrollTo(0, 0);
      }) : null,
      way(say("learn_open_explore"), () => app.explore(ask), say("learn_open_explore_help"))];
  }

  function settings(step) {
    const chip = (label) => {
      const line = linesOf([label])[0];
      return h("span", {class: "vd-chip", style: `--line: ${line.colour}`},
        line.dash ? null : h("i", {class: "vd-swatch"}), label);
    };
    return h("div", {class: "vd-settings"}, h("span", {}, say("learn_set_to")), step.variants.map(chip),
      step.model === app.models()[0] ? null : h("span", {class: "vd-chip"}, step.model),
      h("span", {class: "vd-spring"}), app.alone ? null : ways(step));
  }

  // number: of a step; what comes after the steps has none. It leads to the step.
  const heading = (id, title, number = null) => h("h2", {id: `${id}-title`}, number && h("a", {href: address(id),
    class: "vd-step-number", title: say("learn_link"), "aria-label": say("learn_link"), onclick: jump}, number), title);

  function section(step, id, number) {
    const node = h("section", {id, class: "vd-step", "aria-labelledby": `${id}-title`});
    const question = step.question ? questionView(app, step.key, step.question, () => {
      node.dataset.open = "";
      session?.stir();
    }).node : null;
    const caveat = step.caveat ? h("p", {class: "vd-caveat"}, app.short(step.caveat)) : null;
    const drawn = step.question || step.key === "borders" ? data.figures[step.key](step) : null;
    node.append(h("div", {class: "vd-lesson"}, heading(id, told(step.title), number),
      step.text.map(app.paragraph), question,
      step.after.length ? h("div", {class: "vd-later"}, step.after.map(app.paragraph)) : null,
      step.closing.map(app.paragraph), caveat, settings(step)),
    h("div", {class: "vd-figure"}, drawn), h("i", {class: "vd-end", "aria-hidden": "true"}));
    return node;
  }

  // The step that computes, and the sections after the steps.
  function named(id, title, view, number) {
    return h("section", {id, class: "vd-step", "aria-labelledby": `${id}-title`},
      h("div", {class: "vd-lesson"}, heading(id, title, number), view.text),
      h("div", {class: "vd-figure"}, view.figure), h("i", {class: "vd-end", "aria-hidden": "true"}));
  }

  const glossary = (terms) =>
    h("section", {id: "glossary", class: "vd-glossary", "aria-labelledby": "glossary-title"},
      h("h3", {id: "glossary-title"}, say("learn_glossary")),
    h("dl", {}, terms.map((term) =>
      h("div", {}, h("dt", {}, app.term(term)), h("dd", {}, app.help(term))))));

  // Of the step that computes a name, which other pages lead to.
  const idOf = (step, index) => (step.key === "live" ? step.key : `step-${index + 1}`);

  function address(id) {
    const url = new URL(location.href);
    url.searchParams.set("tab", "learn");
    url.hash = id;
    return url.search + url.hash;
  }

  function jump(event) {
    event.preventDefault();
    const id = event.currentTarget.hash.slice(1);
    history.replaceState(history.state, "", address(id));
    goTo(id);
  }

  function goTo(id) {
    const target = root.querySelector(`#${CSS.escape(id)}`);
    if (!target) return;
    target.scrollIntoView({block: "start"});
    const title = target.querySelector("h2");
    title.tabIndex = -1;
    title.focus({preventScroll: true});
  }

  // One look at the page: which step is read, which ends were seen, which questions were passed.
  function follow(sections, show, atTheEnd) {
    const spot = () => {
      if (!root.offsetParent) return;
      const line = innerHeight * 0.4;
      const here = sections.filter((each) => each.getBoundingClientRect().top < line).pop() || sections[0];
      show(here.id);
    };
    seen = new IntersectionObserver((entries) => {
      for (const {target, isIntersecting, boundingClientRect, rootBounds} of entries) {
        if (isIntersecting && target.classList.contains("vd-end")) {
          app.progress.setDone(target.parentNode.id);
          show();
          if (target.parentNode === sections[sections.length - 1]) atTheEnd();
        }
        if (!isIntersecting && rootBounds && boundingClientRect.bottom <= rootBounds.top && root.offsetParent)
          passed.filter(([node]) => node === target).forEach(([, then]) => then());
      }
    });
    for (const node of [...sections.map((each) => each.lastChild), ...passed.map(([node]) => node)]) seen.observe(node);
    let waiting = false;
    addEventListener("scroll", () => {
      if (!waiting) { waiting = true; requestAnimationFrame(() => { waiting = false; spot(); }); }
    }, {passive: true});
    return spot;
  }

  function build(next) {
    if (!next) return;
    if (seen) seen.disconnect();
    watchers.forEach((watcher) => watcher.disconnect());
    session?.close();
    passed = []; watchers = [];
    watchWidths();
    data = {...next, models: Object.fromEntries(
      Object.entries(next.runs)
        .map(([model, run]) => [model,
          {...run, variants: modelOf({...run, media: {n_frames: 0, panels: []}}).variants}]))};
    app.sheets = data.sheets;
    // A lesson that is a file of its own has no other tabs.
    app.alone = Boolean(next.alone);
    app.pictures = learnPictures(app);
    data.figures = learnFigures(app);
    const quiz = quizView(app, next.quiz);
    const more = [["quiz", say("learn_quiz_title"), quiz],
      ["further", told(next.further.title), furtherView(app, next.further)]];
    const live = next.steps.find((step) => step.key === "live");
    const liveFigure = {...live.figure, parts: next.live?.parts};
    session = live.figure.saved ? liveSession(liveFigure, (...sizes) => planned(liveFigure.n_frames, ...sizes).plan)
      : null;
    // Beside the results of another clip, or of another model, those of this one would say nothing.
    app.more = moreSizes(app, live.figure.clip || live.figure.model !== app.models()[0] ? null : session, live.figure);
    const views = next.steps.map((step, i) => (step !== live ? section(step, idOf(step, i), i + 1)
      : named(idOf(step), told(step.title), session ? liveView(app, step, session)
        : {text: step.text.map(app.paragraph), figure: null}, i + 1)));
    const sections = [...views, ...more.map((each) => named(...each))];
    const titles = [...next.steps.map((step, i) => ({id: idOf(step, i), title: told(step.title), numbered: true})),
      ...more.map(([id, title]) => ({id, title}))];
    const {node, show} = railView(app, titles, {address, jump});
    replaceChildren(root, h("div", {class: "vd-learn"},
      h("header", {class: "vd-learn-head"}, h("h1", {}, told(next.title)), h("p", {}, told(next.lede)),
        app.paragraph(["learn_kinds", {}]), next.measured ? h("p", {class: "vd-caveat"}, told(next.measured)) : null,
      next.file ? h("p", {class: "vd-caveat"},
        h("a", {href: next.file.url, download: "lesson.html"}, say("learn_file")), " ",
        say("learn_file_says", {mb: next.file.mb})) : null,
      next.complete ? null : h("p", {class: "vd-notice"}, say("learn_missing"))), node,
    h("div", {class: "vd-steps"}, sections, glossary(next.glossary)), status));
    const spot = follow(sections, show, quiz.openAll);
    show();
    arrive(spot);
  }

  // A link to a step: go there once this tab is on screen.
  function arrive(spot) {
    const first = new ResizeObserver(() => {
      if (!root.offsetParent) return;
      first.disconnect();
      if (location.hash) requestAnimationFrame(() => goTo(location.hash.slice(1)));
      spot();
    });
    first.observe(root);
  }

  addEventListener("hashchange", () => root.offsetParent && goTo(location.hash.slice(1)));
  watch("value", () => build(value()));
  build(value());
}
