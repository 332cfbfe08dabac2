// Every size that is not there yet, one after the other, until somebody asks for one.

// live.all is {stop(), done, sizes} while it works. later(): something is to be drawn. ask(): for the size in view.
export function allSizes({sizes, live, sizing, computed, later, ask}) {
  const count = () => sizes.filter(sizing.isWhole).length;

  return async () => {
    const mine = live.all = {stop: () => { live.all = null; }, done: count(), sizes: sizes.length};
    later();
    await computed.all(sizes.map((size) => sizing.of(size).plan), () => {
      mine.done = count();
      later();
      return live.all === mine;
    }).catch(() => { /* another figure asked for something, or the session says what happened */ });
    if (live.all === mine) live.all = null;
    ask();
    later();
  };
}
