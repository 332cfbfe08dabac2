"""What a measured variant adds up to: one finding each, and a headline for all of them.

Pure functions of records; the sentences are in words/verdicts.json. Numbers that are no counts travel
as text ("2.1", ".0005"), rounded once here, so that every view in every language prints the same.

The thresholds are this project's proposals, not standards: chosen so that real footage falls well to either
side. The first 102 frames of the gradio package's a.mp4 and world.mp4 (`compare --frames 102`), a model trained
on 17 alone: 0.5 and 1.1 at 17, 6.4 and 6.6 at 18, 33 and 36 at 16.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace

from vae_demo.layout.plan import Plan
from vae_demo.metrics import MIN_BOUNDARIES, PSNR_CAP
from vae_demo.results.comparison import Comparison, Reconstruction
from vae_demo.results.findings import Finding, Seam
from vae_demo.verdicts.equal import EQUAL_MEAN_DB, Level, is_equal
from vae_demo.verdicts.late import shifted

# A seam is called only when it is both large and unlikely; between the two lines it is a hint.
SEAM_SCORE = 1.5
SEAM_P = 0.01
NO_SEAM_SCORE = 1.2
NO_SEAM_P = 0.05
# Ghosts are a property of chunking once half the chunks have them; one could be the clip's doing.
GHOST_SHARE = 0.5

WAITING = Finding("waiting")

# Cases with nothing to object to; `equal` only counts when what it equals is clean itself.
CLEAN = ("no_seam", "equal")
# Order of the headline's clauses: what is seen at borders, what is lost, what is the same, what nobody can judge.
CLAUSES = ("came_back", "came_back_latents", "came_back_parts", "no_seam", "ghosts", "seam", "hint", "tail_ghosts",
           "slips", "also_slips", "cut_short", "late", "early", "equal", "few_borders", "all_borders", "unscored",
           "one_chunk")


def verdict(reconstruction: Reconstruction, reference: Reconstruction) -> Finding:
    """The first case that holds. `reference` is the variant others are compared with; it may be the same one."""
    plan = reconstruction.plan
    if plan.planned is not None:
        return _came_back(plan)
    pads, lost = plan.pads_shown, len(plan.lost_frames)
    if pads and lost:
        return Finding("pads_and_lost", {"n": pads, "m": lost})
    if pads:
        return Finding("only_pads", {"n": pads})
    if lost:
        return Finding("only_lost", {"n": lost})
    if late := shifted(reconstruction.lags):
        return late
    runs = ghost_runs(reconstruction)
    if len(plan.decode_chunks) == 1:
        return _one_chunk(reconstruction, runs)
    tail = _tail_ghosts(reconstruction)
    if has_ghosts(reconstruction) and not tail:
        return Finding("ghosts", {"n": usual(runs), "count": len(runs), "chunks": len(plan.decode_chunks)})
    if tail and len(plan.boundaries) < MIN_BOUNDARIES:
        return tail
    if len(plan.boundaries) < MIN_BOUNDARIES:
        return Finding("few_borders", {"n": len(plan.boundaries), "needed": MIN_BOUNDARIES})
    seam = reconstruction.seam
    strength = seam_strength(seam) if seam else None
    if strength == "seam":
        return Finding("seam", {"score": f"{seam.score:.1f}"})
    if tail:
        return tail
    if reconstruction is not reference and equal_variants(reconstruction, reference):
        return Finding("equal", {"reference": reference.label, "db": f"{EQUAL_MEAN_DB:g}"})
    if seam is None:
        return reconstruction.seam_reason or Finding("unscored")
    if strength == "none":
        return Finding("no_seam")
    return Finding("hint", {"score": f"{seam.score:.1f}", "p": p_text(seam.p)})


def _came_back(plan: Plan) -> Finding:
    """What is another number than was planned: frames before latents, which nobody sees."""
    latents, frames = plan.planned
    if plan.frames_out != frames:
        return Finding("came_back", {"n": plan.frames_out, "m": frames})
    if plan.latents != latents:
        return Finding("came_back_latents", {"n": plan.latents, "m": latents})
    # Parts made up for each other, or what is too many was not read.
    return Finding("came_back_parts")


def seam_strength(seam: Seam) -> str:
    """A seam that is large and unlikely is a "seam"; "none" where nothing speaks for one; between them a "hint"."""
    if seam.score >= SEAM_SCORE and seam.p <= SEAM_P:
        return "seam"
    # A high score that chance could give proves nothing, and "no seam" would be as much too sure as "a seam".
    if seam.score <= NO_SEAM_SCORE or (seam.p > NO_SEAM_P and seam.score < SEAM_SCORE):
        return "none"
    return "hint"


def _one_chunk(reconstruction: Reconstruction, runs: Sequence[int]) -> Finding:
    worst, psnr = reconstruction.playback.worst_frame, reconstruction.playback.worst
    if psnr is None:
        return Finding("one_chunk_unscored")
    if psnr >= PSNR_CAP:
        return Finding("one_chunk_exact")
    return Finding("one_chunk", {"n": usual(runs), "worst": worst, "psnr": f"{psnr:.1f}"})


def ghost_runs(reconstruction: Reconstruction) -> tuple[int, ...]:
    """Lengths of the ghosts that open chunks. A chunk that never recovers is not counted: where all of it
    is bad, the clip may simply be harder there (a cut from a still to motion looks like that)."""
    chunks = reconstruction.plan.decode_chunks
    return tuple(
        run for run, chunk in zip(reconstruction.ghosts, chunks, strict=True) if 0 < run < chunk.stop - chunk.start)


def _tail_ghosts(reconstruction: Reconstruction) -> Finding | None:
    """The finding when ghosts open the last chunk alone, and the full ones open with one frame alone where it does
    not: what the clip's length did must not be blamed on a 1 + 4k size. A tail that is one group may be all ghost."""
    plan, run = reconstruction.plan, reconstruction.ghosts[-1]
    *full, tail = plan.decode_chunks
    alone, frames = plan.rule.first_alone, tail.stop - tail.start
    if not run or any(reconstruction.ghosts[:-1]) or (run == frames > plan.rule.stride):
        return None
    if alone(tail.num_frames) or not all(alone(chunk.num_frames) for chunk in full):
        return None
    return Finding("tail_ghosts", {"n": run, "frames": frames})


def has_ghosts(reconstruction: Reconstruction) -> bool:
    """True when at least half of the chunks open with a ghost."""
    runs = ghost_runs(reconstruction)
    return bool(runs) and len(runs) >= GHOST_SHARE * len(reconstruction.plan.decode_chunks)


def usual(runs: Iterable[int]) -> int:
    """The most frequent length, the shorter one of a tie; 0 for none."""
    counts = Counter(runs)
    return min(counts, key=lambda run: (-counts[run], run)) if counts else 0


def equal_variants(one: Reconstruction, other: Reconstruction) -> bool:
    """True when both variants are in time, and mean and worst frame within what counts as the same."""
    return not (one.plan.is_clash or other.plan.is_clash) and is_equal(_level(one), _level(other))


def _level(reconstruction: Reconstruction) -> Level:
    return reconstruction.playback.means["psnr"], reconstruction.playback.worst


def p_text(p: float) -> str:
    """A p value the way it is printed: .0005, .003, .03, .99."""
    digits = 4 if p < 0.00095 else 3 if p < 0.0095 else 2
    text = f"{p:.{digits}f}"
    return text.removeprefix("0")


def headline(reconstructions: Sequence[Reconstruction], reference: Reconstruction) -> tuple[Finding, ...]:
    """One finding for the clean variants, one for the rest; an empty side is left out.

    Each is Finding("headline", {"clauses": [{"case", "params": {"labels": [...], ...}}, ...]}).
    """
    verdicts = [r.verdict or verdict(r, reference) for r in reconstructions]
    reference_clean = verdict(reference, reference).case in CLEAN
    flashing = any(v.case in ("ghosts", "seam", "hint", "tail_ghosts") for v in verdicts)
    sides: tuple[list[dict], list[dict]] = ([], [])
    for reconstruction, found in zip(reconstructions, verdicts, strict=True):
        case, params = _clause(reconstruction, found, flashing)
        clean = case == "no_seam" or (case == "equal" and reference_clean)
        _add(sides[0 if clean else 1], case, params, reconstruction.label)
    for side in sides:
        side.sort(key=lambda clause: CLAUSES.index(clause["case"]))
    return tuple(Finding("headline", {"clauses": side}) for side in sides if side)


def judged(comparison: Comparison) -> Comparison:
    """A comparison that is measured, with the verdicts and the headline that its numbers give here."""
    reference = next(each for each in comparison.variants if each.label == comparison.reference)
    variants = tuple(replace(each, verdict=verdict(each, reference)) for each in comparison.variants)
    return replace(comparison, variants=variants, findings=headline(variants, reference))


def _clause(reconstruction: Reconstruction, found: Finding, flashing: bool) -> tuple[str, dict]:
    if found.case in ("pads_and_lost", "only_pads", "only_lost"):
        slots = reconstruction.plan.slots
        if slots == tuple(range(len(slots))):
            return "cut_short", {}
        # "also" is said only of a variant that flashes as well, after others were said to flash.
        return ("also_slips" if flashing and has_ghosts(reconstruction) else "slips"), {}
    if found.case.startswith("one_chunk"):
        return "one_chunk", {}
    if found.case.startswith(("late_", "early_")):
        return found.case.partition("_")[0], {}
    return found.case, ({"reference": found.params["reference"]} if found.case == "equal" else {})


def _add(side: list[dict], case: str, params: dict, label: str) -> None:
    same = next((clause for clause in side if clause["case"] == case), None)
    if same is None:
        side.append({"case": case, "params": {**params, "labels": [label]}})
    else:
        same["params"]["labels"].append(label)
