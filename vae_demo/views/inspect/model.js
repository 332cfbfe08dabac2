// What the views of an inspection ask about it: events, which signal tells of them, numbers in words. No drawing here.
import {known, signed} from "../shared/format.js";

// Where chunks of most video VAEs lie: what is folded where nothing was found.
const USUAL = 16;
// What shows an event best to the eye, by its kind.
const SHOWS = {ghost: "detail", blur: "detail", sharp: "detail",
  flash: "light", dark: "light", lift: "light", dip: "light", jump: "step", repeat: "step", worse: "psnr"};
const AGREEING = 0.75;
// Beyond these an event is seen in pictures as small as those of the fold.
const SEEN = {detail: Math.log(0.75), light: 5};
export const VIEWS = ["frames", "step", "light", "detail"];

export function inspectModel(value) {
  const data = value.inspection, {drawn, signals} = value, n = data.video.n_frames, pair = Boolean(data.reference);
  // Of several periods the longest is looked at; the others are marked beside it.
  const found = [...data.findings].sort((a, b) => b.period - a.period), sure = found.length > 0;
  const [main = data.short ? null : data.hints[0] || null, second = null] = found;
  const first = data.periods.first, count = data.periods.scores.length;
  const last = first + count - 1;
  // found, hint, short (too short to judge), still (nothing moves), or none.
  const mode = sure ? "found" : data.short ? "short" : main ? "hint" : data.best ? "none" : "still";
  const period = main?.period ?? Math.max(Math.min(data.short?.twice ?? data.detects?.period ?? USUAL, n), 2);
  const has = (finding, name) => {
    const shown = finding?.signals[name];
    return Boolean(shown) && shown.hits >= AGREEING * shown.events
      && Math.abs(shown.deviation) >= drawn[name].matters;
  };
  const best = data.best?.[0] || signals[0];
  const leads = (finding) => {
    if (!finding) return best;
    const usual = pair && SHOWS[finding.kind] === "step" ? "added" : SHOWS[finding.kind];
    return signals.includes(usual) && has(finding, usual) ? usual : finding.signal;
  };
  // Frame 0 has no step: where that is what tells, its first event is not seen.
  const at = (finding) => eventsOf(finding, n).filter((frame) => known(drawn[finding.signal].values[frame]));
  // What a signal shows best; a mere hint is nothing that it shows.
  const own = (name) => (sure ? [main, second].find((each) => each?.signal === name)
    ?? [main, second].find((each) => has(each, name)) ?? null : null);
  const signal = leads(main), events = main ? at(main) : eventsOf({period, phase: 0}, n), marks = new Set(events);
  const size = main ? main.signals[signal].deviation : drawn[signal].matters;
  const seen = main && Object.entries(SEEN).some(([name, least]) => has(main, name)
    && (name === "light" ? Math.abs(main.signals[name].deviation) >= least
      : main.signals[name].deviation <= least));
  return {
    // Whether something else in the file, or its source, has the same events; the codec until a lossless copy tells.
    explained: Boolean(main) && (data.source_too.includes(main.period) || main.causes.some(({case: name, params}) =>
      !["keys", "anchors"].includes(name) && params.coincides === "all")),
    mode, data, n, pair, drawn, signals, sure, main, second, period, phase: main?.phase ?? 0, events, signal, size, has,
      leads,
    first, last, start: data.video.start, fps: data.video.fps || 24, keys: data.keys, repeated: data.repeated,
    count: events.length, seen: seen || !main, at, own,
    // What is folded: of two periods the signal of the short one, which shows both.
    folded: second ? second.signal : signal,
    value: (name, frame) => drawn[name].values[frame], told: (name, deviation) => told(drawn, name, deviation),
    isEvent: (frame) => Boolean(main) && marks.has(frame),
    // 0..1: how far a frame goes the way of the events.
    ink: (name, frame) => inkOf(drawn, name, frame, own(name)),
    nameOf: (frame) => frame + data.video.start,
  };
}

export const eventsOf = ({period, phase}, n) =>
  Array.from({length: Math.max(Math.ceil((n - phase) / period), 0)}, (_, i) => phase + i * period);

function inkOf(drawn, name, frame, finding) {
  const value = drawn[name].values[frame], shown = finding?.signals[name];
  if (!known(value)) return 0;
  // Without an event of its own a signal is told by what would count twice over.
  const least = 2 * drawn[name].matters;
  const full = shown && Math.abs(shown.deviation) > least / 2 ? shown.deviation : null;
  return Math.min(Math.max(full === null ? Math.abs(value) / least : value / full, 0), 1);
}

// A deviation as people read it: ×4.8, −11.6, −63 %, −8.0 dB.
function told(drawn, name, deviation) {
  if (!known(deviation)) return "–";
  if (name === "detail") return `${signed(Math.expm1(deviation) * 100, 0).replace(/^.0$/, "0")} %`;
  if (drawn[name].ratio) return `×${Math.exp(deviation).toFixed(1)}`;
  return `${signed(deviation)}${name === "psnr" ? " dB" : ""}`;
}
