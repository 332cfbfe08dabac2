"""Which of several video tracks is the film: as FFmpeg's command line chooses, but what moves comes before a still."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from itertools import islice

from av.container import InputContainer
from av.stream import Disposition
from av.video.stream import VideoStream

from vae_demo.clips.demuxing import DECODE_ERRORS
from vae_demo.clips.files import MediaFile
from vae_demo.refusal import Refusal

MOVING = 5  # pictures that are no cover any more: as many as FFmpeg's library asks for
MOST_PACKETS = 2000
# fftools/ffmpeg_mux_init.c weighs a track's area with whether it is marked as the default one.
_DEFAULT_WEIGHS = 5_000_000
_NO_PICTURE = Disposition.attached_pic | Disposition.timed_thumbnails


def videos_of(container: InputContainer) -> list[VideoStream]:
    """Without what the container itself calls a cover."""
    return [stream for stream in container.streams.video if not stream.disposition & _NO_PICTURE]


def main_stream(
    container: InputContainer, file: MediaFile, again: Callable[[], AbstractContextManager[InputContainer]]
) -> tuple[VideoStream, int]:
    """The film and the number of videos; Refusal where there is none, or none that can be decoded.

    again  opens the same file once more, from its start
    """
    videos = videos_of(container)
    if not videos:
        raise Refusal("audio_only" if container.streams.audio else "no_video", name=file.name)
    n_pictures = _n_pictures(videos, file, again) if len(videos) > 1 else {}
    best = max(videos, key=lambda stream: (
        min(MOVING, n_pictures.get(stream.index, 0)), stream.codec_context is not None, _weight(stream), -stream.index))
    if best.codec_context is None:
        raise Refusal("codec", name=file.name)
    return best, len(videos)


def _weight(stream: VideoStream) -> int:
    context, default = stream.codec_context, bool(stream.disposition & Disposition.default)
    return (context.width * context.height if context else 0) + _DEFAULT_WEIGHS * default


def _n_pictures(
    videos: list[VideoStream], file: MediaFile, again: Callable[[], AbstractContextManager[InputContainer]]
) -> dict[int, int]:
    """Pictures of each track among the first packets, by its index; counting ends where all of them move."""
    found = {stream.index: 0 for stream in videos}
    with again() as same:
        packets = same.demux([same.streams[index] for index in found])
        try:
            for packet in islice(packets, MOST_PACKETS):
                file.deadline.check()
                found[packet.stream.index] += packet.size > 0
                if min(found.values()) >= MOVING:
                    break
        except (Refusal, MemoryError):
            raise
        except DECODE_ERRORS:  # what was found in front of the damage counts
            pass
    return found
