// The tiny VAE over the kernels: weights straight from a .safetensors file, in node, a page or a worker.
import {LiveError} from "../failures.js";
import {configuration} from "./configuration.js";
import {openKernels} from "./kernels.js";
import {Tensors} from "./safetensors.js";
import {Spatial} from "./spatial.js";
import {Temporal} from "./temporal.js";

// What engine.js counts on.
const CHANNELS = 16, STRIDE = 4;

// module: a compiled WebAssembly.Module of vae.wasm. weights: an ArrayBuffer of the file. Throws a LiveError "weights"
// where the file has a layer that is not known, lacks one, or has one of another shape.
export function openVae(module, weights) {
  const kernels = openKernels(module), tensors = new Tensors(weights, kernels.fromHalves), core = {kernels, tensors};
  const config = configuration(tensors.metadata);
  if (config.spatial.latent_channels !== config.temporal.in_channels)
    throw new LiveError("weights", "the halves do not fit each other");
  const spatial = new Spatial(core, config.spatial), temporal = new Temporal(core, config.temporal);
  tensors.done();
  if (spatial.latents !== CHANNELS || temporal.latents !== CHANNELS || temporal.stride !== STRIDE)
    throw new LiveError("weights", `not ${CHANNELS} channels and ${STRIDE} frames to a latent`);
  const {arena} = kernels, begin = arena.top;
  // All that a call takes is let go of when it is over.
  const call = (half, name) => (...given) => {
    try {
      return half[name](...given);
    } finally {
      arena.top = begin;
    }
  };
  return {
    encodeFrames: call(spatial, "encode"), encodeChunk: call(temporal, "encode"), decodeChunk: call(temporal, "decode"),
    decodeFrames: call(spatial, "decode"), bytes: () => arena.memory.buffer.byteLength,
  };
}
