// x(i): the one function that ruler, chart, tapes and cursor share.
const GUTTER = {left: 146, right: 100};
const NARROW = 700;

function axisOf(width, slots) {
  const narrow = width < NARROW;
  const left = narrow ? 0 : GUTTER.left, right = narrow ? 0 : GUTTER.right;
  const room = (width - left - right) / slots;
  // Whole pixels keep cells crisp; below four there is nothing left to round. Few frames stay readable cells.
  const fw = Math.min(narrow || room < 4 ? room : Math.floor(room), narrow ? 40 : 64);
  return {
    width, narrow, left, right, fw, slots,
    end: left + slots * fw,
    x: (frame) => left + frame * fw,
    middle: (frame) => left + (frame + 0.5) * fw,
    cell: Math.max(fw - (fw >= 3 ? 1 : 0), 0.5),
    frameAt: (px) => clamp(Math.floor((px - left) / fw), 0, slots - 1),
  };
}

function ticks(axis) {
  const step = [1, 2, 5, 10, 20, 50, 100, 200].find((s) => s * axis.fw >= (axis.narrow ? 34 : 60)) || 500;
  return Array.from({length: Math.ceil(axis.slots / step)}, (_, i) => i * step);
}

// The numbers along the axis as SVG text at y.
const tickMarks = (axis, y) => ticks(axis).map((t) => svg("text", {
  class: "vd-tick", x: axis.narrow && t === 0 ? 0 : axis.middle(t), y, "text-anchor": axis.narrow && t === 0 ? "start" : "middle"}, `${t}`));
