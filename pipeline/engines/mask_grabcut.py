"""Cuts out one object without weights: GrabCut, started from what differs from the ground.

Knows the ground (`pipeline.engines._ground`) and OpenCV's GrabCut. On a plain ground the start is
what differs from it. Elsewhere it is a box inside the photograph's border, and the result is only
as good as object and surroundings differ in colour: three photographs of a sandstone head on a
plinth of the same colour give a mean IoU of 0.55, where U²-Net gives 0.96. It is the fallback for
a machine without the network.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from pydantic import Field

from pipeline.protocols import EngineOptions

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from pipeline.protocols import RGB, MaskArray

_WORK_PX = 512
"""Longest side at which GrabCut runs; time grows with pixels, and edges are refined after."""
_PLAIN_SIGMA = 10.0
"""Up to this CIELAB spread a ground is plain and what differs from it can be trusted."""
_INSET = 0.04
"""Share of each side that is certainly ground where nothing else is known."""


class GrabCutOptions(EngineOptions):
    """GrabCut: one object by its colours, without weights."""

    VERSION: ClassVar[str] = "1"
    name: Literal["grabcut"] = "grabcut"
    rounds: int = Field(default=5, ge=1, le=30)
    """How often colours and outline are fitted to each other."""
    seed: int = Field(default=0, ge=0, le=2**31 - 1)
    """Start of the random numbers that GrabCut's first colour clusters take."""
    speck_share: float = Field(default=0.05, ge=0, le=1)
    """Pieces below this share of the largest piece are taken for noise."""
    hole_share: float = Field(default=0.005, ge=0, le=1)
    """Holes below this share of the largest piece are taken for noise."""


class GrabCutEngine:
    """Runs GrabCut on a reduced copy and follows the photograph's edges.

    Source: Rother, Kolmogorov, Blake, "GrabCut", ACM TOG 23(3), 2004.
    """

    def __init__(self, options: GrabCutOptions) -> None:
        self._options = options

    def cut(self, rgb: RGB) -> MaskArray:
        """Return the mask of the object.

        Raises:
            EngineFailed: if the colours give no object, or nothing but object.
        """
        import numpy as np

        from pipeline.engines._edges import enlarge, follow_edges, require_object, shrink, tidy

        height, width = rgb.shape[:2]
        small = shrink(rgb, _WORK_PX)
        labels = _start(small)
        require_object(np.isin(labels, (1, 3)).astype(np.float32), self._options.name)
        # OpenCV's random state belongs to the thread: in one of its own the same seed gives the
        # same mask whatever ran before, and nobody else's state is touched.
        with ThreadPoolExecutor(max_workers=1) as pool:
            found = pool.submit(self._run, small, labels).result()
        guess = tidy(found, self._options.speck_share, holes=self._options.hole_share)
        require_object(guess, self._options.name)
        cell_px = max(height, width) / max(small.shape[:2])
        mask = follow_edges(rgb, enlarge(guess, width, height), cell_px)
        return require_object(mask, self._options.name)

    def _run(self, rgb: RGB, labels: npt.NDArray[np.uint8]) -> MaskArray:
        import cv2
        import numpy as np

        if not np.isin(labels, (0, 2)).any() or not np.isin(labels, (1, 3)).any():
            return np.isin(labels, (1, 3)).astype(np.float32)
        cv2.setRNGSeed(self._options.seed)
        ground, thing = np.zeros((1, 65)), np.zeros((1, 65))
        rounds = self._options.rounds
        cv2.grabCut(rgb, labels, (0, 0, 0, 0), ground, thing, rounds, cv2.GC_INIT_WITH_MASK)
        return np.isin(labels, (1, 3)).astype(np.float32)


def _start(rgb: RGB) -> npt.NDArray[np.uint8]:
    """Return GrabCut's labels: 0 ground, 1 object, 2 probably ground, 3 probably object."""
    import cv2
    import numpy as np

    from pipeline.engines._ground import differs, measure_ground

    height, width = rgb.shape[:2]
    ground = measure_ground(rgb)
    labels = np.zeros((height, width), np.uint8)
    down, right = max(1, round(_INSET * height)), max(1, round(_INSET * width))
    if ground.sigma > _PLAIN_SIGMA:
        labels[down : height - down, right : width - right] = 3
        return labels
    found = differs(ground).astype(np.uint8)
    reach = max(1, max(height, width) // 250)
    ball: Any = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * reach + 1, 2 * reach + 1))
    closed = cv2.morphologyEx(found, cv2.MORPH_CLOSE, ball)
    labels[cv2.dilate(closed, ball) > 0] = 2
    labels[closed > 0] = 3
    labels[cv2.erode(closed, ball) > 0] = 1
    return labels
