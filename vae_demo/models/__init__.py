"""Models by name. `vae_demo.models.spec` stays light; `load_vae` brings torch when it is first asked for."""

from __future__ import annotations

from typing import Any

__all__ = ["load_vae"]


def __getattr__(name: str) -> Any:
    if name == "load_vae":
        from vae_demo.models.loading import load_vae

        return load_vae
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
