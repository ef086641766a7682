"""How the light on a struck face changes as it turns: a matt share, and one that glints.

Both follow the relief (`pipeline.media.slopes`) and count as ratios to what they were before it
turned, so nothing changes at phase 0. A gain never burns a highlight out, and most of a change of
the whole face's brightness is taken out again. Knows no outlines and no perspective.

Source: Cook and Torrance, "A reflectance model for computer graphics", ACM TOG 1(1), 1982,
equation 4 with Beckmann's distribution of slopes.
"""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np

from pipeline.media import shading, yuv
from pipeline.media.shading import GAMMA, LAMP
from pipeline.media.slopes import slopes

_USUAL = (0.3, 0.28)
"""Slopes that only a twentieth of the form and of the grain exceeds: a struck coin's."""
_STEEPEST = 0.8
_BULGE = 0.22
"""Slope that a near lamp and a near eye seem to add at the border: highlights sweep the face."""
_ROUGH = 0.34
"""Beckmann's root mean square slope: worn silver and bronze, no mirror."""
_GAINS = (0.45, 1.8)
"""Light is never scaled beyond these."""
_EVEN = 0.6
"""How much of a change of the face's mean brightness is taken out again: eyes adapt to it."""


class Shine:
    """How a face's light changes as it turns: a matt and a glossy share over the relief."""

    def __init__(
        self,
        rgb: Any,
        core: Any,
        near: Any,
        middle: tuple[float, float],
        radius_px: float,
        gloss: float,
    ) -> None:
        self._gloss = gloss
        across, down = slopes(rgb, core, near, _USUAL, _STEEPEST)
        for axis, slope in enumerate((across, down)):
            at = (np.arange(slope.shape[1 - axis], dtype=np.float32) - middle[axis]) / radius_px
            slope -= _BULGE * (at[None, :] if axis == 0 else at[:, None])
        # The gain is smooth against the face's own detail: half the size is enough.
        parts = (across, down, np.zeros_like(across), yuv.planes_of(rgb)[0])
        self._face = np.ascontiguousarray([yuv.halved(part) for part in parts], np.float32)
        self._face[3] = 1 - np.clip((self._face[3] - 16) / 219, 0, 1) ** 4
        self._face[2] = self._first(cv2.dilate(yuv.halved(core), np.ones((7, 7))) > 0)
        self._gain = np.ones_like(self._face[0])

    def gain(self, rotation: Any) -> Any:
        """Return by how much the face's levels are scaled, at half the size."""
        looks = np.array([self._gloss, _ROUGH, *_GAINS, 1 / GAMMA, 1], np.float32)
        turned_to = np.array(_mirroring(rotation), np.float32)
        # Every eighth pixel tells how bright all of the face is.
        mean = shading.glinting(self._face, turned_to, looks, 8, self._gain)
        looks[5] = mean**-_EVEN
        shading.glinting(self._face, turned_to, looks, 1, self._gain)
        return self._gain

    def _first(self, inside: Any) -> Any:
        """Return the light at phase 0: what is gained on a light of 1, with nothing held back."""
        ones = np.ones_like(self._face[0])
        face = np.ascontiguousarray([*self._face[:2], inside, ones], np.float32)
        looks = np.array([self._gloss, _ROUGH, 0, np.inf, 1, 1], np.float32)
        shading.glinting(face, np.array(_mirroring(np.eye(3)), np.float32), looks, 1, ones)
        return ones * inside


def _mirroring(rotation: Any) -> tuple[float, ...]:
    """Return the lamp as the turned face sees it, and the slopes that mirror it to the viewer."""
    lamp = np.array(LAMP) / np.linalg.norm(LAMP)
    between = rotation.T @ (lamp + np.array((0, 0, 1)))
    lamp = rotation.T @ lamp
    slopes_to = (-between[0] / between[2], -between[1] / between[2])
    return tuple(float(value) for value in (*lamp, *slopes_to))
