"""What the browser is sent of the page: plain values, so that a visit copies no component, queue or event loop."""

import asyncio
import copy
import functools
import gc
import json
import warnings

import gradio as gr
import pytest
from served import QUIET, placed, reception_in

from vae_demo.views.page import build_page
from vae_demo.views.shared.component import Component

pytestmark = QUIET


@pytest.fixture(scope="module")
def config(tmp_path_factory):
    root = tmp_path_factory.mktemp("nothing")
    for name in ("clips", "examples"):
        (root / name).mkdir()
    with placed(root), pytest.MonkeyPatch.context() as patch, warnings.catch_warnings():
        # Gradio opens an event loop for each page and leaves closing it to the collector.
        warnings.simplefilter("ignore")
        made = build_page(reception_in(root, patch)).get_config_file()
        yield made
        asyncio.set_event_loop(None)
        gc.collect()


def values(data):
    if isinstance(data, dict):
        data = list(data.values())
    if isinstance(data, list | tuple):
        for each in data:
            yield from values(each)
    else:
        yield data


def test_no_event_is_sent_as_a_value(config):
    found = list(values(config))
    assert len(found) > 1000 and not [each for each in found if isinstance(each, functools.partial | gr.blocks.Block)]


def test_a_visit_copies_no_component(config, monkeypatch):
    def refuse(self, protocol):
        raise AssertionError(f"copies {type(self).__name__}")

    monkeypatch.setattr(gr.blocks.Block, "__reduce_ex__", refuse)
    for part in ("components", "dependencies", "layout"):
        copy.deepcopy(config[part])


class Named(Component):
    """An argument that its own script names as well, as `samples` of the desk."""

    def __init__(self, every_word=None, **kwargs):
        super().__init__(kwargs.pop("value", None), 'watch("every_word"); trigger("asked")', ("asked",), **kwargs)


def test_an_argument_that_the_script_names_is_not_taken_for_an_event():
    component = Named(value={"a": 1}, elem_id="named")
    taken = gr.HTML(js_on_load='watch("every_word")').every_word
    assert isinstance(taken, functools.partial) and not hasattr(component, "every_word"), "what Gradio makes of it"
    sent = component.get_config()
    assert "every_word" not in sent and sent["value"] == {"a": 1} and sent["elem_id"] == "named"
    json.dumps({name: sent[name] for name in ("value", "elem_id", "js_on_load")})
    assert callable(component.asked), "events still are"
