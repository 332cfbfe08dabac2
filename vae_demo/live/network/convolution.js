// A convolution over channels x frames of planes: 3x3 or 1x1 in space, three or one frames of time, zeros around in
// space and before the first frame. A spatial network's is the case of one frame of time, several frames being several
// pictures.
import {LiveError} from "../failures.js";
import {directly} from "./direct.js";
import {Planes} from "./planes.js";
import {byWinograd} from "./winograd.js";

export class Convolution {
  // shape: of the weights, [to, from, 3, 3] or [to, from, 3, 3, 3] or [to, from, 1, 1, 1].
  // halve: every second row and column. enlarge: of the input at twice its sides. pace: 2 for every second frame.
  constructor({kernels, tensors}, name, shape, {bias = true, halve = false, enlarge = false, pace = 1} = {}) {
    const [to, from] = shape, side = shape.at(-1), time = shape.length === 5 ? shape[2] : 1;
    if (to % 4) throw new LiveError("weights", `${name} has ${to} channels, no multiple of four`);
    Object.assign(this, {kernels, name, to, from, side, time, halve, enlarge, pace});
    // Frames of zeros before the first one.
    this.before = time > 1 ? time - pace : 0;
    this.winograd = side === 3 && !halve;
    this.terms = from * time * (this.winograd ? 1 : side * side);
    const weights = tensors.take(`${name}.weight`, shape), {arena} = kernels;
    const biases = bias ? tensors.take(`${name}.bias`, [to]) : new Float32Array(to);
    this.bias = arena.put(biases);
    this.weights = arena.take(this.terms * to * (this.winograd ? 16 : 1));
    const mark = arena.top, read = arena.put(weights);
    kernels[this.winograd ? "winogradPack" : "pack"](read, this.weights, to, this.terms);
    arena.top = mark;
  }

  // norm: applied to what is read. silu: then that, with a norm always.
  run(x, {norm = null, silu = norm !== null} = {}) {
    if (x.channels !== this.from)
      throw new LiveError("weights", `${this.name} reads ${this.from} channels, not ${x.channels}`);
    const {arena} = this.kernels, by = this.enlarge ? 2 : this.halve ? 0.5 : 1;
    const frames = Math.floor((x.frames + this.before - this.time) / this.pace) + 1;
    const y = new Planes(arena, this.to, frames, x.height * by, x.width * by), mark = arena.top;
    (this.winograd ? byWinograd : directly)(this, x, y, this.#reader(x, norm, silu));
    arena.top = mark;
    return y;
  }

  // (channel, frame, where, stride): lays out what is read of one plane.
  #reader(x, norm, silu) {
    const {kernels} = this, {height, width} = x;
    if (this.enlarge) return (c, t, at) => kernels.enlarge(x.plane(c, t), height, width, at);
    if (this.halve) return (c, t, at, stride) => kernels.part(x.plane(c, t), height, width, at, stride);
    const coefficients = norm?.coefficients(x);
    return (c, t, at) => {
      const [scale, shift] = coefficients?.(c, t) ?? [1, 0];
      kernels.prepare(x.plane(c, t), height, width, at, Number(silu), scale, shift);
    };
  }
}
