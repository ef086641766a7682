"""Depth of things that stand free, from their outline: no weights, nothing invented by a network.

Knows what a kind of object allows to assume. A vessel is turned about its axis and seen slightly
from above; a sculpture is filled with balls; coins and reliefs are slabs whose light and dark
stand for their relief. Pottery decoration is colour and gives no relief.

Spearman correlation with true depth on a vase seen from above, two vessels, and the mean over 14
synthetic solids in perspective: Poisson inflation 0.84, 0.90, 0.87; this engine 0.996, 0.991, 0.97.
Balls alone reach 0.84 on the vase and 0.92 on the vessels: they know nothing of a foot that was
cut straight and of a camera that looks down. What an outline cannot tell, it does not: which way a
body leans, and whether an arm comes forward.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Literal

from pydantic import Field

from pipeline.errors import EngineFailed
from pipeline.items import Kind
from pipeline.protocols import EngineOptions

if TYPE_CHECKING:
    import numpy.typing as npt

    from pipeline.engines._inflate import Swell
    from pipeline.protocols import RGB, DepthArray, MaskArray

    Array = npt.NDArray[Any]

_WORK_PX = 448
"""Longest side at which the outline is inflated; its surface is smooth and loses nothing."""
_BEHIND = 0.25
"""The object's farthest point; the ground is at 0, so that it stays behind."""
_SLABS = {Kind.COIN, Kind.MEDAL, Kind.RELIEF, Kind.PLAQUE}
_RELIEF = {
    Kind.COIN: 0.3,
    Kind.MEDAL: 0.3,
    Kind.RELIEF: 0.45,
    Kind.PLAQUE: 0.4,
    Kind.SCULPTURE: 0.03,
}
"""Share of the object's depth that its light and dark make up; other kinds have none."""
_LEAST_PX = 16
"""An object with fewer pixels has no outline."""


class SilhouetteOptions(EngineOptions):
    """Depth from the outline of an object that stands free, and from its light and dark."""

    VERSION: ClassVar[str] = "1"
    name: Literal["silhouette"] = "silhouette"
    relief: float = Field(default=1.0, ge=0, le=2)
    """How much of light and dark is taken for relief; 0 for none. Pottery never has any."""


class SilhouetteEngine:
    """Inflates the outline as the kind of object allows."""

    def __init__(self, options: SilhouetteOptions) -> None:
        self._options = options

    def estimate(self, rgb: RGB, mask: MaskArray, kind: Kind) -> DepthArray:
        """Return depth: 0 for the ground, 0.25 to 1 for the object.

        Raises:
            EngineFailed: if the mask holds no object, or all of the photograph.
        """
        import numpy as np

        inside = mask >= 0.5
        _check(inside)
        box = _box(inside)
        crop, picture = inside[box], rgb[box]
        sides = _cut_sides(box, inside.shape)
        if kind in _SLABS:
            surface = _slab(crop)
        elif kind is Kind.VESSEL and not any(sides):
            surface = _round(crop, sides, share_of_height=crop.shape[0] / inside.shape[0])
        else:
            surface = _round(crop, sides)
        strength = _RELIEF.get(kind, 0.0) * self._options.relief
        if strength > 0:
            from pipeline.engines._relief import light_and_dark

            surface += np.float32(strength) * light_and_dark(picture, crop)
        depth = np.zeros(mask.shape, np.float32)
        depth[box] = np.where(crop, _BEHIND + (1 - _BEHIND) * _stretched(surface, crop), 0)
        return depth


def _check(inside: Array) -> None:
    count = int(inside.sum())
    if count < _LEAST_PX:
        raise EngineFailed(
            f"The depth engine 'silhouette' needs an object: its mask has {count} pixels, at least "
            f"{_LEAST_PX} are expected. Look at mask.png and choose another mask engine."
        )
    if count == inside.size:
        raise EngineFailed(
            "The depth engine 'silhouette' needs an outline, but the mask covers all of the "
            "photograph. Use `depth: {engine: planar}` for flat works, or cut the object out."
        )


def _box(inside: Array) -> tuple[slice, slice]:
    import numpy as np

    rows, columns = np.flatnonzero(inside.any(axis=1)), np.flatnonzero(inside.any(axis=0))
    return slice(int(rows[0]), int(rows[-1]) + 1), slice(int(columns[0]), int(columns[-1]) + 1)


def _cut_sides(box: tuple[slice, slice], shape: tuple[int, ...]) -> tuple[bool, bool, bool, bool]:
    """Say on which sides (left, top, right, bottom) the photograph cuts the object off."""
    rows, columns = box
    return columns.start == 0, rows.start == 0, columns.stop == shape[1], rows.stop == shape[0]


def _round(
    inside: Array, sides: tuple[bool, bool, bool, bool], share_of_height: float | None = None
) -> Array:
    """Return the height of a round body, in [0, 1]; turned if its share of the height is given."""
    from pipeline.engines._inflate import balls, turned

    cover = _shrunk(inside)
    swell = turned(cover, share_of_height) if share_of_height else None
    return _stretched(_height(swell or balls(cover >= 0.5, sides), inside.shape), inside)


def _slab(inside: Array) -> Array:
    """Return the height of coins or tablets: each a plate with a rounded rim and a low dome."""
    import cv2
    import numpy as np

    from pipeline.engines._inflate import balls

    count, found = cv2.connectedComponents(
        (_shrunk(inside) >= 0.5).astype(np.uint8), connectivity=4
    )
    labels = np.asarray(found, np.int32)
    swell = balls(labels > 0, (False, False, False, False))
    peaks = np.ones(count, np.float32)
    np.maximum.at(peaks, labels, swell.square)
    # Every piece has its own scale: a small coin is not farther away than a large one.
    scale = np.asarray(peaks[labels], np.float32)
    spread = cv2.dilate(scale * (labels > 0), np.ones((5, 5), np.uint8))
    ball = _enlarged(swell.square / np.maximum(spread, 1), inside.shape)
    ball = np.sqrt(np.clip(ball, 0, 1))
    return np.asarray(0.85 * (1 - (1 - ball) ** 4) + 0.15 * ball, np.float32)


def _shrunk(inside: Array) -> Array:
    """Return how much of each pixel is object, at working size."""
    import cv2
    import numpy as np

    cover = inside.astype(np.float32)
    scale = _WORK_PX / max(inside.shape)
    if scale >= 1:
        return cover
    height, width = inside.shape
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    return np.asarray(cv2.resize(cover, size, interpolation=cv2.INTER_AREA), np.float32)


def _enlarged(values: Array, shape: tuple[int, ...]) -> Array:
    import cv2
    import numpy as np

    size = (shape[1], shape[0])
    return np.asarray(cv2.resize(values, size, interpolation=cv2.INTER_LINEAR), np.float32)


def _height(swell: Swell, shape: tuple[int, ...]) -> Array:
    """Return the surface at full size, in working pixels towards the camera."""
    import numpy as np

    height = np.sqrt(np.maximum(_enlarged(swell.square, shape), 0))
    height *= np.float32(np.cos(swell.tilt_rad))
    return np.asarray(height + _enlarged(swell.lean, shape), np.float32)


def _stretched(surface: Array, inside: Array) -> Array:
    """Return ``surface`` so that it takes all of [0, 1] inside; a plane becomes 1."""
    import numpy as np

    low, high = float(surface[inside].min()), float(surface[inside].max())
    if high - low < 1e-6:
        return np.ones_like(surface)
    stretched = np.clip((surface - np.float32(low)) / np.float32(high - low), 0, 1)
    return np.asarray(stretched, np.float32)
