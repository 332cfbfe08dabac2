"""What an event over the network may carry, looked at before Gradio does: a list of the right length and kinds.

Gradio meets a wrong kind deep inside, with a traceback in the server's log and an empty error for the caller.
"""

from __future__ import annotations

import inspect
import json
from collections.abc import Callable, Mapping
from typing import Any

import gradio as gr
from gradio.components.api_component import Api
from pydantic import ValidationError

from vae_demo.refusal import Refusal
from vae_demo.views.serving.uploads import ClipUpload, accepted

LONGEST_NAME = 128
LONGEST_TEXT = 5000
MOST_FILES = 12
# Lists and mappings inside each other; what Gradio does with a value it does by calling itself.
DEEPEST = 20
# How an address begins that takes values by name.
_NAMED = "v2/"


def checked_call(blocks: gr.Blocks, api_name: str | None, body: bytes) -> bytes:
    """The body of a call that can be answered; values left out at its end are filled with their defaults.

    api_name: as in the address, None where the body names the event by its number. Raises Refusal.
    """
    call = read_call(body)
    if api_name and api_name.startswith(_NAMED):
        check_names(_event(blocks, None, api_name.removeprefix(_NAMED)), call)
        return json.dumps(call).encode()
    try:
        data = call["data"]
        fn = _event(blocks, call.get("fn_index"), api_name)
    except (KeyError, TypeError, AttributeError):
        raise Refusal("bad_call") from None
    if fn is None or not isinstance(data, list):
        raise Refusal("bad_call")
    for name in ("session_hash", "event_id"):
        # A session without a name ends Gradio's queue for everybody.
        if not (call.get(name) is None or isinstance(call[name], str) and 0 < len(call[name]) <= LONGEST_NAME):
            raise Refusal("bad_call")
    if type(call.get("trigger_id")) not in (int, type(None)):
        raise Refusal("bad_call")
    if isinstance(next(iter(fn.inputs), None), Api):
        left_out = list(_defaults(fn).values())[len(data):]
        data += [default for default in left_out if default is not inspect.Parameter.empty]
    if len(data) != len(fn.inputs):
        raise Refusal("bad_call")
    for block, value in zip(fn.inputs, data, strict=True):
        if not _fits(block, value):
            raise Refusal("bad_call")
    _check_values([data, call.get("event_data")])
    # Whichever way Gradio goes by, it finds the event that was looked at; none of ours takes several calls at once.
    return json.dumps({**call, "fn_index": fn._id, "batched": False}).encode()


def read_call(body: bytes) -> dict[str, Any]:
    """A body that is a mapping in JSON. Raises Refusal for everything else."""
    try:
        call = json.loads(body, parse_constant=_no_number)
        # Half a character, which JSON can write, is a text that no answer can carry.
        json.dumps(call, ensure_ascii=False).encode()
    except (ValueError, RecursionError):
        raise Refusal("bad_call") from None
    if not isinstance(call, dict):
        raise Refusal("bad_call")
    return call


def check_names(fn: Any, values: dict[str, Any]) -> None:
    """Refuse a call that gives its values by name, where it lacks one or has one too many. Raises Refusal."""
    known = _defaults(fn) if fn else {}
    needed = {name for name, default in known.items() if default is inspect.Parameter.empty}
    if fn is None or not needed <= set(values) <= set(known):
        raise Refusal("bad_call")
    _check_values(values)


def _event(blocks: gr.Blocks, index: Any, api_name: str | None) -> Any:
    """The event that is meant; None for one that nobody offers, or that the browser answers by itself."""
    if api_name not in (None, "predict"):
        found = next((fn for fn in blocks.fns.values() if fn.api_name == api_name.strip("/")), None)
    else:
        found = blocks.fns.get(index) if isinstance(index, int) else None
    return found if found is not None and found.fn is not None else None


def _defaults(fn: Any) -> dict[str, Any]:
    """The parameters of a call and their defaults, in order; the request comes from Gradio, not from the caller."""
    parameters = inspect.signature(fn.fn).parameters.items()
    return {name: parameter.default for name, parameter in parameters if name != "request"}


def _check_values(value: Any) -> None:
    """Every file anywhere in a call must be an upload, no text a book, and nothing a maze. Raises Refusal."""
    level = [value]
    for _ in range(DEEPEST):
        inside: list[Any] = []
        for each in level:
            if isinstance(each, str) and len(each) > LONGEST_TEXT:
                raise Refusal("bad_call")
            if isinstance(each, dict):
                if "path" in each:
                    accepted(each)
                inside += [*each, *each.values()]
            elif isinstance(each, list):
                inside += each
        level = inside
    if level:
        raise Refusal("bad_call")


def _fits(block: Any, value: Any) -> bool:
    return all(fits(block, value) for kind, fits in _KINDS.items() if isinstance(block, kind))


def _is_text(value: Any) -> bool:
    return value is None or isinstance(value, str)


def _is_upload(block: ClipUpload, value: Any) -> bool:
    if block.file_count != "multiple":
        return _is_file(value)
    return isinstance(value, list) and len(value) <= MOST_FILES and all(map(_is_file, value))


def _is_file(value: Any) -> bool:
    try:
        return bool(gr.FileData.model_validate(value, context={"validate_meta": True}))
    except ValidationError:
        return False


def _no_number(name: str) -> None:
    raise ValueError(f"{name} is no number")


def _is_number(value: Any) -> bool:
    return value is None or (isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 1e15)


def _is_choice(block: gr.Dropdown, value: Any) -> bool:
    if not block.multiselect:
        return _is_text(value)
    return value is None or (isinstance(value, list) and all(isinstance(each, str) for each in value))


_KINDS: Mapping[type, Callable[[Any, Any], bool]] = {
    ClipUpload: _is_upload, gr.Dropdown: _is_choice,
    gr.Number: lambda block, value: _is_number(value), gr.Textbox: lambda block, value: _is_text(value)}
