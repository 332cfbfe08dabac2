// What the engine in the page is made of, fetched when a step that needs it comes into view.
//   fetchLive(parts, onProgress(bytes, total), {signal, anew}) -> {wasm, weights, script, frames}
// A part says how many bytes it is unpacked and where they are: {bytes, url}, on the page's own server, or {bytes, id},
// in an element of the page itself, gzip in base64 (a lesson that is one file has no server). With `planes`, the first
// bytes of all numbers come first there, then the second ones, which packs better. frames also says what the bytes are:
// uint8, frames x height x width x RGB.
// Fails with an Error whose `case` says how and whose `said` is the key of its sentence; where a `signal` ends it, with
// the signal's reason. anew: the browser is to forget what it kept of them.
const PARTS = ["wasm", "weights", "script", "frames"];
// Of base64, between two looks at what else the page has to do; a multiple of 4.
const SLICE = 1 << 20;

export async function fetchLive(parts, onProgress = () => {}, {signal, anew = false} = {}) {
  // Where one part fails nobody waits for the others.
  const all = new AbortController(), end = () => all.abort(signal.reason);
  if (signal?.aborted) end();
  signal?.addEventListener("abort", end, {once: true});
  const total = liveBytes(parts);
  let had = 0;
  const more = (n) => onProgress(had += n, total);
  try {
    const [wasm, weights, script, rgb] = await Promise.all(
      PARTS.map((name) => complete(parts[name], more, {signal: all.signal, cache: anew ? "reload" : "default"})));
    const {frames, height, width} = parts.frames;
    return {wasm: wasm.buffer, weights: weights.buffer, script: new TextDecoder().decode(script),
      frames: {rgb, frames, height, width}};
  } catch (error) {
    all.abort();
    throw signal?.aborted ? signal.reason : error;
  } finally {
    signal?.removeEventListener("abort", end);
  }
}

// How much that is, for whoever asks before.
export const liveBytes = (parts) => PARTS.reduce((sum, name) => sum + parts[name].bytes, 0);

// case: unreachable, not_whole, or no_unpacking.
const failure = (name, cause) => Object.assign(new Error(name, {cause}), {case: name, said: `live_${name}`});

async function complete({bytes, url, id, planes = 1}, more, how) {
  const into = new Uint8Array(bytes);
  let at = 0;
  try {
    const reader = (await (id ? inside(id, how) : answered(url, how))).getReader();
    for (;;) {
      const {done, value} = await reader.read();
      if (done) break;
      if (at + value.length > bytes) throw failure("not_whole");
      into.set(value, at);
      at += value.length;
      more(value.length);
    }
  } catch (error) {
    throw error.case || how.signal.aborted ? error : failure("not_whole", error);
  }
  if (at < bytes) throw failure("not_whole");
  return planes === 1 ? into : woven(into, planes);
}

function woven(planar, planes) {
  const found = new Uint8Array(planar.length);
  for (let plane = 0, at = 0; plane < planes; plane++)
    for (let to = plane; to < found.length; to += planes) found[to] = planar[at++];
  return found;
}

async function answered(url, how) {
  const answer = await fetch(new URL(url, document.baseURI), how).catch((error) => {
    throw how.signal.aborted ? error : failure("unreachable", error);
  });
  if (!answer.ok) throw failure("unreachable");
  return answer.body;
}

// What an element of the page holds, as it unpacks.
async function inside(id, {signal}) {
  // Of a long file the scripts run before the end has come.
  if (document.readyState === "loading")
    await new Promise((go) => document.addEventListener("DOMContentLoaded", go, {once: true}));
  const text = document.getElementById(id)?.textContent;
  if (!text) throw failure("not_whole");
  if (typeof DecompressionStream === "undefined") throw failure("no_unpacking");
  let at = 0;
  const packed = new ReadableStream({
    async pull(controller) {
      await new Promise((go) => setTimeout(go));
      if (at >= text.length) return controller.close();
      const raw = atob(text.slice(at, at += SLICE)), found = new Uint8Array(raw.length);
      for (let i = 0; i < raw.length; i++) found[i] = raw.charCodeAt(i);
      controller.enqueue(found);
    },
  });
  return packed.pipeThrough(new DecompressionStream("gzip"), {signal});
}
