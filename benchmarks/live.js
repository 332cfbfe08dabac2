// In the page of live_page.py: window.bench, {open, turns, drag}, in milliseconds.
async ({workers, view, sizes}) => {
  const {openEngine, planOf, planFrames, OPEN_SORA, Wanted, parts, clip} = window.live;
  const plan = (encode, decode) => planOf(planFrames(clip.frames, encode, decode, OPEN_SORA, false));
  const cursor = () => view, since = (begin) => performance.now() - begin;
  let engine = null;

  // [until the frame in view is there, until all are].
  async function timed(each) {
    const began = performance.now();
    let first = null;
    await engine.run(each, {cursor, onFrame: (index) => { if (index === view) first = since(began); }});
    return [first, since(began)];
  }

  async function open() {
    const began = performance.now();
    // Nothing but the size on show is kept, so that every size is decoded.
    engine = await openEngine({...parts, workers, keptBytes: 0});
    const opened = since(began);
    await engine.setClip(clip);
    return {opened, clip: await timed(plan(9, 9))};
  }

  async function turns(rounds) {
    const runs = {};
    for (let round = 0; round < rounds; round++) for (const [encode, decode] of sizes)
      (runs[`${encode}:${decode}`] ??= []).push(await timed(plan(encode, decode)));
    return runs;
  }

  // From 4 to 40. waits: from when the hand was at a size to its frame in view, of those that were shown.
  async function drag(stepMs) {
    const asked = new Map(), waits = [], last = plan(40, 40).key;
    await new Promise((end, fail) => {
      const hand = new Wanted(engine, {
        cursor, begin() {}, failed: (_, error) => fail(error), done: ({key}) => { if (key === last) end(); },
        frame: ({key}, index) => { if (index === view) waits.push(since(asked.get(key))); },
      });
      const step = (size) => {
        const next = plan(size, size);
        asked.set(next.key, performance.now());
        hand.show(next);
        if (size < 40) setTimeout(step, stepMs, size + 1);
      };
      step(4);
    });
    const memory = engine.memory();
    engine.close();
    return {steps: asked.size, waits, memory};
  }
  window.bench = {open, turns, drag};
}
