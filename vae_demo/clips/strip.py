"""A few small pictures of one file, spread over its length, here in this process; see reading.thumbs()."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from dataclasses import replace

import numpy as np

from vae_demo.clips.decoding import Path
from vae_demo.clips.limits import Limits
from vae_demo.clips.messages import Notes
from vae_demo.clips.opening import open_source
from vae_demo.clips.render import Renderer
from vae_demo.clips.sources import Decoded, Source
from vae_demo.refusal import Refusal

# Pixels decoded for a strip before key frames alone have to do: two seconds or so.
MOST_PIXELS = 600_000_000


def thumbs_of(path: Path, n: int, side: int, limits: Limits) -> Generator[tuple[int, np.ndarray], None, int | None]:
    """Yield (frame, picture): about `n` of them in order, the first frame first; uint8 S S 3, their middle square.

    side: of a picture, pixels; a smaller one is not enlarged. Returns how many frames there are, None where not all of
    them were looked at. What is damaged ends the strip. Raises Refusal where there is no first frame.
    """
    limits = replace(limits, multiple=1)
    with open_source(path, limits) as source:
        renderer, wanted, numbered = None, 0, _Numbered(source)
        announced = source.announced
        step = max(-(-announced // n), 1) if announced else 1
        try:
            for frame, decoded in numbered:
                if frame < wanted:
                    continue
                renderer = renderer or Renderer(source, decoded, side, "square", limits, Notes())
                yield frame, renderer.render(decoded)
                # Without a length, or with a false one, nobody knows how far apart they will be: ever farther.
                step = step if frame < n * step else 2 * step
                wanted = frame - frame % step + step
        except Refusal:
            if renderer is None:
                raise
        if renderer is None:
            raise Refusal("damaged", name=source.name, container=source.container)
        return numbered.n_frames


class _Numbered:
    """Pictures of a source with the numbers of their frames, in order; key frames alone where all would be too much.

    n_frames: how many there are, None where not all were looked at.
    """

    def __init__(self, source: Source) -> None:
        self._source = source
        self.n_frames: int | None = None

    def __iter__(self) -> Iterator[tuple[int, Decoded]]:
        source, n_pixels, n_seen, first, keys = self._source, 0, 0, None, False
        for decoded in source.pictures():
            first = decoded.time if n_seen == 0 else first
            pixels = decoded.frame.width * decoded.frame.height
            if keys and (decoded.time is None or first is None):
                return
            yield round((decoded.time - first) * source.rate) if keys else n_seen, decoded
            n_seen += 1
            n_pixels += pixels
            if not keys and max(n_pixels, pixels * (source.announced or 0)) > MOST_PIXELS:
                if source.only_keys is None or not source.rate:
                    return
                source.only_keys()
                keys = True
        self.n_frames = n_seen if source.ending.ended and not source.ending.damaged and not keys else None
