"""A family's answer in a few lines of plain words, the sentences of the Plan tab."""

from __future__ import annotations

from vae_demo.families import FAMILIES, Answer, Setting
from vae_demo.words import say


def told(answer: Answer, setting: Setting) -> list[str]:
    """What comes back, what it takes and does with other counts, how that is known, and where it was read."""
    family, counts = FAMILIES[setting.family], answer.counts
    mode = say("en", f"vae_mode_{setting.mode}", key=setting.key) if setting.mode else ""
    takes = say("en", f"vae_takes_{setting.takes}", stride=setting.stride)
    wrong = say("en", f"vae_wrong_{setting.wrong}", stride=setting.stride, cut=setting.stride - 1)
    return [
        f"{family.name}{', ' + mode if mode else ''}: {headline(answer, setting)}",
        *([] if counts.latents is None else [f"    latents: {counts.latents}"]),
        f"    takes:   {takes}", f"    else:    {wrong}", f"    known:   {known(answer, setting)}",
        f"    source:  {family.source_url}",
    ]


def headline(answer: Answer, setting: Setting) -> str:
    """The Plan tab's headline in English; shared/family_words.js says the same."""
    if answer.case == "size":
        size = setting.chunk
        below = size - (size - 1) % setting.stride
        above = below + setting.stride
        low = "" if below > 1 else "_low"
        return say("en", f"plan_head_size{low}", size=size, below=below, above=above)
    return say("en", f"plan_head_{answer.case}", n=answer.frames, back=answer.counts.back, advice=_advice(answer))


def known(answer: Answer, setting: Setting) -> str:
    """measured at 17 · formula; measured 1-34 · not known at this length; measured 1-34"""
    if answer.known == "formula" and not setting.measured:
        return say("en", "plan_known_formula_only")
    return say("en", f"plan_known_{answer.known}", frames=answer.frames, measured=setting.measured)


def _advice(answer: Answer) -> str:
    below, above = answer.below, answer.above
    if below is None or above is None:
        only = above if below is None else below
        return say("en", "plan_advice_none") if only is None else say("en", "plan_advice_one", only=only)
    key = "plan_advice_rather" if answer.case in ("tail", "chunk") else "plan_advice_either"
    return say("en", key, below=below, above=above)
