// What the views of a sweep ask about it: one column per size, scales, layouts. No drawing here.
import {cutText, known} from "../shared/format.js";
import {chunkLengths, groupsIn, OPEN_SORA} from "../shared/frames.js";
import {HUED, linesOf} from "../shared/lines.js";

export function sweepModel(data, rules) {
  const rule = rules[data.model] || OPEN_SORA, n = data.clip.n_frames;
  const rows = new Map(data.rows.map((row) => [row.size, row]));
  const columns = (data.sizes || data.rows.map((row) => row.size)).map((label, index) => {
    const length = label === "whole" ? n : Number(label), hued = HUED.includes(label);
    return {label, index, length, hued, alone: length % rule.stride === 1 % rule.stride, row: rows.get(label) || null,
      colour: hued ? linesOf([label])[0].colour : "var(--vd-ink2)"};
  });
  return {...data, columns, rule, n, running: data.rows.length < columns.length,
    of: (label) => columns.find((column) => column.label === label)};
}

// 85 in chunks of 13: 6×13 + 7
export const layoutText = (n, length) => cutText(chunkLengths(n, length)).replaceAll(" ", "\u00a0");

// A chunk's groups: 13 = 1+4+4+4
export function groupsText(length, rule) {
  const groups = groupsIn(length, rule);
  return groups.length > 6 ? `${length} = ${groups.slice(0, 4).join("+")}+…`
    : `${length}${groups.length > 1 ? ` = ${groups.join("+")}` : ""}`;
}

// A linear scale with round ticks; from and to are pixels of low and high.
export function scaleOf(values, from, to, most = 5, steps = [1, 2, 5, 10, 20, 50]) {
  const low = Math.min(...values), high = Math.max(...values);
  if (!values.length) return {y: () => from, ticks: []};
  const step = steps.find((s) => (Math.floor(high / s) - Math.ceil(low / s) + 1) <= most) || steps[steps.length - 1];
  const room = Math.max((high - low) * 0.08, 0.25), bottom = low - room, top = high + room, ticks = [];
  for (let tick = Math.ceil(bottom / step) * step; tick <= top; tick += step) ticks.push(tick);
  return {y: (value) => from + (to - from) * (value - bottom) / (top - bottom), ticks};
}

export const partScores = (part) =>
  part && known(part.psnr) && known(part.psnr_worst) ? [part.psnr, part.psnr_worst] : [];
export const wholeSeconds = (row) => Object.values(row.seconds || {}).reduce((sum, s) => sum + s, 0);
export const shortTime = (seconds, say) =>
  seconds < 90 ? say("sweep_time_s", {n: seconds < 10 ? seconds.toFixed(1) : Math.round(seconds)})
    : say("sweep_time_min", {n: Math.round(seconds / 60)});
