"""The pictures of one video stream, one after another, and what goes wrong with them."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from fractions import Fraction

import av
import numpy as np
from av.sidedata.sidedata import SideDataContainer
from av.video.stream import VideoStream

from vae_demo.clips import matroska
from vae_demo.clips.demuxing import DECODE_ERRORS
from vae_demo.clips.files import MediaFile
from vae_demo.clips.geometry import Turn, turn_of_matrix
from vae_demo.clips.gif import GifPackets
from vae_demo.clips.jpegs import ends_whole
from vae_demo.clips.limits import Limits
from vae_demo.clips.opaque import apng_packet
from vae_demo.clips.sniff import Kind
from vae_demo.clips.sources import Decoded, Ending, check_size
from vae_demo.refusal import Refusal

BAD_PACKETS = 100  # in front of the first picture: a recording that starts between two key frames
MOST_THREADS = 4
# What a tag says of a length, and no number that takes for ever to write out.
_CLOCK = re.compile(r"(\d{1,6}):(\d{1,6}):(\d{1,6}(?:\.\d{1,12})?)", re.ASCII)
# From the bytes of a packet to those its decoder is to have
Rewriter = Callable[[bytes], bytes]


class Reader:
    """Decodes one stream, picture by picture, and keeps count of what goes wrong."""

    def __init__(
        self, container: av.container.InputContainer, stream: VideoStream, file: MediaFile, limits: Limits,
        kind: Kind, opaque: bool,
    ) -> None:
        self.ending, self._rewrite = Ending(cut=_lacks_its_end(file, kind)), _rewriter(kind, opaque)
        self._kind, self._timed = kind, kind.format != "mjpeg"  # FFmpeg makes up the times
        self._container, self._stream, self._file, self._limits = container, stream, file, limits
        self._n_packets = self._n_pictures = self._n_interlaced = self._n_waiting = 0
        # A broadcast goes on after a lost packet, and the decoder patches up; elsewhere the flag means the
        # last bytes of the file are missing.
        self._may_resume = container.format.name in ("mpegts", "mpeg")
        self._packets = container.demux(stream)
        self._decoder = _alpha_decoder(stream) or stream.codec_context
        self.with_alpha = self._decoder is not stream.codec_context
        self._decoder.thread_type, self._decoder.thread_count = "AUTO", decoder_threads()
        self._decoder.options = {**self._decoder.options, "max_pixels": str(limits.max_side**2)}

    def only_keys(self) -> None:
        """From here on key frames alone: what lies between them is not decoded."""
        self._decoder.skip_frame = "NONKEY"

    def pictures(self) -> Iterator[Decoded]:
        held = None
        for picture in self._decoded():
            if self.ending.cut:
                # The last one is the one that was cut: it would show the picture before, in part.
                picture, held = held, picture
            if picture is not None:
                yield picture

    def _decoded(self) -> Iterator[Decoded]:
        bad, previous, step = 0, None, None
        while True:
            packet = self._next_packet()
            self._file.deadline.check()
            damaged_before = self.ending.damaged
            try:
                frames = self._decoder.decode(packet)
            except (Refusal, MemoryError):
                raise
            except av.EOFError:
                frames = []
            except DECODE_ERRORS:
                frames, bad = [], bad + 1
                # What follows a hole shows up at the wrong index, so the clip ends in front of it.
                if self._n_pictures or bad > BAD_PACKETS or packet is None:
                    self.ending.damaged = True
                    break
            for n_after, frame in zip(reversed(range(len(frames))), frames, strict=True):
                time = frame.pts * self._stream.time_base if self._timed and frame.pts is not None else None
                now = time - previous if time is not None and previous is not None else None
                if damaged_before and now and step and now > Fraction(3, 2) * step:
                    break  # the pictures between were lost with the end of the file
                if time is not None:
                    self.ending.gaps |= (time if now is None else now - self._stream.time_base) > 0
                previous, step = time, now or step
                check_size(frame.width, frame.height, self._file, self._limits)
                self._n_waiting = n_after
                self._n_pictures += 1
                self._n_interlaced += frame.interlaced_frame
                self.ending.concealed += frame.is_corrupt
                yield Decoded(frame, time, _turn(frame))
            if packet is None:
                break
        self.ending.ended = True
        self.ending.fields = self._n_interlaced == self._n_pictures and self._n_packets == 2 * self._n_pictures
        self.ending.damaged |= self.ending.cut or self._lacks_pictures(previous, step)

    def more(self) -> bool:
        """Packets say too little: a picture may come in two of them, one for each field."""
        if self._n_waiting or self.ending.cut:
            return True
        while True:
            packet = self._next_packet()
            try:
                if self._decoder.decode(packet):
                    return True
            except (Refusal, MemoryError):
                raise
            except av.EOFError:
                return False
            except DECODE_ERRORS:
                pass
            if packet is None:
                return False

    def _next_packet(self) -> av.Packet | None:
        """The next whole packet, None at the end (which then is where a damaged file ends, too)."""
        while not self.ending.damaged:
            self._file.deadline.check()
            try:
                packet = next(self._packets, None)
            except (Refusal, MemoryError):
                raise
            except DECODE_ERRORS:
                self.ending.damaged = True
                return None
            if packet is None or packet.size == 0:
                return None
            if not packet.is_corrupt or self._may_resume:
                self._n_packets += not packet.is_discard
                return packet if self._rewrite is None else _rewritten(packet, self._rewrite)
            self.ending.damaged = self._n_pictures + self._n_packets > 0
        return None

    def _lacks_pictures(self, last: Fraction | None, step: Fraction | None) -> bool:
        """Whether a Matroska or WebM file is too short, and pictures may be among what is missing.

        Nothing is, if it says of itself that it ends with the picture that came last. That alone would tell nothing:
        an edited file may still say what was true once, and its last picture may stand long.
        """
        missing = matroska.missing_end(self._file) if self._kind.format == "matroska" else None
        if missing is None or last is None or step is None:
            return missing is not None
        promised = _seconds(self._stream.metadata.get("DURATION", ""))
        if promised is None and self._container.duration:
            promised = Fraction(self._container.duration, av.time_base)
        return promised is None or not step / 2 < promised - last <= step * 3 / 2


def _seconds(clock: str) -> Fraction | None:
    found = _CLOCK.fullmatch(clock)
    if found is None:
        return None
    hours, minutes, seconds = map(Fraction, found.groups())
    return hours * 3600 + minutes * 60 + seconds


def _alpha_decoder(stream: VideoStream) -> av.CodecContext | None:
    """FFmpeg's own VP8 and VP9 decoders drop transparency; libvpx keeps it."""
    name = {"vp8": "libvpx", "vp9": "libvpx-vp9"}.get(stream.codec_context.codec.canonical_name)
    if name is None or stream.metadata.get("alpha_mode") != "1":
        return None
    try:
        return av.CodecContext.create(name, "r")
    except MemoryError:
        raise
    except DECODE_ERRORS:
        return None


def decoder_threads() -> int:
    """As FFmpeg itself would choose, one more than there are cores, but at most MOST_THREADS: each holds a picture."""
    cores = os.cpu_count() or 1
    return min(MOST_THREADS, cores + 1) if cores > 1 else 1


def _turn(frame: av.VideoFrame) -> Turn | None:
    # Not frame.side_data: the frame would keep that for good, and it the frame, so that each would stay in memory
    # until the garbage collector comes by.
    matrix = SideDataContainer(frame).get("DISPLAYMATRIX")
    return Turn() if matrix is None else turn_of_matrix(np.frombuffer(bytes(matrix), np.int32))


def _lacks_its_end(file: MediaFile, kind: Kind) -> bool:
    """Of the formats in which FFmpeg takes a cut picture for a whole one."""
    if kind.format == "gif":
        return not file.tail(64).rstrip(b"\0").endswith(b";")
    return kind.format == "mjpeg" and not ends_whole(file)


def _rewriter(kind: Kind, opaque: bool) -> Rewriter | None:
    if kind.format == "gif":
        return GifPackets(opaque)
    return apng_packet if kind.format == "apng" and opaque else None


def _rewritten(packet: av.Packet, rewrite: Rewriter) -> av.Packet:
    data = rewrite(bytes(packet))
    # Of FFmpeg's own memory: to let go of Python's, a thread of the decoder would wait for us, and we for it.
    made = av.Packet(len(data))
    made.update(data)
    made.pts, made.dts, made.duration, made.time_base = packet.pts, packet.dts, packet.duration, packet.time_base
    made.is_keyframe = packet.is_keyframe
    return made
