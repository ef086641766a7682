"""Takes the whole photograph for the object: paintings, prints, textiles, scenes.

Knows nothing of what is in the photograph. A frame or a colour chart beside the work stays in.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal

from pipeline.protocols import EngineOptions

if TYPE_CHECKING:
    from pipeline.protocols import RGB, MaskArray


class WholeOptions(EngineOptions):
    """The work fills its photograph: nothing is cut away."""

    VERSION: ClassVar[str] = "1"
    name: Literal["whole"] = "whole"


class WholeEngine:
    """Returns ones."""

    def __init__(self, options: WholeOptions) -> None:
        self._options = options

    def cut(self, rgb: RGB) -> MaskArray:
        """Return a mask that covers all of ``rgb``. It cannot fail."""
        import numpy as np

        return np.ones(rgb.shape[:2], np.float32)
