"""What is written plays in browsers, frame for frame, in the right colours, or is not written at all."""

from fractions import Fraction

import av
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from media import barcode_frames, flat, read_barcodes

from vae_demo.clips import read_clip, write_video
from vae_demo.clips.rate import as_rate
from vae_demo.refusal import Refusal

COLOURS = [(0, 0, 0), (255, 255, 255), (128, 128, 128), (255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 0),
           (200, 90, 40), (30, 160, 220), (250, 240, 230), (12, 20, 8)]


@pytest.mark.parametrize("fps", [24, 25, 30, 60, 12.5, 30000 / 1001, Fraction(24000, 1001), 7.3, 0.5])
def test_every_frame_at_its_time(fps, tmp_path):
    source = barcode_frames(30)
    assert write_video(tmp_path / "a.mp4", source, fps) == 30
    with av.open(str(tmp_path / "a.mp4")) as container:
        stream = container.streams.video[0]
        frames = list(container.decode(stream))
        times = [frame.pts * stream.time_base for frame in frames]
        assert stream.frames == 30
        assert times == [i / as_rate(fps) for i in range(30)]
        assert stream.duration * stream.time_base == 30 / as_rate(fps)
    with read_clip(tmp_path / "a.mp4", crop="none") as clip:
        assert read_barcodes(clip.frames(0, 30)) == list(range(30))
        assert clip.fps == pytest.approx(float(fps), rel=1e-6)


@given(st.integers(1, 1000), st.sampled_from([1, 1000, 1001]))
def test_a_float_rate_is_the_fraction_it_came_from(numerator, denominator):
    assert as_rate(numerator / denominator) == Fraction(numerator, denominator)


def test_one_frame(tmp_path):
    assert write_video(tmp_path / "a.mp4", barcode_frames(1), 25) == 1
    with read_clip(tmp_path / "a.mp4") as clip:
        assert clip.n_frames == 1
        assert [note.case for note in clip.notes if note.case in ("still", "truncated")] == ["still"]


def test_static_frames_come_back_identical(tmp_path):
    """A textured picture: between key frames of their own, plain settings let it breathe."""
    y, x = np.mgrid[:64, :64]
    picture = np.random.default_rng(5).normal(128, 30, (64, 64, 3)) + 40 * np.sin(x / 5 + y / 9)[..., None]
    source = np.repeat(np.clip(picture, 0, 255).astype(np.uint8)[None], 30, 0)
    changes = {}
    for static in (False, True):
        write_video(tmp_path / "a.mp4", source, 24, static=static)
        with read_clip(tmp_path / "a.mp4", crop="none") as clip:
            frames = clip.frames(0, 30)
        changes[static] = (frames != frames[0]).mean()
        assert np.abs(frames[0].astype(int) - source[0]).mean() < 20
    assert changes[True] == 0 < changes[False]


@pytest.mark.parametrize("colour", COLOURS)
def test_colours_come_back(colour, tmp_path):
    write_video(tmp_path / "a.mp4", flat(4, 64, 64, colour), 25)
    with read_clip(tmp_path / "a.mp4") as clip:
        assert np.abs(clip.frames(0, 4).astype(int) - colour).max() <= 3


def test_file_is_what_browsers_play(tmp_path):
    write_video(tmp_path / "a.mp4", barcode_frames(40), 30)
    with av.open(str(tmp_path / "a.mp4")) as container:
        stream = container.streams.video[0]
        context = stream.codec_context
        assert (context.codec.canonical_name, context.pix_fmt) == ("h264", "yuv420p")
        assert (context.colorspace, context.color_range) == (6, 1)
        assert (context.color_primaries, context.color_trc) == (1, 1)
        packets = [packet for packet in container.demux(stream) if packet.size]
    assert [packet.pts for packet in packets] == [packet.dts for packet in packets]  # no B frames
    keys = [i for i, packet in enumerate(packets) if packet.is_keyframe]
    assert keys[0] == 0 and max(np.diff([*keys, 40])) <= 12
    data = (tmp_path / "a.mp4").read_bytes()
    assert data.index(b"moov") < data.index(b"mdat")  # plays before it is loaded whole


@pytest.mark.parametrize("height, width", [(33, 47), (32, 47), (33, 48), (1, 1)])
def test_odd_sides_repeat_their_edge(height, width, tmp_path):
    source = flat(3, height, width, (200, 200, 200))  # grey: a chroma sample spans two pixels
    source[:, -1:], source[:, :, -1:] = 20, 20
    write_video(tmp_path / "a.mp4", source, 25, crf=4)
    with av.open(str(tmp_path / "a.mp4")) as container:
        frame = next(container.decode(video=0)).to_ndarray(format="rgb24")
    assert frame.shape[:2] == (height + height % 2, width + width % 2)
    assert np.abs(frame[-1].astype(int) - 20).max() < 8
    assert np.abs(frame[:, -1].astype(int) - 20).max() < 8


def test_generators_are_taken_one_frame_at_a_time(tmp_path):
    alive = 0

    def frames():
        nonlocal alive
        for frame in barcode_frames(20):
            alive += 1
            yield frame

    assert write_video(tmp_path / "a.mp4", frames(), 25) == alive == 20


def test_crf_sets_the_quality(tmp_path):
    source = np.random.default_rng(0).integers(0, 255, (5, 64, 64, 3), np.uint8)
    sizes = []
    for crf in (10, 16, 30):
        write_video(tmp_path / f"{crf}.mp4", source, 25, crf)
        sizes.append((tmp_path / f"{crf}.mp4").stat().st_size)
    assert sizes[0] > sizes[1] > sizes[2]


REFUSED = {
    "nothing": (lambda: [], 25, "nothing_to_write"),
    "rate of nothing": (lambda: flat(), 0, "bad_rate"),
    "endless rate": (lambda: flat(), float("inf"), "bad_rate"),
    "no number": (lambda: flat(), float("nan"), "bad_rate"),
    "floats": (lambda: flat().astype(np.float32), 25, "bad_frames"),
    "grey": (lambda: flat()[..., 0], 25, "bad_frames"),
    "two sizes": (lambda: [*flat(2), *flat(2, 32, 32)], 25, "bad_frames"),
}


@pytest.mark.parametrize("what", REFUSED)
def test_refused_in_one_sentence_and_no_file_left(what, tmp_path):
    make, fps, case = REFUSED[what]
    with pytest.raises(Refusal) as caught:
        write_video(tmp_path / "a.mp4", make(), fps)
    assert caught.value.case == case
    assert not list(tmp_path.iterdir())


def test_a_failing_source_leaves_no_file_and_the_old_one_alone(tmp_path):
    (tmp_path / "a.mp4").write_bytes(b"old")

    def frames():
        yield from flat(3)
        raise KeyError("a bug upstream")

    with pytest.raises(KeyError):
        write_video(tmp_path / "a.mp4", frames(), 25)
    assert [path.name for path in tmp_path.iterdir()] == ["a.mp4"]
    assert (tmp_path / "a.mp4").read_bytes() == b"old"


@pytest.mark.parametrize("place", ["nowhere/a.mp4", "file/a.mp4", "folder"])
def test_place_that_cannot_be_written(place, tmp_path):
    (tmp_path / "file").write_bytes(b"x")
    (tmp_path / "folder").mkdir()
    with pytest.raises(Refusal) as caught:
        write_video(tmp_path / place, flat(), 25)
    assert caught.value.case == "write_failed" and "\n" not in str(caught.value)
    assert not list(tmp_path.glob(".*"))


@pytest.mark.parametrize("name", ["-y.mp4", "%03d.mp4", "http:a.mp4", "a b'\"c.mp4", "视频.mp4", "no extension",
                                  "a" * 251 + ".mp4"])
def test_hostile_file_names(name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    write_video(name, flat(), 25)
    assert [path.name for path in tmp_path.iterdir()] == [name]
