// What one figure asks of the engine and has of it: pictures of the plan that is shown, numbers of every plan.
import {Wanted} from "../../../live/wanted.js";

// cursor(): the frame in view. changed(key, frame): more of that plan is there, one frame or whatever. done(key).
export function computedResults(session, n, {cursor, changed, done}) {
  const numbers = new Map();
  const everyFrame = () => Array.from({length: n}, (_, frame) => frame);
  let shown = null, pictures = [], wanted = null, of = null;

  function numbersOf(key) {
    if (!numbers.has(key)) numbers.set(key, {psnr: Array(n).fill(null), have: 0, whole: false, ms: null});
    return numbers.get(key);
  }

  function put(key, index, psnr) {
    const found = numbersOf(key);
    if (!found.seen) found.seen = new Set();
    found.seen.add(index);
    found.psnr[index] = psnr;
    found.have = found.seen.size;
    changed(key, index);
  }

  // What came back from the engine's own memory took no time worth telling.
  function finish(key, ms) {
    const found = numbersOf(key);
    if (!found.whole) Object.assign(found, {whole: true, ms});
    done(key);
  }

  // Anew with every engine.
  function hand() {
    if (of === session.engine) return wanted;
    of = session.engine;
    wanted = new Wanted({run: session.run, known: (plan) => of.known(plan)}, {
      cursor,
      begin: ({key}) => { shown = key; pictures = []; changed(key); },
      frame: ({key}, index, rgba, psnr) => { pictures[index] = rgba; put(key, index, psnr); },
      done: ({key}, {ms}) => finish(key, ms),
      failed: () => {},
    });
    return wanted;
  }

  // One plan after another while working() says so, their numbers and the pictures of what is shown. step(): one is
  // done. Rejects where somebody asks for another.
  async function all(plans, working, step) {
    for (const {key, ...plan} of plans) {
      if (!working()) return;
      if (numbers.get(key)?.whole && (key !== shown || everyFrame().every((frame) => pictures[frame]))) continue;
      const {ms} = await session.run({key, ...plan}, {aside: true, cursor: () => (key === shown ? cursor() : 0),
        onFrame(index, rgba, psnr) {
          if (key === shown) pictures[index] = rgba;
          put(key, index, psnr);
        }});
      finish(key, ms);
      step();
    }
  }

  return {
    ask: (plan) => hand().show(plan), all,
    of: (key) => numbers.get(key) ?? null,
    picture: (key, index) => (key === shown ? pictures[index] ?? null : null),
  };
}
