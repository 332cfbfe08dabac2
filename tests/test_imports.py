"""Imports point one way, light modules stay light, and importing anything does nothing."""

import ast
import subprocess
import sys
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

import vae_demo

PACKAGE = Path(vae_demo.__file__).parent
# A unit is a module or folder of vae_demo. It may use units of lines above its own, and of its own line as long as
# nobody comes back to where he started.
LAYERS = (
    ("words", "pixels", "palette", "memory", "scratch", "heap", "startup", "shapes", "steps", "assets", "bundle",
     "refusal", "layout", "families", "clips", "store", "results"),
    ("metrics", "models", "live", "media", "synthetic", "verdicts", "progress", "flow", "waves"),
    ("engine", "inspection", "sweeping", "studies"),
    ("report", "examples", "flickers", "training"),
    ("views", "cli"),
    ("__main__",),
)
HEAVY = ("torch", "gradio", "diffusers", "plotly", "av")
LIGHT = {
    "vae_demo.layout.plan": (*HEAVY, "numpy"), "vae_demo.pixels": HEAVY, "vae_demo.metrics": HEAVY,
    "vae_demo.results.comparison": (*HEAVY, "numpy"), "vae_demo.verdicts": HEAVY,
    "vae_demo.models.spec": (*HEAVY, "numpy"),
    "vae_demo.cli": (*HEAVY, "numpy"), "vae_demo.cli.plan": (*HEAVY, "numpy"), "vae_demo.words": HEAVY,
    "vae_demo.memory": HEAVY, "vae_demo.clips.worker": ("torch", "gradio", "diffusers", "plotly"),
    "vae_demo.clips": ("torch", "gradio", "diffusers", "plotly"),
    "vae_demo.report": ("torch", "gradio", "diffusers", "plotly"),
    "vae_demo.report.study": ("torch", "gradio", "diffusers", "plotly", "ray"),
    "vae_demo.studies.rows": (*HEAVY, "numpy", "pyarrow", "ray"),
    "vae_demo.engine": ("gradio", "diffusers", "plotly"),
}


def modules(package=PACKAGE):
    """Dotted name -> source of every module."""
    found = {}
    for path in sorted(package.rglob("*.py")):
        parts = path.relative_to(package.parent).with_suffix("").parts
        found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path.read_text(encoding="utf-8")
    return found


def imported(source, known):
    """Modules of ours that a source imports, at once or late, inside a function; names taken from a package count as
    its submodule where they are one."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names if name.name in known)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are absolute, so that a reader sees where they go"
            for name in node.names:
                full = f"{node.module}.{name.name}"
                if full in known or node.module in known:
                    yield full if full in known else node.module


def unit_of(module):
    return module.split(".")[1]


def rank(module):
    """Line of a module's unit; one without a line is for the test below to name."""
    return next((index for index, units in enumerate(LAYERS) if unit_of(module) in units), len(LAYERS))


def wrong_ways(found):
    """(importer, imported) wherever an import points to a line below."""
    for module, source in found.items():
        for other in imported(source, found):
            if "." in other and unit_of(module) != unit_of(other) and rank(other) > rank(module):
                yield module, other


def test_every_unit_has_its_place():
    units = {unit_of(module) for module in modules() if "." in module}
    placed = [unit for units in LAYERS for unit in units]
    assert len(placed) == len(set(placed))
    assert units - set(placed) == set(), "give new units a line in LAYERS"
    assert set(placed) - units == set(), "units that are gone"


def test_imports_point_one_way():
    assert list(wrong_ways(modules())) == []


def circle(found, name=lambda module: module):
    """Modules that need each other, wherever in them the imports stand; None where there is no circle.

    name: what a module counts as; unit_of for units that need each other.
    """
    graph = {name(module): set() for module in found}
    for module, source in found.items():
        # A package's __init__ gathers what its modules offer; they name it as part of their own path.
        graph[name(module)] |= {name(other) for other in imported(source, found)
                                if not module.startswith(f"{other}.")} - {name(module)}
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        return error.args[1]


def test_imports_make_no_circle():
    assert circle(modules()) is None
    units = {module: source for module, source in modules().items() if "." in module}
    assert circle(units, unit_of) is None


@pytest.mark.parametrize("line", [
    "import vae_demo.views", "from vae_demo import engine", "from vae_demo.report.page import report_page",
    "def late():\n    from vae_demo.cli import main"])
def test_the_check_sees_an_import_the_wrong_way(line):
    known = {**dict.fromkeys(("vae_demo.views", "vae_demo.engine", "vae_demo.report.page", "vae_demo.cli"), ""),
             "vae_demo.metrics.seam": line}
    assert [importer for importer, _ in wrong_ways(known)] == ["vae_demo.metrics.seam"]


@pytest.mark.parametrize("line", [
    "from vae_demo.clips import b", "if True:\n    import vae_demo.clips.b",
    "def late():\n    from vae_demo.clips.b import name"])
def test_the_check_sees_a_circle(line):
    known = {"vae_demo.clips": "import vae_demo.clips.a", "vae_demo.clips.a": line, "vae_demo.clips.b": ""}
    assert circle(known) is None
    known["vae_demo.clips.b"] = "def later():\n    import vae_demo.clips.a"
    assert set(circle(known)) == {"vae_demo.clips.a", "vae_demo.clips.b"}


def test_the_check_sees_units_that_need_each_other():
    known = {"vae_demo.clips.a": "import vae_demo.layout.b", "vae_demo.layout.b": "",
             "vae_demo.layout.c": "import vae_demo.clips.d", "vae_demo.clips.d": ""}
    assert circle(known) is None and set(circle(known, unit_of)) == {"clips", "layout"}


def brought_in(module, unwanted):
    code = f"import sys, {module}; print(*(m for m in {unwanted!r} if m in sys.modules))"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return run.stdout.split()


@pytest.mark.parametrize("module", LIGHT)
def test_light_modules_stay_light(module):
    assert brought_in(module, LIGHT[module]) == []


def test_the_app_sets_gradio_up_before_it_is_there():
    """Gradio reads where to put things while it is imported; too late, and it leaves a folder beside ours."""
    assert brought_in("app", ("gradio", "torch", "spaces")) == []


def test_the_weight_check_can_fail():
    assert brought_in("vae_demo.pixels", ("numpy", "json_that_is_not_there")) == ["numpy"]


# Runs first in a fresh process: notes what imported modules of the package do, by who stands on the stack.
WATCH = """
import os, sys
noted, home = [], sys.argv[1]
def ours(depth):
    frame = sys._getframe(2)
    for _ in range(depth):
        if frame is None:
            return False
        if frame.f_globals.get("__name__", "").startswith(sys.argv[2]):
            return True
        frame = frame.f_back
    return False
def hook(event, args):
    if event in ("os.mkdir", "os.putenv", "socket.connect", "socket.getaddrinfo", "subprocess.Popen", "os.remove"):
        if ours(6):
            noted.append(f"{event} {args}")
    elif event == "open" and isinstance(args[1], str) and set(args[1]) & set("wax+") and ours(6):
        noted.append(f"write {args[0]}")
sys.addaudithook(hook)
Environ = type(os.environ)
read = Environ.__getitem__
def watched(self, key):
    if ours(3):
        noted.append(f"environment {key}")
    return read(self, key)
Environ.__getitem__ = watched
import importlib, threading
sys.path[:0] = sys.argv[4:]
for name in sys.argv[3].split(","):
    importlib.import_module(name)
if "torch" in sys.modules and sys.modules["torch"].cuda.is_initialized():
    noted.append("CUDA")
noted += [f"thread {thread.name}" for thread in threading.enumerate() if thread is not threading.main_thread()]
noted += [f"left {folder}/{name}" for folder, _, names in os.walk(home) for name in names]
sys.stdout.write("\\n".join(noted))
"""


def done_on_import(prefix, names, home, *paths):
    environment = {"HOME": str(home), "TMPDIR": str(home), "PYTHONDONTWRITEBYTECODE": "1", "PATH": "/usr/bin:/bin",
                   "PYTHONPATH": str(PACKAGE.parent)}
    arguments = [sys.executable, "-c", WATCH, str(home), prefix, ",".join(names), *map(str, paths)]
    run = subprocess.run(arguments, capture_output=True, text=True, cwd=home, env=environment)
    assert run.returncode == 0, run.stderr
    return run.stdout.splitlines()


def test_importing_does_nothing(tmp_path):
    names = [module for module in modules() if not module.endswith("__main__")]
    assert len(names) > 70
    assert done_on_import("vae_demo", names, tmp_path) == []


@pytest.mark.parametrize(("line", "told"), [
    ("import os; os.environ.get('HOME')", "environment HOME"), ("import os; os.getenv('HOME')", "environment HOME"),
    ("import os; os.makedirs('made', exist_ok=True)", "os.mkdir"), ("open('made.txt', 'w').close()", "write made.txt"),
    ("from pathlib import Path; Path('made.txt').write_text('x')", "write made.txt"),
    ("import threading, time; threading.Thread(target=time.sleep, args=(1,), name='busy').start()", "thread busy"),
])
def test_a_module_that_does_something_is_noticed(tmp_path, line, told):
    home, package = tmp_path / "home", tmp_path / "package"
    home.mkdir()
    package.mkdir()
    (package / "restless.py").write_text(line + "\n")
    noted = done_on_import("restless", ["restless"], home, package)
    assert any(each.startswith(told) for each in noted), noted
