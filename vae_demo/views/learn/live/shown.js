// What is shown of a size: this machine's results as far as they are; before it is ready, while it computes for the
// first time what was on show, and when it can no longer, those that are saved.
import {cutText, db, lengthsOf} from "../../shared/format.js";
import {planned} from "./plans.js";
import {summaryOf} from "./says.js";

// live: {held}, the size whose saved result stays until this machine has all of it.
export function shownSizes(app, {session, computed, saved, live, n}) {
  const {say} = app, of = (size) => planned(n, size, size), keyOf = (size) => of(size).plan.key;
  const nothing = Array(n).fill(null), isWhole = (size) => Boolean(computed.of(keyOf(size))?.whole);

  // {from, psnr, have, behind, ms}: from "machine", "saved" or "" where there is nothing to show; have: of how many
  // frames; behind: how many this machine has that are not shown yet.
  function shownOf(size) {
    const own = computed.of(keyOf(size)), kept = saved.of(String(size));
    if (session.phase === "ready" ? own?.whole || live.held !== size : own?.whole && !kept)
      return {from: "machine", psnr: own?.psnr ?? nothing, have: own?.have ?? 0, ms: own?.ms};
    if (!kept) return {from: "", psnr: nothing, have: 0};
    return {from: "saved", psnr: kept.psnr, have: n, behind: own?.have ?? 0};
  }

  const numbersOf = (size) => (shownOf(size).have ? shownOf(size).psnr : null);
  // Of the map: once this machine computes, what it has computed.
  const triedOf = (size) => computed.of(keyOf(size))?.psnr ?? (session.phase === "ready" ? null : numbersOf(size));
  // Of a size to compare with: what is saved does as well.
  const knownOf = (size) => (isWhole(size) ? computed.of(keyOf(size)) : saved.of(String(size)))?.psnr ?? null;
  const summary = (size, psnr = numbersOf(size)) => summaryOf(of(size).v, psnr);
  const meanOf = (size) => summary(size, triedOf(size))?.mean ?? null;

  // As who cannot see it hears it.
  function saidOf(size) {
    const found = summary(size), from = shownOf(size).from || "none";
    return [say("learn_live_says_size", {size}), cutText(lengthsOf(of(size).v)),
      found ? say("learn_live_says_first", {db: db(found.first)}) : "", say(`learn_live_says_${from}`)]
      .filter(Boolean).join(say("list_comma"));
  }

  return {of, keyOf, shownOf, numbersOf, triedOf, knownOf, meanOf, saidOf, summary, isWhole};
}
