"""The lesson as one file: what it holds, that it stays one whatever a clip is called, that it asks for nothing."""

import base64
import gzip
import json
import os
import platform
import re
import tempfile
from dataclasses import replace
from errno import ENOSPC
from hashlib import sha256
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest
from command_line import told
from test_kept import ask, behind

from vae_demo import assets, words
from vae_demo.clips import write_video
from vae_demo.examples import EXAMPLES, LIVE
from vae_demo.layout.variant import parse_variants
from vae_demo.live.parts import Frames, engine_wasm, frames_of
from vae_demo.models.spec import TINY_17, TINY_MIXED
from vae_demo.report.sheets import load_sheets
from vae_demo.views.learn.tab import lesson, saved_value, with_engine, with_file
from vae_demo.views.offline import lesson as offline
from vae_demo.views.offline.lesson import MOST_BYTES, lesson_file
from vae_demo.views.serving.kept import KeptFiles

NAMES = ("</script><script>alert(1)</script>", "<!--<script>", "a\u2028b'\"\\${1}`</style>")


class Read(HTMLParser):
    """Elements in order, and what the scripts and the policy say."""

    def __init__(self, page):
        super().__init__(convert_charrefs=True)
        self.tags, self.held, self._in = [], {}, None
        self.scripts, self.policy, self.styles = [], "", ""
        self.feed(page)
        self.close()

    def handle_starttag(self, tag, attributes):
        given = dict(attributes)
        self.tags.append((tag, given.get("id")))
        if given.get("http-equiv") == "Content-Security-Policy":
            self.policy = given["content"]
        self._in = (tag, given)

    def handle_endtag(self, tag):
        self._in = None

    def handle_data(self, data):
        tag, given = self._in or (None, {})
        if tag == "script" and "id" in given:
            self.held[given["id"]] = self.held.get(given["id"], "") + data
        elif tag == "script":
            self.scripts.append(data)
        elif tag == "style":
            self.styles += data


@pytest.fixture(scope="module")
def offered():
    """The value of the app's own Learn tab."""
    return with_file(with_engine(saved_value()))


@pytest.fixture(scope="module")
def page(offered):
    """The file that it offers."""
    status, headers, body = ask(KeptFiles(behind), offered["file"]["url"][1:])
    assert status == 200 and headers["content-type"] == "text/html; charset=utf-8"
    return b"".join(body).decode()


def unpacked(text, planes=1):
    packed = gzip.decompress(base64.b64decode(text))
    return np.frombuffer(packed, np.uint8).reshape(planes, -1).T.tobytes()


def test_all_is_in_it_and_it_goes_by_mail(offered, page):
    assert len(page.encode()) <= MOST_BYTES == offered["file"]["mb"] * 1_000_000 == 12_000_000
    read = Read(page)
    value = json.loads(read.held["vd-value"])
    parts, frames = value["live"]["parts"], frames_of(assets.clip("harbour"))
    for name, content in (("wasm", engine_wasm()), ("frames", frames.rgb),
                          ("weights", (assets.WEIGHTS / "tiny-17.safetensors").read_bytes())):
        assert unpacked(read.held[parts[name]["id"]], parts[name].get("planes", 1)) == content, name
        assert parts[name]["bytes"] == len(content)
    assert b"onmessage" in unpacked(read.held[parts["script"]["id"]])
    assert {side: parts["frames"][side] for side in ("frames", "height", "width")} == frames.shape()
    pictures = [held["url"] for found in value["urls"].values() for held in found.values()]
    assert len(pictures) > 20 and all(url.startswith("data:image/webp;base64,UklGR") for url in pictures)
    said = json.loads(read.held["vd-words"])
    assert set(said["learn"]["learn_title"]) == set(words.LANGUAGES) and value["complete"]
    assert read.styles.count("data:font/woff2;base64,d09GMg") == 4


def test_what_the_app_offers_changes_its_address_with_what_is_in_it(offered):
    def url(**changes):
        return with_file({**offered, **changes})["file"]["url"]

    assert url() == url() != url(title=["learn_title", {"a": 1}])
    assert "file" not in with_file({**saved_value(), "live": None})


def test_its_policy_lets_its_own_script_run_and_nothing_else(page):
    read = Read(page)
    digests = ["sha256-" + base64.b64encode(sha256(code.encode()).digest()).decode() for code in read.scripts]
    rules = dict(rule.strip().split(" ", 1) for rule in read.policy.split(";"))
    assert rules["default-src"] == "'none'" and "connect-src" not in rules
    assert rules["script-src"].split() == [*(f"'{each}'" for each in digests), "'wasm-unsafe-eval'"]
    assert rules["worker-src"] == "blob:" and rules["base-uri"] == rules["form-action"] == "'none'"
    assert rules["img-src"] == rules["font-src"] == "data:"
    # Nothing would be asked for without it either; what remains are links that a reader may follow.
    shell = page[:page.index('<script type="application/json"')]
    assert re.findall(r'\b(?:src|href)=|@import|url\((?!"data:)(?!#)', shell) == []


@pytest.mark.parametrize("name", NAMES)
def test_no_name_of_a_clip_breaks_out(name, monkeypatch):
    monkeypatch.setattr(offline, "weights_file", lambda model: Path(__file__))
    folder = assets.EXAMPLES / LIVE

    def read(clip):
        saved = load_sheets(folder)
        saved["clip"]["name"] = clip
        value = {**saved_value(saved=(folder, saved)), "urls": {}}
        return Read(lesson_file(lesson(value), TINY_17, Frames(clip, bytes(192), 1, 8, 8)).decode())

    usual, odd = read("a.mp4"), read(name)
    assert usual.tags == odd.tags and usual.policy == odd.policy
    live = next(step for step in json.loads(odd.held["vd-value"])["steps"] if step["key"] == "live")
    assert live["figure"]["clip"] == name
    assert [each for each in odd.scripts if "<!--" in each or "</script" in each] == []
    assert "<" not in odd.held["vd-value"] + odd.held["vd-words"]


def test_nothing_of_this_machine_is_in_it(page):
    root = Path(__file__).parents[1]
    told = {str(root), os.getcwd(), str(Path.home()), tempfile.gettempdir(), platform.node(), str(assets.EXAMPLES)}
    read = Read(page)
    text = page[:page.index('<script type="application/octet-stream"')] + unpacked(read.held["vd-script"]).decode()
    assert {each for each in told if len(each) > 4 and each in text} == set()


def test_the_command_writes_it_for_a_clip_of_ones_own(tmp_path, capsys, monkeypatch):
    few = replace(EXAMPLES[LIVE], variants=parse_variants("17,16,17:16"))
    monkeypatch.setitem(EXAMPLES, LIVE, few)
    clip, out = tmp_path / "Ein <b>Hafen.gif.mp4", tmp_path / "lesson.html"
    write_video(clip, (np.full((72, 120, 3), 12 * index, np.uint8) for index in range(20)), 24)
    asked = ["lesson", "--clip", str(clip), "--size", "64", "--model", TINY_MIXED, "--out", str(out)]
    code, printed, complaints = told(asked, capsys)
    assert (code, complaints) == (0, []) and "20 frames of Ein <b>Hafen.gif.mp4" in printed and f"{out}" in printed
    read = Read(out.read_text(encoding="utf-8"))
    value = json.loads(read.held["vd-value"])
    figure = next(step["figure"] for step in value["steps"] if step["key"] == "live")
    assert (figure["model"], figure["clip"]) == (TINY_MIXED, clip.name)
    assert [each["label"] for each in figure["saved"]] == ["17", "16", "17→16"] and figure["n_frames"] == 20
    assert unpacked(read.held["vd-frames"]) == (frames := frames_of(clip, size=64)).rgb
    assert value["live"]["parts"]["frames"] == {"id": "vd-frames", "bytes": len(frames.rgb), **frames.shape()}
    weights = (assets.WEIGHTS / "tiny-mixed.safetensors").read_bytes()
    assert unpacked(read.held["vd-weights"], planes=2) == weights


@pytest.mark.parametrize(("content", "said"), [
    (b"", "empty"), (b"once upon a time\n" * 50, "not a video or picture"), (None, "does not exist")])
def test_what_is_no_clip_is_one_line(tmp_path, capsys, content, said):
    clip, out = tmp_path / "clip.mp4", tmp_path / "a.html"
    if content is not None:
        clip.write_bytes(content)
    code, printed, complaints = told(["lesson", "--clip", str(clip), "--out", str(out)], capsys)
    assert (code, printed, len(complaints)) == (2, "", 1) and said in complaints[0]
    assert not out.exists()


def test_where_nothing_can_be_written_is_one_line(tmp_path, capsys, monkeypatch):
    made = []
    monkeypatch.setattr(offline, "lesson_file", lambda *given: made.append(given) or b"")
    for out in (tmp_path / "nowhere" / "a.html", tmp_path):
        code, printed, complaints = told(["lesson", "--out", str(out)], capsys)
        assert (code, printed, len(complaints)) == (2, "", 1) and f'"{out.name}" cannot be written' in complaints[0]
    # Nothing was computed for it, and nothing of it stays where the end fails.
    assert made == []
    monkeypatch.setattr("os.replace", lambda *given: (_ for _ in ()).throw(OSError(ENOSPC, "No space left on device")))
    code, _, complaints = told(["lesson", "--out", str(tmp_path / "a.html")], capsys)
    assert (code, len(made), list(tmp_path.iterdir())) == (2, 1, []) and "No space left" in complaints[0]
