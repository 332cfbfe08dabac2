"""HDR comes out as ordinary video: as zimg converts it where the range needs no bending, and by BT.2390 above."""

import av
import numpy as np
import pytest

from vae_demo.clips import read_clip, tone

PATCH = 16
# 10-bit Y Cb Cr, BT.2020, limited range -> R G B of sRGB and BT.709, 203 cd/m2 as white. Debian's FFmpeg 5.1 with zimg:
# zscale=t=linear:npl=203:agamma=0 (HLG: npl=1000), zscale=p=709, and the curve of sRGB.
BY_ZIMG = {
    "PQ": {(200, 512, 512): (16.7, 16.7, 16.7), (300, 500, 530): (70.6, 45.6, 41.2),
           (360, 530, 490): (41.3, 86.4, 99.7), (400, 512, 512): (102.1, 102.1, 102.1),
           (330, 480, 540): (98.2, 55.5, 35.6), (420, 505, 520): (129.4, 111.5, 105.6),
           (380, 550, 500): (67.3, 91.2, 140.5), (280, 530, 530): (60.5, 35.6, 58.2)},
    "HLG": {(200, 512, 512): (32.8, 32.8, 32.8), (300, 500, 530): (80.6, 63.7, 60.2),
            (360, 530, 490): (68.9, 92.0, 98.4), (400, 512, 512): (101.7, 101.7, 101.7),
            (330, 480, 540): (98.0, 72.7, 58.1), (420, 505, 520): (114.8, 107.2, 104.5),
            (380, 550, 500): (84.5, 95.5, 116.8), (280, 530, 530): (73.3, 55.0, 71.0)},
}
TRANSFER = {"PQ": 16, "HLG": 18}


def write_patches(path, colours, transfer, pixels="yuv444p10le", planes=(0, 1, 2)):
    """Lossless patches in a row; colours: one number for each plane."""
    with av.open(str(path), "w") as out:
        stream = out.add_stream("ffv1", rate=25)
        stream.width, stream.height, stream.pix_fmt = PATCH * len(colours), PATCH, pixels
        frame = av.VideoFrame(stream.width, stream.height, pixels)
        for plane, i in zip(frame.planes, planes, strict=True):
            row = np.repeat(np.array([colour[i] for colour in colours], np.uint16), PATCH)
            plane.update(np.tile(row, (PATCH, 1)).tobytes())
        for tagged in (frame, stream.codec_context):
            tagged.colorspace, tagged.color_range = 9, 1
            tagged.color_trc, tagged.color_primaries = TRANSFER[transfer], 9
        frame.pts = 0
        out.mux(stream.encode(frame))
        out.mux(stream.encode(None))
    return path


def read_patches(path):
    with read_clip(path, crop="none", size=None) as clip:
        return clip.frames(0, 1)[0, PATCH // 2, PATCH // 2::PATCH], {note.case: note for note in clip.notes}


@pytest.mark.parametrize("transfer", BY_ZIMG)
def test_below_the_knee_it_is_what_zimg_makes_of_it(transfer, tmp_path):
    known = BY_ZIMG[transfer]
    found, notes = read_patches(write_patches(tmp_path / "a.mkv", list(known), transfer))
    assert np.abs(found - np.array(list(known.values()))).max() < 0.7
    assert notes["tone_mapped"].params == {"transfer": transfer, "peak": 1000, "white": 203}


def test_transparent_hdr_is_converted_too(tmp_path):
    colours = [(*colour, alpha) for colour, alpha in zip(BY_ZIMG["PQ"], [1023, 0] * 4, strict=True)]
    path = write_patches(tmp_path / "a.mkv", colours, "PQ", "yuva444p10le", (0, 1, 2, 3))
    found, notes = read_patches(path)
    assert np.abs(found[::2] - np.array(list(BY_ZIMG["PQ"].values()))[::2]).max() < 0.7
    assert (found[1::2] == 255).all() and {"alpha", "tone_mapped"} <= set(notes)


def test_curves_are_those_of_the_standards():
    """Pairs that BT.2100, BT.2408 (table 1) and SMPTE ST 2084 give."""
    for light, code in ((100, 0.508), (203, 0.581), (1000, 0.752), (10_000, 1)):
        assert tone.pq_code(np.float64(light)) == pytest.approx(code, abs=5e-4)
        assert tone.pq_light(np.float64(tone.pq_code(np.float64(light)))) == pytest.approx(light)
    grey = np.array([[[0.75 * 65535] * 3, [65535] * 3]]).astype(np.uint16)
    assert tone._light(grey, "HLG", 65535)[0, :, 0] == pytest.approx([203, 1000], rel=0.005)


def test_range_is_bent_above_the_knee_only():
    light = np.linspace(0, 2000, 4001)
    found = tone.mapped(light)
    assert np.array_equal(found[light < 87], light[light < 87].astype(np.float32))
    assert (np.diff(found) >= 0).all() and (np.diff(found, 2)[light[1:-1] > 90] < 1e-3).all()
    assert found[light >= 1000] == pytest.approx(203, rel=1e-4)
    # By hand: 203 cd/m2 is at 0.7724 of the codes up to 1000, a third of the way from the knee, 0.6586, to 1.
    assert tone.mapped(np.float64(203)) == pytest.approx(158.5, abs=1.5)


def test_hue_stays_where_the_range_is_bent():
    codes = (tone.pq_code(np.array([[[900, 450, 300.0]]])) * 65535).astype(np.uint16)
    linear = np.array([900, 450, 300]) * 203 / 900 / 203
    expected = 255 * (1.055 * np.clip(linear * tone.mapped(np.float64(900)) / 203, 0, 1) ** (1 / 2.4) - 0.055)
    assert np.abs(tone.to_sdr(codes, "PQ", primaries=1)[0, 0] - expected).max() <= 1


def test_matrices_come_from_the_primaries():
    """BT.2087: from chromaticities of H.273, with D65 as white."""
    def to_xyz(*places):
        columns = np.array([(x / y, 1, (1 - x - y) / y) for x, y in (*places, (0.3127, 0.3290))]).T
        return columns[:, :3] * np.linalg.solve(columns[:, :3], columns[:, 3])
    bt709 = to_xyz((0.64, 0.33), (0.30, 0.60), (0.15, 0.06))
    for found, places in ((tone._BT2020_TO_BT709, ((0.708, 0.292), (0.170, 0.797), (0.131, 0.046))),
                          (tone._TO_BT709[12], ((0.680, 0.320), (0.265, 0.690), (0.150, 0.060)))):
        assert np.allclose(found, np.linalg.solve(bt709, to_xyz(*places)), atol=1e-6)
