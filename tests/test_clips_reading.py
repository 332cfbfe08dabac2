"""Ranges, rates, streaming and the life of a clip."""

import gc
import json
import os
import sys
import tempfile
from fractions import Fraction

import av
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from in_process import read_here
from media import barcode_frames, encode, flat, read_barcodes

from vae_demo.clips import Clip, Limits, decoder, files, probe, read_clip
from vae_demo.clips.messages import Notes
from vae_demo.clips.rate import clip_rate
from vae_demo.refusal import Refusal

N = 30


@pytest.fixture(scope="module")
def clip_file(tmp_path_factory):
    """H.264 with B frames and one key frame: the hardest kind to start in the middle of."""
    return encode(tmp_path_factory.mktemp("clips") / "a.mp4", barcode_frames(N), options={"g": "300", "bf": "3"})


@settings(max_examples=25, deadline=None)
@given(start=st.integers(0, N - 1), n_frames=st.none() | st.integers(1, 40))
def test_any_range_is_exact(clip_file, start, n_frames):
    with read_clip(clip_file, start, n_frames, crop="none") as clip:
        stop = N if n_frames is None else min(N, start + n_frames)
        assert read_barcodes(clip.frames(0, clip.n_frames)) == list(range(start, stop))
        short = n_frames is not None and start + n_frames > N
        assert ("shorter" in [note.case for note in clip.notes]) == short


@pytest.mark.parametrize("start, n_frames", [(0, 1), (0, 10), (12, 5)])
def test_nothing_is_decoded_beyond_what_was_asked_for(clip_file, start, n_frames, monkeypatch):
    seen = []
    original = decoder.Reader.pictures

    def counted(self):
        for picture in original(self):
            seen.append(picture)
            yield picture

    monkeypatch.setattr(decoder.Reader, "pictures", counted)
    read_here(clip_file, start, n_frames).close()
    assert len(seen) == start + n_frames


def test_the_rest_of_the_file_is_not_even_read(tmp_path, monkeypatch):
    noise = np.random.default_rng(0).integers(0, 255, (60, 128, 128, 3), np.uint8)
    path = encode(tmp_path / "a.mkv", noise, "ffv1", "bgr0")
    n_read = 0
    original = files.MediaFile.read

    def counted(self, count=-1):
        nonlocal n_read
        data = original(self, count)
        n_read += len(data)
        return data

    monkeypatch.setattr(files.MediaFile, "read", counted)
    read_here(path, n_frames=3).close()
    assert 0 < n_read < path.stat().st_size / 2


def test_all_stops_at_the_limit_and_says_so(clip_file):
    with read_clip(clip_file, n_frames=None, limits=Limits(max_frames=20)) as clip:
        assert clip.n_frames == 20 and "limit" in [note.case for note in clip.notes]
    with read_clip(clip_file, n_frames=None, limits=Limits(max_frames=N)) as clip:
        assert clip.n_frames == N and "limit" not in [note.case for note in clip.notes]


def test_memory_stays_flat(tmp_path):
    """Frames live in a file: the clip's own array is a mapping, and slices are copies."""
    path = encode(tmp_path / "a.mp4", barcode_frames(20))
    with read_clip(path) as clip:
        assert isinstance(clip._frames, np.memmap)
        piece = clip.frames(2, 4)
        assert piece.flags.owndata and piece.flags.writeable and type(piece) is np.ndarray
        piece[:] = 0
        assert clip.frames(2, 4).max() > 0


@pytest.mark.parametrize("end", ["close", "with", "drop"])
def test_disk_space_is_given_back(clip_file, end, tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))

    def mappings():
        with open("/proc/self/maps") as lines:
            return sum(str(tmp_path) in line for line in lines)

    if not os.path.exists("/proc/self/maps"):
        pytest.skip("needs /proc")
    clip = read_clip(clip_file)
    assert mappings() == 1
    assert not list(tmp_path.iterdir())  # no name, so nothing to leave behind
    if end == "close":
        clip.close()
        clip.close()
        with pytest.raises(ValueError, match="closed"):
            clip.frames(0, 1)
    elif end == "with":
        with clip:
            pass
    else:
        del clip
    gc.collect()
    assert mappings() == 0


def test_frames_out_of_range(clip_file):
    with read_clip(clip_file) as clip:
        for start, stop in ((-1, 2), (0, N + 1), (3, 2)):
            with pytest.raises(IndexError):
                clip.frames(start, stop)
        assert clip.frames(4, 4).shape == (0, clip.height, clip.width, 3)


def test_describe_is_json_and_complete(clip_file):
    with read_clip(clip_file, start=3, n_frames=9) as clip:
        told = json.loads(json.dumps(clip.describe()))
    assert (told["name"], told["start"], told["n_frames"], told["fps"]) == ("a.mp4", 3, 9, 25.0)
    assert (told["width"], told["height"]) == (96, 96)
    assert told["source"] == {"container": "MP4", "codec": "h264", "n_frames": N}
    assert {"case", "params", "text"} == set(told["notes"][0])


def test_clip_from_array():
    source = barcode_frames(5)
    clip = Clip.from_array(source, 24, "made here")
    np.testing.assert_array_equal(clip.frames(1, 3), source[1:3])
    assert (clip.n_frames, clip.height, clip.width, clip.fps, clip.name) == (5, 96, 128, 24.0, "made here")
    assert clip.notes == () and clip.describe()["notes"] == []
    with pytest.raises(ValueError, match="float32"):
        Clip.from_array(source.astype(np.float32), 24, "floats")


def test_paths_of_every_kind(clip_file):
    for path in (clip_file, str(clip_file), os.fsencode(clip_file)):
        assert probe(path).name == "a.mp4"


def test_probe_tells_what_reading_will_find(tmp_path):
    path = encode(tmp_path / "phone.mp4", barcode_frames(20, 144, 256), rate=Fraction(30000, 1001))
    info = probe(path)
    assert (info.width, info.height, info.n_frames, info.codec) == (256, 144, 20, "h264")
    assert info.fps == pytest.approx(29.97, abs=0.001)


def test_enlarging_is_left_out_and_said(clip_file):
    with read_clip(clip_file, size=512) as clip:
        found = next(note for note in clip.notes if note.case == "not_enlarged")
        assert found.params == {"short": 96, "size": 512} and clip.height == 96


# rates

def rate_of(times, tick=Fraction(1, 1000), header=None):
    notes = Notes()
    rate = clip_rate([None if t is None else Fraction(t) for t in times], tick, header, notes)
    return rate, [note.case for note in notes.all()]


@pytest.mark.parametrize("times, header, rate, said", [
    ([0, "1/25", "2/25"], 25, 25, []),
    ([0, "0.033", "0.067", "0.1"], Fraction(30000, 1001), Fraction(30000, 1001), []),  # rounded to milliseconds
    ([5, "5.04", "5.08"], None, 25, []),
    ([0, "0.1", "0.2", "0.5"], 25, 6, ["variable_rate"]),
    ([0, "0.04", "0.08"], 50, 25, []),  # the header is wrong
    ([None, None], 25, 25, []),
    ([None, None], None, 24, ["unknown_rate"]),
    ([0, 0, 0], None, 24, ["unknown_rate"]),
    ([0, "0.04", "0.02"], 30, 30, []),  # times that run backwards tell nothing
    ([0, "0.0001"], None, 24, ["unknown_rate"]),
    ([0, 60], None, 24, ["unknown_rate"]),
    ([None], None, 24, []),
    ([0], 30, 30, []),
    ([0], 90000, 24, []),
])
def test_rate_table(times, header, rate, said):
    assert rate_of(times, header=header and Fraction(header)) == (rate, said)


@given(st.lists(st.integers(1, 500), min_size=1, max_size=40))
def test_mean_rate_keeps_the_total_time(steps):
    times = np.cumsum([0, *steps])
    rate, said = rate_of([Fraction(int(time), 1000) for time in times])
    if said != ["unknown_rate"]:
        assert len(steps) / rate == Fraction(int(times[-1]), 1000)


def test_announced_frames_that_are_not_there(tmp_path):
    """An edit list can hide frames that the header counts; saying so beats guessing why."""
    path = encode(tmp_path / "a.avi", barcode_frames(10), "mpeg4")
    data = bytearray(path.read_bytes())
    for place in (data.index(b"avih") + 8 + 16, data.index(b"strh") + 8 + 32):  # dwTotalFrames, dwLength
        assert int.from_bytes(data[place:place + 4], "little") == 10
        data[place:place + 4] = (25).to_bytes(4, "little")
    path.write_bytes(data)
    with read_clip(path, crop="none") as clip:
        assert clip.n_frames == 10
        found = [note for note in clip.notes if note.case == "announced"]
        assert found and found[0].params == {"announced": 25, "readable": 10}


def test_patched_up_frames_are_counted(tmp_path):
    """Bits flipped in the middle of a stream: the decoder patches, the clip says how often."""
    noise = np.random.default_rng(0).integers(0, 255, (20, 96, 96, 3), np.uint8)
    path = encode(tmp_path / "a.avi", noise, "mpeg4")
    data = bytearray(path.read_bytes())
    for place in range(len(data) // 2, len(data) // 2 + 1500, 500):
        data[place] ^= 0x55
    path.write_bytes(data)
    with read_clip(path) as clip:
        assert clip.n_frames == 20
        found = [note.params for note in clip.notes if note.case == "concealed"]
        assert found and 1 <= found[0]["n_frames"] <= 3


def test_transparency_that_no_decoder_keeps_is_said(tmp_path, monkeypatch):
    frames = np.concatenate([flat(), np.full((5, 48, 64, 1), 90, np.uint8)], -1)
    path = encode(tmp_path / "a.webm", frames, "libvpx", "yuva420p", options={"auto-alt-ref": "0"})
    monkeypatch.setattr(decoder, "_alpha_decoder", lambda stream: None)
    with read_here(path) as clip:
        assert "alpha_ignored" in [note.case for note in clip.notes]


def test_a_rewritten_packet_holds_nothing_of_pythons():
    """Its decoder's threads let go of it while we may wait for them, and could not do so without our turn."""
    packet, data = av.Packet(b"as it came"), bytes(bytearray(b"as it goes on"))
    packet.pts, packet.time_base = 7, Fraction(1, 25)
    before = sys.getrefcount(data)
    made = decoder._rewritten(packet, lambda _: data)
    assert sys.getrefcount(data) == before
    assert (bytes(made), made.pts, made.time_base) == (data, 7, Fraction(1, 25))


def test_reading_needs_no_torch():
    import subprocess

    code = "import sys, vae_demo.clips; sys.exit(any(m in sys.modules for m in ('torch', 'gradio', 'PIL')))"
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0


def test_limits_are_settable(clip_file):
    with pytest.raises(Refusal, match="limit is 0.001 MB"):
        probe(clip_file, Limits(max_bytes=1000))
