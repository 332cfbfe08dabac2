// What nobody sees yet is fetched later: when its place comes near the window, and not before the first pictures.
import {bus} from "./bus.js";

const NEAR = "300px";

// element: of the page, as long as it stands there. Gives {seen, watch(node)}: the promise `seen` is kept once a node
// that was watched has come near and pictures are there, or failed to come.
export function later(element) {
  let came;
  const near = new Promise((done) => { came = done; });
  const observer = new IntersectionObserver((entries) => {
    if (!entries.some((entry) => entry.isIntersecting)) return;
    observer.disconnect();
    came();
  }, {rootMargin: NEAR});
  const drawn = new Promise((done) => bus.on("drawn", element, done));
  return {seen: Promise.all([near, drawn]), watch: (node) => observer.observe(node)};
}
