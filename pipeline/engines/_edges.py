"""What mask engines share: a coarse guess becomes a mask with the photograph's own edges.

Knows arrays only. A coarse mask is decided where it is sure, and in a narrow band along its outline
the photograph's colours decide, by a guided filter. Measured against it on three photographs with
drawn outlines and by eye: GrabCut in the same band (ragged where ground and object share a
colour), no refinement (stairs as wide as one cell of the network). Closed-form matting would need
a sparse solver, which the base install does not have.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import cv2
import numpy as np

from pipeline.errors import EngineFailed

if TYPE_CHECKING:
    import numpy.typing as npt

    from pipeline.protocols import RGB, MaskArray

    Array = npt.NDArray[Any]

LEAST_COVERAGE = 0.005
"""An object smaller than this share of its photograph is a speck, or a mistake."""
MOST_COVERAGE = 0.97
"""A mask larger than this has no background that could be told from the object."""

_EPS = 1e-4
"""Regularisation: colour differences below sqrt(1e-4) = 0.01 of the range are not an edge.

Source: He, Sun, Tang, "Guided Image Filtering", IEEE TPAMI 35(6), 2013, section 3.4.
"""


def shrink(rgb: RGB, longest_px: int) -> RGB:
    """Return ``rgb`` so that its longest side is at most ``longest_px``; never enlarged."""
    height, width = rgb.shape[:2]
    scale = longest_px / max(height, width)
    if scale >= 1:
        return np.ascontiguousarray(rgb)
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    return np.asarray(cv2.resize(rgb, size, interpolation=cv2.INTER_AREA), np.uint8)


def enlarge(values: Array, width_px: int, height_px: int) -> npt.NDArray[np.float32]:
    """Return ``values`` at another size, in between by straight lines."""
    resized = cv2.resize(values, (width_px, height_px), interpolation=cv2.INTER_LINEAR)
    return np.asarray(resized, np.float32)


def guided_filter(rgb: RGB, source: MaskArray, radius_px: int) -> MaskArray:
    """Smooth ``source`` where ``rgb`` is smooth and keep its steps where ``rgb`` has edges.

    The linear coefficients are found on a reduced copy and applied to the full photograph.

    Source: He, Sun, Tang, "Guided Image Filtering", IEEE TPAMI 35(6), 2013, equations 19 to 21
    (colour guide); He, Sun, "Fast Guided Filter", arXiv:1505.00996 (the reduced copy).
    """
    height, width = source.shape
    step = max(1, min(radius_px // 3, height // 16, width // 16))
    size = (max(1, width // step), max(1, height // step))
    guide = cv2.resize(rgb, size, interpolation=cv2.INTER_AREA).astype(np.float32) / 255
    small = np.asarray(cv2.resize(source, size, interpolation=cv2.INTER_AREA), np.float32)
    slope, offset = _coefficients(guide, small, max(1, round(radius_px / step)))
    slope = cv2.resize(slope, (width, height), interpolation=cv2.INTER_LINEAR)
    result = np.asarray(cv2.resize(offset, (width, height), interpolation=cv2.INTER_LINEAR))
    for channel in range(3):
        result += slope[..., channel] * (rgb[..., channel] * np.float32(1 / 255))
    return np.asarray(np.clip(result, 0, 1), np.float32)


def _coefficients(guide: Array, source: Array, radius: int) -> tuple[Array, Array]:
    """Return the averaged slope (H, W, 3) and offset (H, W) of the local linear models."""

    def mean(values: Array) -> Array:
        window = (2 * radius + 1, 2 * radius + 1)
        return cv2.boxFilter(values, cv2.CV_32F, window, borderType=cv2.BORDER_REFLECT)

    centre, mean_source = mean(guide), mean(source)
    pairs = [(0, 0), (0, 1), (0, 2), (1, 1), (1, 2), (2, 2)]
    var = {(i, j): mean(guide[..., i] * guide[..., j]) for i, j in pairs}
    for i, j in pairs:
        var[i, j] -= centre[..., i] * centre[..., j]
        var[i, j] += np.float32(_EPS) * (i == j)
    cov = [mean(guide[..., i] * source) - centre[..., i] * mean_source for i in range(3)]
    # The symmetric 3 × 3 system, solved by its adjugate: quicker than a stack of small solves.
    c00 = var[1, 1] * var[2, 2] - var[1, 2] ** 2
    c01 = var[0, 2] * var[1, 2] - var[0, 1] * var[2, 2]
    c02 = var[0, 1] * var[1, 2] - var[0, 2] * var[1, 1]
    c11 = var[0, 0] * var[2, 2] - var[0, 2] ** 2
    c12 = var[0, 1] * var[0, 2] - var[0, 0] * var[1, 2]
    c22 = var[0, 0] * var[1, 1] - var[0, 1] ** 2
    determinant = var[0, 0] * c00 + var[0, 1] * c01 + var[0, 2] * c02
    rows = ((c00, c01, c02), (c01, c11, c12), (c02, c12, c22))
    slope = np.stack(
        [sum(c * v for c, v in zip(row, cov, strict=True)) / determinant for row in rows], axis=-1
    )
    offset = mean_source - (slope * centre).sum(axis=-1)
    return mean(slope), mean(offset)


def follow_edges(rgb: RGB, coarse: MaskArray, cell_px: float) -> MaskArray:
    """Move the outline of ``coarse`` to the edges of ``rgb`` and give it a soft border.

    ``cell_px`` says how many pixels of the photograph one cell of the coarse guess covers: the
    outline is wrong by about that much, and so wide is the band on both sides of it in which
    colours decide. The first pass moves the outline, the second makes the border.
    """
    band = max(2, round(cell_px))
    inside = (coarse >= 0.5).astype(np.uint8)
    result = np.zeros(coarse.shape, np.float32)
    if not inside.any():
        return result
    # Away from the object there is nothing to decide.
    spans = [np.flatnonzero(inside.any(axis=axis)) for axis in (1, 0)]
    box = tuple(slice(max(0, int(s[0]) - 3 * band), int(s[-1]) + 1 + 3 * band) for s in spans)
    inside, rgb = np.ascontiguousarray(inside[box]), np.ascontiguousarray(rgb[box])
    square = cv2.getStructuringElement(cv2.MORPH_RECT, (2 * band + 1, 2 * band + 1))
    sure = cv2.erode(inside, square, borderType=cv2.BORDER_REPLICATE) > 0
    maybe = cv2.dilate(inside, square) > 0
    mask = inside.astype(np.float32)
    # The filter leaves a haze as wide as its window; the steep middle of its ramp is the edge.
    for steepness in (4.0, 2.0):
        soft = (guided_filter(rgb, mask, band) - np.float32(0.5)) * np.float32(steepness)
        soft = np.clip(soft + np.float32(0.5), 0, 1)
        mask = np.where(sure, np.float32(1), np.where(maybe, soft, np.float32(0)))
    result[box] = tidy(mask.astype(np.float32), 0.01, holes=0.0)
    return result


def tidy(guess: MaskArray, specks: float, *, holes: float) -> MaskArray:
    """Return ``guess`` without small pieces and without small holes.

    Pieces below ``specks`` and holes below ``holes`` go, both as shares of the largest piece.
    """
    inside = guess >= 0.5
    sizes, labels = _pieces(inside)
    if not len(sizes):
        return guess
    largest = float(sizes.max())
    gone = inside & _of_size(sizes < specks * largest, labels)
    sizes, labels = _pieces(~inside | gone)
    filled = _of_size(sizes < holes * largest, labels) & ~np.isin(labels, _at_border(labels))
    result = np.where(gone, np.float32(0), guess)
    return np.where(filled, np.float32(1), result).astype(np.float32)


def _of_size(chosen: Array, labels: Array) -> Array:
    """Return where the pieces are that ``chosen`` picks by number; number 0 is no piece."""
    return np.concatenate([[False], chosen])[labels]


def _pieces(inside: Array) -> tuple[Array, Array]:
    """Return the sizes of the connected pieces, and a picture of their numbers from 1."""
    _, labels, stats, _ = cv2.connectedComponentsWithStats(inside.astype(np.uint8), connectivity=4)
    return stats[1:, cv2.CC_STAT_AREA], labels


def _at_border(labels: Array) -> Array:
    return np.unique(np.concatenate([labels[0], labels[-1], labels[:, 0], labels[:, -1]]))


def require_object(mask: MaskArray, engine: str) -> MaskArray:
    """Return ``mask`` if there is one object, or some, and a ground around it.

    Raises:
        EngineFailed: if next to nothing or next to everything is object, or most of it is mush.
    """
    coverage = float((mask >= 0.5).mean())
    advice = (
        "Use `mask: {engine: whole}` where the work fills the photograph, another mask engine, "
        "or a photograph with the background already cut away (PNG or WebP with transparency)."
    )
    if coverage < LEAST_COVERAGE:
        raise EngineFailed(
            f"The mask engine {engine!r} finds no object: {coverage:.2%} of the photograph, "
            f"at least {LEAST_COVERAGE:.1%} is expected. {advice}"
        )
    if coverage > MOST_COVERAGE:
        raise EngineFailed(
            f"The mask engine {engine!r} takes {coverage:.1%} of the photograph for the object "
            f"and finds no background; at most {MOST_COVERAGE:.0%} is expected. {advice}"
        )
    return mask
