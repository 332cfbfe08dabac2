"""When two results count as the same: one pair of lines, drawn once."""

from __future__ import annotations

# Nobody sees 0.3 dB of mean PSNR; one bad frame can be seen, so the worst frame has its own line.
EQUAL_MEAN_DB = 0.3
EQUAL_WORST_DB = 1.0

Level = tuple[float | None, float | None]


def is_equal(one: Level, other: Level) -> bool:
    """Mean within 0.3 dB and worst frame within 1 dB. A level: mean and worst PSNR in dB, None where unknown."""
    return all(a is not None and b is not None and abs(a - b) <= limit
               for a, b, limit in zip(one, other, (EQUAL_MEAN_DB, EQUAL_WORST_DB), strict=True))
