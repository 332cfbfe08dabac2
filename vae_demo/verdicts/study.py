"""How a variant stands to the reference over many clips, as data: the sentences are in words/study.json.

The lines are those of equal.py, clip by clip and for the interval of the mean difference. An interval that leaves the
lines on neither side says nothing yet, and that is said: "not shown to be worse" is not "equal".
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from vae_demo.results.findings import Finding
from vae_demo.verdicts.equal import EQUAL_MEAN_DB, EQUAL_WORST_DB, Level, is_equal

Stand = Literal["worse", "lower", "equal", "open", "higher", "better"]
KINDS = ("worse", "mixed", "equal", "better")
# Order of the headline's clauses.
CLAUSES = ("worse", "one_worse", "few_worse", "mixed", "one_mixed", "few_mixed", "lower", "few_varied", "open",
           "higher", "better", "one_better", "few_better", "equal", "one_equal", "few_equal", "no_pair")
# Below it a tenth of a dB says too little beside a line at 0.3 dB.
SMALL_DB = 1.0


class Spread(Protocol):
    """Paired differences over clips, of so many files; `few`: too few for an interval that keeps its promise."""

    n: int
    files: int
    mean: float | None
    low: float | None
    high: float | None
    few: bool


@dataclass(frozen=True)
class Against:
    """A variant beside the reference on the clips that both have: differences of mean and of worst PSNR, and one of
    KINDS per clip, None where one of the two has no score."""

    label: str
    reference: str
    mean: Spread
    worst: Spread
    clips: tuple[str | None, ...]

    @property
    def counts(self) -> dict[str, int]:
        counted = Counter(self.clips)
        return {kind: counted[kind] for kind in KINDS}


def clip_stand(one: Level, reference: Level) -> str | None:
    """One of KINDS for one clip. A level: mean and worst PSNR in dB, None where unknown."""
    if None in one or None in reference:
        return None
    if is_equal(one, reference):
        return "equal"
    lines = list(zip(one, reference, (EQUAL_MEAN_DB, EQUAL_WORST_DB), strict=True))
    down, up = any(a - b < -line for a, b, line in lines), any(a - b > line for a, b, line in lines)
    return "mixed" if down and up else "worse" if down else "better"


def stand(spread: Spread, line: float) -> Stand:
    """Where the interval of a difference lies to a line on either side of nothing."""
    low, high = spread.low, spread.high
    if low is None or high is None:
        return "open"
    if -line <= low and high <= line:
        return "equal"
    if high < 0:
        return "worse" if high < -line else "lower"
    if low > 0:
        return "better" if low > line else "higher"
    return "open"


def against(pair: Against) -> Finding:
    """The first case that holds: nothing to compare, one clip, few clips, then what the intervals say."""
    n, counts = pair.mean.n, pair.counts
    if not n:
        return Finding("no_pair", {"label": pair.label, "reference": pair.reference})
    params = {"label": pair.label, "reference": pair.reference, "n": n, "files": pair.mean.files,
              "m": counts["worse"] + counts["mixed"], "equal": counts["equal"], "better": counts["better"],
              "mean": db(pair.mean.mean), "worst": db(pair.worst.mean)}
    kinds = [kind for kind in KINDS if counts[kind]]
    if n == 1:
        return Finding(f"one_{kinds[0]}", params)
    if pair.mean.few:
        return Finding(f"few_{kinds[0]}" if len(kinds) == 1 else "few_varied", params)
    return Finding(case_of(stand(pair.mean, EQUAL_MEAN_DB), stand(pair.worst, EQUAL_WORST_DB)), {
        **params, "mean_low": db(pair.mean.low), "mean_high": db(pair.mean.high),
        "worst_low": db(pair.worst.low), "worst_high": db(pair.worst.high)})


def case_of(mean: Stand, worst: Stand) -> str:
    """What two intervals come to: a visible loss first, and nothing is equal of which one part is open."""
    stands = {mean, worst}
    down, up = stands & {"worse", "lower"}, stands & {"better", "higher"}
    if down and up:
        return "mixed"
    for case in ("worse", "better", "lower", "higher"):
        if case in stands:
            return case
    return "equal" if stands == {"equal"} else "open"


def headline(findings: Sequence[Finding]) -> tuple[Finding, ...]:
    """One sentence for all variants of a model: which are worse than the reference, which equal, what is open."""
    clauses: dict[str, dict] = {}
    for found in findings:
        if found.case in CLAUSES:
            clause = clauses.setdefault(found.case, {"labels": [], "reference": found.params["reference"]})
            clause["labels"].append(found.params["label"])
    said = [{"case": case, "params": clauses[case]} for case in CLAUSES if case in clauses]
    return (Finding("headline", {"clauses": said}),) if said else ()


def db(value: float | None) -> str:
    """A difference as it is printed, with its sign: −1.2, +0.3, 0.0. Small ones keep a second digit."""
    if value is None:
        return "–"
    text = f"{value:+.1f}" if abs(value) >= SMALL_DB else f"{value:+.2f}"
    return text.lstrip("+-") if float(text) == 0 else text.replace("-", "−")
