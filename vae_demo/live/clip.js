// A clip and its spatial latents, which every plan shares; frames are encoded when the first plan needs them.
import {LiveError} from "./failures.js";

// Frames that are one task: two cost less than twice one, and a picture never waits for long.
const STEP = 2;
const MOST_FRAMES = 4096, MOST_SIDE = 1024;

export class Clip {
  #tasks = []; #pool;

  // rgb: uint8 T H W 3. model: {channels, factor, stride}.
  constructor({rgb, frames, height, width}, {channels, factor, stride}, pool) {
    const fits = (side) => Number.isInteger(side) && side > 0 && side <= MOST_SIDE && side % factor === 0;
    const whole = rgb.length === frames * height * width * 3;
    if (!fits(height) || !fits(width) || !(frames > 0 && frames <= MOST_FRAMES) || !whole)
      throw new LiveError("clip", `${frames} frames of ${height} x ${width} in ${rgb.length} bytes`);
    Object.assign(this, {rgb, frames, height, width, stride, current: true});
    const latent = {height: height / factor, width: width / factor};
    this.latent = {...latent, size: channels * latent.height * latent.width};
    // T c h w.
    this.spatial = new Float32Array(frames * this.latent.size);
    this.#pool = pool;
  }

  get bytes() {
    return this.rgb.byteLength + this.spatial.byteLength;
  }

  // Resolves when the spatial latents of these frames are there. rank() and alive() are those of whoever wants them: of
  // a chunk that is near, its far frames come before near ones of another chunk.
  encoded(start, stop, rank, alive) {
    const tasks = [];
    for (let i = Math.floor(start / STEP); i * STEP < stop; i++) {
      const task = this.#tasks[i] ??= {wanting: []};
      // Only while it waits: what is done would hold on to everybody who ever wanted it.
      task.wanting?.push({rank, alive});
      tasks.push(task.done ??= this.#encode(i, task));
    }
    return Promise.all(tasks);
  }

  async #encode(i, task) {
    const start = i * STEP, stop = Math.min(start + STEP, this.frames), {height, width} = this;
    const frame = height * width * 3;
    const rank = () => Math.min(...task.wanting.map((each) => each.alive() ? each.rank() : Infinity));
    try {
      const latents = await this.#pool.ask({
        job: "encodeFrames", rank, alive: () => this.current,
        message: () => ({rgb: this.rgb.slice(start * frame, stop * frame), frames: stop - start, height, width}),
        work: (stop - start) * this.latent.height * this.latent.width});
      this.spatial.set(latents, start * this.latent.size);
      task.wanting = null;
    } catch (error) {
      this.#tasks[i] = undefined;
      throw error;
    }
  }
}
