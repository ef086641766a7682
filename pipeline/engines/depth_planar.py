"""Depth of flat works: paintings, prints, textiles are one plane.

Knows nothing of the photograph. What a painting depicts has depth, but its surface has none, and
the object is what is shown here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal

from pipeline.items import Kind
from pipeline.protocols import EngineOptions

if TYPE_CHECKING:
    from pipeline.protocols import RGB, DepthArray, MaskArray


class PlanarOptions(EngineOptions):
    """One plane: nothing stands out."""

    VERSION: ClassVar[str] = "1"
    name: Literal["planar"] = "planar"


class PlanarEngine:
    """Puts everything at middle distance."""

    def __init__(self, options: PlanarOptions) -> None:
        self._options = options

    def estimate(self, rgb: RGB, mask: MaskArray, kind: Kind) -> DepthArray:  # noqa: ARG002
        """Return 0.5 everywhere. It cannot fail."""
        import numpy as np

        return np.full(mask.shape, 0.5, np.float32)
