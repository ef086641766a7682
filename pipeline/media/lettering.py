"""Lays a drawn card over the planes of a frame, grown a little about the frame's middle.

Type is drawn finer than the frame and sampled between pixels, so it grows without a shimmer.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import cv2
import numpy as np

from pipeline.media import yuv

if TYPE_CHECKING:
    from pipeline.media.layers import Layer


class Lettering:
    """One card, made ready to be laid on many times.

    Args:
        layer: colours and coverage, ``scale`` times as fine as the frame.
        scale: pixels of the layer to one of the frame.
    """

    def __init__(self, layer: Layer, scale: float) -> None:
        whole = np.asarray(layer.alpha, np.float32)
        self._scale = scale
        self._planes = yuv.planes_of(layer.rgb)
        self._alphas = (whole, yuv.halved(whole))

    def draw(self, planes: tuple[Any, Any, Any], zoom: float, opacity: float) -> None:
        """Draw it on the float planes of a frame."""
        for index, target in enumerate(planes):
            part = self._alphas[1 if index else 0]
            matrix = self._matrix(planes[0].shape, zoom, chroma=index > 0)
            alpha = _warped(part, matrix, target.shape) * np.float32(opacity)
            # Nobody can tell linear colour from bicubic: the eye resolves it coarsely.
            way = cv2.INTER_LINEAR if index else cv2.INTER_CUBIC
            seen = _warped(self._planes[index], matrix, target.shape, way)
            target += (seen - target) * alpha

    def _matrix(self, luma_shape: tuple[int, int], zoom: float, *, chroma: bool) -> Any:
        """Where in the plane each pixel of the frame looks."""
        # A chroma pixel lies on the even luma column and half a pixel below the even luma row.
        aside = ((0.0, 0.5) if chroma else (0.0, 0.0), 2.0 if chroma else 1.0)
        rows = []
        for axis, length in ((0, luma_shape[1]), (1, luma_shape[0])):
            per = self._scale / zoom
            offset, unit = aside[0][axis], aside[1]
            middle = length / 2
            # From a pixel of this plane to luma, about the middle, to the layer, and back.
            start = ((offset + 0.5 - middle) * per + middle * self._scale - 0.5 - offset) / unit
            row = [0.0, 0.0, start]
            row[axis] = per
            rows.append(row)
        return np.array(rows)


def _warped(plane: Any, matrix: Any, shape: tuple[int, int], way: int = cv2.INTER_LINEAR) -> Any:
    return cv2.warpAffine(
        plane,
        matrix,
        shape[::-1],
        flags=way | cv2.WARP_INVERSE_MAP,
        borderMode=cv2.BORDER_REPLICATE,
    )
