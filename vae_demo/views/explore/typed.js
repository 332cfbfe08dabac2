// What is typed into the menu of variants: one or several, in any spelling, taken in the one that is shown. What cannot
// be taken stays in the box, and a sentence below the menu says why: Gradio would make a chip of anything, and drop
// without a word what is one too many.
import {h} from "../shared/dom.js";
import {Refusal} from "../shared/frames.js";
import {readAnyVariant, variantLabel} from "../shared/variants.js";
import {bus} from "./bus.js";

const BETWEEN = /[,;，；、]/;

export function typedVariants(menu, say, most) {
  const box = menu.querySelector("input"), says = h("p", {class: "vd-typed", id: "vd-typed", role: "status"});
  let refused = false, writing = false;
  menu.append(says);
  box.setAttribute("aria-describedby", says.id);

  const chosen = () => [...menu.querySelectorAll(".token > span")].map((name) => name.textContent.trim());

  function write(text) {
    writing = true;
    box.value = text;
    box.dispatchEvent(new Event("input", {bubbles: true}));
    writing = false;
  }

  // Labels that are not there yet. Throws a Refusal for what is no variant, and for more than there is room for.
  function wanted(text) {
    const have = chosen(), parts = text.split(BETWEEN).filter((part) => part.trim());
    const labels = new Set(parts.map((part) => variantLabel(readAnyVariant(part))));
    const more = [...labels].filter((label) => !have.includes(label));
    const count = have.length + more.length;
    if (count > most) throw new Refusal("too_many_variants", {count, most});
    return more;
  }

  function tell(error) {
    refused = Boolean(error);
    says.textContent = error ? say(`error_${error.case}`, error.params) : "";
    if (error) box.setAttribute("aria-invalid", "true");
    else box.removeAttribute("aria-invalid");
  }

  // Leaves the last one in the box, for Gradio to take with the event that is on its way. False where it is refused.
  function take() {
    try {
      const more = wanted(box.value), last = more.pop() || "";
      for (const label of more) {
        write(label);
        box.dispatchEvent(new KeyboardEvent("keydown", {key: "Enter", bubbles: true}));
      }
      write(last);
      tell(null);
      return true;
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      tell(error);
      return false;
    }
  }

  const full = () => tell(new Refusal("too_many_variants", {count: chosen().length + 1, most}));
  const isNew = (option) => option?.getAttribute("aria-selected") === "false" && chosen().length >= most;

  menu.addEventListener("keydown", (event) => {
    if (event.target !== box || event.key !== "Enter" || !event.isTrusted) return;
    const option = document.getElementById(box.getAttribute("aria-activedescendant") || "");
    // Of an empty box Gradio would make a chip without a name.
    if (option ? !isNew(option) : take() && box.value) return;
    if (option) full();
    event.stopPropagation();
    event.preventDefault();
  }, true);
  menu.addEventListener("blur", (event) => {
    const text = box.value;
    if (event.target !== box || !text.trim() || take()) return;
    write("");
    setTimeout(() => { if (!box.value) write(text); });
  }, true);
  menu.addEventListener("mousedown", (event) => { if (isNew(event.target.closest("[role=option]"))) full(); }, true);
  box.addEventListener("input", () => { if (!writing && refused) tell(null); });
  // A chip that goes may make room for what was one too many.
  bus.on("settings", menu, () => requestAnimationFrame(() => {
    box.placeholder = chosen().length < most ? say("typed_hint") : "";
    if (!refused) return;
    try { wanted(box.value); tell(null); } catch (error) { tell(error); }
  }));
}
