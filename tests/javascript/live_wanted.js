// node, after live_fakes.js and with `wanted` of live/wanted.js: the scenarios of tests/test_live_pool.py.

// An engine of which the test says when a picture comes.
function slow() {
  const runs = [], known = new Set();
  return {
    runs, known: (plan) => known.has(plan.key), knows: (plan) => known.add(plan.key),
    run(plan, {onFrame}) {
      const run = {plan, onFrame, stale: false}, before = runs.at(-1);
      if (before && !before.over) before.overtake();
      runs.push(run);
      return new Promise((resolve, reject) => {
        run.overtake = () => {
          run.stale = run.over = true;
          reject(Object.assign(new Error("stale"), {stale: true}));
        };
        run.end = () => { run.over = true; resolve({frames: 34, ms: 1}); };
        run.fail = (name) => { run.over = true; reject(Object.assign(new Error(name), {case: name})); };
      });
    },
  };
}

function watched(engine, cursor = () => 7) {
  const said = [];
  const note = (what) => (plan, ...rest) => said.push([what, plan.key, ...rest.slice(0, 1)]);
  const tell = {begin: note("begin"), frame: note("frame"), done: (plan) => said.push(["done", plan.key]),
    failed: (plan, error) => said.push(["failed", plan.key, error.case])};
  return {said, drag: new wanted.Wanted(engine, {cursor, ...tell})};
}
const plan = (key) => ({key: String(key)});
const begun = (engine) => engine.runs.map((run) => run.plan.key);

play({
  async it_begins_at_once() {
    const engine = slow(), {said, drag} = watched(engine);
    drag.show(plan(17));
    assert.deepEqual([begun(engine), drag.current.key, drag.waiting], [["17"], "17", null]);
    assert.deepEqual(said, [["begin", "17"]]);
  },

  async nothing_is_cancelled_before_the_frame_in_view_and_then_the_newest_wins() {
    const engine = slow(), {said, drag} = watched(engine);
    for (const size of [17, 18, 19, 20]) drag.show(plan(size));
    engine.runs[0].onFrame(5, null, 0);
    await tick(5);
    assert.deepEqual([begun(engine), drag.waiting.key], [["17"], "20"]);
    engine.runs[0].onFrame(7, null, 0);
    assert.deepEqual(begun(engine), ["17"]);
    await tick(5);
    assert.deepEqual([begun(engine), engine.runs[0].stale, drag.waiting], [["17", "20"], true, null]);
    assert.deepEqual(said, [["begin", "17"], ["frame", "17", 5], ["frame", "17", 7], ["begin", "20"]]);
  },

  async nothing_of_the_older_one_is_begun_after_the_frame_in_view() {
    const company = firm(), engine = await opened(company), {said, drag} = watched(engine);
    for (const size of [17, 16]) drag.show(cut(size));
    while (!said.some(([what]) => what === "done")) await tick();
    const after = company.jobs.slice(company.jobs.indexOf("decodeFrames"));
    assert.deepEqual(after.slice(0, 4), ["decodeFrames", "encodeChunk", "decodeChunk", "decodeFrames"]);
  },

  async after_it_is_seen_a_newer_one_begins_at_once() {
    const engine = slow(), {drag} = watched(engine);
    drag.show(plan(17));
    engine.runs[0].onFrame(7, null, 0);
    await tick(5);
    drag.show(plan(18));
    assert.deepEqual([begun(engine), engine.runs[0].stale], [["17", "18"], true]);
  },

  async no_picture_comes_under_another_number() {
    const engine = slow(), {said, drag} = watched(engine);
    drag.show(plan(17));
    engine.runs[0].onFrame(7, null, 0);
    await tick(5);
    drag.show(plan(18));
    engine.runs[0].onFrame(8, null, 0);
    engine.runs[1].onFrame(7, null, 0);
    assert.deepEqual(said.slice(2), [["begin", "18"], ["frame", "18", 7]]);
  },

  async one_that_is_known_need_not_wait() {
    const engine = slow(), {drag} = watched(engine);
    engine.knows(plan(16));
    drag.show(plan(17));
    drag.show(plan(18));
    drag.show(plan(16));
    assert.deepEqual([begun(engine), drag.waiting], [["17", "16"], null]);
  },

  async back_where_it_began_nothing_waits() {
    const engine = slow(), {drag} = watched(engine);
    drag.show(plan(17));
    drag.show(plan(18));
    drag.show(plan(17));
    engine.runs[0].onFrame(7, null, 0);
    await tick(5);
    assert.deepEqual([begun(engine), drag.waiting], [["17"], null]);
  },

  async the_end_of_a_run_without_the_frame_in_view_is_enough() {
    const engine = slow(), {said, drag} = watched(engine, () => 99);
    drag.show(plan(17));
    drag.show(plan(18));
    engine.runs[0].end();
    await tick(5);
    assert.deepEqual([begun(engine), said.map(([what]) => what)], [["17", "18"], ["begin", "done", "begin"]]);
  },

  async a_failure_is_told_and_what_waits_begins() {
    const engine = slow(), {said, drag} = watched(engine);
    drag.show(plan(17));
    drag.show(plan(18));
    engine.runs[0].fail("memory");
    await tick(5);
    assert.deepEqual(said, [["begin", "17"], ["failed", "17", "memory"], ["begin", "18"]]);
    engine.runs[1].fail("worker");
    await tick(5);
    // The same size again is a new attempt.
    drag.show(plan(18));
    assert.deepEqual(begun(engine), ["17", "18", "18"]);
  },

  async somebody_else_on_the_same_engine_is_no_failure() {
    const engine = slow(), {said, drag} = watched(engine);
    drag.show(plan(17));
    engine.run(plan("theirs"), {onFrame() {}}).catch(() => {});
    await tick(5);
    assert.deepEqual(said, [["begin", "17"]]);
    drag.show(plan(17));
    assert.deepEqual(begun(engine), ["17", "theirs", "17"]);
  },

  async what_is_forgotten_is_shown_anew() {
    const engine = slow(), {drag} = watched(engine);
    drag.show(plan(17));
    engine.runs[0].end();
    await tick(5);
    drag.show(plan(17));
    assert.deepEqual(begun(engine), ["17"]);
    drag.forget();
    assert.equal(drag.current, null);
    drag.show(plan(17));
    assert.deepEqual(begun(engine), ["17", "17"]);
  },
});
