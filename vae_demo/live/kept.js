// Results by plan, the latest last; the oldest go where they take more memory than they may.
export class Kept {
  #entries = new Map();

  constructor(mostBytes) {
    Object.assign(this, {mostBytes, bytes: 0});
  }

  // The entry of a key, made where there is none: {frames, scores, latents}, arrays with holes, and the ms that they
  // took. It is the latest now.
  entry(key) {
    const found = this.#entries.get(key) ?? {frames: [], scores: [], latents: [], ms: 0, bytes: 0, gone: false};
    this.#entries.delete(key);
    this.#entries.set(key, found);
    return found;
  }

  get(key) {
    return this.#entries.get(key) ?? null;
  }

  // So many bytes more are in an entry.
  grew(entry, bytes) {
    if (entry.gone) return;
    entry.bytes += bytes;
    this.bytes += bytes;
    this.#drop((_, left) => this.bytes > this.mostBytes && left > 1);
  }

  // All but the latest, which is on show.
  dropOld() {
    this.#drop((_, left) => left > 1);
  }

  clear() {
    this.#drop(() => true);
  }

  #drop(more) {
    for (const [key, entry] of this.#entries) {
      if (!more(entry, this.#entries.size)) return;
      this.#entries.delete(key);
      this.bytes -= entry.bytes;
      entry.gone = true;
    }
  }
}
