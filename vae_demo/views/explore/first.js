// Takes away what was served before any script had run (first.py), as soon as the page shows the same or something
// else.
const ID = "vd-first";
const SETTLED_AT_LAST_MS = 1500;

// Before there is a body: what was served is not what this visitor had.
export function refuseFirst() {
  document.documentElement.dataset.vdFirst = "no";
  document.addEventListener("DOMContentLoaded", dropFirst);
}

// Its switches work before the page's own are there.
export function liveSwitches() {
  document.addEventListener("click", (event) => {
    const pressed = event.target.closest?.(`#${ID} button`);
    if (pressed?.dataset.lang) window.vdSetLang(pressed.dataset.lang);
    else if (pressed) window.vdSetDark(!window.vdDark);
  });
}

export function dropFirst() {
  document.getElementById(ID)?.remove();
}

// What stands above has its height once the controls say what they say, which `heard` tells: before that the page would
// jump.
export function dropWhenSettled(heard) {
  heard(() => setTimeout(dropFirst));
  setTimeout(dropFirst, SETTLED_AT_LAST_MS);
}

// painters: those of picturesView, before their video is there; each shows its part of the still meanwhile. clip: of a
// saved result, else null. frame: where it rests.
export function takeStill(painters, clip, frame) {
  const served = document.getElementById(ID), still = served?.querySelector("img");
  const frames = painters.filter((painter) => painter.layer === "frames");
  if (still?.complete && still.naturalWidth && served.dataset.clip === clip && Number(served.dataset.frame) === frame)
    frames.forEach(({canvas}, index) => {
      const width = still.naturalWidth / frames.length;
      canvas.getContext("2d").drawImage(still, index * width, 0, width, still.naturalHeight, 0, 0, canvas.width,
        canvas.height);
    });
}
