"""Step 2: groups of four, pads in front, and the rule for what is left over at the end of a clip."""

from __future__ import annotations

from typing import Any

from vae_demo.layout.chunks import chunk_lengths
from vae_demo.layout.text import cut_text, groups_text
from vae_demo.views.learn.lesson import RULE, SIZE, Lesson, Question, Runs, Sentence, tell

ASKED, OTHER, LONGER = 18, 16, 21
# Clip lengths near 100: one spoils its end at 17, its neighbours do not.
NEAR_100 = (98, 101, 102)


def chunk_sum(count: int, size: int) -> str:
    """51 = 3×17, 21 = 17 + 4, 85 = 6×13 + 7."""
    return f"{count} = {cut_text(chunk_lengths(count, size))}".replace(" ", "\u00a0")


def opens_with(count: int, size: int | None) -> int:
    """The most real frames that share the first group of a chunk, of Open-Sora 1.2 in chunks of `size`; 1 is safe."""
    return max(RULE.groups(length)[0] for length in chunk_lengths(count, size))


def group(runs: Runs) -> Lesson:
    text = (tell("group_1", groups=groups_text(SIZE, RULE)), tell("group_2"), tell("group_3"))
    held = RULE.groups(ASKED)[0]
    question = Question(
        tell("group_q", size=ASKED),
        tuple((str(n), tell("group_option", n=n)) for n in sorted({1, 2, RULE.stride, held})), str(held),
        (tell("group_a", n=held, size=ASKED, pads=RULE.pads(ASKED), groups=groups_text(ASKED, RULE)),
         tell("group_a2", groups=groups_text(OTHER, RULE)),
         tell("group_latents", size=SIZE, other=OTHER, asked=ASKED, longer=LONGER, n_size=RULE.latents(SIZE),
              n_other=RULE.latents(OTHER), n_asked=RULE.latents(ASKED), n_longer=RULE.latents(LONGER))),
        kind="counted")
    return Lesson(
        "group", tell("group_title"), text, ("17",), question, closing=(tell("group_tail"), *_near_100()), figure={
            "start": SIZE, "most": 40, "sizes": [OTHER, SIZE, ASKED, LONGER], "shown": SIZE,
            "leftovers": [leftover(count) for count in NEAR_100]})


def _near_100() -> tuple[Sentence, ...]:
    """Which of those lengths fit, and what is wrong with the others."""
    fits = [count for count in NEAR_100 if opens_with(count, SIZE) == 1]
    said = [tell("group_fits", size=SIZE, sums=[chunk_sum(count, SIZE) for count in fits])]
    for count in NEAR_100:
        if count not in fits:
            tail = chunk_lengths(count, SIZE)[-1]
            said.append(tell("group_fits_not", sum=chunk_sum(count, SIZE), tail=tail, n=RULE.groups(tail)[0]))
    return tuple(said)


def leftover(count: int) -> dict[str, Any]:
    """A clip in chunks of 17 for the figure: per chunk its frames, and how many of them share its first group."""
    chunks = [{"frames": length, "first": RULE.groups(length)[0]} for length in chunk_lengths(count, SIZE)]
    return {"sum": chunk_sum(count, SIZE), "chunks": chunks}
