"""Files as Gradio stores an upload, and paths that somebody may name instead of one."""

import os

CONTENT = "c" * 64


def uploaded(folder, name="clip.mp4", content=CONTENT, size=1000):
    path = folder / content / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"x" * size)
    return path


def brought(folder, name, content):
    """A file of this content as Gradio stores it below `folder`, as the browser then names it."""
    path = uploaded(folder, name, f"{len(list(folder.glob('*'))):064x}", 0)
    path.write_bytes(content)
    return {"path": str(path), "meta": {"_type": "gradio.FileData"}}


def foreign_paths(folder, tmp_path):
    """Paths that somebody may put into an event, and none is an upload."""
    good = uploaded(folder)
    secret = tmp_path / "secret.mp4"
    secret.write_bytes(b"secret")
    link = folder / ("1" * 64) / "link.mp4"
    link.parent.mkdir()
    link.symlink_to(secret)
    linked_folder = folder / ("2" * 64)
    linked_folder.symlink_to(tmp_path)
    inner = folder / "results" / ("3" * 32) / "atlas.mp4"
    inner.parent.mkdir(parents=True)
    inner.write_bytes(b"result")
    (folder / "tmpabc").write_bytes(b"piece")
    (folder / ("4" * 64)).mkdir()
    fifo = folder / ("5" * 64) / "pipe.mp4"
    fifo.parent.mkdir()
    os.mkfifo(fifo)
    up = str(folder / CONTENT / ".." / ".." / "secret.mp4")
    named = str(good)
    return [str(secret), str(link), str(linked_folder / "secret.mp4"), str(inner), str(folder / "tmpabc"),
            str(folder / ("4" * 64)), str(fifo), up, f"{folder}/{CONTENT}/../results/{'3' * 32}/atlas.mp4",
            str(folder), "/etc/passwd", "/dev/zero", "/proc/self/environ", "", ".", "~", "clip.mp4", named + "\0",
            "file://" + named, "http://127.0.0.1/x", "\ud800", "a" * 5000, None, 7, 1.5, True, [],
            [named], {}, {"path": None}, {"path": {"path": named}}, {"path": str(secret)}, b"/etc/passwd"]
