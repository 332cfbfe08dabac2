"""frames.csv: one line per variant and playback frame, RFC 4180."""

from __future__ import annotations

import csv
from pathlib import Path

from vae_demo.results.comparison import Comparison
from vae_demo.results.scores import SCORES

COLUMNS = ("variant", "frame", "source_frame", "is_pad", *SCORES)


def write_csv(comparison: Comparison, path: Path) -> None:
    """UTF-8 without a byte order mark, lines ending in CRLF; a cell is empty where nothing is known.

    No text from outside gets in: labels are sizes, the rest are numbers, so nothing can pose as a formula.
    """
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        for variant in comparison.variants:
            scores = [variant.playback[name] for name in SCORES]
            for frame, (slot, *values) in enumerate(zip(variant.plan.slots, *scores, strict=True)):
                writer.writerow([
                    variant.label, frame, "" if slot is None else slot, int(slot is None),
                    *("" if value is None else f"{value:.6f}" for value in values)])
