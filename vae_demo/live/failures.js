// What may go wrong in the engine, each with a name that whoever shows it has a sentence for.
//
// unsupported   this browser has no WebAssembly with SIMD, or starts no worker from a blob
// weights       the weights file is not one this engine can run in full
// memory        the browser gave no more memory
// worker        a worker could not be started, or died three times over the same work
// hung          the same, by not answering
// clip          a clip whose sides or length this engine cannot take
// stale         another run, another clip or the end has overtaken this one
// closed        the engine has been closed
export const CASES = ["unsupported", "weights", "memory", "worker", "hung", "clip", "stale", "closed"];

export class LiveError extends Error {
  constructor(name, message = name) {
    super(message);
    if (!CASES.includes(name)) throw new TypeError(`there is no case ${name}`);
    this.case = name;
    this.stale = name === "stale";
  }
}

// The case of any error: browsers say that there is no memory in several ways, all of them RangeErrors.
export const caseOf = (error) => error?.case ?? (error instanceof RangeError ? "memory" : "worker");
