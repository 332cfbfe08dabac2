"""A weights file whose header lies, or says what no network is: refused by name, before anything is read by it."""

import json
import struct

import pytest
from in_node import in_node, needs_node
from live_pictures import WASM, weights_of

pytestmark = [needs_node, pytest.mark.weights]
SHIFT, SCALE = "shift", "scale"


def taken_apart():
    content = weights_of("tiny-17").read_bytes()
    (size,) = struct.unpack("<Q", content[:8])
    return json.loads(content[8:8 + size]), content[8 + size:]


def put_together(path, header, numbers):
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    path.write_bytes(struct.pack("<Q", len(text)) + text + numbers)


def says(half, name, value):
    """Another setting of a half."""
    def change(header):
        words = header["__metadata__"]
        words[half] = json.dumps({**json.loads(words[half]), name: value})
    return change


def of(name, **lies):
    """Something else of one tensor; a function of what is said there is called with it."""
    def change(header):
        header[name] |= {key: lie(header[name][key]) if callable(lie) else lie for key, lie in lies.items()}
    return change


LIES = {
    "an odd number of bytes": (of(SHIFT, data_offsets=lambda at: [at[0], at[1] - 1]), "after a gap"),
    "over another tensor": (of(SHIFT, data_offsets=lambda at: [at[0] - 2, at[1] - 2]), "begins in another tensor"),
    "before the numbers": (of(SHIFT, data_offsets=[-8, 24]), "no place"),
    "backwards": (of(SHIFT, data_offsets=lambda at: at[::-1]), "begins in another tensor"),
    "no place": (of(SHIFT, data_offsets=None), "no shape or no place"),
    "half a place": (of(SHIFT, data_offsets=[0]), "no shape or no place"),
    "no shape": (of(SHIFT, shape=None), "no shape or no place"),
    "a shape of words": (of(SHIFT, shape=["1"]), "no shape or no place"),
    "no kind": (of(SHIFT, dtype=None), "shift is null, neither"),
    "a kind of a prototype": (of(SHIFT, dtype="toString"), "shift is toString, neither"),
    "another kind": (of(SHIFT, dtype="F32"), "shift has "),
    "a tensor that is a number": (lambda header: header.update(shift=3), "no shape or no place"),
    "groups that do not divide": (says("spatial", "norm_groups", 7), "channels in 7 groups"),
    "no groups": (says("temporal", "n_groups", 0), "n_groups of the temporal half cannot be 0"),
    "widths that are a number": (says("spatial", "encoder_widths", 64), "encoder_widths of the spatial half cannot be"),
    "words for numbers": (says("temporal", "filters", "32"), "filters of the temporal half cannot be"),
    "a flag that is none": (says("temporal", "temporal_downsample", ["yes"]), "temporal_downsample of the temporal"),
    "metadata that are a list": (lambda header: header.update(__metadata__=[]), "does not say what its spatial half"),
    "a setting that is null": (lambda header: header["__metadata__"].update(spatial="null"), "unknown or incomplete"),
}
HEADERS = {"null": b"null", "a list": b"[]", "no JSON": b"{", "nothing": b""}


def test_a_header_that_lies_is_the_weights_fault(tmp_path):
    wanted = {}
    for name, (change, said) in LIES.items():
        header, numbers = taken_apart()
        change(header)
        put_together(tmp_path / name, header, numbers)
        wanted[name] = said
    header, numbers = taken_apart()
    put_together(tmp_path / "more", header, numbers + b"more")
    wanted["more"] = "more in the file"
    for name, text in HEADERS.items():
        put_together(tmp_path / name, text, b"")
        wanted[name] = "not a .safetensors file" if name in ("null", "no JSON", "nothing") else "does not say"
    (tmp_path / "a header without end").write_bytes(struct.pack("<Q", 2**63) + b"{}")
    (tmp_path / "four bytes").write_bytes(b"\0" * 4)
    wanted |= {"a header without end": "not a .safetensors file", "four bytes": "not a .safetensors file"}
    put_together(tmp_path / "as it was", *taken_apart())
    told = json.loads(in_node("live_weights.js", WASM, *(tmp_path / name for name in (*wanted, "as it was")),
                              vae="live/network/vae.js"))
    assert told.pop(str(tmp_path / "as it was")) is None
    assert {name: told[str(tmp_path / name)][0] for name in wanted} == dict.fromkeys(wanted, "weights")
    assert [] == [(name, told[str(tmp_path / name)][1]) for name, said in wanted.items()
                  if said not in told[str(tmp_path / name)][1]]
