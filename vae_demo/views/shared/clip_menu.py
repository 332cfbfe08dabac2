"""The clip menu of Explore and Sweep: our samples, and beside them what a visitor has uploaded."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import gradio as gr

from vae_demo.clips.files import display_name
from vae_demo.refusal import Refusal
from vae_demo.views.serving.visits import content_of
from vae_demo.views.shared import samples
from vae_demo.views.shared.language import word
from vae_demo.words import known


def clip_choices() -> list[tuple[Any, str]]:
    """(label, value) of every sample; the label is in the page's language where it has a name there."""
    return [(word(f"sample_{name}") if known(f"sample_{name}") else name, name) for name in samples.sample_names()]


class Menu(gr.Dropdown):
    """A menu that hands on what it is told; what it may name is checked where it is used, and refused in a sentence.

    Gradio's own compares with what it offered, prints a traceback for anything else, and forgets what it offered to
    whom when it has many visitors.
    """

    def preprocess(self, payload: Any) -> Any:
        return payload

    def get_block_name(self) -> str:
        return "dropdown"


def clip_path(clip: Any, own: Callable[[], Path]) -> Path:
    """The sample of that name, else the visitor's own file.

    own: gives that file. Raises Refusal for no clip at all and for another file than the one that was named, as
    after an upload in a second window of the same visit; and whatever `own` raises.
    """
    if not clip:
        raise Refusal("no_file")
    if clip in samples.sample_names():
        return samples.sample_path(clip)
    found = own()
    if samples.shown_name(str(found)) != clip:
        raise Refusal("missing", name=display_name(str(clip)))
    return found


def own_facts(clip: Path, facts: dict) -> dict:
    """What the page knows of a visitor's own clip: its facts, `shown`, and `id`, which says which clip it is, whatever
    its name. Its path stays on the server's side.

    clip: a file that `Visits` gave. facts: those of `samples.clip_facts`.
    """
    return {**facts, "shown": samples.shown_name(str(clip)), "id": content_of(clip)}


def taken_in(clip: Path, facts: dict) -> tuple[Any, dict]:
    """The menu with an upload's name in it and chosen, and its `own_facts`."""
    known = own_facts(clip, facts)
    return menu_with(known["shown"], known["shown"]), known


def menu_with(own: str | None, chosen: str | None) -> Any:
    """The menu with the samples, an own clip where there is one, and one of them chosen."""
    return gr.update(choices=[*clip_choices(), *([(own, own)] if own else [])], value=chosen)
