"""In what a model computes: a control beside it that only who asks for it sees (shared/advanced.js)."""

from __future__ import annotations

from vae_demo.models.spec import DTYPES
from vae_demo.views.shared.clip_menu import Menu
from vae_demo.views.shared.language import word


def dtype_menu(elem_id: str) -> Menu:
    return Menu(list(DTYPES), value=DTYPES[0], label=word("control_dtype"), elem_id=elem_id, filterable=False,
                min_width=100, elem_classes="vd-advanced")
