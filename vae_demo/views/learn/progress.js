// What this browser remembers of the lessons: guesses, and which steps were read to their end. Nothing leaves it.
const PROGRESS_KEY = "vd-learn";

export function learnProgress() {
  const kept = () => {
    try {
      const found = JSON.parse(localStorage.getItem(PROGRESS_KEY)) || {};
      return {guesses: {...found.guesses}, done: {...found.done}};
    } catch (e) { return {guesses: {}, done: {}}; }
  };
  let state = kept();
  const keep = () => {
    try { localStorage.setItem(PROGRESS_KEY, JSON.stringify(state)); } catch (e) { /* storage may be off in a frame */ }
  };
  return {
    guess: (id) => state.guesses[id],
    setGuess(id, value) { state.guesses[id] = value; keep(); },
    done: (id) => Boolean(state.done[id]),
    setDone(id) { if (!state.done[id]) { state.done[id] = true; keep(); } },
    forget() { state = {guesses: {}, done: {}}; keep(); },
  };
}
