// What a run needs in memory, of models that can tell: asked of the server a moment after the controls say something
// else, so that nobody counts while somebody types. Nothing is loaded for it (needs.py).
import {clips} from "./forms.js";
import {known} from "./format.js";

const AFTER_MS = 350;

// tab: whose check is asked. tell(need): the answer, {needed, free, fetch} in bytes or {error} by language; null while
// nothing is known. ask(form, cuts): of a form and its cuts as typed; null where there is nothing to ask.
export function needs(tab, models, tell) {
  let asked = "null", timer = null;
  const say = (need) => tell(need && (need.error || known(need.needed)) ? need : null);

  async function fetchNeed(question) {
    try {
      const answer = await window.vdAsk("needs", JSON.parse(question));
      const need = answer.ok ? await answer.json() : null;
      if (question === asked) say(need);
    } catch (e) { /* the run itself will tell */ }
  }

  function ask(form, cuts) {
    const counted = form && models[form.model]?.counted;
    const {clip, model, start, frames, size, dtype} = form || {};
    // An upload may be called like the one before.
    const question = JSON.stringify(
      counted ? {tab, clip, id: clips.of(clip)?.id, cuts, model, start, frames, size, dtype} : null);
    if (question === asked) return;
    asked = question;
    clearTimeout(timer);
    say(null);
    if (counted) timer = setTimeout(() => fetchNeed(question), AFTER_MS);
  }

  return {ask};
}

// Two digits are as much as such a count can promise.
const gigabytes = (bytes) => String(Number((bytes / 1e9).toPrecision(2)));

// 30 to 50 s · needs about 3.1 of 24 GB here. time: what is said of how long it takes; alone where no more is known.
export function withNeed(say, time, need) {
  return [time, known(need?.needed) ? needText(say, need) : ""].filter(Boolean).join(" · ");
}

function needText(say, need) {
  const needed = gigabytes(need.needed);
  const said = known(need.free) ? say("needs_of", {needed, free: gigabytes(need.free)}) : say("needs_about", {needed});
  return known(need.fetch) ? say("needs_fetch", {said, size: gigabytes(need.fetch)}) : said;
}
