"""What is known of every family, for Plan and Models."""

from __future__ import annotations

from typing import Any

from vae_demo.families import FAMILIES
from vae_demo.families.catalogue import raw


def families_for_page() -> list[dict[str, Any]]:
    """families.json as the browser reads it: each family also with the address of its source."""
    return [{**entry, "url": FAMILIES[entry["key"]].source_url} for entry in raw()["families"]]
