"""Scripts of the page in node, where there is one."""

import shutil
import subprocess
from pathlib import Path

import pytest

from vae_demo import bundle

NODE = shutil.which("node")
needs_node = pytest.mark.skipif(NODE is None, reason="needs node")
SCRIPTS = Path(__file__).parent / "javascript"


def in_node(script, *arguments, before="", after=(), flags=(), **modules):
    """What tests/javascript/<script> prints, after others there. modules: constants in it, of what modules of ours
    export, by their path. before: a script of the test's own."""
    parts = [bundle.bundle(path, name) for name, path in modules.items()]
    text = "\n".join((*parts, before, *((SCRIPTS / name).read_text(encoding="utf-8") for name in (*after, script))))
    ran = subprocess.run([NODE, *flags, "-", *map(str, arguments)], input=text, capture_output=True, text=True,
                         timeout=120)
    assert ran.returncode == 0, ran.stderr[-4000:]
    return ran.stdout
