"""Every hostile file of the siege; as a command it writes them all into a folder.

    python tests/siege/hostile.py --out DIR [--seed N]

Seeded: one seed makes the same bytes each time, whatever else is made before.
"""

import argparse
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from random import Random

import fuzzed
import hostile_ebml
import hostile_mp4
import hostile_photos
import hostile_png_gif
import hostile_riff
import hostile_streams
import names
import pointing
from material import Targets

SEED = 20
MODULES = (hostile_mp4, hostile_ebml, hostile_riff, hostile_png_gif, hostile_photos, hostile_streams,
           pointing, fuzzed, names)
# These keep a decoder busy for longer than anybody would wait; the sooner they are stopped, the sooner we know.
BUSY = {
    "avi: RLE of 4096.avi", "avi: TSCC of a bomb.avi",
    *(f"gif, png: {name}" for name in (
        "bomb of 4096, 16 bit.png", "bomb of 4096, interlaced.png", "4096, 12 frames.png", "4096 by Paeth.png",
        "4096 wide, 12 full frames.gif", "4096 wide, 300 dots.gif", "4096 wide, 300 short frames.gif",
        "frame that unpacks to 120 MB.png")),
    *(f"jpeg, webp, avif: {name}" for name in (
        "20,000 scans of 4096.jpg", "2000 scans of 2048.jpg", "canvas of 4096, 3000 dots.webp",
        "frame of another size.webp")),
    "matroska: seconds of 1e99999999, says a tag.mkv", "matroska: lasts 1e999999999, says a tag.mkv",
    "mp4: trun of 16 million, often.mp4", "streams: 10,000 programs.ts",
}


@dataclass(frozen=True)
class Hostile:
    """make(rng, folder, targets) -> what to hand to the reader: a path, or text in the place of one."""

    name: str
    family: str
    make: Callable

    @property
    def busy(self):
        return self.name in BUSY

    def into(self, folder, targets, seed=SEED):
        """In a folder of its own, so that no two names are in each other's way."""
        own = folder / f"{self.family} {re.sub(r'[^a-z0-9]+', '-', self.name.lower())[:60]}"
        own.mkdir(parents=True)
        return self.make(Random(f"{seed} {self.name}"), own, targets)


def written(name, content):
    def make(rng, folder, targets):
        path = folder / name
        path.write_bytes(content(rng, targets))
        return path
    return make


def catalogue():
    """{name: Hostile}. A module gives FAMILY and FILES, {file name: content(rng, targets) -> bytes}, or PATHS,
    {description: make(rng, folder, targets) -> path}."""
    found = [Hostile(f"{module.FAMILY}: {name}", module.FAMILY, written(name, content))
             for module in MODULES for name, content in getattr(module, "FILES", {}).items()]
    found += [Hostile(f"{module.FAMILY}: {name}", module.FAMILY, make)
              for module in MODULES for name, make in getattr(module, "PATHS", {}).items()]
    names = Counter(each.name for each in found)
    assert not (twice := [name for name, n in names.items() if n > 1]), twice
    assert names.keys() >= BUSY, BUSY - names.keys()
    return {each.name: each for each in found}


CATALOGUE = catalogue()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--seed", type=int, default=SEED)
    args = parser.parse_args()
    if args.out.exists() and any(args.out.iterdir()):
        parser.error(f"{args.out} is not empty")
    canary = args.out / "canary.txt"
    args.out.mkdir(parents=True, exist_ok=True)
    canary.write_text("nobody reads this\n")
    for each in CATALOGUE.values():
        each.into(args.out, Targets(canary.resolve(), 9, 9), args.seed)
    print(f"{len(CATALOGUE)} files in {args.out}")


if __name__ == "__main__":
    main()
