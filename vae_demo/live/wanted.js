// The rule while a hand drags: what has begun goes on until the frame in view has appeared, then the newest plan wins.
//
// Cancelling at every step would leave every size without a picture; finishing every size would fall behind the hand.
// Every call back says of which plan it is, so that no picture stands under another's number.

export class Wanted {
  #engine; #cursor; #tell; #run = null; #waiting = null;

  // engine: has run() and known(). cursor(): the frame in view. tell: {begin(plan), frame(plan, index, rgba, psnr),
  // done(plan, {frames, ms}), failed(plan, error)}: begin comes before any frame of a plan, and after it no other plan
  // has any. done or failed is missing where another plan has overtaken this one.
  constructor(engine, {cursor, begin, frame, done, failed}) {
    this.#engine = engine;
    this.#cursor = cursor;
    this.#tell = {begin, frame, done, failed};
  }

  // The plan whose pictures come, and the one that comes after it; null for none.
  get current() {
    return this.#run?.plan ?? null;
  }

  get waiting() {
    return this.#waiting;
  }

  // Shows a plan: at once where nothing is in the way or all of it is known, else when the frame in view is there.
  show(plan) {
    this.#waiting = null;
    if (this.#run?.plan.key === plan.key && !this.#run.failed) return;
    if (this.#run && !this.#run.seen && !this.#run.over && !this.#engine.known(plan)) this.#waiting = plan;
    else this.#begin(plan);
  }

  // As if nothing had been shown: after another clip.
  forget() {
    this.#run = this.#waiting = null;
  }

  #begin(plan) {
    const run = {plan, seen: false, over: false, failed: false, has: new Set()}, mine = () => this.#run === run;
    this.#run = run;
    this.#tell.begin(plan);
    const onFrame = (index, rgba, psnr) => {
      if (!mine()) return;
      run.has.add(index);
      this.#tell.frame(plan, index, rgba, psnr);
      if (run.has.has(this.#cursor())) this.#see(run);
    };
    this.#engine.run(plan, {cursor: this.#cursor, onFrame}).then((result) => {
      run.over = true;
      if (mine()) this.#tell.done(plan, result);
    }, (error) => {
      run.over = run.failed = true;
      if (mine() && !error.stale) this.#tell.failed(plan, error);
    }).finally(() => this.#see(run));
  }

  // Before the next turn, in which a worker that has just become free would begin what nobody wants any more. Nothing
  // is lost: while a plan waits, its size is on show, and no picture of the one before.
  #see(run) {
    if (run.seen) return;
    run.seen = true;
    queueMicrotask(() => {
      if (this.#run !== run || !this.#waiting) return;
      const next = this.#waiting;
      this.#waiting = null;
      this.#begin(next);
    });
  }
}
