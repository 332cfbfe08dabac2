// Every size that is not there yet, one after the other, until somebody asks for one.

// live.all is {stop(), done, sizes} while it works. later(): something is to be drawn. over(): all of them are there.
// ask(): for the size in view.
export function allSizes({sizes, live, session, sizing, computed, later, over, ask}) {
  const count = () => sizes.filter(sizing.isWhole).length;

  return async () => {
    const working = () => live.all === mine, mine = live.all = {done: count(), sizes: sizes.length, stop() {
      live.all = null;
      session.stop();
      later();
    }};
    later();
    // The size in view first: its pictures are looked at meanwhile.
    const plans = [live.size, ...sizes.filter((size) => size !== live.size)].map((size) => sizing.of(size).plan);
    await computed.all(plans, working, () => {
      mine.done = count();
      later();
    }).catch(() => { /* another figure asked for something, or the session says what happened */ });
    if (!working()) return;
    live.all = null;
    later();
    if (live.seen && !session.busy) ask();
    // After what the size in view has to say, which is here already.
    if (mine.done === sizes.length) setTimeout(over);
  };
}
