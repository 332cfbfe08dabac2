"""What a Matroska or WebM file (RFC 9559) says of its video tracks, and whether its end is there."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from vae_demo.clips.ebml import Element, Tree
from vae_demo.clips.files import MediaFile
from vae_demo.clips.stored import Track, Window, dolby_of

_SEGMENT, _TRACKS, _CLUSTER, _CUES, _TAGS = 0x18538067, 0x1654AE6B, 0x1F43B675, 0x1C53BB6B, 0x1254C367
_LEVEL_1 = {_TRACKS, _CLUSTER, _CUES, _TAGS, 0x114D9B74, 0x1549A966, 0x1941A469, 0x1043A770, 0xEC}
_TRACK, _NUMBER, _TYPE, _CODEC, _VIDEO, _ADDED = 0xAE, 0xD7, 0x83, 0x86, 0xE0, 0x41E4
_WIDTH, _HEIGHT, _BOTTOM, _TOP, _LEFT, _RIGHT = 0xB0, 0xBA, 0x54AA, 0x54BB, 0x54CC, 0x54DD
_ADDED_TYPE, _ADDED_DATA = 0x41E7, 0x41ED
_DOLBY = {int.from_bytes(name, "big") for name in (b"dvcC", b"dvvC", b"dvwC")}
_VIDEO_TYPE = 1


def video_tracks(file: MediaFile) -> list[Track]:
    """In the order of the file, which is FFmpeg's as well."""
    tree = Tree(file)
    for each in _level_1(tree, _segment(tree)):
        if each.id == _TRACKS and each.end is not None:
            entries = (_fields(tree, entry) for entry in tree.children(each.body, each.end) if entry.id == _TRACK)
            return [_track(tree, entry) for entry in entries if _VIDEO_TYPE == _number(tree, entry, _TYPE, 0)
                    and _CODEC in entry]
    return []


def missing_end(file: MediaFile) -> Literal["pictures", "unknown", None]:
    """What a file that is too short lacks: bytes of its pictures, or some of which nobody knows what they were.

    None where nothing is missing, or only what follows the pictures: an index or tags.
    """
    tree = Tree(file)
    segment = _segment(tree)
    if segment is None or (segment.end is not None and segment.end <= file.size):
        return None
    last, at, seen = None, segment.body, False
    for last in _level_1(tree, segment):
        at = file.size if last.end is None else last.end
        seen = seen or last.id == _CLUSTER
    if tree.spent:
        return None
    if last is None or not seen:
        return "pictures"
    if at > file.size:
        return "pictures" if last.id == _CLUSTER else None
    return "unknown" if segment.end is not None or at < file.size else None


def _segment(tree: Tree) -> Element | None:
    return next((each for each in tree.children(0, None) if each.id == _SEGMENT), None)


def _level_1(tree: Tree, segment: Element | None) -> Iterator[Element]:
    """The elements of a segment. A cluster that does not give its length gets it from what follows its blocks."""
    at = segment.body if segment else tree.size
    while at < tree.size:
        each = tree.element(at)
        if each is None:
            return
        if each.end is None and each.id == _CLUSTER:
            each = Element(each.id, each.start, each.body, _end_of_blocks(tree, each))
        yield each
        if each.end is None or (segment and segment.end is not None and each.end >= segment.end):
            return
        at = each.end


def _end_of_blocks(tree: Tree, cluster: Element) -> int:
    at = cluster.body
    for each in tree.children(cluster.body, None):
        if each.id in _LEVEL_1 and each.id != 0xEC:
            return each.start
        at = tree.size if each.end is None else each.end
    return at


def _fields(tree: Tree, parent: Element) -> dict[int, list[Element]]:
    found: dict[int, list[Element]] = {}
    for each in tree.children(parent.body, parent.end):
        if each.end is not None:
            found.setdefault(each.id, []).append(each)
    return found


def _number(tree: Tree, fields: dict[int, list[Element]], id: int, otherwise: int) -> int:
    return tree.number(fields[id][-1]) if id in fields else otherwise


def _track(tree: Tree, entry: dict[int, list[Element]]) -> Track:
    video = _fields(tree, entry[_VIDEO][-1]) if _VIDEO in entry else {}
    width, height = _number(tree, video, _WIDTH, 0), _number(tree, video, _HEIGHT, 0)
    left, top, right, bottom = (_number(tree, video, side, 0) for side in (_LEFT, _TOP, _RIGHT, _BOTTOM))
    window = dolby = None
    if left or top or right or bottom:
        window = Window(left, top, width - left - right, height - top - bottom)
    for added in (_fields(tree, each) for each in entry.get(_ADDED, [])):
        if _ADDED_DATA in added and _number(tree, added, _ADDED_TYPE, 0) in _DOLBY:
            dolby = dolby_of(tree.data(added[_ADDED_DATA][-1], 24))
    return Track(_number(tree, entry, _NUMBER, 0), width, height, window, dolby)

