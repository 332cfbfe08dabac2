// The clock: which frame is on screen, while it plays and at rest. Pictures are all there, so a timer is enough.
const LOOP_AROUND = 4;

// limits(): {first, last, loop} of what plays. show(frame): it is on screen now. stopped(): it has come to its end.
export class FrameClock {
  constructor({limits, fps, show, stopped}) {
    Object.assign(this, {limits, fps, show, stopped, playing: false, speed: 1, from: 0, began: 0});
  }

  play(frame) {
    const {first, last} = this.limits();
    this.playing = true;
    this.begin(frame >= last || frame < first ? first : frame);
    requestAnimationFrame((now) => this.tick(now));
  }

  begin(frame) {
    this.from = this.at = frame;
    this.began = performance.now();
  }

  tick(now) {
    if (!this.playing) return;
    const {first, last, loop} = this.limits();
    const frame = this.from + Math.floor(Math.max(now - this.began, 0) / 1000 * this.fps() * this.speed);
    if (frame > last && !loop) {
      this.show(last);
      this.pause();
      return this.stopped();
    }
    if (frame > last) this.begin(first);
    else if (frame !== this.at) this.show(this.at = frame);
    if (frame > last) this.show(first);
    requestAnimationFrame((later) => this.tick(later));
  }

  setSpeed(speed) {
    if (this.playing) this.begin(this.at);
    this.speed = speed;
  }

  pause() { this.playing = false; }
}

// All frames, or the event next to `around` and what surrounds it.
export function loopLimits({main, events, n}, {loop, around}) {
  if (!loop || !main) return {first: 0, last: n - 1, loop};
  const near = events.reduce((best, t) => (Math.abs(t - around) < Math.abs(best - around) ? t : best));
  return {first: Math.max(near - LOOP_AROUND, 0), last: Math.min(near + LOOP_AROUND, n - 1), loop: true};
}
