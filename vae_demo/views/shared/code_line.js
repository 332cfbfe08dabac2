import {h} from "./dom.js";

// A line of code cut to the room there is, or several whole ones; all of it in the clipboard.
export function codeLine(name, text, say) {
  const copy = h("button", {type: "button", class: "vd-copy", "aria-label": `${say("copy")}: ${name}`}, say("copy"));
  copy.addEventListener("click", () => copied(copy, text, say));
  const several = text.includes("\n");
  return h("div", {class: `vd-cli${several ? " vd-several" : ""}`}, h("span", {class: "vd-cli-name"}, name),
    h("code", {title: several ? null : text}, several ? text.trimEnd() : text), copy);
}

export function copied(button, text, say) {
  const before = button.dataset.says || button.textContent;
  button.dataset.says = before;
  const done = (word) => { button.textContent = say(word); setTimeout(() => { button.textContent = before; }, 1500); };
  // Plain http and some frames have no clipboard; a selected field can still be copied from.
  const byHand = () => {
    const field = h("textarea", {readonly: true, class: "vd-offscreen", "aria-hidden": "true"});
    field.value = text;
    button.after(field);
    field.select();
    const worked = document.execCommand("copy");
    field.remove();
    button.focus();
    done(worked ? "copy_done" : "copy_failed");
  };
  if (navigator.clipboard) navigator.clipboard.writeText(text).then(() => done("copy_done"), byHand);
  else byHand();
}
