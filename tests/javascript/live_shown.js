// node, after live_fakes.js, with `shown` of shown.js: the scenarios of tests/test_live_session.py.
const KEPT = {label: "16", psnr: all_of(34).map(() => 20)}, HALF = {have: 17, whole: false, psnr: []};
const WHOLE = {have: 34, whole: true, psnr: all_of(34).map(() => 21), ms: 5};

// own: this machine's results by size; the only one that is saved is 16.
function of(phase, own, held = null) {
  const app = {say: (key) => key};
  const {shownOf} = shown.shownSizes(app, {session: {phase}, live: {held}, n: 34,
    computed: {of: (key) => own[key.split(":")[0]] ?? null}, saved: {of: (label) => (label === "16" ? KEPT : null)}});
  return [16, 11].map((size) => shownOf(size).from);
}

play({
  async before_it_is_ready_what_is_saved() {
    for (const phase of ["asleep", "loading", "checking"]) assert.deepEqual(of(phase, {}), ["saved", ""]);
  },

  async ready_what_it_has_and_what_was_on_show_until_that_is_whole() {
    assert.deepEqual(of("ready", {}), ["machine", "machine"]);
    assert.deepEqual(of("ready", {16: HALF}, 16), ["saved", "machine"]);
    assert.deepEqual(of("ready", {16: WHOLE}, 16), ["machine", "machine"]);
  },

  // Its pictures are gone with it, those that are saved are not.
  async when_it_can_no_longer_what_is_saved_and_the_numbers_it_had() {
    assert.deepEqual(of("refused", {16: WHOLE, 11: WHOLE}), ["saved", "machine"]);
    assert.deepEqual(of("refused", {16: HALF, 11: HALF}), ["saved", ""]);
  },
});
