// node, after live_fakes.js and with `pools` of live/pool.js: the scenarios of tests/test_live_pool.py.
const far = (cursor) => (index) => Math.abs(index - cursor);

play({
  async the_nearest_comes_first() {
    const company = firm(), engine = await opened(company), {shown, ended} = running(engine, cut(17), () => 31);
    assert.equal((await ended).frames, 34);
    assert.deepEqual(sorted(shown), all_of(34));
    const distances = shown.map(far(31));
    assert.deepEqual(distances, sorted(distances));
  },

  // 17 frames in pairs are nine tasks; then the one chunk, and its pictures before anything of the other one.
  async nothing_of_a_far_chunk_is_begun_before_the_picture_in_view() {
    const company = firm(), engine = await opened(company);
    await new Promise((seen) => engine.run(cut(17), {cursor: () => 30, onFrame: seen}));
    const before = company.jobs.slice(0, company.jobs.indexOf("decodeFrames"));
    assert.deepEqual(before, ["open", ...Array(9).fill("encodeFrames"), "encodeChunk", "decodeChunk"]);
  },

  // It would keep its worker from whatever somebody asks next for as long as several pictures.
  async pictures_around_the_cursor_come_before_a_chunk_that_it_does_not_stand_in() {
    const company = firm(), engine = await opened(company);
    await running(engine, cut(17), () => 17).ended;
    const after = company.jobs.slice(company.jobs.indexOf("decodeFrames"));
    assert.deepEqual(after.slice(0, 5), [...Array(4).fill("decodeFrames"), "encodeFrames"]);
  },

  async a_cursor_that_moves_is_followed() {
    let cursor = 30;
    const shown = [], engine = await opened(firm());
    await engine.run(cut(17), {cursor: () => cursor, onFrame: (index) => {
      shown.push(index);
      if (shown.length === 3) cursor = 2;
    }});
    assert.ok(shown.slice(0, 3).every((index) => index >= 17));
    assert.equal(shown[3], 2);
    const distances = shown.slice(3, 17).map(far(2));
    assert.deepEqual(distances, sorted(distances));
  },

  async a_newer_run_overtakes() {
    const company = firm(), engine = await opened(company);
    const first = running(engine, cut(17)), second = running(engine, cut(16)), third = running(engine, cut(5));
    for (const {ended} of [first, second]) {
      const error = await ended;
      assert.ok(error.stale === true && error.case === "stale");
    }
    assert.deepEqual([first.shown, second.shown], [[], []]);
    assert.equal((await third.ended).frames, 34);
    assert.deepEqual(sorted(third.shown), all_of(34));
  },

  async an_overtaken_run_shows_nothing_more() {
    const engine = await opened(firm());
    const first = running(engine, cut(17));
    while (first.shown.length < 5) await tick();
    const second = running(engine, cut(16)), had = first.shown.length;
    assert.equal((await first.ended).stale, true);
    await second.ended;
    assert.equal(first.shown.length, had);
    // What it had is kept.
    const again = running(engine, cut(17));
    await tick();
    assert.ok(again.shown.length >= had);
    await again.ended;
    assert.deepEqual(sorted(again.shown), all_of(34));
  },

  async what_is_known_needs_no_worker() {
    const company = firm(), engine = await opened(company), plan = cut(17);
    assert.equal(engine.known(plan), false);
    await running(engine, plan).ended;
    const given = company.jobs.length;
    assert.equal(engine.known(plan), true);
    const {shown, ended} = running(engine, plan, () => 20);
    await ended;
    assert.equal(company.jobs.length, given);
    assert.deepEqual(shown.slice(0, 3).map(far(20)), [0, 1, 1]);
    assert.deepEqual(sorted(shown), all_of(34));
    // Another plan shares the spatial latents.
    await running(engine, cut(16)).ended;
    assert.equal(count(company.jobs, "encodeFrames"), 17);
  },

  // Of the chunks that were there before, and of a run that was overtaken; what lies between does not count.
  async all_of_the_time_that_a_plan_took_is_told() {
    const engine = await opened(firm()), plan = cut(17), part = {...plan, decode: plan.decode.slice(0, 1)};
    const busy = (ms) => { for (const end = performance.now() + ms; performance.now() < end;); };
    const timed = (each, ms) => {
      const began = performance.now(), onFrame = () => { busy(ms); ms = 0; };
      return engine.run(each, {onFrame}).then((found) => ({...found, spent: performance.now() - began}));
    };
    const first = await timed(part, 60);
    await tick(100);
    const began = performance.now(), overtaken = timed(plan, 40).catch((error) => error);
    await tick();
    await timed(cut(16), 0);
    assert.equal((await overtaken).stale, true);
    const last = await timed(plan, 0), after = performance.now() - began;
    assert.ok(first.ms >= 60 && first.ms <= first.spent);
    assert.ok(last.ms >= first.ms + 40 && last.ms <= first.ms + after, `${last.ms}, ${first.ms} and ${after}`);
  },

  async a_worker_that_dies_is_replaced() {
    let dead = 0;
    const company = firm((job, worker, nth) => job === "decodeFrames" && nth === 4 && !dead++ ? "die" : null);
    const engine = await opened(company, {workers: 2}), {shown, ended} = running(engine, cut(17));
    assert.equal((await ended).frames, 34);
    assert.deepEqual(sorted(shown), all_of(34));
    assert.equal(company.all.length, 3);
    await tick(5);
    assert.deepEqual([company.at_work().length, engine.memory().lost, engine.memory().count], [2, 1, 2]);
  },

  async a_worker_that_dies_idle_is_replaced() {
    const company = firm(), engine = await opened(company);
    await running(engine, cut(17)).ended;
    company.all[0].onerror({message: "out of nowhere"});
    assert.equal((await running(engine, cut(16)).ended).frames, 34);
    assert.equal(company.all.length, 2);
  },

  async a_worker_that_hangs_is_replaced() {
    let hung = 0;
    const company = firm((job) => job === "encodeChunk" && !hung++ ? "hang" : null), engine = await opened(company);
    const {shown, ended} = running(engine, cut(17));
    assert.equal((await ended).frames, 34);
    assert.deepEqual(sorted(shown), all_of(34));
    assert.deepEqual(company.all.map((worker) => worker.ended), [true, false]);
  },

  async work_that_costs_three_workers_is_given_up() {
    let cruel = "die";
    const company = firm((job) => job === "decodeChunk" ? cruel : null), engine = await opened(company);
    const {ended} = running(engine, cut(34));
    assert.equal((await ended).case, "worker");
    cruel = {case: "worker", message: "unreachable"};
    const trapped = await running(engine, cut(34)).ended;
    assert.deepEqual([trapped.case, trapped.message], ["worker", "unreachable"]);
    cruel = "hang";
    assert.equal((await running(engine, cut(34)).ended).case, "hung");
    cruel = null;
    assert.equal((await running(engine, cut(34)).ended).frames, 34);
  },

  async no_memory_for_a_task_is_said_at_once() {
    const company = firm((job) => job === "decodeChunk" ? {case: "memory", message: "no more"} : null);
    const engine = await opened(company);
    assert.equal((await running(engine, cut(17)).ended).case, "memory");
    assert.equal(company.all.length, 1);
  },

  async no_memory_for_a_message_is_said_and_the_next_task_has_its_turn() {
    const pool = new pools.Pool({start: firm().start, opening: () => ({}), count: 1});
    const task = (message) => pool.ask({job: "decodeFrames", message, rank: () => 0, alive: () => true, work: 1});
    const refused = task(() => { throw new RangeError("Array buffer allocation failed"); }), next = task(() => ({}));
    assert.equal(await refused.catch((error) => error.case), "memory");
    assert.equal((await next).length, 16 * 16 * 4);
    pool.fail(new Error("over"));
  },

  async what_cannot_open_is_refused() {
    const refusal = (company, options) => opened(company, options).then(() => null, (error) => error.case);
    const opening = (answer) => firm((job) => job === "open" ? answer : null);
    assert.equal(await refusal(opening({case: "weights", message: "no"})), "weights");
    assert.equal(await refusal(opening({case: "memory", message: "no"})), "memory");
    const dead = opening("die");
    assert.equal(await refusal(dead), "worker");
    assert.deepEqual([dead.all.length, dead.at_work().length], [3, 0]);
    assert.equal(await refusal(opening("hang")), "hung");
    assert.equal(await refusal({start() { throw new Error("blocked"); }}), "unsupported");
    assert.equal(await refusal(firm(), {wasm: new ArrayBuffer(3)}), "unsupported");
  },

  async a_second_worker_there_is_no_memory_for_is_done_without() {
    const company = firm((job, {number}) => job === "open" && number === 1 ? {case: "memory", message: "no"} : null);
    const engine = await opened(company, {workers: 2});
    assert.equal((await running(engine, cut(17)).ended).frames, 34);
    assert.deepEqual([company.all.length, company.at_work().length], [2, 1]);
  },

  async what_is_kept_is_bounded() {
    const picture = 16 * 16 * 4, engine = await opened(firm(), {keptBytes: 34 * picture * 3.5});
    for (const size of [4, 5, 6, 7, 8, 9]) await running(engine, cut(size)).ended;
    assert.ok(engine.memory().kept <= 34 * picture * 3.5 && engine.memory().kept > 34 * picture * 2);
    assert.deepEqual([4, 6, 8, 9].map((size) => engine.known(cut(size))), [false, false, true, true]);
    // One that is shown again is the latest.
    await running(engine, cut(8)).ended;
    await running(engine, cut(10)).ended;
    await running(engine, cut(11)).ended;
    assert.deepEqual([8, 9].map((size) => engine.known(cut(size))), [true, false]);
  },

  async a_page_that_is_hidden_holds_little_and_goes_on() {
    const company = firm(), engine = await opened(company, {workers: 2});
    await running(engine, cut(5)).ended;
    const {shown, ended} = running(engine, cut(17));
    while (shown.length < 5) await tick();
    engine.pause();
    const had = shown.length, given = company.jobs.length, memory = engine.memory();
    assert.deepEqual([memory.workers, memory.count, company.at_work().length], [0, 0, 0]);
    assert.equal(engine.known(cut(5)), false);
    await tick(100);
    assert.deepEqual([shown.length, company.jobs.length], [had, given]);
    engine.resume();
    engine.resume();
    assert.equal((await ended).frames, 34);
    assert.deepEqual(sorted(shown), all_of(34));
    assert.equal(company.at_work().length, 2);
  },

  // A browser without memory for a copy says so where the message leaves.
  async what_cannot_be_sent_goes_to_another_worker() {
    let kept = 0;
    const company = firm(), {start} = company;
    company.start = () => {
      const worker = start(), post = worker.postMessage;
      worker.postMessage = (message) => {
        if (message.job === "decodeFrames" && !kept++) throw new RangeError("no memory for a copy");
        return post(message);
      };
      return worker;
    };
    const engine = await opened(company, {patience: {ms: 5000, msPerWork: 0}});
    const {shown, ended} = running(engine, cut(17));
    assert.equal((await ended).frames, 34);
    assert.deepEqual([sorted(shown), engine.memory().lost, company.at_work().length], [all_of(34), 1, 1]);
  },

  async another_clip_overtakes_and_knows_nothing() {
    const engine = await opened(firm()), plan = cut(17);
    const first = running(engine, plan);
    while (!first.shown.length) await tick();
    await engine.setClip({rgb: new Uint8Array(34 * 16 * 16 * 3).fill(255), ...CLIP});
    assert.equal((await first.ended).stale, true);
    assert.equal(engine.known(plan), false);
    const scores = [];
    await engine.run(plan, {onFrame: (index, rgba, psnr) => scores.push(psnr)});
    // White against white, and not what was left of the black clip.
    assert.deepEqual(new Set(scores), new Set([100]));
    assert.equal(engine.memory().clip, 34 * 16 * 16 * 3 + 34 * 64 * 4);
  },

  async a_clip_that_does_not_fit_is_refused() {
    const engine = await opened(firm()), rgb = new Uint8Array(16 * 16 * 3);
    const of = (frames, height, width) => ({rgb, frames, height, width});
    for (const odd of [of(34, 16, 16), of(1, 12, 16), of(0, 16, 16)])
      assert.equal(await engine.setClip(odd).then(() => null, (error) => error.case), "clip");
    assert.equal((await running(engine, cut(17, 30)).ended).case, "clip");
    assert.equal((await running(engine, cut(17)).ended).frames, 34);
  },

  async frames_beyond_the_clip_have_no_score() {
    const engine = await opened(firm()), scores = [];
    const plan = {key: "more", join: "", encode: [[0, 34]], decode: [[0, 9, 0]]};
    const {frames} = await engine.run(plan, {onFrame: (index, rgba, psnr) => { scores[index] = psnr; }});
    assert.equal(frames, 36);
    assert.deepEqual([scores[33], scores[34], scores[35]], [0, null, null]);
  },

  async the_end() {
    const company = firm(), engine = await opened(company, {workers: 2}), {ended} = running(engine, cut(17));
    await tick();
    engine.close();
    assert.equal((await ended).stale, true);
    assert.equal(company.at_work().length, 0);
    assert.equal((await running(engine, cut(17)).ended).case, "closed");
    assert.equal(engine.memory().total, 0);
  },
});
