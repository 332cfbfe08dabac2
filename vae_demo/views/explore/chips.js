// The variant menu is Gradio's own; its chips get the colour each variant has everywhere else.
import {linesOf, MARKS} from "../shared/lines.js";

export function colourChips(menu) {
  const paint = () => {
    const chips = [...menu.querySelectorAll(".token")];
    const lines = linesOf(chips.map((chip) => chip.querySelector("span")?.textContent.trim() || ""));
    chips.forEach((chip, i) => {
      if (chip.style.getPropertyValue("--line") !== lines[i].colour) chip.style.setProperty("--line", lines[i].colour);
      for (const mark of MARKS) chip.classList.toggle(`vd-mark-${mark}`, mark === lines[i].mark);
    });
  };
  new MutationObserver(paint).observe(menu, {childList: true, subtree: true, characterData: true});
  paint();
}
