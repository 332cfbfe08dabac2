// The tiny VAE in the visitor's browser: a clip, plans, pictures. The page's and the offline lesson's way in.
import {Clip} from "./clip.js";
import {decode, indices} from "./decoding.js";
import {LiveError} from "./failures.js";
import {Kept} from "./kept.js";
import {placesOf} from "./plans.js";
import {Pool} from "./pool.js";
import {blobWorker, supported as canCompute, workerCount} from "./supported.js";

export const supported = () => canCompute();

const MOST_KEPT_BYTES = 64e6;
// What the bundled models have in common; a file that says otherwise is refused (network/vae.js).
const MODEL = {channels: 16, factor: 8, stride: 4};

// wasm, weights: ArrayBuffers of vae.wasm and of the .safetensors file. script: live/worker.js, bundled. Rejects with a
// LiveError (failures.js). The rest is for tests: workers, how many; start(script), one; patience; keptBytes.
export async function openEngine({
  wasm, weights, script, workers = workerCount(), start = blobWorker, patience, keptBytes = MOST_KEPT_BYTES,
}) {
  if (start === blobWorker && !canCompute()) throw new LiveError("unsupported");
  const module = await WebAssembly.compile(wasm).catch(({message}) => { throw new LiveError("unsupported", message); });
  const pool = new Pool({start: () => start(script), opening: () => ({module, weights}), count: workers, patience});
  await pool.opened;
  return new Engine(pool, keptBytes);
}

class Engine {
  #pool; #kept; #clip = null; #run = 0; #overtake = () => {}; #closed = false;

  constructor(pool, keptBytes) {
    this.#pool = pool;
    this.#kept = new Kept(keptBytes);
  }

  // {rgb: uint8 T H W 3, frames, height, width}, sides multiples of eight. Overtakes whatever runs. Throws "clip".
  async setClip(clip) {
    const next = new Clip(clip, MODEL, this.#pool);
    if (this.#clip) this.#clip.current = false;
    this.#clip = next;
    this.#kept.clear();
    this.#next();
    this.#pool.sweep();
  }

  // plan: see planOf. cursor(): the frame that is looked at. onFrame(index, rgba, psnr): a picture, uint8 H W 4 that
  // stays the engine's, and its dB against the clip's frame of that index, null where there is none.
  // Resolves with {frames, ms}: how many there are, and how long all runs of the plan took for them, those that were
  // overtaken too; rejects with error.stale where another run or clip overtakes it: from then on no more pictures come,
  // though what workers are at is kept. What is known of a plan comes at once. Rejects with "clip" where the plan is of
  // another number of frames.
  run(plan, {cursor = () => 0, onFrame = () => {}} = {}) {
    const clip = this.#clip, frames = plan.encode.at(-1)[1];
    if (this.#closed) return Promise.reject(new LiveError("closed"));
    if (clip?.frames !== frames) return Promise.reject(new LiveError("clip", `no clip of ${frames} frames is set`));
    const [mine, overtaken] = this.#next(), entry = this.#kept.entry(plan.key), kept = this.#kept;
    const alive = () => this.#run === mine && clip.current, began = performance.now(), pool = this.#pool;
    let over = false;
    const count = () => {
      if (!over) entry.ms += performance.now() - began;
      over = true;
    };
    overtaken.catch(count);
    pool.sweep();
    const work = async () => {
      await null;
      const known = indices(0, entry.frames.length).filter((index) => entry.frames[index]);
      for (const index of known.sort((a, b) => Math.abs(a - cursor()) - Math.abs(b - cursor())))
        if (alive()) onFrame(index, entry.frames[index], entry.scores[index]);
      const decoded = await decode({pool, clip, plan, entry, kept, cursor, alive, onFrame}).finally(count);
      return {frames: decoded, ms: entry.ms};
    };
    return Promise.race([overtaken, work()]);
  }

  // Ends the run, if there is one, as another one would.
  stop() {
    this.#next();
    this.#pool.sweep();
  }

  // Whether every picture of a plan is here, so that run() needs no worker.
  known(plan) {
    const entry = this.#kept.get(plan.key);
    return entry !== null && indices(0, placesOf(plan, MODEL.stride).frames).every((index) => entry.frames[index]);
  }

  // Bytes: of the workers' memories, of results that are kept, of the clip with its latents.
  memory() {
    const workers = this.#pool.bytes, kept = this.#kept.bytes, clip = this.#clip?.bytes ?? 0;
    return {workers, kept, clip, total: workers + kept + clip, count: this.#pool.workers, lost: this.#pool.lost};
  }

  // For a page that nobody sees: workers and old results go. A run goes on after resume().
  pause() {
    this.#pool.pause();
    this.#kept.dropOld();
  }

  resume() {
    this.#pool.resume();
  }

  close() {
    this.#next();
    this.#closed = true;
    this.#pool.fail(new LiveError("closed"));
    this.#kept.clear();
    this.#clip = null;
  }

  // The number of a new run, and what rejects when a newer one comes.
  #next() {
    this.#overtake(new LiveError("stale"));
    this.#run += 1;
    const overtaken = new Promise((_, reject) => { this.#overtake = reject; });
    overtaken.catch(() => {});
    return [this.#run, overtaken];
  }
}
