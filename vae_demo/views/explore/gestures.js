// Wheel, dragging and two fingers on a surface, told as zooms about a place and as shifts; both in parts of its box.
const SLACK_PX = 4, WHEEL = 0.002, PINCH_WHEEL = 0.01, LINE_PX = 16, MOST_PX = 200;
// What is left of a turn of the wheel does not scroll the page once the picture is whole again.
const AFTER_WHEEL_MS = 400;

// takes: {wheel(event), drag(event)} say whether a plain wheel or one pointer is ours; a wheel with Ctrl and two
// fingers always are. zoom(factor, {x, y}), pan(dx, dy). first(), second(): a pointer is put down, before anybody else
// hears of it, and one more.
export function gestures(node, {takes, zoom, pan, first, second}) {
  const held = new Map();
  let moved = false, wheeled = 0;

  const place = ({clientX, clientY}) => {
    const box = node.getBoundingClientRect();
    return {x: (clientX - box.left) / box.width, y: (clientY - box.top) / box.height, width: box.width,
      height: box.height};
  };

  node.addEventListener("wheel", (event) => {
    const pinch = event.ctrlKey || event.metaKey, now = performance.now();
    if (!pinch && !takes.wheel(event)) {
      if (now - wheeled < AFTER_WHEEL_MS) event.preventDefault();
      return;
    }
    event.preventDefault();
    wheeled = now;
    const unit = event.deltaMode ? LINE_PX : 1, [dx, dy] = [event.deltaX * unit, event.deltaY * unit];
    const at = place(event);
    if (!pinch && (event.shiftKey || Math.abs(dx) > Math.abs(dy)))
      return pan(-(dx || dy) / at.width, 0);
    const turn = Math.min(Math.max(dy, -MOST_PX), MOST_PX);
    zoom(Math.exp(-turn * (pinch && Math.abs(dy) < 50 ? PINCH_WHEEL : WHEEL)), at);
  }, {passive: false});

  node.addEventListener("pointerdown", (event) => {
    if (event.button > 0 || event.target.closest("button, a, [role=slider], .vd-help")) return;
    held.set(event.pointerId, event);
    moved = false;
    if (held.size === 1) return first?.();
    // Two fingers: nobody else reads them as a scrub or a wipe.
    event.stopImmediatePropagation();
    second?.();
  }, {capture: true});

  node.addEventListener("pointermove", (event) => {
    const before = held.get(event.pointerId);
    // Let go of somewhere else.
    if (before && event.pointerType === "mouse" && !event.buttons) held.delete(event.pointerId);
    if (!held.has(event.pointerId)) return;
    const fingers = [...held.values()];
    if (held.size === 1 && !takes.drag(event)) return;
    const far = Math.hypot(event.clientX - before.clientX, event.clientY - before.clientY);
    if (!moved && held.size === 1 && far < SLACK_PX) return;
    if (!moved) for (const each of fingers) node.setPointerCapture(each.pointerId);
    moved = true;
    held.set(event.pointerId, event);
    const {width, height} = place(event);
    if (held.size === 1)
      return pan((event.clientX - before.clientX) / width, (event.clientY - before.clientY) / height);
    event.stopImmediatePropagation();
    const after = [...held.values()], was = between(fingers), is = between(after);
    pan((is.clientX - was.clientX) / width, (is.clientY - was.clientY) / height);
    if (was.apart > 0 && is.apart > 0) zoom(is.apart / was.apart, place(is));
  }, {capture: true});

  for (const ending of ["pointerup", "pointercancel"]) node.addEventListener(ending, (event) => {
    held.delete(event.pointerId);
  }, {capture: true});
  // A picture that was dragged is not also clicked.
  node.addEventListener("click", (event) => {
    if (moved) event.stopPropagation();
    moved = false;
  }, {capture: true});
  // The browser neither scrolls nor zooms the page with what is ours.
  node.addEventListener("touchmove", (event) => {
    if (event.touches.length > 1 && event.cancelable) event.preventDefault();
  }, {passive: false});
}

// The middle of the first two fingers, and how far they are apart.
function between([a, b]) {
  return {clientX: (a.clientX + b.clientX) / 2, clientY: (a.clientY + b.clientY) / 2,
    apart: Math.hypot(a.clientX - b.clientX, a.clientY - b.clientY)};
}
