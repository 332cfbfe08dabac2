// Gradio counts the seconds of whatever is pending anew at every frame, and goes on with those of its "Loading..." when
// that has long gone: a page at rest would draw sixty times a second for ever. It shows tenths, so a tenth of a second
// is soon enough, and a count that nobody sees draws nothing.
const COUNTS = /performance\.now\(\)\s*-[^;]*\/\s*1e3/;
const LONGEST = 300;
const EVERY_MS = 100;

export function calmCounters(window) {
  const ask = window.requestAnimationFrame;
  window.requestAnimationFrame = (then) => {
    const source = typeof then === "function" ? Function.prototype.toString.call(then) : "";
    return source.length < LONGEST && COUNTS.test(source) ? window.setTimeout(then, EVERY_MS) : ask.call(window, then);
  };
}
