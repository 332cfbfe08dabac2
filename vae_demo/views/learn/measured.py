"""What the lessons read from a saved comparison: pure functions of its JSON mapping, numbers as printed text."""

from __future__ import annotations

import math
import statistics
from collections.abc import Mapping, Sequence
from typing import Any

from vae_demo.layout import text
from vae_demo.results.findings import Finding, Seam
from vae_demo.results.scores import mean
from vae_demo.verdicts import EQUAL_MEAN_DB, p_text, seam_strength

Run = Mapping[str, Any]
# Half the squared error is 3 dB: a frame that far below its chunk stands out. One dB less on average is a loss.
STANDS_OUT_DB = 3.0
LOSS_DB = 1.0
# A failure counts as healed once at least half of the gap is closed, and as closed within the loss above.
HEALED_SHARE = 0.5


def find(run: Run, label: str) -> dict:
    """The variant of that label."""
    return next(variant for variant in run["variants"] if variant["label"] == label)


def db(value: float | None) -> str:
    return "–" if value is None else f"{value:.1f}"


def full_chunks(variant: Mapping) -> list[tuple[int, int]]:
    """Output frames [start, stop) of the chunks that have the full size, of a round trip."""
    size = int(variant["decode"])
    spans = [(chunk["start"], chunk["stop"]) for chunk in variant["decode_chunks"]]
    return [(start, stop) for start, stop in spans if stop - start == size]


def by_position(variant: Mapping) -> list[float]:
    """Mean PSNR of the first, second, … frame of a chunk, over all full chunks."""
    spans = full_chunks(variant)
    return [mean([variant["psnr"][start + at] for start, _ in spans]) for at in range(int(variant["decode"]))]


def first_frame(variant: Mapping) -> float:
    return by_position(variant)[0]


def full_mean(variant: Mapping) -> float:
    return mean(by_position(variant))


def tail_mean(variant: Mapping) -> float | None:
    """Mean PSNR of the frames after the last full chunk, None without a tail."""
    spans = full_chunks(variant)
    return mean(variant["psnr"][spans[-1][1] if spans else 0:])


def low_positions(variant: Mapping, stride: int) -> list[int]:
    """Which of the first `stride` places of a chunk stand out below its median."""
    values = by_position(variant)
    return [at for at in range(stride) if statistics.median(values) - values[at] >= STANDS_OUT_DB]


def worst_place(variant: Mapping, reference: Mapping, stride: int) -> Finding:
    """Where in a chunk a round trip is worst: "first" (or "first_too", where the reference is as bad there),
    "last", "all" alike (and worse than the reference), "none"."""
    values = by_position(variant)
    middle = statistics.median(values)
    first, last = middle - min(values[:stride]), middle - min(values[-stride:])
    if max(first, last) >= STANDS_OUT_DB:
        if last > first:
            return Finding("last", {"db": db(last)})
        # Worst at the start of a chunk of the usual size as well: then its first group is no explanation.
        return Finding("first" if first_frame(reference) - values[0] > LOSS_DB else "first_too")
    loss = full_mean(reference) - full_mean(variant)
    if loss > LOSS_DB:
        return Finding("all", {"db": db(loss)})
    return Finding("none", {"limit": f"{LOSS_DB:g}"})


def other_good_size(run: Run, place: str) -> str:
    """How 21 compares with 17 at a chunk's first frame: "same", "less", or "plain" where nothing can be concluded."""
    if first_frame(find(run, "17")) - first_frame(find(run, "21")) > LOSS_DB:
        return "less"
    return "same" if place == "first" else "plain"


def window(run: Run, first: int, count: int) -> list[int]:
    """`count` playback frames from `first` on, as far as the saved stills reach."""
    have = run["media"]["stills"]["frames"]
    first = min(max(first, have[0]), max(have[-1] - count + 1, have[0]))
    return [frame for frame in range(first, first + count) if frame in have]


def pad_run(slots: Sequence[int | None], after: int) -> list[int]:
    """The first run of pads that play at or after output frame `after`."""
    start = next(i for i in range(after, len(slots)) if slots[i] is None)
    stop = next(i for i in range(start, len(slots)) if slots[i] is not None)
    return list(range(start, stop))


def seam_case(seam: Mapping) -> str:
    """The verdict on a seam score, with a real seam told apart by size: "none", "hint", "twice" or "five"."""
    strength = seam_strength(Seam.from_json(seam))
    if strength != "seam":
        return strength
    # The line between "twice" and "five times" lies at their geometric mean.
    return "twice" if seam["score"] < math.sqrt(2 * 5) else "five"


def seam_params(seam: Mapping) -> dict[str, Any]:
    return {"score": f"{seam['score']:.2f}", "p": p_text(seam["p"]), "borders": seam["boundaries"]}


def healing(before: Run, after: Run, stride: int) -> Finding:
    """Which failure the second model no longer has: "round", "clash", "both", "neither", or "nothing" to heal."""
    a, b, c = (first_frame(find(run, label)) for run, label in ((before, "16"), (after, "16"), (after, "17")))
    params = {"a": db(a), "b": db(b)}
    gaps = [max(first_frame(find(run, "17")) - first_frame(find(run, "16")), 0.0) for run in (before, after)]
    failed = worst_place(find(before, "16"), find(before, "17"), stride).case == "first" and gaps[0] > LOSS_DB
    round_trip = failed and b > a and gaps[1] <= HEALED_SHARE * gaps[0]
    clash = find(after, "17→16")
    if not (clash["pads_shown"] or clash["lost_frames"]):
        return Finding("both" if round_trip else "clash", params)
    if round_trip:
        seam = find(after, "16")["seam"]
        seen = seam is not None and seam_case(seam) in ("twice", "five")
        return Finding("round", {**params, "how": "partly" if seen else "fully" if gaps[1] <= LOSS_DB else "mostly"})
    return Finding("neither", {**params, "c": db(c)}) if failed else Finding("nothing", params)


def summary(model: str, run: Run) -> dict[str, Any]:
    """One row of the table of models."""
    round_trip, clash = find(run, "16"), find(run, "17→16")
    seam = round_trip["seam"]
    return {"model": model, "first": db(first_frame(round_trip)), "worst": db(round_trip["means"]["psnr_worst"]),
            "seam": f"{seam['score']:.2f}×" if seam else "–",
            "pads": f"{clash['pads_shown']}, {len(clash['lost_frames'])}", "playback": db(clash["means"]["psnr"])}


def worse(variant: Mapping, reference: Mapping) -> bool:
    """Whether full chunks of a size score below those of the reference by more than anybody sees."""
    return full_mean(reference) - full_mean(variant) > EQUAL_MEAN_DB


def ranges(frames: Sequence[int]) -> str:
    """[81, 82, 83, 90] -> f81–83, f90."""
    return ", ".join(f"f{run}" for run in text.ranges(frames, "–"))
