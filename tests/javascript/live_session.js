// node, after live_fakes.js, with `sessions` of session.js: the scenarios of tests/test_live_session.py.
const PART = {bytes: 8, url: "./part"};
const FRAMES = {bytes: 16 * 16 * 3, url: "./frames", frames: 1, height: 16, width: 16};
const FIGURE = {parts: {wasm: PART, weights: PART, script: PART, frames: FRAMES},
  start: 17, saved: [{label: "17", psnr: [20]}]};

// A page, a server that says what the test wants, and workers that are counted; of a company, where there is one.
function around(answer, company = null) {
  const asked = [], workers = [], heard = [];
  Object.assign(globalThis, {
    document: {baseURI: "https://lab.example/", hidden: false, addEventListener() {}, removeEventListener() {}},
    fetch: (url, how) => { asked.push(how); return answer(how, url.href); },
    Worker: company ? function () { return company.start(); }
      : class { constructor() { workers.push(this); } postMessage() {} terminate() { this.ended = true; } },
  });
  URL.createObjectURL = () => "blob:here";
  // Newer ones of node have one that cannot be written.
  globalThis.navigator ??= {hardwareConcurrency: 2};
  const session = sessions.liveSession(FIGURE, () => cut(17, 1));
  session.hear(() => heard.push(session.phase));
  return {asked, workers, heard, session};
}
const never = ({signal}) => new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
const bytes = (content) => Promise.resolve({ok: true, body: new Blob([content]).stream()});
const phase = async (session, wanted) => { while (session.phase !== wanted) await tick(1); };

play({
  async nothing_is_fetched_while_it_is_asleep_and_once_when_it_wakes() {
    const {asked, session, heard} = around(never);
    assert.deepEqual([session.phase, asked.length], ["asleep", 0]);
    session.wake();
    session.wake();
    assert.deepEqual([session.phase, asked.length, heard], ["loading", 4, ["loading"]]);
  },

  async who_leaves_while_it_comes_ends_it() {
    const {asked, workers, session, heard} = around(never);
    session.wake();
    session.close();
    await tick(20);
    assert.ok(asked.every(({signal}) => signal.aborted));
    assert.deepEqual([workers.length, heard], [0, ["loading"]]);
  },

  async who_leaves_while_it_opens_leaves_no_worker() {
    const {workers, session} = around((how, address) =>
      bytes(address.endsWith("frames") ? new Uint8Array(FRAMES.bytes) : EMPTY_WASM));
    session.wake();
    while (!workers.length) await tick(1);
    session.close();
    // It is ready after that.
    workers[0].onmessage({data: {id: 1, bytes: 1}});
    await tick(20);
    assert.deepEqual(workers.filter((worker) => !worker.ended).length, 0);
  },

  async the_pictures_that_were_compared_are_those_that_are_shown_first() {
    const company = firm(), {session} = around((how, address) =>
      bytes(address.endsWith("frames") ? new Uint8Array(FRAMES.bytes).fill(255) : EMPTY_WASM), company);
    session.wake();
    await phase(session, "refused");
    assert.equal(session.why, "learn_live_why_differs");
    FIGURE.saved[0].psnr = [100];
    session.load();
    await phase(session, "ready");
    const given = company.jobs.length, shown = [];
    await session.run(cut(17, 1), {onFrame: (index, rgba, psnr) => shown.push([index, psnr])});
    assert.deepEqual([shown, company.jobs.length], [[[0, 100]], given]);
  },

  async the_second_time_nothing_is_taken_from_what_the_browser_kept() {
    let broken = true;
    const {asked, session} = around((how) => (broken ? bytes("five!") : never(how)));
    session.wake();
    await phase(session, "refused");
    assert.equal(session.why, "live_not_whole");
    assert.deepEqual(asked.map(({cache}) => cache), Array(4).fill("default"));
    broken = false;
    session.load();
    assert.deepEqual(asked.slice(4).map(({cache}) => cache), Array(4).fill("reload"));
  },
});
