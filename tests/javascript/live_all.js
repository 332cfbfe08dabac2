// node, after live_fakes.js, with `results` of computed.js and `every` of all.js: the scenarios of
// tests/test_live_all.py.
const N = 9, SIZES = [2, 3, 5, 9];

// The figure of the step without anything to see. answer(job): see firm().
async function step(answer, {size = 5} = {}) {
  const company = firm(answer), engine = await opened(company, {clip: {...CLIP, frames: N}}), tried = [], over = [];
  const session = {engine, busy: 0, run: (plan, how) => engine.run(plan, how), stop: () => engine.stop()};
  const state = {size, all: null, seen: true};
  const computed = results.computedResults(session, N,
    {cursor: () => 0, changed() {}, done: (key) => tried.push(key)});
  const sizing = {of: (each) => ({plan: cut(each, N)}), isWhole: (each) => Boolean(computed.of(String(each))?.whole)};
  const ask = () => computed.ask(cut(state.size, N));
  const run = every.allSizes({sizes: SIZES, live: state, session, sizing, computed, later() {}, ask,
    over: () => over.push(state.all)});
  const pictures = () => all_of(N).filter((frame) => computed.picture(String(state.size), frame)).length;
  return {company, engine, tried, over, session, state, computed, ask, run, pictures};
}
const until = async (then) => { while (!then()) await tick(); };

play({
  async they_all_come_the_one_in_view_first() {
    const {tried, over, state, run, computed} = await step();
    await run();
    await tick();
    assert.deepEqual([tried.slice(0, 4), state.all, over], [["5", "2", "3", "9"], null, [null]]);
    for (const {have, whole} of SIZES.map((size) => computed.of(String(size)))) assert.ok(have === N && whole);
  },

  async the_size_in_view_has_its_pictures_while_the_others_come() {
    const {tried, ask, run, pictures} = await step();
    ask();
    await until(() => pictures() > 0);
    const ended = run();
    await until(() => tried.length);
    assert.deepEqual([tried, pictures()], [["5"], N]);
    await ended;
    assert.equal(pictures(), N);
  },

  async what_is_there_is_not_computed_again() {
    const {company, run} = await step();
    await run();
    const before = company.jobs.length;
    await run();
    assert.equal(company.jobs.length, before);
  },

  async stopped_it_ends_in_the_middle_of_a_size() {
    const {company, tried, over, state, run} = await step();
    const ended = run();
    await until(() => tried.length === 2);
    const given = company.jobs.length;
    state.all.stop();
    await ended;
    await tick(50);
    assert.ok(company.jobs.length <= given + 1);
    assert.deepEqual([tried, state.all, over], [["5", "2"], null, []]);
  },

  async another_size_comes_at_once_and_ends_it() {
    const {tried, state, run, ask, pictures} = await step();
    const ended = run();
    await until(() => tried.length === 1);
    state.all.stop();
    state.size = 9;
    ask();
    await until(() => pictures() === N);
    await ended;
    assert.deepEqual([tried, state.all], [["5", "9"], null]);
  },

  async another_figure_ends_it_and_nobody_is_asked_meanwhile() {
    const {tried, engine, session, state, run, computed} = await step(), ended = run();
    await until(() => tried.length === 1);
    session.busy = 1;
    const {ended: theirs} = running(engine, cut(4, N));
    await ended;
    assert.deepEqual([state.all, tried], [null, ["5"]]);
    assert.equal((await theirs).frames, N);
    assert.equal(computed.of("9"), null);
    session.busy = 0;
    await run();
    assert.deepEqual(SIZES.filter((size) => !computed.of(String(size)).whole), []);
  },

  async an_engine_that_fails_ends_it() {
    const {over, state, run} = await step((job, worker, nth) =>
      (job === "decodeFrames" && nth > 12 ? {case: "memory", message: "no more"} : null));
    await run();
    assert.deepEqual([state.all, over], [null, []]);
  },

  // A page that nobody saw has let go of old pictures.
  async the_size_in_view_without_its_pictures_is_computed_again() {
    const {engine, state, run, ask, pictures, tried} = await step();
    await run();
    engine.pause();
    engine.resume();
    state.size = 2;
    ask();
    while (!pictures()) await tick();
    const had = pictures(), ended = run();
    await ended;
    assert.ok(had < N);
    assert.deepEqual([pictures(), tried.at(-1)], [N, "2"]);
  },
});
