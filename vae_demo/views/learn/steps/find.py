"""Step 8: the period of a finished video, read from its frames in rows."""

from __future__ import annotations

from vae_demo.examples import LEARN_CLIP
from vae_demo.results.inspection import Inspection
from vae_demo.synthetic.flickering import FLICKERS, PERIOD
from vae_demo.verdicts.variants import p_text
from vae_demo.views.inspect.drawn import folded
from vae_demo.views.learn.lesson import Lesson, Question, tell

# The sample of the Inspect tab that it is asked of.
SAMPLE = "ghost"


def find(inspection: Inspection | None = None) -> Lesson:
    """inspection: the saved one of SAMPLE, None where there is none, or nothing was found in it."""
    text, closing = (tell("find_1"), tell("find_2")), (tell("find_truth"),)
    if inspection is None or not inspection.findings:
        return Lesson("find", tell("find_title"), text, (str(PERIOD),), closing=closing)
    found = inspection.findings[0]
    period, shown = found.period, found.shown
    rows = {n: folded(inspection, found.signal, shown.deviation, n) for n in (period - 1, period)}
    question = Question(
        tell("find_q", rows=period - 1),
        tuple((str(n), tell("find_option", n=n)) for n in (period - 2, period - 1, period, 2 * period)), str(period),
        (tell("find_a", n=period, rows=period - 1, hits=shown.hits, events=shown.events, p=p_text(found.p)),))
    made = tell("find_made", model=FLICKERS[SAMPLE].model, clip=LEARN_CLIP, n=PERIOD)
    return Lesson(
        "find", tell("find_title"), text, (str(PERIOD),), question, (made,), closing, selected=str(PERIOD), figure={
            "sample": SAMPLE, "given": {"title": tell("find_rows", n=period - 1), "ink": rows[period - 1]},
            "later": {"title": tell("find_rows", n=period), "ink": rows[period]}, "start": inspection.video["start"]})
