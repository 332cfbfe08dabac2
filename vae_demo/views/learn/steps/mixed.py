"""Step 7: what training on mixed lengths heals, and what it costs."""

from __future__ import annotations

from vae_demo.models.spec import MODELS, TINY_17, TINY_MIXED
from vae_demo.verdicts import EQUAL_MEAN_DB
from vae_demo.views.learn import measured
from vae_demo.views.learn.lesson import RULE, Lesson, Question, Runs, Sentence, tell
from vae_demo.views.learn.measured import db, find


def mixed(runs: Runs) -> Lesson:
    low, high = MODELS[TINY_MIXED].trained_lengths
    text = (tell("mixed_1", low=low, high=high),)
    if len(runs) < 2:
        return Lesson("mixed", tell("mixed_title"), text, ("16", "17→16"), model=TINY_MIXED)
    healed = measured.healing(runs[TINY_17], runs[TINY_MIXED], RULE.stride)
    answer = [tell(f"mixed_a_{healed.case}", **{k: v for k, v in healed.params.items() if k != "how"},
                  **({"how": [f"learn_mixed_how_{healed.params['how']}", {}]} if "how" in healed.params else {}))]
    seam, clash = find(runs[TINY_MIXED], "16")["seam"], find(runs[TINY_MIXED], "17→16")
    if healed.case in ("round", "both") and seam is not None:
        left = measured.seam_case(seam)
        answer.append(tell(f"mixed_seam_{left if left in ('none', 'hint') else 'seam'}", **measured.seam_params(seam)))
    stays = bool(clash["pads_shown"] or clash["lost_frames"])
    if stays:
        answer.append(tell("mixed_stays", pads=clash["pads_shown"], lost=len(clash["lost_frames"])))
    right = "neither" if healed.case == "nothing" else healed.case
    question = Question(
        tell("mixed_q"), tuple((each, tell(f"mixed_option_{each}")) for each in ("round", "clash", "both", "neither")),
        right, tuple(answer))
    run, border = runs[TINY_17], find(runs[TINY_17], "16")["boundaries"][0]
    pads = measured.pad_run(find(run, "17→16")["slots"], after=RULE.stride)
    return Lesson(
        "mixed", tell("mixed_title"), text, ("16", "17→16"), question, (_cost(runs),), model=TINY_MIXED, frame=border,
        selected="16", figure={
            "round": measured.window(run, border - 1, 3), "clash": measured.window(run, pads[-1] - 1, 3),
            "table": [measured.summary(model, runs[model]) for model in (TINY_17, TINY_MIXED)]})


def _cost(runs: Runs) -> Sentence:
    """What the usual size loses by it, or does not."""
    before, after = (measured.full_mean(find(runs[model], "17")) for model in (TINY_17, TINY_MIXED))
    case = "less" if before - after > EQUAL_MEAN_DB else "more" if after - before > EQUAL_MEAN_DB else "same"
    return tell(f"mixed_cost_{case}", a=db(before), b=db(after))
