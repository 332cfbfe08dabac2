// node, after live_fakes.js: one scenario that fails and one that does not.
play({
  async wrong() {
    assert.equal(1, 2, "one is two");
  },
  async right() {
    assert.equal(1, 1);
  },
});
