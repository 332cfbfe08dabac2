"""vae.wasm is what the C beside it builds, and holds nothing that asks for more."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest
from in_node import needs_node
from live_pictures import LIVE, WASM, Asked, Wanted, clip, given, off, weights_of

SCRIPT = Path(__file__).parents[1] / "scripts" / "live_wasm.sh"
MADE_BY = "Debian clang version 19.1.7 (3~deb12u1)"
MOST_BYTES = 16_000
EXPORT = re.compile(r"^EXPORT\((\w+)\)", re.M)
COMPILER = shutil.which("clang-19") and shutil.which("wasm-ld-19")


def compiler():
    return subprocess.run(["clang-19", "--version"], capture_output=True, text=True, check=True).stdout.splitlines()[0]


@needs_node
@pytest.mark.skipif(not COMPILER, reason="needs clang-19 and lld-19")
def test_it_is_what_its_source_builds(tmp_path):
    made = tmp_path / "vae.wasm"
    subprocess.run(["bash", SCRIPT, made], check=True, capture_output=True)
    if compiler() == MADE_BY:
        assert made.read_bytes() == WASM.read_bytes()
        return
    # Another compiler may write other bytes; what they compute is the same.
    frames = clip(5, 96)
    plans = [Wanted("tiny-17", frames).plan(5, 5)]
    asked = Asked(weights_of("tiny-17"), frames, plans)
    ((mine,),), ((ours,),) = (given(tmp_path, asked, wasm=each) for each in (made, WASM))
    assert off([(mine, ours)]) <= 100


def test_it_is_small_and_its_source_is_all_there():
    assert WASM.read_bytes()[:8] == b"\0asm\1\0\0\0" and WASM.stat().st_size < MOST_BYTES
    sources = [path.read_text(encoding="utf-8") for path in (LIVE / "wasm").glob("*.c")]
    kernels = {name for source in sources for name in EXPORT.findall(source)}
    assert len(kernels) >= 13 and all(name.encode() in WASM.read_bytes() for name in kernels)
