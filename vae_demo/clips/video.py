"""Videos and animations, through PyAV (FFmpeg)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from fractions import Fraction
from functools import partial

from av.container import InputContainer
from av.video.stream import VideoStream

from vae_demo.clips import matroska, mp4
from vae_demo.clips.avi import frame_sizes
from vae_demo.clips.choice import main_stream, videos_of
from vae_demo.clips.decoder import Reader
from vae_demo.clips.demuxing import open_again, open_container
from vae_demo.clips.edits import gaps_of
from vae_demo.clips.files import MediaFile
from vae_demo.clips.limits import Limits
from vae_demo.clips.sniff import Kind
from vae_demo.clips.sources import Source, check_size
from vae_demo.clips.stored import Track
from vae_demo.refusal import Refusal

BROWSER_CODECS = {"h264", "vp8", "vp9", "av1", "gif", "apng"}
BROWSER_CONTAINERS = {"MP4", "QuickTime", "WebM", "GIF", "animated PNG"}
_INDEX_ENTRY_BYTES = 24  # FFmpeg's AVIndexEntry, one a sample


@contextmanager
def open_video(file: MediaFile, kind: Kind, limits: Limits, opaque: bool = False) -> Iterator[Source]:
    """`file` through the demuxer that `kind` names; Refusal where it holds no video we can decode.

    opaque  leave transparency out
    """
    with open_container(file, kind, limits) as container:
        # Where there is no room for its index FFmpeg goes on without, and the file would look empty.
        if sum(stream.frames for stream in container.streams) * _INDEX_ENTRY_BYTES > limits.max_memory_bytes:
            raise Refusal("too_much_memory", name=file.name, max_megabytes=limits.max_memory_bytes / 1e6)
        stream, n_streams = main_stream(container, file, lambda: open_again(file, kind, limits))
        context = stream.codec_context
        if context.width and context.height:  # else the first picture will tell
            check_size(context.width, context.height, file, limits)
        reader = Reader(container, stream, file, limits, kind, opaque)
        codec = context.codec.canonical_name
        source = Source(
            file.name, kind.title, codec, _aspect(stream), stream.frames or None, _rate(stream, kind),
            stream.time_base or Fraction(0), reader.pictures, reader.more, ending=reader.ending,
            stored=partial(frame_sizes, file, stream.index) if kind.format == "avi" else None, opaque=opaque,
            track=_track(file, kind, container, stream), only_keys=reader.only_keys)
        if n_streams > 1:
            source.notes.add("streams", n_streams=n_streams, index=stream.index,
                             width=context.width, height=context.height)
        seconds = [gaps.seconds for gaps in gaps_of(file) if gaps.track == stream.id] if kind.format == "mov" else []
        if seconds:
            source.notes.add("edit_gaps", seconds=seconds[0])
        if not _plays_in_browsers(codec, context.pix_fmt, kind.title):
            source.notes.add("no_preview", codec=codec, container=kind.title)
        if stream.metadata.get("alpha_mode") == "1" and not reader.with_alpha:
            source.notes.add("alpha_ignored")
        yield source


def _track(file: MediaFile, kind: Kind, container: InputContainer, stream: VideoStream) -> Track | None:
    """What the container's own bytes say of `stream`."""
    if kind.format == "mov":
        return next((track for track in mp4.video_tracks(file) if track.id == stream.id), None)
    if kind.format != "matroska":
        return None
    # FFmpeg keeps the order, but not the numbers.
    tracks, videos = matroska.video_tracks(file), videos_of(container)
    return tracks[videos.index(stream)] if len(tracks) == len(videos) else None


def _plays_in_browsers(codec: str, pixels: str | None, container: str) -> bool:
    if codec == "h264" and pixels not in ("yuv420p", "yuvj420p"):
        return False
    return codec in BROWSER_CODECS and container in BROWSER_CONTAINERS


def _aspect(stream: VideoStream) -> Fraction:
    aspect = stream.sample_aspect_ratio
    return Fraction(aspect) if aspect and aspect > 0 else Fraction(1)


def _rate(stream: VideoStream, kind: Kind) -> Fraction | None:
    if kind.format in ("gif", "mjpeg"):
        return None  # a GIF has delays only, and a film of JPEGs not even those; FFmpeg makes up a rate
    average, guess = stream.average_rate, stream.guessed_rate
    if kind.format == "matroska" and average and guess and 2 * average < guess:
        return None  # FFmpeg's average then counts how long the last picture stands
    return average or guess or None
