// Gradio's menus take any key as a word that is typed: Tab, and Shift before it, would open a menu again that has just
// been left, and a letter would leave nothing in a menu of few choices but the one that is chosen.
const LEAVING = ["Tab", "Shift", "Control", "Alt", "Meta"];

export function closeMenus() {
  addEventListener("keydown", (event) => {
    const menu = event.target;
    if (!menu.matches?.("input[role=combobox]")) return;
    const typed = event.key.length === 1 && menu.readOnly && !event.ctrlKey && !event.metaKey;
    // It keeps its own meaning for the browser.
    if (typed || LEAVING.includes(event.key)) event.stopImmediatePropagation();
  }, true);
  // A name that is cut off in its menu.
  addEventListener("pointerover", ({target}) => {
    if (target.matches?.("input[role=combobox][readonly]")) target.title = target.value;
  });
}
