// Pointer and keys. Hovering the axis scrubs, a click or a drag stays; space, arrows and letters do the rest.
function scrubbing(block, axisNow, app) {
  let resting = null, held = false;
  const frameOf = (event) => {
    const axis = axisNow(), x = event.clientX - block.getBoundingClientRect().left;
    return axis && x >= axis.left && x <= axis.width - axis.right ? axis.frameAt(x) : null;
  };
  block.addEventListener("pointerdown", (event) => {
    const frame = frameOf(event);
    if (frame === null || event.target.closest("button, a")) return;
    held = true;
    resting = frame;
    app.seek(frame);
  });
  block.addEventListener("pointermove", (event) => {
    // Touch drags only while held; a mouse scrubs by hovering, unless the clip is playing.
    if (app.state.playing || (event.pointerType !== "mouse" && !held)) return;
    const frame = frameOf(event);
    if (frame === null) return;
    if (resting === null) resting = app.state.frame;
    if (held) resting = frame;
    if (frame !== app.state.frame) app.seek(frame);
  });
  block.addEventListener("pointerup", () => { held = false; });
  block.addEventListener("pointercancel", () => { held = false; });
  block.addEventListener("pointerleave", () => {
    if (!held && resting !== null && !app.state.playing) app.seek(resting);
    resting = null;
    held = false;
  });
}

function keys(root, app) {
  document.addEventListener("keydown", (event) => {
    if (!app.model || root.offsetParent === null || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.closest("input:not(.vd-scrub), textarea, select, [contenteditable], [role=listbox]")) return;
    if (event.key === " " && event.target.closest("button, a, summary")) return;
    const action = {
      " ": app.toggle, ArrowLeft: () => (event.shiftKey ? app.border(-1) : app.step(-1)), ArrowRight: () => (event.shiftKey ? app.border(1) : app.step(1)),
      Home: () => app.seek(0), End: () => app.seek(app.model.n_frames - 1),
      w: () => app.seek(app.model.of(app.state.selected).worst_frame), b: () => app.setBlink(!app.state.blink),
    }[event.key.length === 1 ? event.key.toLowerCase() : event.key];
    if (!action) return;
    event.preventDefault();
    action();
  });
}
