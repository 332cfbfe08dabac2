// GroupNorm, as a scale and a shift per channel for whoever reads the planes next.
import {LiveError} from "../failures.js";

const EPSILON = 1e-5;

export class Norm {
  // perFrame: every frame is normed alone, as in the spatial half; else all frames of a chunk together, pads included.
  constructor({kernels, tensors}, name, channels, groups, perFrame) {
    if (channels % groups) throw new LiveError("weights", `${name} has ${channels} channels in ${groups} groups`);
    Object.assign(this, {kernels, groups, perFrame, width: channels / groups});
    this.weight = tensors.take(`${name}.weight`, [channels]);
    this.bias = tensors.take(`${name}.bias`, [channels]);
    this.moments = kernels.arena.take(2);
  }

  // (channel, frame) -> [scale, shift].
  coefficients(x) {
    const all = Array.from({length: this.perFrame ? x.frames : 1}, (_, frame) => this.#of(x, frame));
    return (channel, frame) => all[this.perFrame ? frame : 0][channel];
  }

  #of(x, frame) {
    const found = [], {kernels, width, moments} = this, {floats} = kernels.arena;
    for (let group = 0; group < this.groups; group++) {
      const first = group * width;
      kernels.moments(x.plane(first, frame), width, x.frames * x.stride, this.perFrame ? 1 : x.frames, x.stride,
        x.height, x.width, moments);
      const [mean, variance] = [floats[moments], floats[moments + 1]], by = 1 / Math.sqrt(variance + EPSILON);
      for (let channel = first; channel < first + width; channel++) {
        const scale = this.weight[channel] * by;
        found.push([scale, this.bias[channel] - mean * scale]);
      }
    }
    return found;
  }
}
