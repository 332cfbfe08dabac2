"""Moving pictures in report.html: the panels on one clock, within a size, said where they are left out."""

import base64
import io
import re

import av
import pytest
from fabricated import comparison
from test_report_page import parse

from vae_demo import report
from vae_demo.cli import build_parser
from vae_demo.report import moving


@pytest.fixture(scope="module")
def made():
    return comparison(18)


def page_of(directory):
    return (directory / "report.html").read_text(encoding="utf-8")


def video_in(page):
    (element,) = parse(page).iter("video")
    uri = element.attrib["src"]
    assert uri.startswith("data:video/mp4;base64,")
    return element, base64.b64decode(uri.partition(",")[2])


def shape(data):
    with av.open(io.BytesIO(data)) as file:
        stream = file.streams.video[0]
        return stream.codec_context.name, stream.width, stream.height, sum(1 for _ in file.decode(stream))


def longest(made):
    return max(variant.plan.frames_out for variant in made[0].variants)


@pytest.fixture(scope="module")
def saved(made, tmp_path_factory):
    directory = tmp_path_factory.mktemp("moving")
    report.save_result(*made, directory, layers=(), report_video=True)
    return directory


def test_the_report_holds_the_panels_that_comparison_mp4_has(made, saved):
    element, data = video_in(page_of(saved))
    assert data == (saved / "comparison.mp4").read_bytes()
    assert shape(data)[0] == "h264" and shape(data)[3] == longest(made), "as long as its longest panel"
    assert {"controls", "loop", "muted", "playsinline"} <= set(element.attrib) and "autoplay" not in element.attrib
    assert "media-src data:" in page_of(saved)


def test_nobody_gets_a_video_who_did_not_ask(made, tmp_path):
    report.save_result(*made, tmp_path, layers=())
    assert "<video" not in page_of(tmp_path) and "Moving pictures" not in page_of(tmp_path)
    assert build_parser().parse_args(["compare", "x", "--out", "y"]).report_video is False
    assert build_parser().parse_args(["compare", "x", "--out", "y", "--report-video"]).report_video is True


def test_a_video_too_large_for_the_report_is_made_smaller_and_else_left_out(made, saved):
    full = saved / "comparison.mp4"
    size = full.stat().st_size * 4 // 3
    smaller = moving.moving_pictures(*made, 24.0, full, most=size - 1)
    data = base64.b64decode(smaller.uri.partition(",")[2])
    assert len(smaller.uri) <= size + 40 and shape(data)[3] == longest(made)
    assert moving.moving_pictures(*made, 24.0, full, most=1000) == moving.Moving(None)
    said = moving.moving_section(moving.Moving(None))
    assert "left out" in said and "未放入" in said and re.search(r"\b4 MB", said) and "<video" not in said
    assert list(saved.glob(".moving-*")) == []


@pytest.mark.browser
def test_it_plays_from_a_file_without_a_network(saved, browser):
    with browser.new_context(offline=True) as context:
        page = context.new_page()
        said = []
        page.on("console", lambda message: said.append(message.text))
        page.goto(f"file://{saved / 'report.html'}")
        page.evaluate("""() => new Promise((done) => {
          const video = document.querySelector("video");
          video.ontimeupdate = () => video.currentTime > 0.1 && done();
          video.play();
        })""")
        assert page.evaluate("document.querySelector('video').videoWidth") == shape(video_in(page_of(saved))[1])[1]
        assert said == []
