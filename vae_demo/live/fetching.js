// What the engine in the page is made of, fetched when a step that needs it comes into view.
//   fetchLive(parts, onProgress(bytes, total), {signal}) -> {wasm, weights, script, frames}
// A part says how many bytes it is unpacked and where they are: {bytes, url}, on the page's own server, or {bytes, id},
// in an element of the page itself, gzip in base64 (a lesson that is one file has no server). frames also says what the
// bytes are: uint8, frames x height x width x RGB.
// Fails with an Error whose `said` is a key of words/live_files.json; a `signal` that ends it, with the signal's reason.
const PARTS = ["wasm", "weights", "script", "frames"];
// Of base64, between two looks at what else the page has to do; a multiple of 4.
const SLICE = 1 << 20;

export async function fetchLive(parts, onProgress = () => {}, {signal} = {}) {
  // Where one part fails nobody waits for the others.
  const all = new AbortController(), end = () => all.abort(signal.reason);
  if (signal?.aborted) end();
  signal?.addEventListener("abort", end, {once: true});
  const total = liveBytes(parts);
  let had = 0;
  const more = (n) => onProgress(had += n, total);
  try {
    const [wasm, weights, script, rgb] = await Promise.all(PARTS.map((name) => complete(parts[name], more, all.signal)));
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

const failure = (said, cause) => Object.assign(new Error(said, {cause}), {said});

async function complete({bytes, url, id}, more, signal) {
  const into = new Uint8Array(bytes);
  let at = 0;
  try {
    const reader = (id ? inside(id, signal) : await answered(url, signal)).getReader();
    for (;;) {
      const {done, value} = await reader.read();
      if (done) break;
      if (at + value.length > bytes) throw failure("live_not_whole");
      into.set(value, at);
      at += value.length;
      more(value.length);
    }
  } catch (error) {
    throw error.said || signal.aborted ? error : failure("live_not_whole", error);
  }
  if (at < bytes) throw failure("live_not_whole");
  return into;
}

async function answered(url, signal) {
  const answer = await fetch(new URL(url, document.baseURI), {signal}).catch((error) => {
    throw signal.aborted ? error : failure("live_unreachable", error);
  });
  if (!answer.ok) throw failure("live_unreachable");
  return answer.body;
}

// What an element of the page holds, as it unpacks.
function inside(id, signal) {
  const text = document.getElementById(id)?.textContent;
  if (!text) throw failure("live_not_whole");
  if (typeof DecompressionStream === "undefined") throw failure("live_no_unpacking");
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
