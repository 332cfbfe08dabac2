// A prediction: a list of options, and an answer whose room is there from the start, so that nothing moves.
// It opens on a guess, when its end leaves the top of the view, and in print (learn.css).
import {h} from "../shared/dom.js";

export function questionView(app, id, question, onOpen = () => {}) {
  const {say, told, progress} = app;
  // The longest note stands in every row unseen: a note that appears must not make its line wrap.
  const longest = [say(`learn_${question.kind}`), say("learn_your_guess")].join(say("list_comma"));
  const rows = question.options.map(([value, sentence]) => {
    const input = h("input", {type: "radio", name: `vd-ask-${id}`, value, onchange: () => guess(value)});
    const note = h("span", {class: "vd-option-note"});
    const room = h("span", {class: "vd-option-room"}, h("b", {"aria-hidden": "true"}, longest), note);
    return {value, input, note,
      node: h("label", {class: "vd-option", "data-right": String(value === question.right)}, input,
        h("span", {class: "vd-option-text"}, told(sentence)), room)};
  });
  const answer = h("div", {class: "vd-answer"}, app.joined(question.answer));
  const node = h("div", {class: "vd-ask", "data-ask": id},
    h("fieldset", {}, h("legend", {}, told(question.ask)),
      h("div", {class: "vd-options"}, rows.map((row) => row.node))),
    h("div", {class: "vd-reply"}, h("p", {class: "vd-hint"}, say("learn_guess_note")), answer),
    h("i", {class: "vd-ask-end", "aria-hidden": "true"}));

  function guess(value) {
    progress.setGuess(id, value);
    open();
    app.announce(`${say(`learn_${question.kind}`)}: ${app.plain(question.answer)}`);
  }

  function open() {
    const guessed = progress.guess(id);
    node.dataset.open = "";
    for (const row of rows) {
      row.input.checked = row.value === guessed;
      const notes = [row.value === question.right ? say(`learn_${question.kind}`) : "",
        row.value === guessed ? say("learn_your_guess") : ""];
      row.note.textContent = notes.filter(Boolean).join(say("list_comma"));
    }
    onOpen();
  }

  if (progress.guess(id)) open();
  app.whenPassed(node.lastChild, open);
  return {node, open};
}
