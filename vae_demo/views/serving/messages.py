"""What a client of the Model Context Protocol may send, looked at before the protocol's own server writes down what is
wrong with it."""

from __future__ import annotations

from typing import Any

from mcp import types
from pydantic import ValidationError

from vae_demo.refusal import Refusal
from vae_demo.views.serving.calls import read_call


def wrong_message(body: bytes) -> dict[str, Any] | None:
    """The answer to a request that has none here, as one for prompts; None for a message that has one.

    Raises Refusal for what is no message, and for an answer: nobody here asks a client anything.
    """
    call = read_call(body)
    try:
        found = types.JSONRPCMessage.model_validate(call).root
        if not isinstance(found, types.JSONRPCRequest | types.JSONRPCNotification):
            raise Refusal("bad_call")
    except (ValidationError, RecursionError):
        raise Refusal("bad_call") from None
    asks = isinstance(found, types.JSONRPCRequest)
    try:
        kind = types.ClientRequest if asks else types.ClientNotification
        kind.model_validate(found.model_dump(by_alias=True, mode="json", exclude_none=True))
    except (ValidationError, RecursionError):
        if not asks:
            raise Refusal("bad_call") from None
        error = {"code": types.METHOD_NOT_FOUND, "message": str(Refusal("not_offered"))}
        return {"jsonrpc": "2.0", "id": found.id, "error": error}
    return None
