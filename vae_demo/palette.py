"""One colour per meaning, everywhere: page, report and video.

Variant colours keep at least 21 units of Delta E apart in normal, protan, deutan and tritan vision
(Machado et al. 2009 matrices, both themes). A fifth hue did not, so further variants are ink with dashes.
Red is a chunk border and nothing else; a colour never carries text or says good or bad.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

LIGHT = {
    "bg": "#FBFBFA", "surface": "#FFFFFF", "sunken": "#F2F3F3", "selected": "#F1F1F0", "rule": "#E3E5E7",
    "strong": "#C6CBD0", "ink": "#15181C", "ink2": "#4D565F", "ink3": "#6B747D", "source": "#6B747E",
    "border": "#C2222B", "border-bg": "#FBECEC",
    "17": "#2A62E0", "16": "#CB790A", "18": "#2B9E69", "17→16": "#B765BD",
}
DARK = {
    "bg": "#0F1215", "surface": "#15191D", "sunken": "#1D2227", "selected": "#1A1F24", "rule": "#272D33",
    "strong": "#414A53", "ink": "#E9ECEF", "ink2": "#A9B2BB", "ink3": "#87919B", "source": "#97A1AC",
    "border": "#FF6B5C", "border-bg": "#3A1D1C",
    "17": "#5A9BF5", "16": "#F1A21E", "18": "#52D69A", "17→16": "#EEACF2",
}
HUED = ("17", "16", "18", "17→16")
DASHES = ("5 3", "2 3", "8 3 2 3", "1 2", "9 4", "4 2 1 2")


@dataclass(frozen=True)
class Line:
    """How a variant is drawn: the name of its colour in LIGHT and DARK, and SVG dashes ("" is solid)."""

    colour: str
    dash: str


def lines(labels: Sequence[str]) -> dict[str, Line]:
    """A line per variant: its own colour where it has one, else ink with the next dashes."""
    found: dict[str, Line] = {}
    for label in labels:
        n_inked = sum(line.colour == "ink" for line in found.values())
        found[label] = Line(label, "") if label in HUED else Line("ink", DASHES[n_inked % len(DASHES)])
    return found
