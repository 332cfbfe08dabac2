// A worker: one message in, one out, in order. It keeps nothing but the model, so another can take over its work.
//
// Made into one classic script by bundle(): module workers do not start in a page from file://.
import {caseOf} from "./failures.js";
import {openVae} from "./network/vae.js";

// scope: the worker's own. Messages {id, job, ...}; answers {id, data, bytes} or {id, error: {case, message}}.
export function serve(scope) {
  let vae = null;
  const jobs = {
    open({module, weights}) { vae = openVae(module, weights); },
    encodeFrames: ({rgb, frames, height, width}) => vae.encodeFrames(rgb, frames, height, width),
    encodeChunk: ({data, height, width}) => vae.encodeChunk(data, height, width),
    decodeChunk: ({data, height, width}) => vae.decodeChunk(data, height, width),
    decodeFrames: ({data, height, width}) => vae.decodeFrames(data, height, width),
  };
  scope.onmessage = ({data: {id, job, ...given}}) => {
    try {
      const data = jobs[job](given);
      scope.postMessage({id, data, bytes: vae.bytes()}, data ? [data.buffer] : []);
    } catch (error) {
      scope.postMessage({id, error: {case: caseOf(error), message: String(error?.message ?? error)}});
    }
  };
}

// Only inside a worker; the page has this file among its modules too.
if (typeof DedicatedWorkerGlobalScope === "function") serve(globalThis);
