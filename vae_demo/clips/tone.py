"""HDR (PQ and HLG, ITU-R BT.2100) to the range and colours of ordinary video.

1. To light in cd/m2: PQ says it itself; for HLG a display of 1000 cd/m2 is assumed, as BT.2100 does.
2. The range: the EETF of ITU-R BT.2390, section 5.4, from 1000 cd/m2 down to 203, which is white in HDR (BT.2408).
   What is darker than 87 cd/m2 stays as it is; 1000 and more come out as 203. It is applied to the largest of
   R, G and B, and the other two keep their proportion, so that no hue changes.
3. The colours: BT.2020 or P3 to BT.709 in linear light (BT.2087); what lies outside is clipped.
4. To numbers: the curve of sRGB, in which pages and pictures are shown.
"""

from __future__ import annotations

from functools import cache

import numpy as np

from vae_demo.pixels import WHITE

CODES = 1 << 16
PEAK, SDR_WHITE = 1000.0, 203.0  # cd/m2
BAND = 64  # rows
PQ, HLG = "PQ", "HLG"
# H.273 colour primaries
_BT709, _P3_D65 = 1, 12
_TO_BT709 = {
    _P3_D65: ((1.2249402, -0.2249402, 0.0), (-0.0420570, 1.0420570, 0.0), (-0.0196376, -0.0786361, 1.0982736)),
    _BT709: ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0)),
}
_BT2020_TO_BT709 = ((1.6604910, -0.5876411, -0.0728499), (-0.1245505, 1.1328999, -0.0083494),
                    (-0.0181508, -0.1005789, 1.1187297))
_BT2020_LUMINANCE = (0.2627, 0.6780, 0.0593)
# SMPTE ST 2084
_M1, _M2, _C1, _C2, _C3 = 2610 / 16384, 2523 / 4096 * 128, 3424 / 4096, 2413 / 4096 * 32, 2392 / 4096 * 32
_PQ_MOST = 10_000.0  # cd/m2
# ARIB STD-B67
_A = 0.17883277
_B, _C = 1 - 4 * _A, 0.5 - _A * np.log(4 * _A)
_HLG_GAMMA = 1.2  # of the display of 1000 cd/m2


def to_sdr(rgb: np.ndarray, transfer: str, primaries: int, white: int = CODES - 1) -> np.ndarray:
    """uint16 H W 3, R'G'B' coded with `transfer`, full range up to `white` -> uint8 H W 3."""
    out = np.empty(rgb.shape, np.uint8)
    matrix = np.array(_TO_BT709.get(primaries, _BT2020_TO_BT709), np.float32).T
    for top in range(0, len(rgb), BAND):  # the wide numbers take many times the memory of the picture
        light = _light(rgb[top:top + BAND], transfer, white)
        red, green, blue = np.moveaxis(light, -1, 0)
        largest = np.maximum(np.maximum(red, green), blue)  # .max() of the last axis takes twenty times as long
        light *= np.take(_gains(), _steps(largest, 1 / _PQ_MOST))[..., None]
        out[top:top + BAND] = np.take(_srgb(), _steps(light @ matrix))
    return out


def pq_code(light: np.ndarray) -> np.ndarray:
    """cd/m2 -> 0..1."""
    power = (np.clip(light, 0, _PQ_MOST) / _PQ_MOST) ** _M1
    return ((_C1 + _C2 * power) / (1 + _C3 * power)) ** _M2


def pq_light(code: np.ndarray) -> np.ndarray:
    """0..1 -> cd/m2."""
    power = np.clip(code, 0, 1) ** (1 / _M2)
    return _PQ_MOST * (np.maximum(power - _C1, 0) / (_C2 - _C3 * power)) ** (1 / _M1)


def mapped(light: np.ndarray) -> np.ndarray:
    """cd/m2, up to PEAK -> cd/m2, up to SDR_WHITE: the EETF of BT.2390 with a black of 0."""
    whole = pq_code(np.float64(PEAK))
    code, most = pq_code(np.minimum(light, PEAK)) / whole, pq_code(np.float64(SDR_WHITE)) / whole
    knee = 1.5 * most - 0.5
    t = (np.maximum(code, knee) - knee) / (1 - knee)
    bent = ((2 * t**3 - 3 * t**2 + 1) * knee + (t**3 - 2 * t**2 + t) * (1 - knee) + (3 * t**2 - 2 * t**3) * most)
    return np.where(code < knee, light, pq_light(bent * whole)).astype(np.float32)


def _light(rgb: np.ndarray, transfer: str, white: int) -> np.ndarray:
    """float32 H W 3, cd/m2."""
    light = np.take(_table(transfer, white), rgb)
    if transfer == HLG:  # from light of the scene to that of the display
        luminance = light @ np.array(_BT2020_LUMINANCE, np.float32)
        light *= PEAK * np.maximum(luminance, 1e-6)[..., None] ** (_HLG_GAMMA - 1)
    return light


@cache
def _table(transfer: str, white: int) -> np.ndarray:
    """float32, for each code: cd/m2 for PQ, light of the scene (0..1) for HLG."""
    code = np.minimum(np.arange(CODES) / white, 1)
    if transfer == PQ:
        return pq_light(code).astype(np.float32)
    return np.where(code <= 0.5, code**2 / 3, (np.exp((code - _C) / _A) + _B) / 12).astype(np.float32)


def _steps(light: np.ndarray, part: float = 1) -> np.ndarray:
    """Places in a table of CODES, the last for 1 / `part`; what is outside counts as an end. Changes `light`."""
    light = np.multiply(light, part * (CODES - 1), out=light)
    light += 0.5
    return np.clip(light, 0, CODES - 0.5, out=light).astype(np.uint16)


@cache
def _gains() -> np.ndarray:
    """float32, for each step from 0 to the most of PQ: by what its light is multiplied so that 1 is white."""
    light = np.maximum(np.linspace(0, _PQ_MOST, CODES), 1e-3)
    return (mapped(light) / light / SDR_WHITE).astype(np.float32)


@cache
def _srgb() -> np.ndarray:
    """uint8, for each step of linear light from 0 to 1 (IEC 61966-2-1)."""
    light = np.linspace(0, 1, CODES)
    coded = np.where(light <= 0.0031308, 12.92 * light, 1.055 * light ** (1 / 2.4) - 0.055)
    return (coded * WHITE + 0.5).astype(np.uint8)
