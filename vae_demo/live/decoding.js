// A plan through the pool: chunks to latents, latents to slots, slots to pictures, whatever is nearest first.
import {distance, placesOf} from "./plans.js";
import {psnrOf} from "./scores.js";

const PICTURES_BEFORE = 3;

// clip: see clip.js. entry: what is known of the plan already, filled as it comes. alive(): whether this run still
// counts. onFrame(index, rgba, psnr). Resolves with how many frames the plan has.
export async function decode({pool, clip, plan, entry, kept, cursor, alive, onFrame}) {
  const {height, width, size} = clip.latent, places = placesOf(plan, clip.stride);
  const far = (start, stop) => distance(cursor(), start, stop);
  const ask = (job, data, start, stop, rank = () => far(start, stop)) => pool.ask({
    job, message: () => ({data: data(), height, width}), rank, alive, work: (stop - start) * height * width});
  // A chunk takes as long as several pictures, in which its worker does nothing else: those around the cursor come
  // before one that it does not stand in, for by then somebody may have dragged on.
  const farChunk = (chunk) => () => {
    const away = far(chunk.start, chunk.stop);
    return away && away + PICTURES_BEFORE;
  };
  const latentsOf = Object.fromEntries(places.encode.map((chunk, i) => [i, once(async () => {
    if (entry.latents[i]) return;
    await clip.encoded(chunk.start, chunk.stop, farChunk(chunk), alive);
    entry.latents[i] = await ask("encodeChunk", () => clip.spatial.slice(chunk.start * size, chunk.stop * size),
      chunk.start, chunk.stop, farChunk(chunk));
    kept.grew(entry, entry.latents[i].byteLength);
  })]));
  // Latents from and to, of however many chunks they lie in.
  const gather = async (from, to) => {
    const found = places.encode.map((chunk, i) => [chunk, i]).filter(([chunk]) => chunk.from < to && chunk.to > from);
    await Promise.all(found.map(([, i]) => latentsOf[i]()));
    return () => {
      const latents = new Float32Array((to - from) * size);
      for (const [chunk, i] of found) {
        const first = Math.max(from, chunk.from), last = Math.min(to, chunk.to), own = entry.latents[i];
        latents.set(own.subarray((first - chunk.from) * size, (last - chunk.from) * size), (first - from) * size);
      }
      return latents;
    };
  };
  const picture = async (index, slots, at) => {
    const rgba = await ask("decodeFrames", () => slots.slice(at * size, (at + 1) * size), index, index + 1);
    if (!entry.frames[index]) kept.grew(entry, rgba.byteLength);
    entry.frames[index] = rgba;
    entry.scores[index] = psnrOf(rgba, clip.rgb, index, clip.height, clip.width);
    if (alive()) onFrame(index, rgba, entry.scores[index]);
  };
  await Promise.all(places.decode.map(async (chunk) => {
    const missing = indices(chunk.start, chunk.stop).filter((index) => !entry.frames[index]);
    if (!missing.length) return;
    const latents = await gather(chunk.from, chunk.to);
    const slots = await ask("decodeChunk", latents, chunk.start, chunk.stop, farChunk(chunk));
    await Promise.all(missing.map((index) => picture(index, slots, chunk.crop + index - chunk.start)));
  }));
  return places.frames;
}

export const indices = (start, stop) => Array.from({length: stop - start}, (_, i) => start + i);

function once(make) {
  let made = null;
  return () => made ??= make();
}
