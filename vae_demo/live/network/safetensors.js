// A .safetensors file: eight bytes that say how long the header is, the header as JSON, then the numbers.
import {LiveError} from "../failures.js";

const MOST_HEADER = 1 << 20;
const BYTES = {F16: 2, F32: 4};

// {metadata, tensors: {name: {dtype, shape, data_offsets}}, begin}: of what a header may say wrong, nothing is left to
// whoever reads it.
function header(buffer) {
  try {
    const size = Number(new DataView(buffer).getBigUint64(0, true)), begin = 8 + size;
    if (size > MOST_HEADER) throw new RangeError(`a header of ${size} bytes`);
    const found = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, 8, size)));
    const {__metadata__: metadata = {}, ...tensors} = found;
    return {metadata: isObject(metadata) ? metadata : {}, tensors: checked(tensors, buffer.byteLength - begin), begin};
  } catch (error) {
    throw new LiveError("weights", `not a .safetensors file: ${error.message}`);
  }
}

const isObject = (value) => typeof value === "object" && value !== null && !Array.isArray(value);
const isCount = (value) => Number.isSafeInteger(value) && value >= 0;
const areCounts = (values) => Array.isArray(values) && values.every(isCount);

// The tensors, where each begins at the end of the one before, and the last one ends with the file.
function checked(tensors, bytes) {
  let end = 0;
  const odd = Object.keys(tensors).find((name) => !isObject(tensors[name]) || !areCounts(tensors[name].shape) ||
    !areCounts(tensors[name].data_offsets) || tensors[name].data_offsets.length !== 2);
  if (odd !== undefined) throw new TypeError(`${odd} has no shape or no place`);
  const inOrder = Object.entries(tensors).sort(([, a], [, b]) => a.data_offsets[0] - b.data_offsets[0] ||
    a.data_offsets[1] - b.data_offsets[1]);
  for (const [name, {data_offsets: [from, to]}] of inOrder) {
    if (from !== end || to < from) throw new RangeError(`${name} begins in another tensor, or after a gap`);
    if (to > bytes) throw new RangeError(`the file ends in ${name}`);
    end = to;
  }
  if (end !== bytes) throw new RangeError("there is more in the file than it says");
  return tensors;
}

// The tensors of a file, each taken once and of the shape that is said; done() throws where one was left.
export class Tensors {
  #buffer; #begin; #left; #fromHalves;

  // fromHalves: bytes of half precision numbers -> a Float32Array.
  constructor(buffer, fromHalves) {
    this.#fromHalves = fromHalves;
    const {metadata, tensors, begin} = header(buffer);
    this.metadata = metadata;
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
    return this.#numbers(name, found, count);
  }

  done() {
    if (this.#left.size) throw new LiveError("weights", `nothing uses ${[...this.#left.keys()].sort().join(", ")}`);
  }

  #numbers(name, {dtype, data_offsets: [from, to]}, count) {
    if (!Object.hasOwn(BYTES, dtype)) throw new LiveError("weights", `${name} is ${dtype}, neither F16 nor F32`);
    if (to - from !== count * BYTES[dtype]) throw new LiveError("weights", `${name} has ${to - from} bytes`);
    // A copy, because numbers in the file lie where a view of them cannot begin.
    const bytes = this.#buffer.slice(this.#begin + from, this.#begin + to);
    return dtype === "F16" ? this.#fromHalves(bytes) : new Float32Array(bytes);
  }
}
