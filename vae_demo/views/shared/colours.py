"""The page's colours and marks as style rules, made of vae_demo/palette.py."""

from __future__ import annotations

from collections.abc import Mapping

from vae_demo import palette

# Colours of variants by number: the four with one of their own, then the others; ink stands for itself.
_NUMBERED = (*palette.HUED, *palette.OTHERS[1:])


def colours_css() -> str:
    """--vd-<name> for the grounds and inks, --vd-v<n> for the colours of variants and --vd-on-v<n> for text on them, in
    both themes; .vd-mark-<name> cuts a swatch to its mark. A scroll bar is of the theme, too."""
    dark = (f"body.dark{{{_variables(palette.DARK)}}}"
            ":root:has(body.dark){color-scheme:dark}:root:not(:has(body.dark)){color-scheme:light}")
    return f"body{{{_variables(palette.LIGHT)}}}{dark}{palette.marks_css('vd-mark-')}"


def light_values() -> dict[str, str]:
    """Colour by the name its rule has, of the light theme: for pictures that leave the page."""
    return {**{name: value for name, value in palette.LIGHT.items() if name not in _NUMBERED},
            **{f"v{n}": palette.LIGHT[name] for n, name in enumerate(_NUMBERED)}}


def variable(colour: str) -> str:
    """The name of a colour of palette.py as a variable: --vd-v0 for 17."""
    return f"--vd-v{_NUMBERED.index(colour)}" if colour in _NUMBERED else f"--vd-{colour}"


def _variables(theme: Mapping[str, str]) -> str:
    plain = "".join(f"--vd-{name}:{value};" for name, value in theme.items() if name not in _NUMBERED)
    numbered = "".join(
        f"--vd-v{n}:{theme[name]};--vd-on-v{n}:{palette.text_on(name, theme)};" for n, name in enumerate(_NUMBERED))
    return plain + numbered
