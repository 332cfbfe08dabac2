"""What one step of the Learn tab is made of: sentences, a prediction, figures. The steps are in steps/."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from vae_demo.layout.rule import FrameRule
from vae_demo.layout.variant import DEFAULT_VARIANTS
from vae_demo.models.spec import DEFAULT_MODEL, MODELS, TINY_17

RULE: FrameRule = MODELS[TINY_17].rule
SIZE: int = MODELS[TINY_17].own.encode.size

Sentence = list
Runs = Mapping[str, Mapping[str, Any]]


def tell(key: str, **params: Any) -> Sentence:
    return [f"learn_{key}", params]


@dataclass(frozen=True)
class Question:
    """A prediction: `options` are (id, sentence), `right` the id the results point to, `answer` what to say then.

    kind: "measured" by a run, or "counted" by arithmetic.
    """

    ask: Sentence
    options: tuple[tuple[str, Sentence], ...]
    right: str
    answer: tuple[Sentence, ...]
    kind: str = "measured"


@dataclass(frozen=True)
class Lesson:
    """One step: what it says, the settings it talks about, one question, and what its figure needs.

    after: said once the answer is open. closing: said in any case. variants: what it talks about; `opens` is what
    Explore is asked for.
    """

    key: str
    title: Sentence
    text: tuple[Sentence, ...]
    variants: tuple[str, ...]
    question: Question | None = None
    after: tuple[Sentence, ...] = ()
    closing: tuple[Sentence, ...] = ()
    caveat: Sentence | None = None
    model: str = DEFAULT_MODEL
    frame: int = 0
    selected: str | None = None
    figure: dict[str, Any] = field(default_factory=dict)

    @property
    def opens(self) -> tuple[str, ...]:
        """The usual variants where these are among them: that result is saved, and shown at once."""
        saved = tuple(variant.label for variant in DEFAULT_VARIANTS)
        return saved if self.model == DEFAULT_MODEL and set(self.variants) <= set(saved) else self.variants
