// The variant menu is Gradio's own; its chips get the colour each variant has everywhere else.
const CHIP_TRIES = 300;

function colourChips(tries = CHIP_TRIES) {
  const menu = document.getElementById("vd-variants");
  // Gradio may mount the menu after this component.
  if (!menu) return tries && requestAnimationFrame(() => colourChips(tries - 1));
  const paint = () => {
    const chips = [...menu.querySelectorAll(".token")];
    const lines = linesOf(chips.map((chip) => chip.querySelector("span")?.textContent.trim() || ""));
    chips.forEach((chip, i) => {
      if (chip.style.getPropertyValue("--line") !== lines[i].colour) chip.style.setProperty("--line", lines[i].colour);
      chip.classList.toggle("vd-dashed-chip", Boolean(lines[i].dash));
    });
  };
  new MutationObserver(paint).observe(menu, {childList: true, subtree: true, characterData: true});
  paint();
}
