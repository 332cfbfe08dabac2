// The linear memory of the kernels, handed out in floats from the bottom up and let go of back to a mark.
// Half a gigabyte at most: an address space of 32 bits may have no more in one piece.
const PAGE = 65536, STEP_PAGES = 32, MOST_PAGES = 8192;
// Kernels read and write up to eight floats past what they were given (wasm/planes.h), by rows of up to twelve.
const ROOM = 24;

export class Arena {
  // floats and integers: views of all memory. They are other objects after take(): read them anew.
  constructor(memory, firstByte) {
    this.memory = memory;
    this.top = Math.ceil(firstByte / 64) * 16;
    this.#look();
  }

  // So many floats from here on: an index into `floats`. They hold what was there before.
  take(count) {
    const at = this.top;
    this.top = (at + count + ROOM + 3) & ~3;
    const missing = this.top * 4 - this.memory.buffer.byteLength;
    if (missing > 0) {
      const left = MOST_PAGES - this.memory.buffer.byteLength / PAGE;
      this.memory.grow(Math.max(Math.ceil(missing / PAGE), Math.min(STEP_PAGES, left)));
      this.#look();
    }
    return at;
  }

  // Copied in, for good or until what was taken before is let go of.
  put(values) {
    const at = this.take(values.length);
    this.floats.set(values, at);
    return at;
  }

  #look() {
    this.floats = new Float32Array(this.memory.buffer);
    this.integers = new Int32Array(this.memory.buffer);
  }
}

export const newMemory = () => new WebAssembly.Memory({initial: 16, maximum: MOST_PAGES});
