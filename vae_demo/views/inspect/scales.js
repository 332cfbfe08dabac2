// A scale for one signal: where a deviation stands, and a few round numbers beside it.
import {known} from "../shared/format.js";

const RATIOS = [0.1, 0.3, 0.5, 0.7, 1.5, 2, 3, 5, 10, 20, 50];
const SHARES = [-90, -75, -50, -20, -10, -5, 5, 10, 20, 50, 100, 200];
const LEVELS = [0.5, 1, 2, 5, 10, 20, 30, 50, 100];
// Two numbers beside an axis do not touch; so much of the range stays free at its ends.
const APART = 13, FREE = 0.08;

// told: {values, matters, ratio}; y, height: of its row.
export function signalScale({values, matters, ratio}, name, y, height) {
  const all = values.filter(known), span = 1.6 * matters;
  const low = Math.min(-span, ...all), high = Math.max(span, ...all), room = (high - low) * FREE;
  const at = (value) => y + height * (1 - (value - low + room) / (high - low + 2 * room));
  const candidates = name === "detail" ? SHARES.map((share) => [Math.log1p(share / 100),
    `${sign(share)}${Math.abs(share)} %`])
    : ratio ? RATIOS.map((factor) => [Math.log(factor), `×${factor}`])
      : LEVELS.flatMap((level) => [[level, `+${level}`], [-level, `−${level}`]]);
  const zero = [0, ratio && name !== "detail" ? "×1" : "0"], chosen = [zero];
  // The farthest first: they say how far it goes.
  const inside = candidates.filter(([value]) => value >= low - room && value <= high + room)
    .sort(([a], [b]) => Math.abs(b) - Math.abs(a));
  for (const each of inside) if (chosen.length < 3
    && chosen.every(([value]) => Math.abs(at(value) - at(each[0])) >= APART)
    && (chosen.length < 2 || Math.sign(each[0]) !== Math.sign(chosen[1][0])
      || Math.abs(at(each[0]) - at(0)) > 2 * APART))
    chosen.push(each);
  return {y: at, ticks: chosen};
}

const sign = (value) => (value < 0 ? "−" : "+");
