// The names by which an address says what a tab is to show; shared/settings.py reads them.
export const EXPLORE_NAMES = ["clip", "model", "variants", "start", "frames", "size", "crop", "dtype", "frame",
  "selected", "view", "against", "score", "row", "gain", "shades", "zoom"];
export const NAMES = [...EXPLORE_NAMES, "sizes", "sample"];
