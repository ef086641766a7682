"""The ramps, looked at by other eyes and by another colour space."""

import numpy as np
import pytest

from pipeline.media.ramp import DEPTH, MOTION, coloured, line

# What people with protan, deutan and tritan vision see of linear sRGB.
# Source: Machado, Oliveira and Fernandes, "A physiologically-based model for simulation of color
# vision deficiency", IEEE TVCG 15(6), 2009, severity 1.0.
EYES = {
    "everyone": np.eye(3),
    "protan": [
        [0.152286, 1.052583, -0.204868],
        [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ],
    "deutan": [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ],
    "tritan": [
        [1.255528, -0.076749, -0.178779],
        [-0.078411, 0.930809, 0.147602],
        [0.004733, 0.691367, 0.303900],
    ],
}


def lab_of(table: np.ndarray, eye: str) -> np.ndarray:
    from skimage.color import rgb2lab

    srgb = table / 255.0
    linear = np.where(srgb <= 0.04045, srgb / 12.92, ((srgb + 0.055) / 1.055) ** 2.4)
    seen = np.clip(linear @ np.asarray(EYES[eye]).T, 0, 1)
    encoded = np.where(seen <= 0.0031308, 12.92 * seen, 1.055 * seen ** (1 / 2.4) - 0.055)
    return rgb2lab(encoded[None])[0]


@pytest.mark.parametrize("eye", EYES)
@pytest.mark.parametrize("table", [DEPTH, MOTION], ids=["depth", "motion"])
def test_lightness_runs_one_way_for_every_eye(table, eye):
    steps = np.diff(lab_of(table[::4], eye)[:, 0])
    assert (steps > 0).all() or (steps < 0).all()


@pytest.mark.parametrize("table", [DEPTH, MOTION], ids=["depth", "motion"])
def test_equal_steps_are_equal_to_the_eye(table):
    from skimage.color import deltaE_ciede2000

    colours = lab_of(table[::15], "everyone")
    steps = deltaE_ciede2000(colours[:-1], colours[1:])
    assert steps.max() / steps.min() < 1.9  # jet, for comparison: more than 10
    assert steps.sum() > 50


def test_far_is_dark_blue_and_near_is_light_yellow():
    far, near = DEPTH[0].astype(int), DEPTH[-1].astype(int)
    assert far[2] > 2 * far[0]
    assert near[0] > 2 * near[2]
    assert near.sum() > 3 * far.sum()


def test_values_are_coloured_by_share_of_the_highest():
    values = [[0.0, 0.5, 1.0], [-1.0, 9.0, np.nan]]
    assert np.array_equal(coloured(values, DEPTH)[0], DEPTH[[0, 128, 255]])
    assert np.array_equal(coloured(values, DEPTH)[1], DEPTH[[0, 255, 0]])
    assert np.array_equal(coloured([[2.0]], MOTION, 4.0)[0], MOTION[[128]])


def test_a_line_that_no_screen_can_show_is_refused():
    with pytest.raises(ValueError, match="leaves sRGB"):
        line((0.3, 0.0, -0.4), (0.9, 0.0, 0.1))
