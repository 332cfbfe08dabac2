"""JavaScript modules of this package: what each imports and exports, in which order they run, several as one script.

For the page `library` puts many into one file (views/serving/modules.py). Where there is one file only, in an inline
script or a page that must work from file://, `bundle` makes one classic script of an entry and all it needs. Both read
the plain form that our files have: `import {a, b as c} from "./x.js";` and `export` before a function, class or const.
"""

from __future__ import annotations

import json
import posixpath
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

_IMPORT = re.compile(r'^import \{([^}]*)\} from "(\.[^"]+)";\n', re.M)
_EXPORT = re.compile(r"^export (?=(?:async )?function\*? (\w+)\(|class (\w+) |const (\w+) =)", re.M)
_ANY = re.compile(r"^(?:import|export)\b.*", re.M)
_NAME = re.compile(r"(\w+)(?: as (\w+))?")


@dataclass(frozen=True)
class Module:
    """path: inside vae_demo, as in views/explore/app.js. needs: {path: {name there: name here}}."""

    path: str
    needs: dict[str, dict[str, str]]
    exports: tuple[str, ...]
    body: str

    def __post_init__(self) -> None:
        here = [name for names in self.needs.values() for name in names.values()]
        for name in here:
            if here.count(name) > 1 or name in self.exports:
                raise ValueError(f"{self.path}: two things are called {name}")


def parse(path: str, source: str) -> Module:
    """Raises ValueError for an import or export of a form that is not read, and for a name given twice."""
    needs: dict[str, dict[str, str]] = {}
    for names, other in _IMPORT.findall(source):
        found = [_NAME.fullmatch(name.strip()) for name in names.rstrip().removesuffix(",").split(",")]
        full = posixpath.normpath(posixpath.join(posixpath.dirname(path), other))
        if full in needs or not all(found):
            raise ValueError(f"{path}: cannot read what it imports from {other}")
        needs[full] = {name[1]: name[2] or name[1] for name in found}
        if len(needs[full]) < len(found):
            raise ValueError(f"{path}: imports a name twice from {other}")
    exports = tuple(next(filter(None, names)) for names in _EXPORT.findall(source))
    body = _EXPORT.sub("", _IMPORT.sub("", source)).strip("\n")
    if unread := _ANY.search(body):
        raise ValueError(f"{path}: cannot read: {unread[0]}")
    return Module(path, needs, exports, body)


@cache
def read(path: str) -> Module:
    """A module of this package. Raises ValueError where there is none of that path."""
    place = files("vae_demo").joinpath(path)
    if not place.is_file():
        raise ValueError(f"there is no {path}")
    return parse(path, place.read_text(encoding="utf-8"))


def needed(entry: str, read=read) -> list[Module]:
    """The entry and everything it imports, what is needed first. Raises ValueError for a circle, a file that is not
    there, and a name that nobody exports."""
    return list(_walk(entry, read, {}, ()))


def _walk(path: str, read, done: dict[str, Module], way: tuple[str, ...]) -> Iterator[Module]:
    if path in way:
        raise ValueError(f"a circle: {' > '.join((*way, path))}")
    if path in done:
        return
    module = read(path)
    for other, names in module.needs.items():
        yield from _walk(other, read, done, (*way, path))
        if missing := names.keys() - set(done[other].exports):
            raise ValueError(f"{path} imports {', '.join(sorted(missing))} from {other}, which exports no such name")
    done[path] = module
    yield module


def bundle(entry: str, name: str, read=read) -> str:
    """One classic script that declares `name`, an object of what the entry exports; each module keeps its own scope."""
    modules = needed(entry, read)
    number = {module.path: index for index, module in enumerate(modules)}
    last = f"return m{number[entry]};"
    parts = (_scoped(module, number) for module in modules)
    return "\n".join((f"const {name} = (() => {{", '"use strict";', *parts, last, "})();", ""))


def library(entries: Iterable[str], known: Iterable[Module] = (), base: str = "", read=read) -> str:
    """One module that exports `modules`, {path: what that module exports}, of the entries and all they need.

    known: modules that another library has already, at the address `base`; they are taken from there.
    """
    mine = {module.path: module for entry in entries for module in needed(entry, read)}
    shared = [path for module in known if (path := module.path) in mine]
    own = [module for path, module in mine.items() if path not in shared]
    number = {path: index for index, path in enumerate((*shared, *(module.path for module in own)))}
    taken = [f"const m{number[path]} = base[{json.dumps(path)}];" for path in shared]
    given = ", ".join(f"{json.dumps(module.path)}: m{number[module.path]}" for module in own)
    return "\n".join((*([f"import {{modules as base}} from {json.dumps(base)};"] if shared else []), *taken,
                      *(_scoped(module, number) for module in own), f"export const modules = {{{given}}};", ""))


def _scoped(module: Module, number: Mapping[str, int]) -> str:
    """A module as a constant m<number> that holds what it exports."""
    taken = [f"const {{{', '.join(f'{there}: {here}' for there, here in names.items())}}} = m{number[other]};"
             for other, names in module.needs.items()]
    given = f"return {{{', '.join(module.exports)}}};"
    inner = "\n".join((*taken, module.body, given))
    return f"// {module.path}\nconst m{number[module.path]} = (() => {{\n{inner}\n}})();"


def inline(script: str) -> str:
    """A script that may stand between <script> and </script>: nothing in it ends the element early."""
    return script.replace("</", "<\\/")
