"""One HTML file that asks for nothing: its styles, fonts, scripts and data are in it, and its own policy forbids the
network, and every script but those."""

from __future__ import annotations

import base64
import json
import re
import zlib
from collections.abc import Sequence
from hashlib import sha256
from html import escape
from importlib.resources import files
from typing import Any

from vae_demo.bundle import inline

# zlib's word for its format.
_GZIP = 31
# Where Gradio's page finds the fonts that our style sheet names.
_FRONTEND = "templates/frontend"
_FONT = re.compile(r'url\("(static/fonts/[^"]+\.woff2)"\)')


def document(title: str, licence: str, style: str, body: Sequence[str], scripts: Sequence[str],
             late: Sequence[str]) -> bytes:
    """A whole page. body: its elements, data among them; scripts: run after those, in order; late: elements after the
    scripts, which must wait for them."""
    codes = [inline(script) for script in scripts]
    tags = [f"<script>{code}</script>" for code in codes]
    head = (f'<meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="{_policy(codes)}">'
            '<meta name="viewport" content="width=device-width, initial-scale=1">'
            '<meta name="referrer" content="no-referrer">'
            f"<title>{escape(title)}</title><style>{_with_fonts(style)}</style>")
    return "\n".join(("<!DOCTYPE html>", f"<!--\n{licence}-->", f'<html lang="en"><head>{head}</head><body>', *body,
                      *tags, *late, "</body></html>", "")).encode()


def _policy(codes: Sequence[str]) -> str:
    """Only these scripts run, and what they make of bytes in the page: the engine, and workers for it."""
    digests = " ".join(f"'sha256-{_base64(sha256(code.encode()).digest())}'" for code in codes)
    return (f"default-src 'none'; script-src {digests} 'wasm-unsafe-eval'; worker-src blob:; img-src data:; "
            "font-src data:; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'")


def json_element(name: str, value: Any) -> str:
    """A value that a script reads by the element's id."""
    # Nothing in it begins a tag or a comment, whatever a text says.
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")
    return f'<script type="application/json" id="{name}">{text}</script>'


def bytes_element(name: str, content: bytes, planes: int = 1) -> str:
    """The same for bytes, packed as fetchLive unpacks them (live/fetching.js). planes: bytes of a number, where those
    of one place have more in common than with their neighbours."""
    packing = zlib.compressobj(9, wbits=_GZIP, memLevel=9, strategy=zlib.Z_FILTERED if planes > 1 else 0)
    planar = b"".join(content[plane::planes] for plane in range(planes))
    packed = packing.compress(planar) + packing.flush()
    return f'<script type="application/octet-stream" id="{name}">{_base64(packed)}</script>'


def data_url(kind: str, content: bytes) -> str:
    return f"data:{kind};base64,{_base64(content)}"


def _with_fonts(style: str) -> str:
    """The style sheet with its fonts inside. One that this Gradio no longer has is left to the reader's own."""
    def held(found: re.Match) -> str:
        place = files("gradio").joinpath(_FRONTEND, found[1])
        return f'url("{data_url("font/woff2", place.read_bytes()) if place.is_file() else "data:,"}")'
    return _FONT.sub(held, style)


def _base64(content: bytes) -> str:
    return base64.b64encode(content).decode()
