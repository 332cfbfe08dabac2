// Thumbnails of clips, as the server decodes them: fetched once for all tabs, told as they come.
const strips = new Map();

// clip: as menus name it; id: which of the visitor's it is, or undefined. Gives {pictures: [{frame, image}], n_frames,
// done}, which grows; `hear` is called whenever it has.
export function thumbsOf(clip, id, hear) {
  const key = id ?? `sample ${clip}`;
  let strip = strips.get(key);
  if (!strip) {
    strip = {pictures: [], n_frames: null, done: false, hearing: []};
    strips.set(key, strip);
    fetched(strip, clip).catch(() => { /* no pictures; the next time may fare better */ })
      .then(() => {
        if (!strip.pictures.length) strips.delete(key);
        tell(strip);
      });
  }
  strip.hearing.push(hear);
  if (strip.pictures.length || strip.done) hear(strip);
  return strip;
}

const tell = (strip) => { for (const hear of strip.hearing) hear(strip); };

async function fetched(strip, clip) {
  const answer = await window.vdAsk("strip", {clip});
  if (!answer.ok) return;
  const reader = answer.body.getReader(), text = new TextDecoder();
  for (let rest = "", end = false; !end;) {
    const {value, done} = await reader.read();
    end = done;
    rest += value ? text.decode(value, {stream: true}) : "";
    const lines = rest.split("\n");
    rest = lines.pop();
    for (const line of lines) await take(strip, JSON.parse(line));
  }
}

async function take(strip, {frame, jpeg, n_frames}) {
  if (jpeg === undefined) {
    strip.n_frames = n_frames;
    strip.done = true;
    return;
  }
  const image = new Image();
  image.src = `data:image/jpeg;base64,${jpeg}`;
  await image.decode();
  strip.pictures.push({frame, image});
  tell(strip);
}

// The picture nearest to a frame; null where that part of the clip has not come yet.
export function nearestTo(strip, frame) {
  const {pictures, done} = strip;
  if (!pictures.length) return null;
  const best = pictures.reduce((near, each) =>
    (Math.abs(each.frame - frame) < Math.abs(near.frame - frame) ? each : near));
  const last = pictures[pictures.length - 1].frame;
  return done || frame <= last ? best : null;
}
