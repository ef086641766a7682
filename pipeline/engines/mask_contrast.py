"""Cuts out everything that differs from a plain ground: a tray of coins, a tile, a shard.

Knows the ground (`pipeline.engines._ground`), no object. No weights, no random numbers. It refuses
a photograph whose ground is not plain instead of guessing: on a gallery wall with other works on
it, "different from the ground" means nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal

from pydantic import Field

from pipeline.errors import EngineFailed
from pipeline.protocols import EngineOptions

if TYPE_CHECKING:
    from pipeline.protocols import RGB, MaskArray

_WORK_PX = 1024
"""Longest side at which pieces are told apart; their edges come from the whole photograph."""


class ContrastOptions(EngineOptions):
    """Everything that differs from a plain ground; for several objects on one photograph."""

    VERSION: ClassVar[str] = "1"
    name: Literal["contrast"] = "contrast"
    most_sigma: float = Field(default=10.0, gt=0, le=100)
    """How uneven the ground may be, as a CIELAB colour difference, before the engine refuses."""
    speck_share: float = Field(default=0.05, ge=0, le=1)
    """Pieces below this share of the largest piece are dust."""
    hole_share: float = Field(default=0.02, ge=0, le=1)
    """Holes below this share of the largest piece are dark spots on it, not openings."""


class ContrastEngine:
    """Thresholds the difference from the ground, then follows the photograph's edges."""

    def __init__(self, options: ContrastOptions) -> None:
        self._options = options

    def cut(self, rgb: RGB) -> MaskArray:
        """Return the mask of all objects.

        Raises:
            EngineFailed: if the ground is not plain, or nothing differs from it.
        """
        import cv2
        import numpy as np

        from pipeline.engines._edges import enlarge, follow_edges, require_object, shrink, tidy
        from pipeline.engines._ground import differs, measure_ground

        height, width = rgb.shape[:2]
        small = shrink(rgb, _WORK_PX)
        ground = measure_ground(small)
        if ground.sigma > self._options.most_sigma:
            raise EngineFailed(
                f"The mask engine 'contrast' needs a plain ground: this one varies by "
                f"{ground.sigma:.0f} CIELAB units, at most {self._options.most_sigma:.0f} are "
                "allowed (`most_sigma`). Use `mask: {engine: u2netp}`, or photograph the object "
                "on plain paper or cloth."
            )
        found = differs(ground).astype(np.float32)
        reach = max(1, round(max(small.shape[:2]) / 250))
        ball = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * reach + 1, 2 * reach + 1))
        closed = np.asarray(cv2.morphologyEx(found, cv2.MORPH_CLOSE, ball), np.float32)
        solid = tidy(closed, 0.0, holes=self._options.hole_share)
        opened = np.asarray(cv2.morphologyEx(solid, cv2.MORPH_OPEN, ball), np.float32)
        guess = tidy(opened, self._options.speck_share, holes=0.0)
        require_object(guess, self._options.name)
        coarse = enlarge(guess, width, height)
        cell_px = max(height, width) / max(small.shape[:2])
        return require_object(follow_edges(rgb, coarse, cell_px), self._options.name)
