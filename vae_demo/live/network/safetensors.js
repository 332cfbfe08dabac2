// A .safetensors file: eight bytes that say how long the header is, the header as JSON, then the numbers.
import {LiveError} from "../failures.js";

const MOST_HEADER = 1 << 20;

function header(buffer) {
  try {
    const size = Number(new DataView(buffer).getBigUint64(0, true));
    if (size > MOST_HEADER) throw new RangeError(`a header of ${size} bytes`);
    return {found: JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, 8, size))), begin: 8 + size};
  } catch (error) {
    throw new LiveError("weights", `not a .safetensors file: ${error.message}`);
  }
}

// The tensors of a file, each taken once and of the shape that is said; done() throws where one was left.
export class Tensors {
  #buffer; #begin; #left; #fromHalves;

  // fromHalves: bytes of half precision numbers -> a Float32Array.
  constructor(buffer, fromHalves) {
    this.#fromHalves = fromHalves;
    const {found: {__metadata__: metadata, ...tensors}, begin} = header(buffer);
    this.metadata = metadata ?? {};
    this.#buffer = buffer;
    this.#begin = begin;
    this.#left = new Map(Object.entries(tensors));
  }

  take(name, shape) {
    const found = this.#left.get(name), count = shape.reduce((product, side) => product * side, 1);
    if (!found) throw new LiveError("weights", `there is no ${name}, or it is wanted twice`);
    if (found.shape.join() !== shape.join())
      throw new LiveError("weights", `${name} is ${found.shape.join(" x ")}, not ${shape.join(" x ")}`);
    this.#left.delete(name);
    const values = this.#numbers(name, found);
    if (values.length !== count) throw new LiveError("weights", `${name} has ${values.length} numbers`);
    return values;
  }

  done() {
    if (this.#left.size) throw new LiveError("weights", `nothing uses ${[...this.#left.keys()].sort().join(", ")}`);
  }

  #numbers(name, {dtype, data_offsets: [from, to]}) {
    // A copy, because numbers in the file lie where a view of them cannot begin.
    const bytes = this.#buffer.slice(this.#begin + from, this.#begin + to);
    if (bytes.byteLength !== to - from) throw new LiveError("weights", `the file ends in ${name}`);
    if (dtype === "F16") return this.#fromHalves(bytes);
    if (dtype === "F32") return new Float32Array(bytes);
    throw new LiveError("weights", `${name} is ${dtype}, neither F16 nor F32`);
  }
}
