"""Clips in and out: any video, animation or still picture as uint8 frames; frames as browser video.

Two outcomes, never a third: frames plus a note of everything that was done to them, or one clear
sentence (Refusal).
"""

from vae_demo.clips.clip import Clip
from vae_demo.clips.decoding import ClipInfo
from vae_demo.clips.limits import Limits
from vae_demo.clips.messages import Note
from vae_demo.clips.pool import start_early
from vae_demo.clips.reading import probe, read_clip, read_steps, thumbs
from vae_demo.clips.writing import write_video

__all__ = ["Clip", "ClipInfo", "Limits", "Note", "probe", "read_clip", "read_steps",
           "start_early", "thumbs", "write_video"]
