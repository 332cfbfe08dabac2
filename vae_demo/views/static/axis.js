// x(i): the one function that ruler, chart, tapes and cursor share.
const GUTTER = {left: 146, right: 104};
const NARROW = 700;

function axisOf(width, slots) {
  const narrow = width < NARROW;
  const left = narrow ? 0 : GUTTER.left, right = narrow ? 0 : GUTTER.right;
  const room = (width - left - right) / slots;
  // Whole pixels keep cells crisp; below four there is nothing left to round.
  const fw = narrow || room < 4 ? room : Math.floor(room);
  return {
    width, narrow, left, right, fw, slots,
    x: (frame) => left + frame * fw,
    middle: (frame) => left + (frame + 0.5) * fw,
    frameAt: (px) => clamp(Math.floor((px - left) / fw), 0, slots - 1),
  };
}

const ticks = (axis) => {
  const step = [5, 10, 20, 50, 100, 200].find((s) => s * axis.fw >= 40) || 500;
  return Array.from({length: Math.ceil(axis.slots / step)}, (_, i) => i * step);
};
