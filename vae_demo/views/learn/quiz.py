"""The quiz of the Learn tab: which frame counts are safe where, worked out by layout/, one question by a run."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from vae_demo.layout.rule import FrameRule
from vae_demo.models.spec import TINY_17
from vae_demo.views.learn import measured
from vae_demo.views.learn.lesson import SIZE, Question, Runs, Sentence, tell
from vae_demo.views.learn.measured import db, find
from vae_demo.views.learn.steps.group import chunk_sum, opens_with

COUNTS = (13, 16, 17, 18, 20, 21, 51)
# Wan, HunyuanVideo and Qwen-Image in diffusers: the first frame alone, what fills no group is dropped.
ALONE = FrameRule(4, "alone", "drop")


def comes_back(count: int) -> int:
    """Frames that such a VAE gives back for `count`."""
    return ALONE.used(count)


def safe_counts() -> tuple[int, ...]:
    return tuple(count for count in COUNTS if comes_back(count) == count)


def answer_key() -> list[dict[str, Any]]:
    """Three rows over COUNTS: what each rule makes of every count, and whether it is safe there."""
    back = [(comes_back(count) == count, tell("key_back", n=comes_back(count))) for count in COUNTS]
    length = [(opens_with(count, SIZE) == 1, tell("key_opens", n=opens_with(count, SIZE))) for count in COUNTS]
    chunk = [(opens_with(count, None) == 1, tell("key_opens", n=opens_with(count, None))) for count in COUNTS]
    return [{"title": title, "cells": [{"safe": safe, "says": says} for safe, says in cells]}
            for title, cells in ((tell("quiz_key_whole"), back), (tell("quiz_key_length", size=SIZE), length),
                                 (tell("quiz_key_size"), chunk))]


def _yes_no(key: str, ask: Sentence, right: bool, answer: tuple[Sentence, ...], kind: str = "counted") -> dict:
    options = (("yes", tell("yes")), ("no", tell("no")))
    return {"key": key, "question": Question(ask, options, "yes" if right else "no", answer, kind)}


def _fits(key: str, ask: Sentence, count: int, instead: int | None = None) -> dict:
    tail = count % SIZE
    fits = opens_with(count, SIZE) == 1
    answer = [tell("quiz_fits", sum=chunk_sum(count, SIZE)) if fits else
              tell("quiz_fits_not", sum=chunk_sum(count, SIZE), tail=tail, held=opens_with(tail, None))]
    if not fits and instead is not None:
        answer.append(tell("quiz_instead", sum=chunk_sum(instead, SIZE)))
    return _yes_no(key, ask, fits, tuple(answer))


def next_fitting(count: int) -> int:
    """The nearest fitting clip length below `count`."""
    return next(n for n in range(count - 1, 0, -1) if opens_with(n, SIZE) == 1)


def _mean(run: Mapping[str, Any]) -> dict:
    small, usual = find(run, "13"), find(run, "17")
    full, other, tail = measured.full_mean(small), measured.full_mean(usual), measured.tail_mean(small)
    n_frames = run["clip"]["n_frames"]
    worse = measured.worse(small, usual)
    # The tail is blamed only where that shows in the numbers as printed.
    mean = float(db(small["means"]["psnr"]))
    case = "yes" if worse else "tail" if mean < min(float(db(full)), float(db(usual["means"]["psnr"]))) else "plain"
    params = {"full": db(full), "tail": n_frames % 13, "tail_db": db(tail), "sum": chunk_sum(n_frames, 13)}
    said = tell(f"quiz_mean_{case}", **params, **({} if case == "tail" else {"other": db(other)}))
    ask = tell("quiz_mean_q", frames=n_frames, a=db(small["means"]["psnr"]), b=db(usual["means"]["psnr"]))
    return _yes_no("mean", ask, worse, (said,), "measured")


def quiz(runs: Runs) -> dict[str, Any]:
    """The four questions: counts to mark, then three with yes and no; the last one only where a run answers it."""
    odd = COUNTS[-1]
    steps, rest = divmod(odd - 1, ALONE.stride)
    whole = {
        "ask": tell("quiz_whole_q"), "right": list(safe_counts()),
        "counts": [{"count": count, "out": comes_back(count)} for count in COUNTS],
        "answer": tell("quiz_whole_a", list=list(map(str, safe_counts())), n=odd, out=comes_back(odd),
                      sum=f"{odd} = 1 + {ALONE.stride}×{steps} + {rest}".replace(" ", "\u00a0"))}
    questions = [
        _fits("fits", tell("quiz_fits_q", size=SIZE, n=51), 51),
        _fits("tail", tell("quiz_tail_q", n=21, size=SIZE), 21, next_fitting(21)),
        *([_mean(runs[TINY_17])] if TINY_17 in runs else [])]
    return {"text": [tell("quiz_1")], "whole": whole, "questions": questions, "counts": list(COUNTS),
            "key": answer_key()}
