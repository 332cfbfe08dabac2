"""What reads the bytes of a container itself: it finds what is there, and bytes of strangers cannot hold it up."""

import time
from contextlib import contextmanager

import numpy as np
import pytest
from matroska_files import crop, dolby, element, encoded, matroska, number
from media import encode, flat
from mp4_files import clean_aperture, dolby_box, with_boxes, with_edits
from odd_alpha import random_gif, webp_unset
from odd_containers import with_empty_frames
from odd_media import jpegs, packets

from vae_demo.clips import Limits, avi, ebml, mp4, opaque
from vae_demo.clips import jpegs as jpeg_films
from vae_demo.clips import matroska as mkv
from vae_demo.clips.edits import gaps_of
from vae_demo.clips.files import open_media
from vae_demo.clips.gif import GifPackets
from vae_demo.clips.stored import Dolby, Window
from vae_demo.clips.transport import is_transport

N_CHANGED = 100


@contextmanager
def opened(folder, data):
    path = folder / "bytes"
    path.write_bytes(data)
    with open_media(path, Limits()) as file:
        yield file


@pytest.fixture(scope="module")
def track(tmp_path_factory):
    return encoded(tmp_path_factory.mktemp("track"), flat(6))


def test_matroska_tells_each_video_track(track, tmp_path):
    data = matroska({**track, "video": crop(1, 2, 3, 4)}, {**track, "entry": dolby(5, 0)}, track)
    with opened(tmp_path, data) as file:
        first, second, third = mkv.video_tracks(file)
        assert mkv.missing_end(file) is None and file.tell() == 0
    assert (first.id, first.width, first.height) == (1, 64, 48)
    assert first.window == Window(1, 2, 60, 42) and first.dolby is None
    assert second.dolby == Dolby(5, 0) and second.dolby.needs_converting and second.window is None
    assert third.window is None and third.dolby is None


@pytest.mark.parametrize("open_end", [False, True])
@pytest.mark.parametrize("cues", [False, True])
def test_matroska_says_pictures_are_missing_where_they_are(cues, open_end, track, tmp_path):
    data = matroska(track, cues=cues, open_end=open_end)
    pictures = data.rindex(b"\x1c\x53\xbb\x6b") if cues and not open_end else len(data)
    for end, missing in ((len(data), None), (pictures - 1, "pictures"), (pictures // 2 + 40, "pictures")):
        with opened(tmp_path, data[:end]) as file:
            assert mkv.missing_end(file) == missing
    if pictures < len(data):
        for end, missing in ((pictures, "unknown"), (pictures + 9, "unknown"), (len(data) - 1, None)):
            with opened(tmp_path, data[:end]) as file:
                assert mkv.missing_end(file) == missing


def test_mp4_tells_each_video_track(tmp_path):
    path = encode(tmp_path / "a.mp4", flat(), second=flat())
    with_boxes(path, clean_aperture((32, 1), (24, 1), (4, 1), (-6, 1)), track=1)
    with_boxes(path, dolby_box(8, 4), track=0)
    with open_media(path, Limits()) as file:
        first, second = mp4.video_tracks(file)
    assert (first.window, second.window) == (None, Window(20, 6, 32, 24))
    assert first.dolby == Dolby(8, 4) and not first.dolby.needs_converting and second.dolby is None


def test_gaps_of_edits_are_found_and_become_nothing(tmp_path):
    path = encode(tmp_path / "a.mp4", flat(), second=flat())
    edits = [(500, -1), (80, 0), (300, -1), (40, 1024), (100, -1)]
    with_edits(path, edits, track=1)
    with open_media(path, Limits()) as file:
        (found,) = gaps_of(file)
        assert (found.track, found.seconds) == (2, 0.4)
        whole = file.peek(found.place, len(found.instead))
    kept = b"".join(whole[16 + 12 * i:28 + 12 * i] for i in (0, 1, 3))
    assert found.instead == whole[:3] + b"\x34" + whole[4:12] + b"\0\0\0\3" + kept + b"\0\0\0\x18free" + bytes(16)
    assert whole[:8] == b"\0\0\0\x4celst"


def test_avi_tells_the_size_of_each_frame(tmp_path):
    path = with_empty_frames("a.avi", [0, 3, 3, 12])(tmp_path)
    with open_media(path, Limits()) as file:
        sizes = list(avi.frame_sizes(file, 0))
        assert [i for i, size in enumerate(sizes) if not size] == [0, 4, 5, 15]
        assert list(avi.frame_sizes(file, 1)) == []


def test_what_is_no_film_of_jpegs(tmp_path):
    data = jpegs("a.mjpeg")(tmp_path).read_bytes()
    one = data[:data.index(b"\xff\xd9") + 2]
    for bytes_, film in ((data, True), (one * 2, True), (one, False), (one + one[:100], False), (one + b"tail", False),
                         (one[:-1] * 2, False)):
        with opened(tmp_path, bytes_) as file:
            assert jpeg_films.is_stream(file) is film


@pytest.mark.parametrize("step", [188, 192, 204])
def test_transport_stream_is_known_wherever_it_is_cut(step, tmp_path):
    data = packets("a.ts", before=4 * (step == 192), behind=16 * (step == 204))(tmp_path).read_bytes()
    assert all(is_transport(data[cut:]) for cut in range(step))
    assert not is_transport(data[:step]) and not is_transport(b"G" * 5000) and not is_transport(bytes(5000))
    assert not any(is_transport(np.random.default_rng(i).bytes(100_000)) for i in range(20))


def test_no_tree_of_elements_is_walked_for_ever(tmp_path, monkeypatch):
    monkeypatch.setattr(ebml, "MOST_ELEMENTS", 1000)
    many = matroska()[:40] + element(0x18538067, *[number(0xEC, 0)] * 5000)
    with opened(tmp_path, many) as file:
        assert mkv.video_tracks(file) == []
    with opened(tmp_path, many[:-1]) as file:
        assert mkv.missing_end(file) is None


def readers(data, file):
    mkv.video_tracks(file), mkv.missing_end(file), mp4.video_tracks(file), gaps_of(file), sum(avi.frame_sizes(file, 0))
    jpeg_films.is_stream(file), jpeg_films.ends_whole(file), is_transport(data)
    GifPackets()(data), GifPackets(opaque=True)(data), opaque.webp(data), opaque.apng_packet(data)


def seeds(folder, track):
    yield matroska({**track, "video": crop(1, 2, 3, 4), "entry": dolby(5, 0)}, tags=["00:00:01.0"])
    yield matroska(track, open_end=True)
    yield with_boxes(encode(folder / "a.mov", flat()), clean_aperture((32, 1), (24, 1)) + dolby_box(5, 0)).read_bytes()
    yield with_edits(encode(folder / "b.mov", flat()), [(40, 0), (40, -1), (80, 512)]).read_bytes()
    yield with_empty_frames("a.avi", [3])(folder).read_bytes()
    yield jpegs("a.mjpeg")(folder).read_bytes()
    yield random_gif(0)
    yield webp_unset(True)(folder).read_bytes()


def test_changed_bytes_are_got_over_quickly(track, tmp_path):
    """Bits flipped, bytes dropped, numbers made huge, ends cut off: no error but a Refusal, and no endless work."""
    random = np.random.default_rng(5)
    began = time.monotonic()
    for seed in seeds(tmp_path, track):
        for _ in range(N_CHANGED):
            data = bytearray(seed[:20_000])
            for _ in range(random.integers(1, 12)):
                at = int(random.integers(0, min(len(data), 1200 if random.random() < 0.7 else len(data))))
                kind = random.integers(0, 4)
                if kind == 0:
                    data[at] ^= 1 << random.integers(0, 8)
                elif kind == 1:
                    data[at:at + 4] = b"\xff" * 4
                elif kind == 2:
                    del data[at:at + int(random.integers(1, 40))]
                else:
                    data[at:at] = data[at // 2:at // 2 + int(random.integers(1, 40))]
            data = bytes(data[:int(random.integers(20, len(data)))]) if random.random() < 0.3 else bytes(data)
            with opened(tmp_path, data) as file:
                readers(data, file)
                assert file.tell() == 0
    assert time.monotonic() - began < 60
