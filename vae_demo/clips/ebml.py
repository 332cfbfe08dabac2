"""EBML (RFC 8794), the tree that Matroska and WebM are: its elements, without what is in them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from vae_demo.clips.files import MediaFile

MOST_ELEMENTS = 200_000
_HEAD = 12  # bytes: an id has up to 4, a length up to 8


@dataclass(frozen=True)
class Element:
    """id with its length marker; start, body and end are places in the file; end is None where nobody says."""

    id: int
    start: int
    body: int
    end: int | None


class Tree:
    """The elements of one file; looks at MOST_ELEMENTS at most, whatever is asked."""

    def __init__(self, file: MediaFile) -> None:
        self._file, self._left = file, MOST_ELEMENTS
        self.size = file.size

    @property
    def spent(self) -> bool:
        """Whether some were not looked at."""
        return self._left <= 0

    def children(self, body: int, end: int | None) -> Iterator[Element]:
        """One after another from `body`, up to `end`, the end of the file or an element whose end nobody knows.

        The last one may reach beyond the end of the file.
        """
        at = body
        while at < (self.size if end is None else min(end, self.size)):
            found = self.element(at)
            if found is None:
                return
            yield found
            if found.end is None:
                return
            at = found.end

    def element(self, at: int) -> Element | None:
        """None where there is none, or none whose head is whole."""
        head = self._file.peek(at, _HEAD)
        if self._left <= 0 or not head:
            return None
        self._left -= 1
        n_id = 9 - head[0].bit_length()
        if n_id > 4 or len(head) <= n_id:
            return None
        n_size = 9 - head[n_id].bit_length()
        body = at + n_id + n_size
        if n_size > 8 or body > at + len(head):
            return None
        size, most = int.from_bytes(head[n_id:n_id + n_size], "big"), 1 << 7 * n_size
        size &= most - 1
        return Element(int.from_bytes(head[:n_id], "big"), at, body, None if size == most - 1 else body + size)

    def number(self, element: Element) -> int:
        """An unsigned number; the first 8 bytes of longer ones."""
        return int.from_bytes(self.data(element, 8), "big")

    def data(self, element: Element, most: int) -> bytes:
        """The first bytes of an element, `most` at the most."""
        assert element.end is not None
        return self._file.peek(element.body, min(most, element.end - element.body))
