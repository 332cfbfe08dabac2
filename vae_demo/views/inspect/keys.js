// Keys of the tab: they work wherever nothing is typed and no menu is open.
import {givesFocusBack} from "../shared/giving_back.js";

export function inspectKeys(root, app) {
  givesFocusBack(root);
  const typing = "input, textarea, select, dialog, [contenteditable=true], [role=listbox], [role=combobox]";
  const actions = {
    " ": () => app.toggle(), Home: () => app.seek(0), End: () => app.seek(app.model.n - 1),
    ArrowLeft: () => app.step(-1), ArrowRight: () => app.step(1), "⇧ArrowLeft": () => app.event(-1),
    "⇧ArrowRight": () => app.event(1), "[": () => app.setFold(app.state.fold - 1),
    "]": () => app.setFold(app.state.fold + 1), f: () => app.nextView(),
  };
  const listen = (event) => {
    if (!root.isConnected) return document.removeEventListener("keydown", listen);
    if (!app.model || root.offsetParent === null || event.ctrlKey || event.metaKey || event.altKey
      || event.defaultPrevented || event.isComposing || event.target.closest?.(typing)) return;
    // Buttons keep their own space bar; tabs and radio groups keep their own arrows.
    if (event.key === " " && event.target.closest?.("button, a, summary, [role=button]")) return;
    const walked = "[role=tab], [role=tablist], [role=radiogroup]";
    if (event.key.startsWith("Arrow") && event.target.closest?.(walked)) return;
    const named = event.key.length > 1;
    const action = actions[named ? (event.shiftKey ? "⇧" : "") + event.key : event.key.toLowerCase()];
    if (!action) return;
    event.preventDefault();
    action();
  };
  document.addEventListener("keydown", listen);
}
