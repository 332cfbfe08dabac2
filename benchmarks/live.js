// In the page of live_page.py: runs in turns, then a drag over all sizes; milliseconds.
async ({workers, rounds, stepMs, view, sizes}) => {
  const {openEngine, planOf, planFrames, OPEN_SORA, Wanted, parts, clip} = window.live;
  const plan = (encode, decode) => planOf(planFrames(clip.frames, encode, decode, OPEN_SORA, false));
  const cursor = () => view, since = (begin) => performance.now() - begin;
  let begin = performance.now();
  // Nothing but the size on show is kept, so that every size is decoded.
  const engine = await openEngine({...parts, workers, keptBytes: 0});
  const openMs = since(begin);

  async function timed(each) {
    const began = performance.now();
    let first = null;
    await engine.run(each, {cursor, onFrame: (index) => { if (index === view) first = since(began); }});
    return [first, since(began)];
  }

  await engine.setClip(clip);
  const clipMs = await timed(plan(9, 9)), runs = {};
  for (let round = 0; round < rounds; round++)
    for (const [encode, decode] of sizes) (runs[`${encode}:${decode}`] ??= []).push(await timed(plan(encode, decode)));

  const asked = new Map(), waits = [];
  let ended = 0;
  const drag = new Wanted(engine, {
    cursor, begin: () => {}, failed: (_, error) => { throw error; }, done: () => { ended += 1; },
    frame: ({key}, index) => { if (index === view) waits.push(since(asked.get(key))); },
  });
  for (let size = 4; size <= 40; size++) {
    const next = plan(size, size);
    asked.set(next.key, performance.now());
    drag.show(next);
    await new Promise((go) => setTimeout(go, stepMs));
  }
  while (!ended || drag.current.key !== plan(40, 40).key) await new Promise((go) => setTimeout(go, 20));
  const memory = engine.memory();
  engine.close();
  return {openMs, clipMs, runs, drag: {steps: 37, seen: waits.length, waits}, memory};
}
