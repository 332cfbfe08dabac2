// One engine for the whole tab: asleep until a step that needs it is seen, fetched, opened, compared with a saved
// result, then at hand. Where anything keeps it from that, it says why once, and saved results stay.
//   phase: asleep | loading | checking | ready | refused; why: the key of the sentence that says it
import {openEngine, supported} from "../../../live/engine.js";
import {caseOf} from "../../../live/failures.js";
import {fetchLive, liveBytes} from "../../../live/fetching.js";

// PSNR of frames that differ by rounding alone differs by less, in dB.
const ROUNDING = 0.02;

// figure: of the step `live`. plan(encode, decode): what the engine is asked for.
export function liveSession({parts, saved, start}, plan) {
  const hearers = new Set(), leaving = new AbortController();
  const session = {phase: "asleep", got: 0, total: parts ? liveBytes(parts) : 0, why: null, engine: null, frames: null,
    busy: 0, hear: (hearer) => { hearers.add(hearer); }, wake, load, run, close, asksFirst,
    stir: () => become({}), stop: () => session.engine?.stop()};
  const become = (change) => {
    Object.assign(session, change);
    for (const hearer of [...hearers]) hearer();
  };
  const refuse = (why) => {
    session.engine?.close();
    become({phase: "refused", why, engine: null});
  };

  // Whoever asks the browser to save data is asked before megabytes are fetched.
  function asksFirst() { return Boolean(navigator.connection?.saveData); }

  // A step that needs it came into view.
  function wake() {
    if (session.phase === "asleep" && !asksFirst()) load();
  }

  async function load() {
    if (!["asleep", "refused"].includes(session.phase)) return;
    if (!parts) return refuse(whyOf("absent"));
    if (!supported()) return refuse(whyOf("unsupported"));
    // What the browser kept of the first time may be what was wrong with it.
    const anew = session.phase === "refused";
    become({phase: "loading", got: 0, why: null});
    let found;
    try {
      found = await fetchLive(parts, (got) => become({got}), {signal: leaving.signal, anew});
    } catch (error) {
      return refuse(error.said ?? whyOf("fetching"));
    }
    try {
      become({phase: "checking", frames: found.frames});
      session.engine = await openEngine(found);
      if (leaving.signal.aborted) return close();
      rest();
      await session.engine.setClip(found.frames);
      if (await differs()) return refuse(whyOf("differs"));
    } catch (error) {
      return refuse(whyOf(caseOf(error)));
    }
    become({phase: "ready"});
  }

  // One chunk as this browser computes it, against the saved numbers of the same frames; of the size that is shown
  // first, so that its pictures are there already.
  async function differs() {
    const known = saved.find(({label}) => label === String(start)), whole = plan(start, start);
    let apart = 0;
    const first = {...whole, decode: whole.decode.slice(0, 1)};
    await session.engine.run(first, {cursor: () => 0, onFrame: (index, rgba, psnr) => {
      const off = Math.abs(psnr - known.psnr[index]);
      apart = off <= apart ? apart : off;
    }});
    return !(apart <= ROUNDING);
  }

  // Rejects with error.stale where a newer one overtook it; after any other error there is no engine any more.
  // aside: nobody waits for it, so it makes nobody wait.
  async function run(plan, {aside = false, ...how}) {
    session.busy += Number(!aside);
    try {
      return await session.engine.run(plan, how);
    } catch (error) {
      if (!error.stale && error.case !== "closed") refuse(whyOf(caseOf(error)));
      throw error;
    } finally {
      session.busy -= Number(!aside);
      // Another figure may have waited for this.
      setTimeout(() => become({}));
    }
  }

  // Nobody looks: the machine rests.
  function rest() {
    if (document.hidden) session.engine?.pause();
    else session.engine?.resume();
  }

  // Whatever is on its way ends too.
  function close() {
    leaving.abort();
    document.removeEventListener("visibilitychange", rest);
    hearers.clear();
    session.engine?.close();
  }

  document.addEventListener("visibilitychange", rest);
  return session;
}

const whyOf = (name) => `learn_live_why_${name}`;
