"""Everything this package can say about a file: why it was refused, and what was done to it.

Each sentence is one entry of a table, keyed by `case`; `params` fills its gaps. A view that speaks
another language translates the case and keeps the params.
"""

from __future__ import annotations

from dataclasses import dataclass

Param = int | float | str

ERRORS: dict[str, str] = {
    # the path
    "no_file": "No clip was chosen; give the path of a video, GIF or picture.",
    "url": '"{name}" is an address, not a file; download the video and give the path of the file.',
    "missing": '"{name}" does not exist; check the path.',
    "folder": '"{name}" is a folder; choose one video or picture inside it.',
    "special": '"{name}" is {kind}, not a file; save the video to a file first.',
    "unreadable": '"{name}" cannot be read ({reason}); check the path and its permissions.',
    "empty": '"{name}" is empty (0 bytes); it was probably not saved or uploaded completely, so choose it again.',
    "too_big": '"{name}" has {megabytes:.4g} MB and the limit is {max_megabytes:g} MB; cut it shorter or compress it.',
    # the bytes
    "not_media": '"{name}" is {kind}, not a video or picture; choose an mp4, webm, mov, mkv, avi, gif, png, jpg, '
                 "webp or avif file.",
    "playlist": '"{name}" is a playlist that only points to other files; choose the video file itself.',
    "picture_kind": '"{name}" is a picture of a kind that cannot be read here ({kind}); save it as png or jpg.',
    "audio_only": '"{name}" holds sound but no moving picture; choose a file with video.',
    "no_video": '"{name}" holds no video; choose a file with video.',
    "no_index": '"{name}" is cut off: its index is missing, so no frame can be found; copy or export it again.',
    "damaged": '"{name}" looks like {container} but is damaged or cut off before the first frame; copy or export it '
               "again.",
    "codec": 'The video in "{name}" is protected or coded in a way that cannot be decoded here; convert it to H.264 '
             "mp4.",
    "too_wide": '"{name}" is {width} x {height} pixels and the limit is {max_side} a side; scale it down first.',
    "too_small": '"{name}" is {width} x {height} pixels; {min_side} a side are needed, so choose a larger clip.',
    "too_small_after": '"{name}" would shrink to {width} x {height} pixels and {min_side} a side are needed; '
                       "ask for a larger size.",
    "too_long_side": '"{name}" would become {width} x {height} pixels and the limit is {max_side} a side; '
                     "ask for a smaller size or a square crop.",
    "too_slow": '"{name}" took more than {max_seconds:g} s to read; use a shorter range or convert it to H.264 mp4.',
    "too_much_memory": '"{name}" needs more memory to be read than is allowed here ({max_megabytes:g} MB); scale it '
                       "down or convert it to H.264 mp4.",
    "crashed": '"{name}" made the decoder stop; it is probably damaged, so convert it to H.264 mp4 and try again.',
    "no_head": '"{name}" does not begin as a video does, and no index was found at the places where one belongs; it is '
               "damaged, cut off or no video.",
    "busy": "The server is reading other clips; try again in a moment.",
    # the request
    "start_beyond": '"{name}" ends with frame {last} (its length is {n_frames}), so it cannot start at frame {start}; '
                    "choose a start from 0 to {last}.",
    "start_range": "The first frame must be a whole number of 0 or more, got {start}.",
    "frames_range": "The number of frames must be from 1 to {max_frames}, got {n_frames}.",
    "size_range": "The size must be from {min_side} to {max_side} pixels, got {size}.",
    "crop_unknown": 'The crop must be "square" or "none", got "{crop}".',
    # the disk
    "no_space": "The frames need {megabytes:.4g} MB of temporary space, which could not be written ({reason}); free "
                "some space or use fewer or smaller frames.",
    "too_much": "The frames would take more than {max_megabytes:g} MB of temporary space; use fewer or smaller frames.",
    "nothing_to_write": "There are no frames to write; give at least one.",
    "bad_rate": "The frame rate must be from {lowest:g} to {highest:g} frames per second, got {fps:g}.",
    "bad_frames": "Frames to write must all be uint8 H x W x 3 of one size; got {got}.",
    "write_failed": '"{name}" cannot be written ({reason}); choose another folder or free some space.',
}

NOTES: dict[str, str] = {
    # which frames
    "still": "A still image: a clip of one frame.",
    "shorter": "From frame {start} on the clip ends after {n_frames} of the {asked} frames asked for; it is used up "
               "to its end.",
    "limit": "The clip goes on, but {n_frames} frames is the limit here; those from frame {start} on are used.",
    "truncated": "The file is damaged or cut off after frame {last}; what comes before is used.",
    "announced": "The file lists {announced} frames; {readable} of them are shown, the rest was trimmed away or is "
                 "missing.",
    "concealed": "Frames damaged in the file, used as the decoder patched them up: {n_frames}.",
    "streams": "The file holds {n_streams} videos; the main one (stream {index}, {width} x {height}) is used.",
    # time
    "variable_rate": "The frame rate varies between {slowest:.3g} and {fastest:.3g} per second; frames are taken one "
                     "by one and played at the mean rate, {fps:.4g}.",
    "unknown_rate": "The file gives no usable frame rate; {fps:g} per second is assumed.",
    # geometry
    "rotated": "Laid upright as the file asks: {turn}.",
    "rotation_ignored": "The file asks for a turn that is not a quarter turn; it was left out.",
    "pixel_aspect": "The pixels are not square ({aspect}); the picture was stretched to {width} x {height}.",
    "pixel_aspect_ignored": "The file gives an impossible pixel shape ({aspect}); square pixels are assumed.",
    "size_changes": "The picture size changes inside the clip; all frames are scaled to that of the first.",
    "scaled": "Scaled from {from_width} x {from_height} to {width} x {height}.",
    "not_enlarged": "The short side has only {short} pixels; the clip was not enlarged to {size}.",
    "cropped": "Cropped from {from_width} x {from_height} to {width} x {height}, at the centre.",
    # pixels
    "alpha": "Transparent parts are shown on white.",
    "alpha_ignored": "The file's transparency cannot be decoded here; the colours are used alone.",
    "bit_depth": "{bits} bits per colour in the file, 8 here.",
    "colour_guess": "The file does not say how its colours are coded; {matrix} is assumed, as players do for this "
                    "size.",
    "colour_unknown": "The file's colours are coded in a way that cannot be converted exactly; {matrix} is assumed.",
    "hdr": "An HDR clip ({transfer}): no tone mapping is done, so it looks flat and pale.",
    "interlaced": "The frames are interlaced and used as they are; moving edges show comb lines.",
    # the file
    "no_preview": "Browsers may not play this file ({codec} in {container}); everything shown here was converted.",
}


@dataclass(frozen=True)
class Note:
    """One thing that was done to a clip, or should be known about it.

    case    key of NOTES
    params  the data in it, JSON types
    text    the English sentence
    """

    case: str
    params: dict[str, Param]
    text: str

    def to_json(self) -> dict:
        return {"case": self.case, "params": dict(self.params), "text": self.text}


def note(case: str, **params: Param) -> Note:
    return Note(case, params, NOTES[case].format(**params))


class ClipError(ValueError):
    """A clip that cannot be used. `str()` is one line that says what is wrong and what to do.

    `case` is a key of ERRORS and `params` its data, so that a view can say it in any language.
    """

    def __init__(self, case: str, **params: Param) -> None:
        super().__init__(ERRORS[case].format(**params))
        self.case = case
        self.params = params


class Notes:
    """Notes in the order they came up, each case once: a clip of 85 turned frames was turned once."""

    def __init__(self) -> None:
        self._notes: dict[str, Note] = {}

    def add(self, case: str, **params: Param) -> None:
        self._notes.setdefault(case, note(case, **params))

    def all(self) -> tuple[Note, ...]:
        return tuple(self._notes.values())
