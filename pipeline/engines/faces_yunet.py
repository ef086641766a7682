"""Finds faces with YuNet, through OpenCV, where its weights are at hand.

Knows that the network was trained on faces of 10 to 300 pixels, and so looks at the photograph in
several sizes. It says where faces are and never whose. Its weights do not travel with the package
(`pipeline.weights`): where they are absent, photographs count as not checked.

Source: opencv_zoo, models/face_detection_yunet: sizes of faces, 0.88 average precision on the easy
and 0.75 on the hard part of WIDER Face. So one face in eight to four is missed, small and turned
ones first: what this finds is a help for the curator and no proof that nobody is seen.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Literal

from pydantic import Field

from pipeline.errors import EngineFailed
from pipeline.protocols import Box, EngineOptions
from pipeline.records import Model
from pipeline.weights import find_weights, model_record

if TYPE_CHECKING:
    from pathlib import Path

    from pipeline.protocols import RGB

_LONG_SIDES_PX = (320, 800, 2048)
"""Sizes in which it looks. In these a face from a two-hundredth to nine tenths of the long side
has 10 to 300 pixels once."""
_SAME = 0.4
"""Boxes that share so much of their area are one face."""
_MOST = 5000
"""Candidates that OpenCV keeps before it joins them."""


class YuNetOptions(EngineOptions):
    """YuNet: finds faces, in any photograph."""

    VERSION: ClassVar[str] = "1"
    name: Literal["yunet"] = "yunet"
    score: float = Field(default=0.6, gt=0, lt=1)
    """How sure it has to be. Lower finds more faces, and more that are none."""

    def model(self) -> Model | None:
        """The weights it runs on."""
        return model_record("yunet")


class YuNetEngine:
    """Runs YuNet on one CPU thread, so that the same photograph gives the same boxes."""

    def __init__(self, options: YuNetOptions, weights: Path | None = None) -> None:
        """Load the network, from ``weights`` in place of the registered ones if given.

        Raises:
            EngineFailed: if the weights are absent, or are no network that OpenCV can run.
        """
        import cv2

        path = weights or find_weights("yunet")
        # OpenCV 5 says each time that its new engine knows no targets, which nobody asked for.
        log = cv2.utils.logging
        before = log.setLogLevel(log.LOG_LEVEL_ERROR)
        try:
            self._finder: Any = cv2.FaceDetectorYN.create(
                str(path), "", (320, 320), options.score, _SAME, _MOST
            )
        except cv2.error as error:
            raise EngineFailed(f"OpenCV {cv2.__version__} cannot load {path}: {error}") from error
        finally:
            log.setLogLevel(before)

    def find(self, rgb: RGB) -> list[Box]:
        """Return the boxes of faces in pixels, the largest first.

        Raises:
            EngineFailed: if the network cannot be run on the photograph.
        """
        import cv2

        height, width = rgb.shape[:2]
        longest = max(height, width)
        found: list[tuple[float, Box]] = []
        try:
            for side in _LONG_SIDES_PX:
                if side == _LONG_SIDES_PX[0] or side < longest * 1.5:
                    found += self._look(rgb, min(side / longest, 1.0))
        except cv2.error as error:
            raise EngineFailed(
                f"OpenCV cannot run YuNet on {width} x {height} px: {error}"
            ) from error
        return _apart([box for _, box in sorted(found, key=lambda one: -one[0])])

    def _look(self, rgb: RGB, scale: float) -> list[tuple[float, Box]]:
        """Return scores and boxes of the faces seen in one size."""
        import cv2

        height, width = rgb.shape[:2]
        size = (max(round(width * scale), 32), max(round(height * scale), 32))
        bgr = cv2.resize(rgb, size, interpolation=cv2.INTER_AREA)[..., ::-1].copy()
        self._finder.setInputSize(size)
        faces = self._finder.detect(bgr)[1]
        if faces is None:
            return []
        x, y = width / size[0], height / size[1]
        return [
            (float(score), box)
            for left, top, wide, high, score in faces[:, [0, 1, 2, 3, 14]].tolist()
            if (box := _within((left * x, top * y, (left + wide) * x, (top + high) * y), rgb.shape))
        ]


def _within(corners: tuple[float, float, float, float], shape: tuple[int, ...]) -> Box | None:
    height, width = shape[:2]
    left, top = max(round(corners[0]), 0), max(round(corners[1]), 0)
    right, bottom = min(round(corners[2]), width), min(round(corners[3]), height)
    return (left, top, right, bottom) if left < right and top < bottom else None


def _apart(boxes: list[Box]) -> list[Box]:
    """Keep the surest of boxes that are one face, and order what is left by size."""
    kept: list[Box] = []
    for box in boxes:
        if all(_shared(box, other) < _SAME for other in kept):
            kept.append(box)
    return sorted(kept, key=lambda box: (-_area(box), box))


def _area(box: Box) -> int:
    return max(box[2] - box[0], 0) * max(box[3] - box[1], 0)


def _shared(one: Box, other: Box) -> float:
    """Intersection over union."""
    inside = (
        max(one[0], other[0]),
        max(one[1], other[1]),
        min(one[2], other[2]),
        min(one[3], other[3]),
    )
    common = _area(inside)
    return common / (_area(one) + _area(other) - common)
