"""Gradio's own memory of a session, without what this app never asks it for.

It keeps every value on a session's page, a whole comparison among them, so that a link can recreate it; links of ours
carry settings only, and that route is closed (door.py).
"""

from __future__ import annotations

from typing import Any

from gradio import state_holder


class _Forgetful(dict):
    """Takes nothing in."""

    def __setitem__(self, key: Any, value: Any) -> None:
        pass


class SmallSession(state_holder.SessionState):
    """What components a session has, and not what they showed last."""

    def __init__(self, blocks: Any) -> None:
        super().__init__(_WithoutComponents(blocks))
        self.config_values = _Forgetful()

    def _update_config(self, key: int) -> None:
        pass

    def _update_value_in_config(self, key: int, value: Any) -> None:
        pass


class _WithoutComponents:
    """Blocks as SessionState reads them, with no component whose value it would copy."""

    def __init__(self, blocks: Any) -> None:
        self.default_config, self.blocks = blocks.default_config, ()


def keep_sessions_small() -> None:
    """From now on sessions of this process are small."""
    state_holder.SessionState = SmallSession
