// How a difference becomes a colour: gain, neutral grey or heat, and what the legend says of it.
export const GAINS = [1, 2, 4, 8, 16];
export const SHADES = ["grey", "heat"];
// As they are saved (media.GAIN): a grey of 255 stands for this difference and for every greater one.
export const SAVED_GAIN = 4;
const SAVED_TOP = 255 / SAVED_GAIN;

// Equally far apart for the eye (CIE 1976), ever lighter, and without red, which is a chunk border and nothing else.
const HEAT = ("0e0526 04163a 072746 0b3a55 114e65 166275 1c7781 218a8b 259b90 29aa92 2cb78f 5fc290 87cd94 aad79d "
  + "cae2ac e6edc1 faf8db").split(" ").map((hex) => [0, 2, 4].map((at) => parseInt(hex.slice(at, at + 2), 16)));

// amount: 0..1 of what the gain leaves room for -> [r, g, b], 0..255, whole numbers.
export function shade(shades, amount) {
  const t = Math.min(Math.max(amount, 0), 1);
  if (shades === "grey") return Array(3).fill(Math.round(t * 255));
  const at = t * (HEAT.length - 1), low = Math.min(Math.floor(at), HEAT.length - 2), part = at - low;
  return HEAT[low].map((from, i) => Math.round(from + (HEAT[low + 1][i] - from) * part));
}

// What becomes of every saved grey: 256 colours, or null where they stay as they are.
export function shadeTable(shades, gain) {
  if (shades === "grey" && gain === SAVED_GAIN) return null;
  return Array.from({length: 256}, (_, grey) => shade(shades, grey * gain / SAVED_GAIN / 255));
}

// The difference, in grey levels of 255, from which on all look alike: the gain's end or that of what is saved.
export const topLevel = (gain) => Math.min(255 / gain, SAVED_TOP);

// The legend's ramp, from no difference to topLevel, as colours of CSS.
export function ramp(shades, gain, stops = 17) {
  const top = topLevel(gain) * gain / 255;
  return Array.from({length: stops}, (_, i) => `rgb(${shade(shades, top * i / (stops - 1)).join(" ")})`);
}
