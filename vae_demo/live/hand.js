// One worker and the one thing it does at a time.
import {LiveError, caseOf} from "./failures.js";

export class Hand {
  #id = 0; #timer = null; #over = null; #lost;

  // worker: anything with postMessage, onmessage, onerror and terminate, as a Worker is.
  // lost(hand, error): called once, when it died, whatever it was doing, or did not answer in time.
  constructor(worker, lost) {
    Object.assign(this, {worker, bytes: 0, ready: false, task: null});
    this.#lost = lost;
    worker.onmessage = ({data}) => this.#answered(data);
    worker.onerror = (event) => this.#gone(new LiveError("worker", event?.message ?? "a worker failed"));
    worker.onmessageerror = worker.onerror;
  }

  get busy() {
    return this.#over !== null;
  }

  // over(error, data): what came back, or what went wrong in there.
  give(job, message, patience, over) {
    this.#over = over;
    this.#id += 1;
    this.#timer = setTimeout(() => this.#gone(new LiveError("hung", `no answer to ${job}`)), patience);
    try {
      // What is transferred is gone here: `message` is made for this call, from copies.
      this.worker.postMessage({id: this.#id, job, ...message}, message.data ? [message.data.buffer] : []);
    } catch (error) {
      // A browser may have no memory for a copy of what is not transferred.
      this.#gone(new LiveError(caseOf(error), error.message));
    }
  }

  end() {
    this.#over = null;
    clearTimeout(this.#timer);
    this.worker.onmessage = this.worker.onerror = this.worker.onmessageerror = null;
    this.worker.terminate();
  }

  #answered({id, data, bytes, error}) {
    const over = this.#over;
    if (id !== this.#id || !over) return;
    this.#over = null;
    clearTimeout(this.#timer);
    this.bytes = bytes ?? this.bytes;
    over(error ? new LiveError(error.case, error.message) : null, data);
  }

  #gone(error) {
    this.end();
    this.#lost(this, error);
  }
}
