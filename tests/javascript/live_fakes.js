// node, after `live` of live/engine.js: workers that answer with empty pictures, and do what a test tells them.
const assert = require("node:assert");
// To wait for nothing is a later turn of the event loop, as in a browser; in node alone it would be a millisecond, and
// there are thousands of them.
const timeout = globalThis.setTimeout;
globalThis.setTimeout = (then, ms = 0, ...given) => ms ? timeout(then, ms, ...given) : setImmediate(then, ...given);
const tick = (ms = 0) => new Promise((go) => setTimeout(go, ms));
const EMPTY_WASM = new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0]).buffer;
const CLIP = {frames: 34, height: 16, width: 16};
const ANSWERS = {
  open: () => undefined,
  encodeFrames: ({frames}) => new Float32Array(frames * 64),
  encodeChunk: ({data}) => new Float32Array(Math.ceil(data.length / 64 / 4) * 64),
  decodeChunk: ({data}) => new Float32Array(data.length * 4),
  decodeFrames: () => new Uint8ClampedArray(16 * 16 * 4).fill(255),
};

// A firm of workers: `jobs` is what they were given, in order. mood(job, worker, nth) may say "die", "hang" or an
// error.
function firm(mood = () => null) {
  const all = [], jobs = [];
  const start = () => {
    const worker = {
      number: all.length, ended: false,
      async postMessage({id, job, ...given}) {
        const answer = mood(job, worker, jobs.filter((each) => each === job).length);
        jobs.push(job);
        await tick();
        if (worker.ended || answer === "hang") return;
        if (answer === "die") worker.onerror({message: "died"});
        else if (answer) worker.onmessage({data: {id, error: answer}});
        else worker.onmessage({data: {id, data: ANSWERS[job](given), bytes: 1000}});
      },
      terminate() { worker.ended = true; },
    };
    all.push(worker);
    return worker;
  };
  return {start, all, jobs, at_work: () => all.filter((worker) => !worker.ended)};
}

async function opened(company, {workers = 1, clip = CLIP, ...options} = {}) {
  const engine = await live.openEngine({
    wasm: EMPTY_WASM, weights: new ArrayBuffer(8), script: "", workers, start: company.start,
    patience: {ms: 60, msPerWork: 0}, ...options});
  const {frames, height, width} = clip;
  await engine.setClip({rgb: new Uint8Array(frames * height * width * 3), ...clip});
  return engine;
}

// A plan of chunks of so many frames, as planOf makes it.
function cut(size, frames = CLIP.frames) {
  const encode = [], decode = [];
  for (let start = 0, latent = 0; start < frames; start += size) {
    const stop = Math.min(start + size, frames), count = Math.ceil((stop - start) / 4);
    encode.push([start, stop]);
    decode.push([latent, latent + count, count * 4 - (stop - start)]);
    latent += count;
  }
  return {key: String(size), join: "", encode, decode};
}

// A run and what it has shown.
function running(engine, plan, cursor = () => 0) {
  const shown = [];
  const run = engine.run(plan, {cursor, onFrame: (index) => shown.push(index)});
  const ended = run.then((result) => result, (error) => error);
  return {shown, ended};
}

const all_of = (n) => Array.from({length: n}, (_, i) => i);
const sorted = (numbers) => [...numbers].sort((a, b) => a - b);
const count = (list, what) => list.filter((each) => each === what).length;

// Every scenario, one after the other: what went wrong in it, or null, by name.
async function play(scenarios) {
  const told = {}, late = new Error("it did not end");
  for (const [name, scenario] of Object.entries(scenarios)) {
    let timer = null;
    const deadline = new Promise((_, reject) => { timer = setTimeout(() => reject(late), 20000); });
    told[name] = await Promise.race([scenario(), deadline]).then(() => null, (error) => String(error.stack));
    clearTimeout(timer);
  }
  process.stdout.write(JSON.stringify(told), () => process.exit(0));
}
