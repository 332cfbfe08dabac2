// The spatial half: frame by frame, 8x8 pixels to one latent. The twin of vae_demo/models/tiny_spatial.py.
import {Convolution} from "./convolution.js";
import {Norm} from "./norm.js";
import {Planes} from "./planes.js";

class Block {
  constructor(core, name, width, groups) {
    this.kernels = core.kernels;
    [this.norm1, this.norm2] = ["norm1", "norm2"].map((part) => new Norm(core, `${name}.${part}`, width, groups, true));
    [this.conv1, this.conv2] = ["conv1", "conv2"].map((part) =>
      new Convolution(core, `${name}.${part}`, [width, width, 3, 3]));
  }

  run(x) {
    const y = this.conv2.run(this.conv1.run(x, {norm: this.norm1}), {norm: this.norm2});
    this.kernels.add(y.at, x.at, y.size);
    return y;
  }
}

// conv_in, three levels of blocks with a step between each two, SiLU, conv_out.
class Half {
  constructor(core, name, {widths, blocks, groups, from, to, step, steps}) {
    const conv = (part, b, a, options) => new Convolution(core, `${name}.${part}`, [b, a, 3, 3], options);
    this.convIn = conv("conv_in", widths[0], from);
    this.levels = widths.map((width, level) => Array.from({length: blocks[level]}, (_, i) =>
      new Block(core, `${name}.levels.${level}.${i}`, width, groups)));
    this.steps = widths.slice(1).map((width, i) => conv(`${steps}.${i}`, width, widths[i], step));
    this.convOut = conv("conv_out", to, widths.at(-1));
  }

  run(x) {
    let y = this.convIn.run(x);
    this.levels.forEach((blocks, level) => {
      if (level) y = this.steps[level - 1].run(y);
      for (const block of blocks) y = block.run(y);
    });
    return this.convOut.run(y, {silu: true});
  }
}

export class Spatial {
  constructor(core, config) {
    const name = "spatial_vae", {latent_channels: latents, norm_groups: groups} = config;
    Object.assign(this, {arena: core.kernels.arena, latents});
    this.encoder = new Half(core, `${name}.encoder`, {widths: config.encoder_widths, blocks: config.encoder_blocks,
      groups, from: 12, to: latents, steps: "down", step: {halve: true}});
    this.decoder = new Half(core, `${name}.decoder`, {widths: config.decoder_widths, blocks: config.decoder_blocks,
      groups, from: latents, to: 12, steps: "up", step: {enlarge: true}});
    [this.shift, this.scale] = ["shift", "scale"].map((part) =>
      core.tensors.take(`${name}.${part}`, [1, latents, 1, 1]));
  }

  // uint8 T H W 3, 0..255 -> float32 T c h w.
  encode(rgb, frames, height, width) {
    const x = this.encoder.run(this.#unshuffled(rgb, frames, height, width)), size = x.height * x.width;
    const latents = new Float32Array(frames * this.latents * size);
    for (let t = 0; t < frames; t++) for (let c = 0; c < this.latents; c++)
      x.read(c, t, latents, (t * this.latents + c) * size, this.scale[c], this.shift[c]);
    return latents;
  }

  // float32 T c h w -> uint8 T H W 4, 0..255, the fourth of each pixel 255.
  decode(latents, height, width) {
    const size = height * width, frames = latents.length / (this.latents * size);
    const z = new Planes(this.arena, this.latents, frames, height, width);
    for (let t = 0; t < frames; t++) for (let c = 0; c < this.latents; c++)
      z.write(c, t, latents, (t * this.latents + c) * size, this.scale[c], this.shift[c]);
    return this.#shuffled(this.decoder.run(z));
  }

  // Pixels in -1..1, those of two rows and two columns as channels: c * 4 + row * 2 + column.
  #unshuffled(rgb, frames, height, width) {
    const x = new Planes(this.arena, 12, frames, height / 2, width / 2), {floats} = this.arena;
    for (let t = 0; t < frames; t++) for (let channel = 0; channel < 12; channel++) {
      const [c, a, b] = [channel >> 2, (channel >> 1) & 1, channel & 1], plane = x.plane(channel, t);
      for (let y = 0; y < x.height; y++) {
        const row = plane + y * x.row, pixel = (t * height + 2 * y + a) * width + b;
        for (let i = 0; i < x.width; i++) floats[row + i] = rgb[(pixel + 2 * i) * 3 + c] / 127.5 - 1;
      }
    }
    return x;
  }

  #shuffled(x) {
    const width = x.width * 2, pixels = x.height * 2 * width, {floats} = this.arena;
    const rgba = new Uint8ClampedArray(x.frames * pixels * 4).fill(255);
    for (let t = 0; t < x.frames; t++) for (let channel = 0; channel < 12; channel++) {
      const [c, a, b] = [channel >> 2, (channel >> 1) & 1, channel & 1], plane = x.plane(channel, t);
      for (let y = 0; y < x.height; y++) {
        const row = plane + y * x.row, pixel = t * pixels + (2 * y + a) * width + b;
        // A clamped array rounds halves to even, as numpy's rint does.
        for (let i = 0; i < x.width; i++) rgba[(pixel + 2 * i) * 4 + c] = (floats[row + i] + 1) * 127.5;
      }
    }
    return rgba;
  }
}
