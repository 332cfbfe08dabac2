"""The calls of the API as tools of the Model Context Protocol, under /gradio_api/mcp.

Gradio's own server calls the app over HTTP as one visitor for everybody, fetches files from addresses, writes down what
arrives in a call and answers in Python's notation. This one runs a call where it is: in the line of runs, for as long
as its caller listens, answered in JSON.
"""

from __future__ import annotations

import asyncio
import inspect
import json
import logging
from collections.abc import Mapping
from typing import Any

import gradio as gr
from gradio import mcp
from gradio.context import LocalContext
from gradio.utils import get_function_description

from vae_demo.refusal import Refusal
from vae_demo.views.serving.calls import check_names
from vae_demo.views.serving.door import LISTENER
from vae_demo.words import say
from vae_demo.words.sentences import headline_sentence, inspection_sentence, verdict_sentence

log = logging.getLogger(__name__)
_KINDS = ("integer", "number", "boolean")
_FILES = " A clip of your own goes to upload_file_to_gradio first, where that tool is there."


class Tools(mcp.GradioMCPServer):
    """Gradio's server for tools with calls of its own; every call that the API names is one."""

    def create_mcp_server(self) -> Any:
        server = self.Server("1+4k Lab")
        server.list_tools()(self._listed)
        # Not through its own decorator: that writes down every unknown name.
        server.request_handlers[self.types.CallToolRequest] = self._called
        return server

    def get_fn_description(self, block_fn: Any, tool_name: str) -> tuple[str, dict[str, str]]:
        about, parameters, returns = get_function_description(block_fn.fn)
        files = _FILES if {"clip", "video"} & set(parameters) else ""
        return f"{about.strip()}{files} Returns {', '.join(returns)}.", parameters

    def get_input_schema(
        self, tool_name: str, parameters: dict[str, str] | None = None
    ) -> tuple[dict[str, Any], list[list[str | int]]]:
        """JSON schema of a tool's values. A clip is a text: the name of a sample, or where an upload lies."""
        said, known, needed = parameters or {}, {}, []
        for each in self.api_info["named_endpoints"][self.tool_to_endpoint[tool_name]]["parameters"]:
            name, kind = each["parameter_name"], each["type"].get("type")
            known[name] = {"type": kind if kind in _KINDS else "string", "description": said.get(name, "")}
            if not each["parameter_has_default"]:
                needed.append(name)
            elif each["parameter_default"] is not None:
                known[name]["default"] = each["parameter_default"]
        return {"type": "object", "properties": known, "required": needed}, []

    async def _listed(self) -> list[Any]:
        tools = []
        for name, endpoint in self.tool_to_endpoint.items():
            description, parameters = self.get_fn_description(self.get_block_fn_from_endpoint_name(endpoint), name)
            schema, _ = self.get_input_schema(name, parameters)
            tools.append(self.types.Tool(name=name, description=description, inputSchema=schema))
        return tools

    async def _called(self, asked: Any) -> Any:
        """The result of a tool, or the one sentence that says why there is none."""
        values = asked.params.arguments or {}
        try:
            fn = self.get_block_fn_from_endpoint_name(self.tool_to_endpoint.get(asked.params.name, ""))
            check_names(fn, values)
            found = await self._run(fn.fn, values)
        except Refusal as error:
            return self._said(str(error), isError=True)
        except gr.Error as error:
            return self._said(error.message, isError=True)
        except Exception:
            log.exception("A tool failed")
            return self._said(say("en", "error_failed"), isError=True)
        return self._said(_in_words(found), structuredContent=found)

    async def _run(self, call: Any, values: dict[str, Any]) -> dict[str, Any]:
        """What the call comes to; meanwhile its caller is told how far it is."""
        if not inspect.isasyncgenfunction(call):
            return await asyncio.to_thread(call, **values)
        context, told, value = self.mcp_server.request_context, -1.0, None
        request = gr.Request(context.request, session_hash=context.request.scope[LISTENER])
        LocalContext.request.set(request)
        steps = call(**values, request=request)
        try:
            async for value in steps:
                token = context.meta and context.meta.progressToken
                if token is None or "progress" not in value:
                    continue
                # What was told before may not come again, also where only the place in the line has changed.
                told = max(value["progress"], told + 0.0001)
                place = "" if "position" not in value else f" {value['position']} / {value['size']}"
                await context.session.send_progress_notification(
                    token, told, 1.0, f"{value['stage']}{place}".replace("_", " "), str(context.request_id))
        finally:
            await steps.aclose()
        if value is None:
            raise Refusal("run_gone")
        return value

    def _said(self, text: str, **result: Any) -> Any:
        content = [self.types.TextContent(type="text", text=text)]
        return self.types.ServerResult(self.types.CallToolResult(content=content, **result))


def _in_words(found: Mapping[str, Any]) -> str:
    """What a result comes to, for a reader with little room; all of it where it is short."""
    if "variants" in found:
        said = [headline_sentence("en", each) for each in found["findings"]]
        return "\n".join([*said, *(_variant_in_words(each) for each in found["variants"])])
    if "hints" in found:
        return "\n".join(inspection_sentence("en", each) for each in found["headline"])
    if "rows" in found:
        return "\n".join(say("en", f"sweep_{each['case']}", **each["params"]) for each in found["findings"])
    return json.dumps(found, ensure_ascii=False)


def _variant_in_words(each: Mapping[str, Any]) -> str:
    psnr = each["means"]["psnr"]
    mean = "no frame to compare" if psnr is None else f"mean PSNR {psnr:.1f} dB"
    counts = f"{each['frames_in']} -> {each['frames_out']} frames"
    return f"{each['label']}: {counts}, {mean}. {verdict_sentence('en', each['verdict'])}"


def keep_tools_ours() -> None:
    """From now on pages of this process that offer tools offer them so."""
    mcp.GradioMCPServer = Tools
