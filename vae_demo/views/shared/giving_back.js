// After a click of the mouse the keys belong to the page again: a button or a menu that was only pressed does not hold
// the arrows or the space bar. What was chosen by key keeps the focus.
export function givesFocusBack(root) {
  let pointed = false;
  root.addEventListener("pointerdown", () => { pointed = true; }, true);
  root.addEventListener("keydown", () => { pointed = false; }, true);
  root.addEventListener("click", (event) => {
    const button = event.target.closest?.("button");
    // A click that a key has made counts none.
    if (button && event.detail && button === document.activeElement) button.blur();
  });
  root.addEventListener("change", ({target}) => { if (pointed && target.matches("select")) target.blur(); });
}
