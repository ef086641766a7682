"""Planar 4:2:0 frames as the frames that encoders take: as they are, in 10 bits, in 4:2:2.

8 bits become 10 by two zero bits below, which is exact: limited-range code values are defined as
multiples. Source: ITU-R BT.709-6, item 3.5 (black 16 and 64, white 235 and 940).

4:2:2 has a chroma sample on every row where 4:2:0 has one between two rows, so the two nearest
ones are weighed 3 to 1, rounded half up.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import av
import numpy as np
from av.video.reformatter import ColorPrimaries, ColorRange, Colorspace, ColorTrc

from pipeline.media.yuv import views

if TYPE_CHECKING:
    import numpy.typing as npt

    from pipeline.protocols import Frame


def filled(planar: Frame, pixels: str) -> Any:
    """Return an `av.VideoFrame` of the format ``pixels`` with what ``planar`` shows.

    In ``yuv420p`` the frame shares ``planar``'s memory; otherwise it has its own.
    """
    if pixels == "yuv420p":
        return av.VideoFrame.from_numpy_buffer(planar, format="yuv420p")
    width, height = planar.shape[1], planar.shape[0] * 2 // 3
    frame = av.VideoFrame(width, height, pixels)
    # The ProRes encoder looks at each frame, the others at the stream.
    frame.color_primaries, frame.color_trc = ColorPrimaries.BT709, ColorTrc.BT709
    frame.colorspace, frame.color_range = Colorspace.ITU709, ColorRange.MPEG
    luma, *chroma = views(planar)
    shift = 2 if planar.dtype == np.uint8 else 0
    _shifted(luma, shift, _samples(frame.planes[0]))
    for plane, target in zip(chroma, frame.planes[1:], strict=True):
        if pixels == "yuv420p10le":
            _shifted(plane, shift, _samples(target))
        else:
            _twice_as_high(plane.astype(np.uint16) << shift, _samples(target))
    return frame


def shallow(planar: Frame) -> Frame:
    """Return a frame in 8 bits, for looking at."""
    if planar.dtype == np.uint8:
        return planar
    rounded: Frame = np.minimum((planar + 2) >> 2, 255).astype(np.uint8)
    return rounded


def _samples(plane: Any) -> npt.NDArray[np.uint16]:
    """A plane's samples as an array that can be written."""
    rows = np.frombuffer(plane, np.uint16).reshape(plane.height, plane.line_size // 2)
    return rows[:, : plane.width]


def _shifted(plane: Frame, shift: int, target: npt.NDArray[np.uint16]) -> None:
    np.left_shift(plane, shift, out=target, dtype=np.uint16, casting="unsafe")


def _twice_as_high(plane: npt.NDArray[np.uint16], target: npt.NDArray[np.uint16]) -> None:
    above = np.concatenate([plane[:1], plane[:-1]])
    below = np.concatenate([plane[1:], plane[-1:]])
    target[0::2] = (3 * plane + above + 2) >> 2
    target[1::2] = (3 * plane + below + 2) >> 2
