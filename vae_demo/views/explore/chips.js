// The variant menu is Gradio's own; its chips get the colour and mark each variant has everywhere else, and their
// buttons a name and the keys of a button.
import {linesOf, MARKS} from "../shared/lines.js";

export function dressChips(menu, say) {
  const name = (chip) => chip.querySelector("span")?.textContent.trim() || "";
  const paint = () => {
    const chips = [...menu.querySelectorAll(".token")], lines = linesOf(chips.map(name));
    chips.forEach((chip, i) => {
      if (chip.style.getPropertyValue("--line") !== lines[i].colour) chip.style.setProperty("--line", lines[i].colour);
      for (const mark of MARKS) chip.classList.toggle(`vd-mark-${mark}`, mark === lines[i].mark);
      const says = say("chip_remove", {label: name(chip)}), button = chip.querySelector(".token-remove");
      for (const attribute of ["title", "aria-label"]) button?.setAttribute(attribute, says);
    });
  };
  menu.addEventListener("keydown", (event) => {
    const button = event.target.closest(".token .token-remove");
    if (!button || ![" ", "Enter"].includes(event.key)) return;
    if (event.key === " ") {
      event.preventDefault();
      button.click();
    }
    // The last chip takes its button, and the focus, with it.
    setTimeout(() => {
      const left = menu.querySelectorAll(".token .token-remove");
      if (document.activeElement === document.body) (left[left.length - 1] || menu.querySelector("input")).focus();
    });
  });
  new MutationObserver(paint).observe(menu, {childList: true, subtree: true, characterData: true});
  paint();
}
