// The quiz: counts to mark, three questions with yes and no, and the whole answer key. No score, only answers.
import {h} from "../shared/dom.js";
import {questionView} from "./question.js";

export function quizView(app, quiz) {
  const {say, told, progress} = app;
  const marks = new Set(progress.guess("whole") || []);
  const tiles = quiz.whole.counts.map(({count, out}) => {
    const button = h("button",
      {type: "button", class: "vd-count", "aria-pressed": String(marks.has(count)), onclick: () => mark(count, button)},
      h("b", {}, count), h("span", {class: "vd-count-out"}, `→ ${out}`),
      h("span", {class: "vd-count-mark"}, say("learn_quiz_marked")));
    button.dataset.right = String(quiz.whole.right.includes(count));
    return button;
  });
  const show = h("button", {type: "button", class: "vd-text-button", onclick: () => {
    progress.setGuess("whole", [...marks]);
    open();
    app.announce(app.plain([quiz.whole.answer]));
  }}, say("learn_quiz_show"));
  const answered = h("p", {class: "vd-caveat"});
  const whole = h("div", {class: "vd-ask", "data-ask": "whole"},
    h("p", {class: "vd-legend-text", id: "vd-whole"}, told(quiz.whole.ask)),
    h("div", {class: "vd-reply"}, h("p", {class: "vd-hint"}, say("learn_quiz_whole_note"), " ", show),
      h("div", {class: "vd-answer"}, app.paragraph(quiz.whole.answer))),
    h("i", {class: "vd-ask-end", "aria-hidden": "true"}));
  const counts = h("div", {class: "vd-counts", role: "group", "aria-labelledby": "vd-whole"}, tiles);

  function mark(count, button) {
    if (marks.has(count)) marks.delete(count);
    else marks.add(count);
    button.setAttribute("aria-pressed", String(marks.has(count)));
    if (progress.guess("whole")) progress.setGuess("whole", [...marks]);
  }

  function open() {
    whole.dataset.open = "";
    counts.dataset.open = "";
    count();
  }

  function count() {
    const ids = ["whole", ...quiz.questions.map(({key}) => `quiz-${key}`)];
    answered.textContent = say("learn_quiz_answered",
      {n: ids.filter((id) => progress.guess(id) !== undefined).length, total: ids.length});
  }

  // The key gives every answer away, so it opens with the last of them.
  const key = h("div", {class: "vd-key", "data-quiz-key": ""},
    h("table", {class: "vd-numbers"}, h("caption", {}, say("learn_quiz_key")),
    h("thead", {}, h("tr", {}, h("th", {}),
      quiz.counts.map((each) => h("th", {scope: "col", class: "vd-mono"}, each)))),
    h("tbody", {}, quiz.key.map((row) =>
      h("tr", {}, h("th", {scope: "row"}, told(row.title)),
        row.cells.map((cell) => h("td", {class: "vd-later"},
          h("i", {class: cell.safe ? "vd-dot" : "vd-ring", role: "img",
            "aria-label": say(cell.safe ? "learn_key_safe" : "learn_key_not")}), h("small", {}, told(cell.says)))))))),
    h("p", {class: "vd-caveat vd-later"}, say("learn_key_legend")));
  const asked = quiz.questions.map(({key: id, question}) => questionView(app, `quiz-${id}`, question, () => {
    count();
    if (quiz.questions.every((each) => progress.guess(`quiz-${each.key}`))) key.dataset.open = "";
  }));
  count();
  if (progress.guess("whole")) open();
  app.whenPassed(whole.lastChild, open);
  app.whenPassed(key.lastChild, () => { key.dataset.open = ""; });
  const forget = h("button", {type: "button", class: "vd-link", onclick: () => {
    progress.forget();
    location.reload();
  }}, say("learn_forget"));
  return {
    // Whoever has come to the end of the page gets to read all of it.
    openAll() { open(); asked.forEach((each) => each.open()); key.dataset.open = ""; },
    text: [quiz.text.map(app.paragraph), whole, h("div", {class: "vd-progress-line"}, answered, forget)],
    figure: [h("div", {class: "vd-fig-head"}, app.kind("counted"), h("p", {}, say("learn_quiz_in_out"))), counts,
      h("div", {class: "vd-yes-no"}, asked.map((each) => each.node)), key],
  };
}
