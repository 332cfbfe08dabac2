// Channels x frames of planes in the arena, as wasm/planes.h lays them out.
const BORDER = 2, SPARE = 8;
export const upToEight = (count) => (count + 7) & ~7;

export class Planes {
  // What is in them is whatever was there before.
  constructor(arena, channels, frames, height, width) {
    Object.assign(this, {arena, channels, frames, height, width});
    this.row = width + BORDER;
    // Eight floats to spare: what is written in eights must not run over into the plane after.
    this.stride = upToEight(height * this.row) + SPARE;
    this.at = arena.take(channels * frames * this.stride);
  }

  plane(channel, frame) {
    return this.at + (channel * this.frames + frame) * this.stride;
  }

  get size() {
    return this.channels * this.frames * this.stride;
  }

  // `values` from `start`, height x width -> a plane, each of them times scale plus shift.
  write(channel, frame, values, start, scale = 1, shift = 0) {
    const {floats} = this.arena, to = this.plane(channel, frame);
    for (let y = 0, at = start; y < this.height; y++) {
      const row = to + y * this.row;
      for (let x = 0; x < this.width; x++) floats[row + x] = values[at++] * scale + shift;
    }
  }

  // A plane -> `values` from `start`, each of them less shift, by scale.
  read(channel, frame, values, start, scale = 1, shift = 0) {
    const {floats} = this.arena, from = this.plane(channel, frame);
    for (let y = 0, at = start; y < this.height; y++) {
      const row = from + y * this.row;
      for (let x = 0; x < this.width; x++) values[at++] = (floats[row + x] - shift) / scale;
    }
  }

  // Plane by plane, from planes of the same height and width.
  copy(channel, frame, other, otherChannel, otherFrame) {
    const from = other.plane(otherChannel, otherFrame);
    this.arena.floats.copyWithin(this.plane(channel, frame), from, from + this.stride);
  }
}
