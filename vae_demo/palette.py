"""One colour and one mark per meaning, everywhere: page, report and video. The page's twin is views/shared/lines.js.

Colours of variants keep at least 21 units of Delta E (CIE 1976) apart in normal, protan, deutan and tritan vision
(Machado et al. 2009), and 3 : 1 from every ground they stand on, in both themes. Four variants own theirs; any other
takes the next of six, whose dashes and marks differ too. Red is a chunk border and nothing else; a colour never
carries text or says good or bad.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from vae_demo.pixels import WHITE

LIGHT = {
    "bg": "#FBFBFA", "surface": "#FFFFFF", "sunken": "#F2F3F3", "selected": "#F1F1F0", "rule": "#E3E5E7",
    "strong": "#C6CBD0", "ink": "#15181C", "ink2": "#4D565F", "ink3": "#666F78", "source": "#6B747E",
    "border": "#C2222B", "border-bg": "#FBECEC",
    "17": "#2A62E0", "16": "#C87708", "18": "#2A9D68", "17→16": "#B765BD",
    "brown": "#7A4F08", "plum": "#9D2169", "green": "#0A4421", "violet": "#680090", "indigo": "#3800C6",
}
DARK = {
    "bg": "#0F1215", "surface": "#15191D", "sunken": "#1D2227", "selected": "#1A1F24", "rule": "#272D33",
    "strong": "#414A53", "ink": "#E9ECEF", "ink2": "#A9B2BB", "ink3": "#87919B", "source": "#97A1AC",
    "border": "#FF6B5C", "border-bg": "#3A1D1C",
    "17": "#5A9BF5", "16": "#F1A21E", "18": "#52D69A", "17→16": "#EEACF2",
    "brown": "#9D9543", "plum": "#CE1C6C", "green": "#AEFF7A", "violet": "#AA44A2", "indigo": "#6E50FF",
}
# What variants stand on.
GROUNDS = ("bg", "surface", "sunken", "selected")
HUED = ("17", "16", "18", "17→16")
OTHERS = ("ink", "brown", "plum", "green", "violet", "indigo")
# SVG dashes and marks of the others. The marks are symbols of Plotly's too.
DASHES = ("5 3", "2 3", "8 3 2 3", "1 2", "9 4", "4 2 1 2")
MARKS = ("circle", "triangle-up", "diamond", "cross", "triangle-down", "x")
_SHAPES = {
    "square": ((0, 0), (1, 0), (1, 1), (0, 1)),
    "circle": tuple((0.5 + math.cos(i * math.pi / 10) / 2, 0.5 + math.sin(i * math.pi / 10) / 2) for i in range(20)),
    "triangle-up": ((0.5, 0), (1, 1), (0, 1)),
    "triangle-down": ((0, 0), (1, 0), (0.5, 1)),
    "diamond": ((0.5, 0), (1, 0.5), (0.5, 1), (0, 0.5)),
    "cross": ((0.3, 0), (0.7, 0), (0.7, 0.3), (1, 0.3), (1, 0.7), (0.7, 0.7), (0.7, 1), (0.3, 1), (0.3, 0.7),
              (0, 0.7), (0, 0.3), (0.3, 0.3)),
    "x": ((0.22, 0), (0.5, 0.28), (0.78, 0), (1, 0.22), (0.72, 0.5), (1, 0.78), (0.78, 1), (0.5, 0.72), (0.22, 1),
          (0, 0.78), (0.28, 0.5), (0, 0.22)),
}


@dataclass(frozen=True)
class Line:
    """How a variant is drawn: the name of its colour in LIGHT and DARK, SVG dashes ("" is solid), its mark."""

    colour: str
    dash: str = ""
    mark: str = "square"


def lines(labels: Sequence[str]) -> dict[str, Line]:
    """A line per variant: its own colour where it has one, else the next of the others.

    Beyond six others the colours come again, each time with other dashes and another mark.
    """
    found: dict[str, Line] = {}
    n = 0
    for label in labels:
        if label in HUED:
            found[label] = Line(label)
        elif label not in found:
            turned = (n + n // len(OTHERS)) % len(OTHERS)
            found[label] = Line(OTHERS[n % len(OTHERS)], DASHES[turned], MARKS[turned])
            n += 1
    return found


def shape(mark: str, side: float = 1.0, at: tuple[float, float] = (0.0, 0.0)) -> list[tuple[float, float]]:
    """Corners of a mark in a square of that side whose upper left corner is at `at`."""
    return [(at[0] + side * x, at[1] + side * y) for x, y in _SHAPES[mark]]


def marks_css(prefix: str) -> str:
    """A style rule per mark, .<prefix>circle{…}: `clip-path: var(--mark, none)` cuts an element to its form."""
    def corners(mark: str) -> str:
        return ",".join(f"{x:.4g}% {y:.4g}%" for x, y in shape(mark, 100))
    return "".join(f".{prefix}{mark}{{--mark:polygon({corners(mark)})}}" for mark in MARKS)


def contrast(one: str, other: str) -> float:
    """WCAG contrast of two colours, from 1 to 21."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def text_on(colour: str, theme: dict[str, str]) -> str:
    """The colour of text on a ground of that colour: ink, ground or white, whichever stands out most."""
    return max((theme["ink"], theme["bg"], "#FFFFFF"), key=lambda text: contrast(text, theme[colour]))


def _luminance(colour: str) -> float:
    channels = (int(colour[i:i + 2], 16) / WHITE for i in (1, 3, 5))
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
