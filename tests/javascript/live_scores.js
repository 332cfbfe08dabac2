// node, after `scores` of live/scores.js: dB of every frame of two files, the first as RGBA.
const {readFileSync} = require("node:fs");
const [ours, theirs, frames, height, width] = process.argv.slice(2);
const [rgba, rgb] = [ours, theirs].map((path) => new Uint8ClampedArray(readFileSync(path)));
const one = height * width * 4;
console.log(JSON.stringify(Array.from({length: Number(frames)}, (_, i) =>
  scores.psnrOf(rgba.subarray(i * one, (i + 1) * one), rgb, i, Number(height), Number(width)))));
