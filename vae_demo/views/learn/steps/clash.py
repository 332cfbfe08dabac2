"""Step 5: latents laid out for one size and read at another, slot by slot."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from vae_demo.layout.chunks import chunk_lengths, latent_count
from vae_demo.layout.text import cut_text
from vae_demo.models.spec import TINY_17
from vae_demo.views.learn import measured
from vae_demo.views.learn.lesson import RULE, SIZE, Lesson, Question, Runs, Sentence, tell
from vae_demo.views.learn.measured import find, ranges

READ = 16
VARIANTS = ("17", "17→16", "17→16 fit")
# The clip length of which the thread of issue #536 speaks.
THERE = 51


def clash(runs: Runs) -> Lesson:
    text = (tell("clash_1", written=RULE.latents(SIZE), read=RULE.latents(READ)),)
    known = (tell("clash_known"), tell("clash_form", n=THERE, asked=latent_count(THERE, READ, RULE),
                                      learned=latent_count(THERE, SIZE, RULE)), tell("clash_unknown"))
    run = runs.get(TINY_17)
    if run is None:
        return Lesson("clash", tell("clash_title"), text, VARIANTS, closing=known)
    n, read, fit = run["clip"]["n_frames"], find(run, "17→16"), find(run, "17→16 fit")
    out = read["frames_out"]
    options = tuple((str(each), tell("clash_option", n=each)) for each in sorted({n - n % READ, n, out}))
    question = Question(tell("clash_q", n=n), options, str(out), tuple(_answer(n, read)), kind="counted")
    pads = measured.pad_run(read["slots"], after=RULE.stride)
    shown = measured.window(run, pads[0] - 2, 6)
    arrives = read["slots"][pads[-1] + 1]
    return Lesson("clash", tell("clash_title"), text, VARIANTS, question, (_fit(n, fit),), known, frame=pads[0],
                  selected="17→16", figure={
        "ruler": tell("clash_ruler", n=n), "rulers": list(VARIANTS), "given": ["17"],
        "cuts": tell("clash_cuts", latents=read["latents"], slots=len(_slots(read))), "of": "17→16",
        "title": tell("clash_playback", first=shown[0], last=shown[-1], n=len(pads), frame=arrives), "frames": shown,
        "rows": ["source", "17→16"]})


def _slots(read: Mapping[str, Any]) -> list[int | None]:
    return [slot for latent in read["latent_slots"] for slot in latent]


def _answer(n: int, read: Mapping[str, Any]) -> Iterator[Sentence]:
    """How the count comes about: what the latents hold, what stays in, what each short piece loses."""
    slots, cuts = _slots(read), list(_cuts(read))
    yield tell("clash_a", out=read["frames_out"], latents=read["latents"], slots=len(slots), n=n,
               pads=sum(slot is None for slot in slots))
    yield tell("clash_keeps", sum=cut_text(chunk_lengths(n, READ)).replace(" ", "\u00a0"))
    for piece, length, cut in cuts:
        yield tell("clash_cut" if length > 0 else "clash_cut_over", piece=piece, length=length, n=len(cut),
                   what=_what(cut))
    total = "\u00a0− ".join([str(len(slots)), *(str(len(cut)) for _, _, cut in cuts)])
    lost = read["lost_frames"]
    yield tell("clash_sum" if lost else "clash_sum_plain", sum=f"{total}\u00a0= {read['frames_out']}",
               n=read["pads_shown"], **({"lost": ranges(lost)} if lost else {}))


def _cuts(read: Mapping[str, Any]) -> Iterator[tuple[int, int, Sequence[int | None]]]:
    """Each decoded piece that is cut: its number from 1, the frames it counts as, and the slots in front that go."""
    for piece, chunk in enumerate(read["decode_chunks"], 1):
        latents = read["latent_slots"][chunk["latent_start"]:chunk["latent_stop"]]
        if chunk["crop"]:
            yield piece, chunk["num_frames"], [slot for latent in latents for slot in latent][:chunk["crop"]]


def _what(cut: Sequence[int | None]) -> Sentence | str:
    frames, pads = ranges([slot for slot in cut if slot is not None]), cut.count(None)
    if not pads:
        return frames
    return tell("clash_what_both", n=pads, frames=frames) if frames else tell("clash_what_pads", n=pads)


def _fit(n: int, fit: Mapping[str, Any]) -> Sentence:
    case = "same" if fit["frames_out"] == n else "other"
    return tell(f"clash_fit_{case}", latents=fit["latents"], out=fit["frames_out"], pads=fit["pads_shown"],
                lost=ranges(fit["lost_frames"]))
