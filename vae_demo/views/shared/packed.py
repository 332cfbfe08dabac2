"""A result on its way to the page: one text, and beside it the files it names.

Whatever happens to a component, its loading status above all, Gradio's page copies the component's value leaf by leaf
and compares it as JSON; a result has thousands of leaves, a text is one. Of files Gradio writes the addresses, so
they stay outside.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

# The value of a component as its script reads it, packed or not.
UNPACKED = ("() => { const {text, ...files} = props.value || {}; "
            "return text ? {...JSON.parse(text), ...files} : props.value; }")


def packed(value: Mapping[str, Any], urls: Mapping[str, Any]) -> dict[str, Any]:
    """A value with these addresses for its own `urls`."""
    rest = {name: each for name, each in value.items() if name != "urls"}
    return {"text": json.dumps(rest, ensure_ascii=False, allow_nan=False, separators=(",", ":")), "urls": dict(urls)}


def unpacked(sent: Mapping[str, Any]) -> dict[str, Any]:
    """What the page reads out of it; what was not packed as it is."""
    text, files = sent.get("text"), {name: each for name, each in sent.items() if name != "text"}
    return {**json.loads(text), **files} if text else dict(sent)
