// A part of the page on the whole screen: the browser's own way, or over the whole window where a frame forbids that.
export function wholeScreen(node, changed) {
  let quiet = [], focused = null, native = false;
  const on = () => node.classList.contains("vd-full");

  async function enter() {
    if (on()) return;
    focused = document.activeElement;
    put(true);
    try {
      await node.requestFullscreen({navigationUI: "hide"});
      native = true;
      // It may have been left again before it came.
      if (!on()) await document.exitFullscreen();
    } catch (e) { /* the window has to do */ }
    changed();
  }

  function leave() {
    if (!on()) return;
    if (native && document.fullscreenElement) document.exitFullscreen().catch(() => {});
    native = false;
    put(false);
  }

  // Nothing that is covered can be reached by Tab meanwhile.
  function put(full) {
    node.classList.toggle("vd-full", full);
    document.documentElement.classList.toggle("vd-full-page", full);
    if (full) for (let each = node; each !== document.body; each = each.parentElement)
      for (const other of each.parentElement.children)
        if (other !== each && !other.inert && !["SCRIPT", "DIALOG"].includes(other.tagName)) quiet.push(other);
    for (const other of quiet) other.inert = full;
    if (!full) quiet = [];
    changed();
    if (!node.contains(document.activeElement) || !full) focused?.focus({preventScroll: true});
  }

  document.addEventListener("fullscreenchange", () => { if (native && !document.fullscreenElement) leave(); });
  return {on, leave, toggle: () => (on() ? leave() : enter())};
}
