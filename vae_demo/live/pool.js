// Workers and the tasks that wait for them, the nearest first.
//
// A task is {job, message(), rank(), alive(), work}: what a worker is asked, made when it is handed out; how far off it
// is; whether anybody still wants it; how much it is, for the time it may take.
import {LiveError, caseOf} from "./failures.js";
import {Hand} from "./hand.js";

// How often a task or a model that opens is tried with another worker.
const MOST_TRIES = 3;
// How long a worker may be silent: three hundred times what a frame takes, and more by what there is to do, for phones.
const PATIENCE = {ms: 10000, msPerWork: 5};

export class Pool {
  #start; #opening; #patience; #hands = new Set(); #queue = []; #paused = false; #failed = null; #due = false;
  #opened; #failedToOpen = 0;

  // start(): a worker. opening(): the message that makes it ready. count: how many.
  constructor({start, opening, count, patience = PATIENCE}) {
    Object.assign(this, {count, lost: 0});
    [this.#start, this.#opening, this.#patience] = [start, opening, patience];
    // Of the first worker that is ready; the others come while it works.
    this.opened = new Promise((resolve, reject) => { this.#opened = {resolve, reject}; });
    this.#fill();
  }

  // Resolves with what the worker answers. Rejects with "stale" where nobody wants the task any more when it is due.
  ask(task) {
    if (this.#failed) return Promise.reject(this.#failed);
    return new Promise((resolve, reject) => {
      this.#queue.push({...task, tries: 0, resolve, reject});
      this.#soon();
    });
  }

  get bytes() {
    return [...this.#hands].reduce((sum, hand) => sum + hand.bytes, 0);
  }

  get workers() {
    return this.#hands.size;
  }

  // Lets go of all workers and their memory; what they were doing is done again after resume().
  pause() {
    this.#paused = true;
    for (const hand of this.#hands) {
      hand.end();
      if (hand.task) this.#queue.push(hand.task);
    }
    this.#hands.clear();
  }

  resume() {
    if (!this.#paused || this.#failed) return;
    this.#paused = false;
    this.#fill();
  }

  // For good: everything that waits, and whatever is asked later, is refused with this.
  fail(error) {
    if (this.#failed) return;
    this.pause();
    this.#failed = error;
    this.#opened.reject(error);
    for (const task of this.#queue.splice(0)) task.reject(error);
  }

  // Drops what nobody wants, so that whoever waits for it hears at once.
  sweep() {
    const left = this.#queue.filter((task) => task.alive());
    for (const task of this.#queue.splice(0, Infinity, ...left)) if (!task.alive()) task.reject(new LiveError("stale"));
  }

  #fill() {
    while (this.#hands.size < this.count && !this.#failed && !this.#paused) {
      try {
        const hand = new Hand(this.#start(), (gone, error) => this.#without(gone, error));
        this.#hands.add(hand);
        hand.give("open", this.#opening(), this.#patience.ms,
          (error) => error ? this.#without(hand, error) : this.#ready(hand));
      } catch (error) {
        this.fail(new LiveError("unsupported", error.message));
      }
    }
  }

  #ready(hand) {
    hand.ready = true;
    this.#failedToOpen = 0;
    this.#opened.resolve();
    this.#soon();
  }

  // One is gone, or of no use. Its task goes to another, unless it has cost three of them.
  #without(hand, error) {
    hand.end();
    this.#hands.delete(hand);
    this.lost += 1;
    const {task} = hand;
    if (task) {
      task.tries += 1;
      if (task.tries < MOST_TRIES) this.#queue.push(task);
      else task.reject(error);
    } else if (!hand.ready) {
      this.#failedToOpen += 1;
      // Where there is no memory for one more, those that are there do.
      if (error.case === "memory" && this.#hands.size) this.count = this.#hands.size;
      else if (error.case !== "worker" && error.case !== "hung" || this.#failedToOpen >= MOST_TRIES) this.fail(error);
    }
    this.#fill();
    this.#soon();
  }

  // In a later turn of the event loop, when everything that has just become possible is in the queue: else the chunk
  // after would begin before the pixels of the one that is looked at were asked for.
  #soon() {
    if (this.#due) return;
    this.#due = true;
    setTimeout(() => {
      this.#due = false;
      this.#handOut();
    });
  }

  #handOut() {
    if (this.#paused) return;
    this.sweep();
    for (const hand of this.#hands) {
      if (!hand.ready || hand.busy || !this.#queue.length) continue;
      const ranks = this.#queue.map((task) => task.rank()), nearest = ranks.indexOf(Math.min(...ranks));
      const [task] = this.#queue.splice(nearest, 1), message = this.#messageOf(task);
      if (!message) continue;
      hand.task = task;
      hand.give(task.job, message, this.#patience.ms + this.#patience.msPerWork * task.work,
        (error, data) => this.#over(hand, error, data));
    }
  }

  // A message is a copy of what may be large, for which there may be no memory.
  #messageOf(task) {
    try {
      return task.message();
    } catch (error) {
      task.reject(new LiveError(caseOf(error), error.message));
      this.#soon();
      return null;
    }
  }

  #over(hand, error, data) {
    // What went wrong in there may have left anything behind; but a browser without memory has none for another either.
    if (error?.case === "worker") {
      this.#without(hand, error);
      return;
    }
    const {task} = hand;
    hand.task = null;
    if (error) task.reject(error);
    else task.resolve(data);
    this.#soon();
  }
}
