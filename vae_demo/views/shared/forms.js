// What the controls of every tab say and which clips there are, in one place for all tabs and without a request.
//   forms[tab]   {clip, model, variants or sizes, start, frames, size, dtype}, or null before the page knows;
//                of Inspect {video, source, start, frames}
//   clips.own    {shown, id, n_frames, width, height, fps} of the visitor's own clip, or null; one for all tabs
export function store() {
  let now = null, listeners = [];
  return {
    get now() { return now; },
    // Gradio also says so when nothing has changed.
    set(next) {
      if (JSON.stringify(next) === JSON.stringify(now)) return;
      now = next;
      // A script whose element has gone does not listen any more.
      listeners = listeners.filter(({element}) => element.isConnected);
      for (const {hear} of listeners) hear(now);
    },
    on(element, hear) {
      listeners.push({element, hear});
      if (now) hear(now);
    },
  };
}

export const forms = {explore: store(), sweep: store(), inspect: store()};

const samples = {};
export const clips = {
  own: store(),
  know(facts) { Object.assign(samples, facts); },
  isSample: (name) => name in samples,
  // What is known of a clip by the name its menu shows, or null.
  of: (name) => samples[name] || (clips.own.now?.shown === name ? clips.own.now : null),
};

// What the page calls a clip. upload: set where it is the visitor's, whatever its name.
export const titleOf = (say, {clip, upload}) => (!upload && say.knows(`sample_${clip}`) ? say(`sample_${clip}`) : clip);
