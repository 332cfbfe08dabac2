// Playing: what comes after this frame, and how both videos get there together.
import {clamp} from "../shared/format.js";

const AROUND = 4;

export class Playback {
  // others(): further videos that are open, difference pictures or tiles that one canvas could not hold. limits()
  // gives the first and last frame to play and whether to start over; arrived(frame) runs as each is on screen.
  constructor(main, others, limits, arrived) {
    Object.assign(this, {main, others, limits, arrived, playing: false, speed: 1, run: 0});
  }

  get alone() { return !this.others().length; }

  seek(frame) {
    for (const video of [this.main, ...this.others()]) video.seek(frame);
  }

  // Resolves once every video holds `frame`; false when something else was asked for meanwhile.
  show(frame) {
    return Promise.all([this.main, ...this.others()].map((video) => video.show(frame)))
      .then((shown) => shown.every(Boolean));
  }

  async play(from) {
    const {first, last} = this.limits(), start = from >= last || from < first ? first : from;
    this.playing = true;
    const run = ++this.run;
    if (!this.alone) return this.stepThrough(start, run);
    if (start !== from) await this.main.show(start);
    if (run === this.run && this.playing) this.main.play(this.speed);
  }

  pause() {
    this.playing = false;
    this.run++;
    this.main.pause();
  }

  setSpeed(speed) {
    this.speed = speed;
    if (this.playing && this.alone) this.main.play(speed);
  }

  // A frame of the freely running video has been drawn: go on, start over or stop.
  onFrame(frame, stop) {
    if (!this.playing || !this.alone) return;
    const {first, last, loop} = this.limits();
    if (frame < first && loop) return this.main.seek(first);
    this.arrived(clamp(frame, 0, last));
    if (frame < last) return;
    if (!loop) return stop();
    const run = this.run;
    this.main.pause();
    this.main.show(first).then(() => run === this.run && this.playing && this.main.play(this.speed));
  }

  // Several videos are stepped frame by frame: slower than real time where the machine is, but all pictures
  // are always the same frame.
  async stepThrough(start, run) {
    let frame = start, began = performance.now(), shown = start;
    while (run === this.run) {
      await this.show(frame);
      if (run !== this.run) return;
      this.arrived(frame);
      const {first, last, loop} = this.limits();
      const due = shown + Math.floor((performance.now() - began) / 1000 * this.main.fps * this.speed);
      if (frame >= last) {
        if (!loop) return this.limits().stop();
        frame = shown = first;
        began = performance.now();
        continue;
      }
      const next = Math.min(Math.max(due, frame + 1), last);
      const wait = (next - shown) / (this.main.fps * this.speed) * 1000 - (performance.now() - began);
      if (wait > 0) await new Promise((done) => setTimeout(done, wait));
      frame = next;
    }
  }
}

// Which frames to play: all of them, or the nearest border of the selected variant and what surrounds it.
export function limitsOf({model, state, stop}) {
  const last = model.n_frames - 1, v = model.of(state.selected);
  if (state.loop !== "border" || !v.boundaries.length) return {first: 0, last, loop: state.loop === "clip", stop};
  const near = v.boundaries.reduce((best, b) =>
    (Math.abs(b - state.around) < Math.abs(best - state.around) ? b : best));
  return {first: Math.max(near - AROUND, 0), last: Math.min(near + AROUND, last), loop: true, stop};
}
