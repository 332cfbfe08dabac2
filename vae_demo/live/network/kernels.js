// The kernels of wasm/*.c over an arena. They count in bytes, everything here in floats.
import {Arena, newMemory} from "./arena.js";

// module: a compiled WebAssembly.Module of vae.wasm.
export function openKernels(module) {
  const memory = newMemory(), {exports: raw} = new WebAssembly.Instance(module, {env: {memory}});
  const arena = new Arena(memory, raw.heap_base());
  return {
    arena,
    // Bytes of half precision numbers -> single ones.
    fromHalves(bytes) {
      const mark = arena.top, count = bytes.byteLength / 2;
      const from = arena.take(Math.ceil(count / 2)), to = arena.take(count);
      new Uint16Array(memory.buffer, from * 4, count).set(new Uint16Array(bytes));
      raw.from_halves(from * 4, to * 4, count);
      arena.top = mark;
      return arena.floats.slice(to, to + count);
    },
    zero: (to, count) => raw.zero(to * 4, count),
    add: (to, other, count) => raw.add(to * 4, other * 4, count),
    convolve: (from, offsets, terms, weights, bias, to, channels, count, stride) =>
      raw.convolve(from * 4, offsets * 4, terms, weights * 4, bias * 4, to * 4, channels, count, stride),
    pack: (weights, to, channels, terms) => raw.pack(weights * 4, to * 4, channels, terms),
    winogradPack: (weights, to, channels, terms) => raw.winograd_pack(weights * 4, to * 4, channels, terms),
    winogradIn: (from, height, width, to, stride, enlarged) =>
      raw.winograd_in(from * 4, height, width, to * 4, stride, enlarged),
    winogradOut: (from, height, width, to, stride, bias, enlarged) =>
      raw.winograd_out(from * 4, height, width, to * 4, stride, bias, enlarged),
    prepare: (from, height, width, to, silu, scale, shift) =>
      raw.prepare(from * 4, height, width, to * 4, silu, scale, shift),
    enlarge: (from, height, width, to) => raw.enlarge(from * 4, height, width, to * 4),
    part: (from, height, width, to, stride) => raw.part(from * 4, height, width, to * 4, stride),
    moments: (first, channels, channelStride, frames, frameStride, height, width, to) =>
      raw.moments(first * 4, channels, channelStride, frames, frameStride, height, width, to * 4),
  };
}
