// Signs of the buttons that play, as paths in a box of 16 by 16, and the speeds there are.
export const ICONS = {
  first: "M3.5 3v10M12 3L5.5 8l6.5 5z", last: "M12.5 3v10M4 3l6.5 5L4 13z", back: "M11 3L4.5 8l6.5 5z",
  next: "M5 3l6.5 5L5 13z",
  play: "M4.5 2.5v11l9-5.5z", pause: "M4 3h2.6v10H4zM9.4 3H12v10H9.4z",
  loop: "M4 6V5a1.5 1.5 0 0 1 1.5-1.5H12M10 1.5l2.2 2-2.2 2M12 10v1a1.5 1.5 0 0 1-1.5 1.5H4M6 14.5l-2.2-2 2.2-2",
};
export const SPEEDS = {0.1: "0.1", 0.25: "¼", 0.5: "½", 1: "1×", 2: "2×"};
