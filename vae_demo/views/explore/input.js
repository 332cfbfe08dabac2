// Pointer and keys. Hovering the axis scrubs, a click or a drag stays; space, arrows and letters do the rest.
import {givesFocusBack} from "../shared/giving_back.js";
import {keysDialog} from "./keys_dialog.js";

export function scrubbing(block, axisNow, app) {
  let resting = null, held = false;
  const frameOf = (event) => {
    const axis = axisNow(), x = event.clientX - block.getBoundingClientRect().left;
    return axis && x >= axis.left && x <= axis.end ? axis.frameAt(x) : null;
  };
  const onControl = (event) => event.target.closest("button, a, .vd-help, .vd-legend");
  block.addEventListener("pointerdown", (event) => {
    const frame = frameOf(event);
    if (frame === null || onControl(event) || event.button > 0) return;
    held = true;
    resting = frame;
    app.seek(frame);
  });
  block.addEventListener("pointermove", (event) => {
    // Touch drags only while held; a mouse scrubs by hovering, unless the clip is playing.
    if ((app.state.playing && !held) || (event.pointerType !== "mouse" && !held) || onControl(event)) return;
    const frame = frameOf(event);
    if (frame === null) return;
    if (resting === null) resting = app.state.frame;
    if (held) resting = frame;
    if (frame !== app.state.frame) app.seek(frame);
  });
  const rest = () => {
    if (!held && resting !== null && !app.state.playing) app.seek(resting);
    resting = null;
    held = false;
  };
  block.addEventListener("pointerup", () => { held = false; });
  block.addEventListener("pointercancel", rest);
  block.addEventListener("pointerleave", rest);
  // A key moves the frame for good: leaving the axis must not take it back.
  return {forget: () => { resting = null; }};
}

// All keys of the tab, and app.keysButton(), which shows them in words.
export function keys(root, app) {
  const help = keysDialog(app.say);
  root.append(help.node);
  app.keysButton = help.button;
  givesFocusBack(root);
  const typing = "input, textarea, select, dialog, [contenteditable=true], [role=listbox], [role=combobox]";
  const move = (x, y) => (event) => app.nudge(x, y, event.shiftKey);
  const actions = {
    " ": () => app.toggle(), Home: () => app.seek(0), End: () => app.seek(app.model.n_frames - 1),
    ArrowLeft: () => app.step(-1), ArrowRight: () => app.step(1), "⇧ArrowLeft": () => app.border(-1),
    "⇧ArrowRight": () => app.border(1),
    w: () => app.worst(), b: () => app.blink(),
    i: move(0, -1), j: move(-1, 0), k: move(0, 1), l: move(1, 0), "?": help.open, "？": help.open,
  };
  for (let n = 1; n <= 9; n++) actions[n] = () => app.select(app.model.variants[n - 1]?.label);
  const listen = (event) => {
    if (!root.isConnected) return document.removeEventListener("keydown", listen);
    if (!app.model || root.offsetParent === null || event.ctrlKey || event.metaKey || event.altKey
      || event.defaultPrevented || event.isComposing) return;
    if (event.target.closest?.(typing)) return;
    // Buttons keep their own space bar; tabs and radio groups keep their own arrows.
    if (event.key === " " && event.target.closest?.("button, a, summary, [role=button]")) return;
    if (event.key.startsWith("Arrow") && event.target.closest?.("[role=tab], [role=tablist]")) return;
    const name = event.key.length === 1 ? event.key.toLowerCase() : (event.shiftKey ? "⇧" : "") + event.key;
    const action = actions[name] || app.sightKeys()[name];
    if (!action) return;
    event.preventDefault();
    app.forgetHover();
    action(event);
  };
  document.addEventListener("keydown", listen);
}
