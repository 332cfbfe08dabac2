"""The ways to name a file: links, detours, bytes, relative paths. All lead to one file, or to one sentence."""

import os
import stat
import sys
import threading

import pytest
from material import WIDTH, N, video

from vae_demo.clips import probe, read_clip
from vae_demo.refusal import Refusal

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="links and bytes in names")


@pytest.fixture
def good(tmp_path):
    path = tmp_path / "a folder" / "good.mp4"
    path.parent.mkdir()
    path.write_bytes(video("a.mp4"))
    return path


def link(path, target):
    path.symlink_to(target)
    return path


def hard_link(path, target):
    os.link(target, path)
    return path


def linked_folder(good):
    return link(good.parent.parent / "linked", good.parent) / good.name


WAYS = {
    "plain": lambda good: good,
    "text": str,
    "bytes": os.fsencode,
    "link": lambda good: link(good.with_name("link.mp4"), good),
    "relative link": lambda good: link(good.with_name("link.mp4"), good.name),
    "link to a link": lambda good: link(good.with_name("2.mp4"), link(good.with_name("1.mp4"), good)),
    "hard link": lambda good: hard_link(good.with_name("hard.mp4"), good),
    "linked folder": linked_folder,
    "detour": lambda good: f"{good.parent}/../{good.parent.name}/./{good.name}",
    "two slashes": lambda good: f"{good.parent}//{good.name}",
    "through the kernel": lambda good: f"/proc/self/root{good}",
}


@pytest.mark.parametrize("way", WAYS)
def test_every_way_leads_to_the_file(way, good):
    path = WAYS[way](good)
    name = os.path.basename(os.fsdecode(path))
    assert probe(path).name == name  # the name that was given, not the one it leads to
    with read_clip(path, size=48) as clip:
        assert clip.name == name and clip.n_frames == N


def test_relative_to_where_we_are_now(good, monkeypatch):
    """Not to where we were when the first clip was read."""
    monkeypatch.chdir(good.parent)
    assert probe("good.mp4").n_frames == N
    monkeypatch.chdir(good.parent.parent)
    assert probe("a folder/good.mp4").n_frames == N
    with pytest.raises(Refusal) as caught:
        probe("good.mp4")
    assert caught.value.case == "missing"


def test_a_link_to_a_list_is_a_list(good, tmp_path):
    (tmp_path / "list.m3u8").write_text(f"#EXTM3U\n#EXTINF:1,\n{good}\n")
    with pytest.raises(Refusal) as caught:
        probe(link(tmp_path / "link.mp4", tmp_path / "list.m3u8"))
    assert caught.value.case == "playlist"


def test_a_link_led_elsewhere_later_is_followed_anew(good, tmp_path):
    """What was known of the old file is not said of the new one."""
    path = link(tmp_path / "link.mp4", good)
    assert probe(path).n_frames == N
    path.unlink()
    (tmp_path / "none.mp4").write_bytes(b"no video at all\n" * 9)
    link(path, tmp_path / "none.mp4")
    with pytest.raises(Refusal) as caught:
        probe(path)
    assert caught.value.case == "not_media"


def test_a_file_that_grows_while_it_is_read(tmp_path):
    """As a recording does that is still going on."""
    path, done, more = tmp_path / "a.ts", threading.Event(), video("a.ts")
    path.write_bytes(more)

    def grow():
        with open(path, "ab") as out:
            while not done.wait(0.002) and out.tell() < 20_000_000:
                out.write(more)

    writer = threading.Thread(target=grow, daemon=True)
    writer.start()
    try:
        for _ in range(5):
            assert probe(path).width == WIDTH
            with read_clip(path, n_frames=20, size=48) as clip:
                assert 1 <= clip.n_frames <= 20
    finally:
        done.set()
        writer.join()


def test_reading_leaves_the_file_as_it_is(good):
    before = good.stat()
    with read_clip(good, size=48):
        pass
    after = good.stat()
    assert stat.S_IMODE(after.st_mode) == stat.S_IMODE(before.st_mode)
    assert (after.st_size, after.st_mtime_ns, after.st_nlink) == (before.st_size, before.st_mtime_ns, before.st_nlink)
