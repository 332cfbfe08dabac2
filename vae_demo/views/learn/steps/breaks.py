"""Step 3: which frames break at 16 and 18, and what is known of why it is 17."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from vae_demo.layout.text import groups_text
from vae_demo.models.spec import TINY_17
from vae_demo.views.learn import by_size, measured
from vae_demo.views.learn.lesson import RULE, Lesson, Question, Runs, Sentence, tell
from vae_demo.views.learn.measured import db, find


def breaks(runs: Runs, sweep: Mapping[str, Any] | None = None) -> Lesson:
    """sweep: the saved sweep of the same clip and model, None where there is none."""
    run = runs.get(TINY_17)
    why = (tell("breaks_why_not_known"), tell("breaks_longest"))
    if run is None:
        return Lesson("breaks", tell("breaks_title"), (), ("17", "16", "18"), closing=why, caveat=tell("breaks_caveat"))
    n_frames = run["clip"]["n_frames"]
    place = measured.worst_place(find(run, "16"), find(run, "17"), RULE.stride)
    first = {label: db(measured.first_frame(find(run, label))) for label in ("16", "17", "18", "21")}
    question = Question(
        tell("breaks_q"),
        tuple((each, tell(f"breaks_option_{each}")) for each in ("none", "first", "last", "all")),
        place.case.removesuffix("_too"),
        (tell(f"breaks_a_{place.case}", **place.params),
         tell("breaks_numbers", a=first["16"], b=first["18"], c=first["17"])))
    border = find(run, "17")["boundaries"][0]
    shown = measured.window(run, border - 3, 6)
    other = measured.other_good_size(run, place.case)
    after = (_within(run), tell(f"breaks_21_{other}", a=first["21"], b=first["17"]), *by_size.said(sweep))
    return Lesson(
        "breaks", tell("breaks_title"), (tell("breaks_1", n=n_frames), tell("breaks_2")), ("17", "16", "18"), question,
        after, why, tell("breaks_caveat"), selected="16", frame=find(run, "16")["boundaries"][0], figure={
            "title": tell("frames_title", first=shown[0], last=shown[-1], n=n_frames), "frames": shown,
            "rows": ["source", "17", "16", "18"], "given": ["source", "17"],
            "table": [{"key": label, "chunks": len(measured.full_chunks(find(run, label))),
                       "values": [db(value) for value in measured.by_position(find(run, label))[:RULE.stride]],
                       "low": measured.low_positions(find(run, label), RULE.stride)}
                      for label in ("17", "16", "18", "21")],
            "sizes": by_size.table(sweep)})


def _within(run: Mapping[str, Any]) -> Sentence:
    """The frames of the first group of 16 among themselves: steps up, or nothing to say but the numbers."""
    values = measured.by_position(find(run, "16"))[:RULE.stride]
    # Only the last slot of a first group held a frame in training.
    steps = values[0] < values[1] < min(values[2:])
    said = {"list": [db(value) for value in values], "groups": groups_text(16, RULE)}
    return tell("breaks_within_steps" if steps else "breaks_within", **said)
