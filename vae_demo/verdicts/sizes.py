"""What a sweep adds up to, as data: a headline for all sizes, and for each size how it stands to the declared one.

Pure functions of records; the sentences are in words/sweep.json. The worst frame of full chunks is what
separates the sizes: a mean over 85 frames hides the few that open each chunk. The lines drawn are those of
equal.py: nobody sees 0.3 dB of mean, and 1 dB is the least that counts at a worst frame.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from statistics import median

from vae_demo.layout.rule import FrameRule
from vae_demo.results.comparison import Comparison
from vae_demo.results.findings import Finding
from vae_demo.results.sweep import Part, Sweep, SweepRow
from vae_demo.verdicts.equal import EQUAL_MEAN_DB, EQUAL_WORST_DB, is_equal

# A tail this far below the full chunks is worth a sentence.
TAIL_DROP_DB = EQUAL_WORST_DB


def swept(
    comparison: Comparison, reference: str, trained: tuple[int, int] | None, left_out: tuple[Finding, ...] = ()
) -> Sweep:
    """A finished run of round trips as a sweep.

    reference: label of the model's own cut, whether it was measured or not. trained: chunk lengths seen in training,
    which nobody knows of weights that are not the model's own. left_out: what is to be said of sizes that did not run.
    """
    trained = None if comparison.provenance.weights else trained
    rows = [SweepRow.of(each) for each in comparison.variants]
    judged = judged_sizes(Sweep.of(comparison, reference, trained, rows), comparison.variants[0].plan.rule)
    return replace(judged, findings=(*judged.findings, *left_out))


def judged_sizes(sweep: Sweep, rule: FrameRule) -> Sweep:
    """A sweep with what it adds up to; rule: of its model."""
    declared = next((row for row in sweep.rows if row.size == sweep.reference), None)
    n_frames = sweep.clip["n_frames"]
    rows = tuple(
        replace(row, findings=(*_kept(row, n_frames), *row_findings(row, declared, rule))) for row in sweep.rows)
    said = headline(rows, sweep.model, sweep.reference, sweep.trained_lengths, rule)
    return replace(sweep, rows=rows, findings=(*_keeping(rows, n_frames), *said))


def _kept(row: SweepRow, n_frames: int) -> tuple[Finding, ...]:
    """Of a size whose chunks end in frames that fill no group, or open with pads that the rule does not cut off."""
    lost = (Finding("loses", {"size": row.size, "n": row.lost, "m": n_frames}),) if row.lost else ()
    return (*lost, *((Finding("plays", {"size": row.size, "n": row.pads}),) if row.pads else ()))


def _keeping(rows: Sequence[SweepRow], n_frames: int) -> tuple[Finding, ...]:
    """First of all what comes back, where that is not every frame and nothing else."""
    losing, playing = [row.lost for row in rows if row.lost], [row for row in rows if row.pads]
    found = []
    if losing:
        kept = [row.size for row in rows if not row.lost]
        params = {"n": len(losing), "least": min(losing), "most": max(losing), "frames": n_frames}
        found.append(Finding("some_lose", {**params, "kept": ", ".join(kept)}) if kept else Finding("all_lose", params))
    if playing:
        pads = [row.pads for row in playing]
        found.append(Finding("some_play", {"n": len(pads), "least": min(pads), "most": max(pads),
                                           "sizes": ", ".join(row.size for row in playing)}))
    return tuple(found)


def headline(
    rows: Sequence[SweepRow], model: str, reference: str, trained: tuple[int, int] | None, rule: FrameRule
) -> tuple[Finding, ...]:
    """The main sentence first, then what the numbers say about the lengths trained on, and about seams."""
    scored = [row for row in rows if worst(row) is not None]
    main = _main(scored, rule.stride)
    more = (_beyond(scored, model, reference, trained, rule.stride), _seams(rows, rule.stride)
            ) if len(scored) > 1 else ()
    return (main, *(finding for finding in more if finding))


def worst(row: SweepRow) -> float | None:
    """The lowest PSNR in full chunks."""
    return row.full.psnr_worst if row.full else None


def _main(scored: Sequence[SweepRow], stride: int) -> Finding:
    if not scored:
        return Finding("no_full_chunk")
    if len(scored) == 1:
        return Finding("one_size", _numbers(scored[0]))
    means, worsts = [row.full.psnr for row in scored], [worst(row) for row in scored]
    if max(means) - min(means) <= EQUAL_MEAN_DB and max(worsts) - min(worsts) <= EQUAL_WORST_DB:
        return Finding("level", {"n": len(scored), "db": f"{EQUAL_MEAN_DB:g}", "worst": f"{EQUAL_WORST_DB:g}"})
    alone = [worst(row) for row in scored if row.first_alone]
    others = [worst(row) for row in scored if not row.first_alone]
    if not alone or not others:
        return Finding("one_kind", {"n": len(scored), "low": _at_least(min(worsts)), "high": _at_most(max(worsts))})
    if min(alone) - max(others) >= EQUAL_WORST_DB:
        # Rounded so that both halves of the sentence stay true.
        return Finding("stand_out", {
            "n": len(others), "high": _at_least(min(alone)), "low": _at_most(max(others)), "stride": stride})
    ahead = median(alone) - median(others)
    case = "ahead" if ahead >= EQUAL_WORST_DB else "behind" if ahead <= -EQUAL_WORST_DB else "no_difference"
    return Finding(case, {"alone": _db(median(alone)), "others": _db(median(others)), "stride": stride})


def _beyond(
    scored: Sequence[SweepRow], model: str, reference: str, trained: tuple[int, int] | None, stride: int
) -> Finding | None:
    if trained is None:
        return None
    low, high = trained
    inside = [row for row in scored if low <= _length(row) <= high]
    outside = [row for row in scored if row not in inside]
    if not outside or not inside:
        return None
    if low < high:
        return Finding("trained_range", {
            "model": model, "low": low, "high": high, "inside": _span(inside), "outside": _span(outside)})
    declared = next((row for row in scored if row.size == reference), None)
    others = [row for row in outside if row.first_alone and row is not declared]
    if declared is None or not others:
        return None
    equal = [row for row in others if is_equal(_level(row.full), _level(declared.full))]
    case = "beyond_all" if len(equal) == len(others) else "beyond_some" if equal else "beyond_none"
    return Finding(case, {"model": model, "length": low, "reference": reference, "n": len(others), "m": len(equal),
                          "stride": stride})


def _seams(rows: Sequence[SweepRow], stride: int) -> Finding | None:
    alone = [row.seam.score for row in rows if row.seam and row.first_alone]
    others = [row.seam.score for row in rows if row.seam and not row.first_alone]
    if not alone or not others:
        return None
    return Finding("seams", {"alone": _range(alone, 2) + "×", "others": _range(others, 2) + "×", "stride": stride})


def row_findings(row: SweepRow, declared: SweepRow | None, rule: FrameRule) -> tuple[Finding, ...]:
    """How full chunks stand to the declared size's, then what the tail does; nothing is judged that is not there."""
    tail = _tail(row, rule)
    return (_full(row, declared, tail), *((tail,) if tail else ()))


def _full(row: SweepRow, declared: SweepRow | None, tail: Finding | None) -> Finding:
    if row.full is None or worst(row) is None:
        return Finding("no_full", {"size": row.size, "n": row.tail.frames if row.tail else row.frames_out})
    numbers = _numbers(row)
    if declared is None or worst(declared) is None:
        return Finding("measured", numbers)
    if declared.size == row.size:
        return Finding("declared", numbers)
    reference = {"size": row.size, "reference": declared.size}
    if is_equal(_level(row.full), _level(declared.full)):
        return Finding("spoiled" if tail and tail.case == "tail_breaks" else "equal", reference)
    below = worst(declared) - worst(row)
    if abs(below) >= EQUAL_WORST_DB:
        case = "drops" if below > 0 else "holds"
        return Finding(case, {**reference, "worst": numbers["worst"], "db": _db(abs(below))})
    less = declared.full.psnr - row.full.psnr
    return Finding("mean_below" if less > 0 else "mean_above", {**reference, "db": _db(abs(less))})


def _tail(row: SweepRow, rule: FrameRule) -> Finding | None:
    if row.tail is None or row.tail.psnr_worst is None or worst(row) is None:
        return None
    numbers = {"n": row.tail.frames, "worst": _db(row.tail.psnr_worst)}
    if worst(row) - row.tail.psnr_worst < TAIL_DROP_DB:
        return Finding("tail_holds", numbers)
    if row.tail_first_alone or not row.first_alone:
        return Finding("tail_drops", numbers)
    kept = next((n for n in range(row.tail.frames, 0, -1) if rule.first_alone(n)), 0)
    return Finding("tail_breaks", {**numbers, "trim": row.full.frames + kept, "kept": kept, "stride": rule.stride})


def _level(part: Part) -> tuple[float | None, float | None]:
    return part.psnr, part.psnr_worst


def _numbers(row: SweepRow) -> dict[str, str]:
    return {"size": row.size, "psnr": _db(row.full.psnr), "worst": _db(worst(row))}


def _length(row: SweepRow) -> int:
    """Frames in a full chunk; the only one of `whole` is as long as the clip."""
    return row.full.frames if row.size == "whole" else int(row.size)


def _span(rows: Sequence[SweepRow]) -> str:
    return _range([worst(row) for row in rows], 1)


def _range(values: Sequence[float], digits: int) -> str:
    low, high = f"{min(values):.{digits}f}", f"{max(values):.{digits}f}"
    return low if low == high else f"{low}–{high}"


def _db(value: float) -> str:
    return f"{value:.1f}"


def _at_least(value: float) -> str:
    return f"{math.floor(value * 10 + 1e-9) / 10:.1f}"


def _at_most(value: float) -> str:
    return f"{math.ceil(value * 10 - 1e-9) / 10:.1f}"
