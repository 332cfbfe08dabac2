// The temporal half: a chunk of frames of spatial latents to one latent per four, and back. The twin of
// vae_demo/models/temporal.py; which frames make a chunk is a plan's business.
import {Convolution} from "./convolution.js";
import {Norm} from "./norm.js";
import {Planes} from "./planes.js";

const cube = (to, from, side) => [to, from, side, side, side];

class Block {
  constructor(core, name, from, to, groups) {
    const conv = (part, width, side) =>
      new Convolution(core, `${name}.${part}.conv`, cube(to, width, side), {bias: false});
    this.kernels = core.kernels;
    this.norm1 = new Norm(core, `${name}.norm1`, from, groups, false);
    this.conv1 = conv("conv1", from, 3);
    this.norm2 = new Norm(core, `${name}.norm2`, to, groups, false);
    this.conv2 = conv("conv2", to, 3);
    this.conv3 = from === to ? null : conv("conv3", from, 1);
  }

  run(x) {
    const y = this.conv2.run(this.conv1.run(x, {norm: this.norm1}), {norm: this.norm2});
    const skip = this.conv3 ? this.conv3.run(x) : x;
    this.kernels.add(y.at, skip.at, y.size);
    return y;
  }
}

const run = (blocks, x) => blocks.reduce((y, block) => block.run(y), x);

function blocksOf(core, name, from, to, {n_res_blocks: count, n_groups: groups}) {
  return Array.from({length: count}, (_, i) => new Block(core, `${name}.${i}`, i ? to : from, to, groups));
}

class Encoder {
  constructor(core, config) {
    const name = "temporal_vae.encoder", widths = config.multipliers.map((by) => by * config.filters);
    const last = widths.at(-1), latents = 2 * config.latent_channels;
    this.convIn = new Convolution(
      core, `${name}.conv_in.conv`, cube(config.filters, config.in_channels, 3), {bias: false});
    this.levels = widths.map((width, level) => ({
      blocks: blocksOf(core, `${name}.block_res_blocks.${level}`, widths[level - 1] ?? config.filters, width, config),
      down: config.temporal_downsample[level]
        ? new Convolution(core, `${name}.conv_blocks.${level}.conv`, cube(width, width, 3), {pace: 2}) : null,
    }));
    this.blocks = blocksOf(core, `${name}.res_blocks`, last, last, config);
    this.norm = new Norm(core, `${name}.norm1`, last, config.n_groups, false);
    this.conv2 = new Convolution(core, `${name}.conv2.conv`, cube(latents, last, 1));
    this.quant = new Convolution(core, "temporal_vae.quant_conv.conv", cube(latents, latents, 1));
  }

  // The mean is the first half of what comes out; nobody draws from the variance.
  run(x) {
    let y = this.convIn.run(x);
    for (const {blocks, down} of this.levels) {
      y = run(blocks, y);
      if (down) y = down.run(y);
    }
    return this.quant.run(this.conv2.run(run(this.blocks, y), {norm: this.norm}));
  }
}

class Decoder {
  constructor(core, config) {
    const name = "temporal_vae.decoder", widths = config.multipliers.map((by) => by * config.filters);
    const last = widths.at(-1), latents = config.latent_channels;
    this.arena = core.kernels.arena;
    this.postQuant = new Convolution(core, "temporal_vae.post_quant_conv.conv", cube(latents, latents, 1));
    this.conv1 = new Convolution(core, `${name}.conv1.conv`, cube(last, latents, 3));
    this.blocks = blocksOf(core, `${name}.res_blocks`, last, last, config);
    this.levels = widths.map((width, level) => ({
      blocks: blocksOf(core, `${name}.block_res_blocks.${level}`, widths[level + 1] ?? last, width, config),
      up: level && config.temporal_downsample[level - 1]
        ? new Convolution(core, `${name}.conv_blocks.${level - 1}.conv`, cube(2 * width, width, 3)) : null,
    })).reverse();
    this.norm = new Norm(core, `${name}.norm1`, widths[0], config.n_groups, false);
    this.convOut = new Convolution(core, `${name}.conv_out.conv`, cube(config.in_channels, widths[0], 3));
  }

  run(z) {
    let y = run(this.blocks, this.conv1.run(this.postQuant.run(z)));
    for (const {blocks, up} of this.levels) {
      y = run(blocks, y);
      if (up) y = this.#depthToTime(up.run(y));
    }
    return this.convOut.run(y, {norm: this.norm});
  }

  // out[c][2t + s] = in[2c + s][t].
  #depthToTime(x) {
    const y = new Planes(this.arena, x.channels / 2, x.frames * 2, x.height, x.width);
    for (let c = 0; c < y.channels; c++)
      for (let t = 0; t < y.frames; t++) y.copy(c, t, x, 2 * c + t % 2, Math.floor(t / 2));
    return y;
  }
}

export class Temporal {
  constructor(core, config) {
    const {in_channels: frame, latent_channels: latents} = config;
    Object.assign(this, {kernels: core.kernels, arena: core.kernels.arena, channels: frame, latents});
    this.stride = 2 ** config.temporal_downsample.filter(Boolean).length;
    this.encoder = new Encoder(core, config);
    this.decoder = new Decoder(core, config);
    const shortcut = (part, shape) => config.linear_shortcut
      ? new Convolution(core, `temporal_vae.shortcut.${part}`, shape, {bias: false}) : null;
    this.fold = shortcut("fold", cube(latents, frame * this.stride, 1));
    this.unfold = shortcut("unfold", cube(frame * this.stride, latents, 1));
    [this.shift, this.scale] = ["shift", "scale"].map((part) => core.tensors.take(part, [1, latents, 1, 1, 1]));
  }

  // One chunk of spatial latents, float32 T c h w -> its latents, float32 K z h w. What its length lacks to a multiple
  // of the stride comes before it, as zeros.
  encode(chunk, height, width) {
    const size = height * width, frames = chunk.length / (this.channels * size);
    const pads = (this.stride - frames % this.stride) % this.stride;
    const x = new Planes(this.arena, this.channels, pads + frames, height, width);
    this.kernels.zero(x.at, x.size);
    for (let t = 0; t < frames; t++)
      for (let c = 0; c < this.channels; c++) x.write(c, pads + t, chunk, (t * this.channels + c) * size);
    const y = this.encoder.run(x), shortcut = this.fold?.run(this.#grouped(x));
    const latents = new Float32Array(y.frames * this.latents * size);
    for (let c = 0; c < this.latents; c++) for (let k = 0; k < y.frames; k++) {
      if (shortcut) this.kernels.add(y.plane(c, k), shortcut.plane(c, k), y.stride);
      y.read(c, k, latents, (k * this.latents + c) * size, this.scale[c], this.shift[c]);
    }
    return latents;
  }

  // Latents float32 K z h w -> slots, float32 K * stride c h w; which of them are frames is the plan's business.
  decode(latents, height, width) {
    const size = height * width, count = latents.length / (this.latents * size);
    const z = new Planes(this.arena, this.latents, count, height, width);
    for (let k = 0; k < count; k++) for (let c = 0; c < this.latents; c++)
      z.write(c, k, latents, (k * this.latents + c) * size, this.scale[c], this.shift[c]);
    const y = this.decoder.run(z), shortcut = this.unfold?.run(z);
    const slots = new Float32Array(y.frames * this.channels * size);
    for (let c = 0; c < this.channels; c++) for (let t = 0; t < y.frames; t++) {
      const [group, within] = [Math.floor(t / this.stride), t % this.stride];
      if (shortcut) this.kernels.add(y.plane(c, t), shortcut.plane(c * this.stride + within, group), y.stride);
      y.read(c, t, slots, (t * this.channels + c) * size);
    }
    return slots;
  }

  // The frames of a group as channels: c * stride + frame.
  #grouped(x) {
    const y = new Planes(this.arena, x.channels * this.stride, x.frames / this.stride, x.height, x.width);
    for (let c = 0; c < y.channels; c++) for (let k = 0; k < y.frames; k++)
      y.copy(c, k, x, Math.floor(c / this.stride), k * this.stride + c % this.stride);
    return y;
  }
}
