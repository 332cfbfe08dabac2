"""Names that mean something else to somebody, and paths that are no files."""

import os
import socket
import stat

from material import video

FAMILY = "names and paths"
NAMES = {
    "newline": "a\nb.mp4", "return and tab": "a\r\tb.mp4", "text turned round": "\u202egpj.\u2066a.mp4",
    "escape codes": "\x1b[31m\x1b]0;title\x07red.mp4", "option": "-i", "option with a value": "-version.mp4",
    "sequence": "img%03d.png", "glob": "*.mp4", "two files": "concat:a|b.mp4", "device": "lavfi:testsrc",
    "scheme": "http:127.0.0.1.mp4", "data": "data:video,AAAA", "pipe": "pipe:0", "descriptor": "fd:0",
    "255 bytes": "x" * 251 + ".mp4", "255 bytes of three each": "\u89c6" * 83 + ".mp4",
    "only dots": "...", "blank": " ", "leading dash": "-rf.mp4", "colons": "C:\\a:b::$DATA.mp4",
    "quotes": "\"a'b`c.mp4", "page": "<img src=x onerror=alert(1)>.mp4", "braces": "{name}{0}{}.mp4",
    "percent": "%s%n%d%.mp4", "shell": "$(id);`id`&|.mp4", "zero width": "\u200b\u200d\ufeff.mp4",
    "marks on a letter": "a" + "\u0301" * 90 + ".mp4", "not a character": "\uffff\U000e0001.mp4",
    "separators": "a\u2028b\u2029c\x85d.mp4", "private": "\ue000\U0010fffd.mp4",
}
ADDRESSES = ("file", "concat", "subfile", "cache", "data", "http", "tcp", "udp", "rtmp", "rtsp", "unc")


def named(name, content=lambda: video("a.mp4")):
    def make(rng, folder, targets):
        path = folder / name
        path.write_bytes(content())
        return path
    return make


def undecodable(rng, folder, targets):
    path = os.fsencode(folder) + b"/caf\xe9\xff\x80{}.mp4"
    with open(path, "wb") as out:
        out.write(video("a.mp4"))
    return path


def sequence_beside_files(rng, folder, targets):
    """The name is a pattern, and files that match it are there."""
    for i in range(3):
        (folder / f"img{i:03d}.png").write_bytes(b"not to be read")
    return folder / "img%03d.png"


def bound_socket(rng, folder, targets):
    """Through the folder's descriptor: a socket's path may have only 108 characters."""
    number = os.open(folder, os.O_RDONLY)
    try:
        with socket.socket(socket.AF_UNIX) as server:
            server.bind(f"/proc/self/fd/{number}/s.mp4")
    finally:
        os.close(number)
    return folder / "s.mp4"


def pipe(rng, folder, targets):
    os.mkfifo(folder / "pipe.mp4")
    return folder / "pipe.mp4"


def sparse(size):
    def make(rng, folder, targets):
        with open(folder / "sparse.mp4", "wb") as out:
            out.write(video("a.mp4")[:32])
            out.truncate(size)
        return folder / "sparse.mp4"
    return make


def link(target):
    def make(rng, folder, targets):
        (folder / "link.mp4").symlink_to(target)
        return folder / "link.mp4"
    return make


def chain(rng, folder, targets):
    """Forty links, one to the next: the kernel follows no more than that."""
    (folder / "0.mp4").write_bytes(video("a.mp4"))
    for i in range(1, 45):
        (folder / f"{i}.mp4").symlink_to(folder / f"{i - 1}.mp4")
    return folder / "44.mp4"


def block_device(rng, folder, targets):
    """Root may make one; for others a device that is there does as well."""
    try:
        os.mknod(folder / "disk.mp4", 0o600 | stat.S_IFBLK, os.makedev(7, 200))
    except OSError:
        return "/dev/null"
    return folder / "disk.mp4"


def inside_a_file(rng, folder, targets):
    return named("a.mp4")(rng, folder, targets) / "b.mp4"


PATHS = {f"name, {what}": named(name) for what, name in NAMES.items()}
PATHS |= {f"address, {word}": lambda rng, folder, targets, word=word: targets.places()[word] for word in ADDRESSES}
PATHS |= {
    "undecodable": undecodable, "sequence beside files": sequence_beside_files, "socket": bound_socket, "pipe": pipe,
    "folder": lambda rng, folder, targets: folder,
    "folder named as a video": lambda rng, folder, targets: (folder / "a.mp4").mkdir() or folder / "a.mp4",
    "root": lambda rng, folder, targets: "/",
    "nothing": lambda rng, folder, targets: "",
    "NUL": lambda rng, folder, targets: f"{folder}/a\0b.mp4",
    "lone surrogate": lambda rng, folder, targets: f"{folder}/\ud800.mp4",
    "5000 characters": lambda rng, folder, targets: folder / ("a" * 5000 + ".mp4"),
    "2000 folders up": lambda rng, folder, targets: f"{folder}/" + "../" * 1300 + "nowhere.mp4",
    "300 MB of nothing": sparse(300_000_000), "199 MB of nothing": sparse(199_000_000),
    "empty": named("empty.mp4", bytes), "one byte": named("one.mp4", lambda: b"\0"),
    "link to zero": link("/dev/zero"), "link to random": link("/dev/urandom"), "link to input": link("/dev/stdin"),
    "link to a terminal": link("/dev/tty"), "link to memory": link("/proc/self/mem"),
    "link to itself": link("link.mp4"),
    "link to nowhere": link("nowhere.mp4"), "link to kernel words": link("/proc/self/environ"),
    "chain of links": chain, "block device": block_device, "file as a folder": inside_a_file,
}
