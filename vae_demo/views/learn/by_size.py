"""What the saved sweep says about sizes by what they open with; numbers of full chunks, on that clip."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from vae_demo.verdicts import EQUAL_MEAN_DB, EQUAL_WORST_DB
from vae_demo.views.learn.lesson import RULE, SIZE, Sentence, tell
from vae_demo.views.learn.measured import db

Row = Mapping[str, Any]
# Beside 17, 16 and 18: what opens with one frame alone, with three, with four; twice as long, and the whole clip.
SHOWN = ("13", "16", "17", "18", "19", "20", "21", "33", "whole")
LONG = ("33", "whole")


def opening(row: Row, n_frames: int) -> int:
    """Real frames in the first group of a full chunk of that size."""
    return RULE.groups(n_frames if row["size"] == "whole" else int(row["size"]))[0]


def scored(sweep: Mapping[str, Any] | None) -> dict[str, Row]:
    """Rows with a full chunk, by size."""
    return {row["size"]: row for row in sweep["rows"] if row["full"]} if sweep else {}


def table(sweep: Mapping[str, Any] | None) -> list[dict[str, Any]]:
    """A row for each size shown: its first group, mean and worst frame of its full chunks, and of its tail."""
    rows = scored(sweep)
    return [{"size": size, "opens": opening(row, sweep["clip"]["n_frames"]), "mean": db(row["full"]["psnr"]),
             "worst": db(row["full"]["psnr_worst"]), "tail": row["tail"]["frames"] if row["tail"] else None,
             "tail_worst": db(row["tail"]["psnr_worst"]) if row["tail"] else None}
            for size in SHOWN if (row := rows.get(size))]


def said(sweep: Mapping[str, Any] | None) -> tuple[Sentence, ...]:
    """What opens a chunk decides, or does not; how a tail fares; what becomes of long chunks."""
    rows = scored(sweep)
    if not rows or str(SIZE) not in rows:
        return ()
    return (_by_opening(rows, sweep["clip"]["n_frames"]), *_tail(rows), *_long(rows))


def _by_opening(rows: Mapping[str, Row], n_frames: int) -> Sentence:
    worst: dict[int, list[float]] = {}
    for row in rows.values():
        worst.setdefault(opening(row, n_frames), []).append(row["full"]["psnr_worst"])
    alone = worst.pop(1, [])
    others = [value for values in worst.values() for value in values]
    counts = {"n": len(rows), "alone": len(alone)}
    if not alone or not others or min(alone) - max(others) < EQUAL_WORST_DB:
        return tell("breaks_sizes_mixed", **counts)
    by_held = [tell("breaks_opens", n=held, range=_range(values)) for held, values in sorted(worst.items())]
    return tell("breaks_sizes", range=_range(alone), list=by_held, **counts)


def _range(values: Sequence[float]) -> str:
    """24.7–24.9, or one number."""
    low, high = db(min(values)), db(max(values))
    return low if low == high else f"{low}–{high}"


def _tail(rows: Mapping[str, Row]) -> tuple[Sentence, ...]:
    """The clearest case of good chunks with an end that breaks, if there is one."""
    spoiled = [row for row in rows.values() if row["first_alone"] and row["tail"] and not row["tail_first_alone"]
               and row["full"]["psnr_worst"] - row["tail"]["psnr_worst"] >= EQUAL_WORST_DB]
    if not spoiled:
        return ()
    row = min(spoiled, key=lambda each: abs(int(each["size"]) - SIZE))
    return (tell("breaks_tail", size=row["size"], tail=row["tail"]["frames"], a=db(row["full"]["psnr_worst"]),
                 b=db(row["tail"]["psnr_worst"])),)


def _long(rows: Mapping[str, Row]) -> tuple[Sentence, ...]:
    usual, long = rows[str(SIZE)]["full"], {size: rows[size]["full"] for size in LONG if size in rows}
    if not long:
        return ()
    equal = all(usual["psnr"] - each["psnr"] <= EQUAL_MEAN_DB and
                usual["psnr_worst"] - each["psnr_worst"] <= EQUAL_WORST_DB for each in long.values())
    numbers = [tell("breaks_long_one", size=size, mean=db(each["psnr"]), worst=db(each["psnr_worst"]))
               for size, each in long.items()]
    return (tell("breaks_long_equal" if equal else "breaks_long_less", list=numbers, mean=db(usual["psnr"]),
                 worst=db(usual["psnr_worst"]), size=SIZE),)
