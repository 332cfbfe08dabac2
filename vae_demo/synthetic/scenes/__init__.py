"""One scene a file; each has frame(seed, index) -> uint8 256 256 3."""
