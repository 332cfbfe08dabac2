"""Findings in words. A finding is {case, params}: a record with these fields, or the mapping saved in JSON."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from vae_demo.words import known, say


class Record(Protocol):
    case: str
    params: Mapping


Said = Record | Mapping


def verdict_sentence(lang: str, finding: Said) -> str:
    """One variant's verdict, for example `No seam: chunk borders change no more than other frames.`"""
    case, params = _parts(finding)
    return say(lang, f"verdict_{case}", **params)


def headline_sentence(lang: str, finding: Said) -> str:
    """One sentence of the headline: its clauses, each with the labels of the variants it is about."""
    _, params = _parts(finding)
    clauses = [
        say(lang, f"headline_{clause['case']}",
            **{**clause["params"], "n": len(clause["params"]["labels"]),
               "labels": join_labels(lang, clause["params"]["labels"])})
        for clause in params["clauses"]]
    return say(lang, "list_semicolon").join(clauses) + say(lang, "list_stop")


def study_headline(lang: str, headline: Said | None, model: str, n_clips: int) -> str:
    """How the variants of a model stand to their reference over so many clips, in one sentence."""
    clauses = _parts(headline)[1]["clauses"] if headline else []
    said = [say(lang, f"studied_headline_{clause['case']}", n=len(clause["params"]["labels"]),
                reference=clause["params"]["reference"], labels=join_labels(lang, clause["params"]["labels"]))
            for clause in clauses] or [say(lang, "studied_headline_none")]
    return say(lang, "studied_headline_of", model=model, n=n_clips, said=say(lang, "list_semicolon").join(said))


def study_sentence(lang: str, finding: Said) -> str:
    """How one variant stands to the reference over the clips of a study."""
    case, params = _parts(finding)
    return say(lang, f"studied_{case}", **params)


def study_sizes(lang: str, finding: Said) -> str:
    """By how much it does so, with intervals where clips are enough for one; nothing where there is no pair."""
    case, params = _parts(finding)
    if "mean" not in params:
        return ""
    kind = case.partition("_")[0]
    return say(lang, f"studied_by_{kind if kind in ('few', 'one') else 'interval'}", **params)


def inspection_sentence(lang: str, finding: Said) -> str:
    """One sentence of an inspection; findings inside it are told one after the other."""
    case, params = _parts(finding)
    return say(lang, f"inspect_{case}", **{
        name: say(lang, "list_comma").join(inspection_sentence(lang, each) for each in value)
        if isinstance(value, list) else value for name, value in params.items()})


def join_labels(lang: str, labels: Sequence[str]) -> str:
    """17 · 16 and 18 · 15, 16 and 18."""
    if len(labels) < 2:
        return "".join(labels)
    return say(lang, "list_comma").join(labels[:-1]) + say(lang, "list_and") + labels[-1]


def note_sentence(lang: str, note: Mapping) -> str:
    """What was done to a clip, from a saved note {case, params, text}."""
    key = f"note_{note['case']}"
    return say(lang, key, **note["params"]) if known(key) else note["text"]


def told_sentence(lang: str, said: Sequence) -> str:
    """A sentence as [key, params]; of a list in them the texts are joined, and sentences with a semicolon."""
    key, params = said
    return say(lang, key, **{name: _joined(lang, value) for name, value in params.items()})


def _joined(lang: str, value: object) -> object:
    if not isinstance(value, list):
        return value
    if value and isinstance(value[0], list):
        return say(lang, "list_semicolon").join(told_sentence(lang, each) for each in value)
    return join_labels(lang, value)


def _parts(finding: Said) -> tuple[str, Mapping]:
    return (finding["case"], finding["params"]) if isinstance(finding, Mapping) else (finding.case, finding.params)
