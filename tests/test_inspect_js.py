"""What the views of an inspection ask of it, as numbers and sentences: its mode, events, units, scales, loops."""

import copy
import json
import math
import shutil
import subprocess

import pytest

from vae_demo import words
from vae_demo.bundle import bundle
from vae_demo.views.inspect import asking

pytestmark = pytest.mark.skipif(shutil.which("node") is None, reason="needs node to run a script")


def call(path, names, body, **given):
    """What `body` returns, with these names of module `path` (from views/) and what is `given`."""
    values = "".join(f"const {name} = {json.dumps(value)};\n" for name, value in given.items())
    code = (f"{bundle(f'views/{path}.js', 'ours')}\nconst {{{names}}} = ours;\n{values}"
            f"console.log(JSON.stringify((() => {{ {body} }})()));")
    done = subprocess.run(["node", "-"], input=code, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


MODEL = """
  const pick = (m) => ({mode: m.mode, period: m.period, signal: m.signal, folded: m.folded, events: m.events,
    seen: m.seen, explained: m.explained, sure: m.sure, told: m.told(m.signal, m.size),
    own: m.signals.map((s) => m.own(s)?.period ?? 0), at: [0, 16, 35].map((t) => m.isEvent(t))});
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, pick(inspectModel(value))]));"""


@pytest.fixture(scope="module")
def values():
    return {name: asking._saved(name) for name in ("ghost", "two", "nothing", "keys", "repeated", "pair")}


def changed(value, **parts):
    value = copy.deepcopy(value)
    value["inspection"].update(parts)
    return value


def test_samples_are_told_by_what_the_eye_sees(values):
    found = call("inspect/model", "inspectModel", MODEL, values=values)
    assert {name: (each["mode"], each["period"], each["signal"]) for name, each in found.items()} == {
        "ghost": ("found", 16, "detail"), "two": ("found", 16, "detail"), "nothing": ("none", 16, "step"),
        "keys": ("found", 15, "step"), "repeated": ("found", 25, "step"), "pair": ("found", 16, "detail")}
    assert found["ghost"]["events"] == list(range(0, 136, 16)) and found["ghost"]["at"] == [True, True, False]
    # Frame 0 has no step, so that no step of it is an event.
    assert found["keys"]["events"] == list(range(15, 136, 15))
    assert found["two"]["folded"] == "step" and found["two"]["own"] == [4, 16, 16]
    assert found["ghost"]["told"].startswith("−6") and found["keys"]["told"].startswith("×2")
    assert found["ghost"]["seen"] and not found["keys"]["seen"]
    assert [name for name, each in found.items() if each["explained"]] == ["repeated"]


def test_nothing_is_claimed_of_a_file_that_is_short_still_or_only_hinted_at(values):
    ghost = values["ghost"]
    found = call("inspect/model", "inspectModel", MODEL, values={
        "hint": changed(ghost, findings=[], hints=ghost["inspection"]["findings"]),
        "short": changed(ghost, findings=[], hints=ghost["inspection"]["findings"],
                         short={"period": 8, "twice": 16, "needed": 64}),
        "still": changed(values["nothing"], best=None, detects=None)})
    assert {name: each["mode"] for name, each in found.items()} == {name: name for name in found}
    assert not any(each["sure"] for each in found.values())
    assert found["short"]["at"] == [False, False, False] and found["short"]["period"] == 16
    assert found["hint"]["at"] == [True, True, False]


def test_headlines_are_two_lines_and_a_lede(values):
    told = call("inspect/head", "tellsHeadline", """
      const say = (key, params = {}) => table[key].en.replace(/\\{(\\w+)\\}/g, (_, name) => params[name]);
      return Object.fromEntries(Object.entries(values).map(([name, {inspection}]) =>
        [name, tellsHeadline(say, " ")(inspection.headline)]));""",
        values=values, table={**words.table("inspect"), "list_comma": {"en": ", "}})
    assert told["ghost"][0] == ["Every 16 frames, from frame 0: a ghost.", "9 of 9 times, p .001."]
    assert [len(line.split(". ")) for line in told["two"][0]] == [2, 2] and len(told["two"][1]) == 2
    lines, rest, blamed = told["keys"]
    assert len(lines) == 2 and "this is the codec's" in blamed[0] and "2.3 times" in rest[0]
    lines, rest, blamed = told["nothing"]
    assert lines == ["Nothing periodic found, from every 3 to every 34 frames."] and blamed == []
    assert "would have been found from" in rest[1] and "{" not in rest[1]


def test_ticks_of_a_scale_are_apart_and_inside():
    rows = [{"values": [None, *(size * math.sin(i) for i in range(40))], "matters": matters, "ratio": ratio,
             "name": name}
            for name, matters, ratio in (("step", 0.3, True), ("light", 0.5, False), ("detail", 0.05, True),
                                         ("psnr", 0.5, False))
            for size in (0, 0.02, 0.3, 1.2)]
    found = call("inspect/scales", "signalScale", """
      return rows.map((row) => {
        const scale = signalScale(row, row.name, 100, 64);
        return {ticks: scale.ticks.map(([value, text]) => [scale.y(value), text]),
          ends: row.values.filter((v) => v !== null).map(scale.y)};
      });""", rows=rows)
    for row, each in zip(rows, found, strict=True):
        heights = sorted(y for y, _ in each["ticks"])
        assert all(100 <= y <= 164 for y in (*heights, *each["ends"])), row["name"]
        assert all(b - a >= 13 for a, b in zip(heights, heights[1:], strict=False))
        assert each["ticks"][0][1] == ("×1" if row["name"] == "step" else "0") and len(heights) <= 3


def test_a_loop_goes_around_the_nearest_event_and_stays_inside():
    found = call("inspect/player", "loopLimits", """
      const model = {main: {}, events: [2, 16, 30], n: 32};
      return [0, 12, 31].map((around) => loopLimits(model, {loop: true, around})).concat([
        loopLimits(model, {loop: false, around: 3}), loopLimits({...model, main: null}, {loop: true, around: 3})]);
    """)
    assert [(each["first"], each["last"], each["loop"]) for each in found] == [
        (0, 6, True), (12, 20, True), (26, 31, True), (0, 31, False), (0, 31, True)]
