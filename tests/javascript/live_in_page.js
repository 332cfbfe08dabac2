// In a page of benchmarks/live_page.py, where workers may be killed: window.engine, and what a test does with it.
async ({kept}) => {
  const {openEngine, planOf, planFrames, OPEN_SORA, blobWorker, parts, clip} = window.live;
  const hands = [], picture = clip.height * clip.width * 4;
  // How long a worker may be silent: on a busy machine long, but not the one of which a test knows that it is dead. All
  // that begin after it have their time again.
  const LONG_MS = 60000, SHORT_MS = 2000, patience = {ms: LONG_MS, msPerWork: 0};
  const plan = (size) => planOf(planFrames(clip.frames, size, size, OPEN_SORA, false));
  const engine = await openEngine({
    ...parts, workers: 2, patience, keptBytes: kept * clip.frames * picture,
    start: (script) => {
      patience.ms = LONG_MS;
      hands.push(blobWorker(script));
      return hands.at(-1);
    }});
  await engine.setClip(clip);

  // All pictures of a size, as RGB in base64, and their scores. The first `kill` workers go with the first picture.
  async function pictures(size, kill) {
    const rgb = new Uint8Array(clip.frames * picture / 4 * 3), scores = [];
    if (kill) patience.ms = SHORT_MS;
    const {frames} = await engine.run(plan(size), {onFrame: (index, rgba, psnr) => {
      for (const worker of hands.splice(0, kill)) worker.terminate();
      kill = 0;
      scores[index] = psnr;
      for (let i = 0; i < picture / 4; i++) rgb.set(rgba.subarray(4 * i, 4 * i + 3), (index * picture / 4 + i) * 3);
    }});
    const pixels = await new Promise((done) => {
      const reader = new FileReader();
      reader.onload = () => done(reader.result.split(",")[1]);
      reader.readAsDataURL(new Blob([rgb]));
    });
    return {frames, scores, pixels, memory: engine.memory()};
  }

  // Changes of size, of which every second one is overtaken by the next.
  async function changes(from, to) {
    for (let change = from; change < to; change++) {
      const run = engine.run(plan(1 + change % clip.frames)).catch((error) => { if (!error.stale) throw error; });
      if (change % 2) await run;
    }
    return engine.memory();
  }

  async function hiddenAndBack() {
    engine.pause();
    const hidden = engine.memory();
    engine.resume();
    await engine.run(plan(clip.frames));
    return {hidden, back: engine.memory()};
  }
  Object.assign(window, {pictures, changes, hiddenAndBack});
}
