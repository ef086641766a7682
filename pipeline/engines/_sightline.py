"""How a turned thing was photographed, and the profile that gives such an outline.

A camera at height 0 and distance 1 from an upright axis looks down by `pitch`. Foot and lip are
circles; how far their pictures bow tells pitch and focal length. Every other point of the outline
is a line of sight that touches the body, and the body's normal there meets the axis: that fixes
how far away the touching point is, so perspective and elevation cost nothing.

What it does not know: parts hidden under a shoulder or a lip. They are spanned by a straight line.

Source: the normal of a surface of revolution meets its axis; used for one calibrated outline by
Wong, Mendonça, Cipolla, "Reconstruction of surfaces of revolution from single uncalibrated
views", Image and Vision Computing 22(10), 2004, section 4.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

    from pipeline.engines._spindle import Spindle

    Array = npt.NDArray[Any]

_LENS = 85 / 36
"""Focal length beside the photograph's longer side where nothing tells: 85 mm on 36 mm film."""
_LENS_SPREAD = 0.45
"""Of the logarithm of focal lengths: two in three photographs lie within a factor of 1.6."""
_SIGMA_PX = 0.6
_MOST_BOW = 0.6
"""A foot or lip that bows more, as a share of its half width, is a round end and no circle."""
_ABOVE, _FLARE = 1.6, 1.22
"""So much above a foot the wall is at most so much wider; on a ball it is wider by sqrt(1.6)."""
_ARC = 0.85
_SMOOTH_PX = 2.5
_STEPS = 40


@dataclass(frozen=True)
class Camera:
    """Where working pixels look; see the module head."""

    focal_px: float
    pitch: float
    axis: float
    middle: float
    """Row of the optical axis."""

    def rays(self, x: Array, row: Array) -> Array:
        """Return (N, 3) directions of points of the picture; x from the axis."""
        u, w = x / self.focal_px, (row - self.middle) / self.focal_px
        sin, cos = np.sin(self.pitch), np.cos(self.pitch)
        return np.stack([u, -sin - w * cos, w * sin - cos], axis=-1)

    def project(self, points: Array) -> tuple[Array, Array]:
        """Return x from the axis, and the row, of points (N, 3)."""
        sin, cos = np.sin(self.pitch), np.cos(self.pitch)
        x, y, z = points[..., 0], points[..., 1], points[..., 2] - 1
        ahead = -sin * y - cos * z
        down = -cos * y + sin * z
        return self.focal_px * x / ahead, self.middle + self.focal_px * down / ahead


@dataclass(frozen=True)
class Turned:
    """A profile from bottom to top; lengths in distances of the camera from the axis."""

    camera: Camera
    radius: Array
    height: Array
    has_foot: bool
    has_mouth: bool


@dataclass(frozen=True)
class _End:
    """Foot or lip in the picture: an arc, where it begins, and a first guess of its bow."""

    x: Array
    row: Array
    bow: float
    half: float
    corner: float
    """Row where arc and wall meet."""
    is_foot: bool


def turned(spindle: Spindle, photo_shape: tuple[int, int]) -> Turned:
    """Find camera and profile of an outline."""
    height, width = photo_shape
    inverse = cv2.invertAffineTransform(spindle.to_photo)
    middle = float((inverse @ np.array([width / 2, height / 2, 1.0]))[1])
    guess = Camera(_LENS * max(photo_shape) / spindle.per_px, 0.0, spindle.axis, middle)
    ends = [end for end in (_end(spindle, foot=True), _end(spindle, foot=False)) if end]
    half = _calm(spindle)
    camera, circles = _fitted(guess, ends, half)
    return _profile(spindle, camera, ends, circles, half)


def _calm(spindle: Spindle) -> Array:
    """Half widths without steps; straight on beyond both ends, so that these stay sharp."""
    rows = spindle.half[spindle.first : spindle.last + 1].astype(np.float64)
    reach = min(12, rows.size - 1)
    before = 2 * rows[0] - rows[reach:0:-1]
    after = 2 * rows[-1] - rows[-2 : -reach - 2 : -1]
    padded = np.concatenate([before, rows, after])
    near = np.arange(-reach, reach + 1)
    kernel = np.exp(-0.5 * (near / _SMOOTH_PX) ** 2)
    half = np.zeros(spindle.half.size)
    half[spindle.first : spindle.last + 1] = np.convolve(padded, kernel / kernel.sum(), "valid")
    return half


def _end(spindle: Spindle, *, foot: bool) -> _End | None:
    """Return foot or lip, ``None`` if the body is round there.

    The arc is half an ellipse: its row is fitted by a line in sqrt(1 - (x / half)²).
    """
    cover = spindle.cover if foot else spindle.cover[::-1]
    size = cover.shape[0]
    half = spindle.half if foot else spindle.half[::-1]
    first, last = spindle.first, spindle.last
    if not foot:
        first, last = size - 1 - spindle.last, size - 1 - spindle.first
    lowest = _lowest(cover)
    aside = np.arange(cover.shape[1]) + 0.5 - spindle.axis
    there = (cover >= 0.5).any(axis=0)
    bow, radius, near = 0.1 * float(half.max()), 0.0, there
    for _ in range(30):
        radius = float(half[int(np.clip(round(last - max(bow, 0)), first, last))])
        near = (np.abs(aside) < _ARC * radius) & there
        if near.sum() < 7:
            return None
        arc = np.sqrt(1 - (aside[near] / radius) ** 2)
        slope = float(np.polyfit(arc, lowest[near], 1)[0])
        bow = (bow + slope) / 2
    above = float(half[int(np.clip(last - _ABOVE * bow - 2, first, last))])
    if not (-2 <= bow < _MOST_BOW * radius and above < _FLARE * radius + 2):
        return None
    corner = float(last + 1 - max(bow, 0.0))
    rows = lowest[near]
    if not foot:
        corner, rows = size - corner, size - rows
    return _End(aside[near], rows, max(bow, 0.5), radius, corner, foot)


def _lowest(cover: Array) -> Array:
    """Return where the object ends at the bottom of each column, in parts of a pixel."""
    height = cover.shape[0]
    row = height - 1 - np.argmax((cover >= 0.5)[::-1], axis=0)
    columns = np.arange(cover.shape[1])
    here, below = cover[row, columns], cover[np.minimum(row + 1, height - 1), columns]
    return np.asarray(row + 0.5 + np.clip((here - 0.5) / np.maximum(here - below, 1e-6), 0, 1))


def _fitted(
    guess: Camera, ends: list[_End], half: Array
) -> tuple[Camera, list[tuple[float, float]]]:
    """Return the camera and each end's circle as radius and height."""
    if not ends:
        return guess, []
    values, least = np.zeros(0), np.inf
    signs = (1.0, -1.0) if len(ends) == 2 else (1.0,)
    for sign in signs:
        start = _start(guess, ends, sign)
        found, cost = _least_squares(start, guess, ends, half)
        if cost < least:
            values, least = found, cost
    camera = replace(
        guess, focal_px=guess.focal_px * float(np.exp(values[0])), pitch=float(values[1])
    )
    circles = [
        (float(np.exp(values[2 + 2 * i])), float(values[3 + 2 * i])) for i in range(len(ends))
    ]
    return camera, circles


def _start(guess: Camera, ends: list[_End], sign: float) -> Array:
    """First values: logarithm of focal length, pitch, and of each end its radius and height."""
    downs = []
    for end in ends:
        down = float(np.arcsin(np.clip(end.bow / end.half, 0, 0.9)))
        downs.append(down if end.is_foot or len(ends) == 1 else sign * down)
    focal = guess.focal_px
    if len(ends) == 2:
        angle = downs[0] - downs[1]
        asked = (ends[0].corner - ends[1].corner) / max(angle, 1e-3)
        focal = float(np.clip(asked, guess.focal_px / 2.5, guess.focal_px * 2.5))
    seen = [np.arctan((end.corner - guess.middle) / focal) for end in ends]
    pitch = float(np.mean([down - at for down, at in zip(downs, seen, strict=True)]))
    values = [np.log(focal / guess.focal_px), pitch]
    for end, at in zip(ends, seen, strict=True):
        down = pitch + at
        away = np.cos(at) / np.cos(down)
        values += [np.log(end.half / focal * away), -np.tan(down)]
    return np.array(values)


def _least_squares(
    start: Array, guess: Camera, ends: list[_End], half: Array
) -> tuple[Array, float]:
    """Levenberg and Marquardt's method; a handful of unknowns, so slopes by differences."""
    values, damping = start, 1e-3
    wrong = _residuals(values, guess, ends, half)
    for _ in range(_STEPS):
        slopes = np.empty((wrong.size, values.size))
        for i in range(values.size):
            moved = values.copy()
            moved[i] += 1e-6
            slopes[:, i] = (_residuals(moved, guess, ends, half) - wrong) / 1e-6
        square = slopes.T @ slopes
        step = np.linalg.solve(square + damping * np.diag(np.diag(square) + 1e-9), slopes.T @ wrong)
        tried = _residuals(values - step, guess, ends, half)
        if tried @ tried < wrong @ wrong:
            done = wrong @ wrong - tried @ tried < 1e-6
            values, wrong, damping = values - step, tried, damping / 5
            if done:
                break
        else:
            damping *= 8
            if damping > 1e6:
                break
    return values, float(wrong @ wrong)


def _residuals(values: Array, guess: Camera, ends: list[_End], half: Array) -> Array:
    camera = replace(
        guess, focal_px=guess.focal_px * np.exp(np.clip(values[0], -2, 2)), pitch=values[1]
    )
    parts = [np.array([values[0] / _LENS_SPREAD, values[1] / 0.5])]
    rows = np.arange(half.size) + 0.5
    for i, end in enumerate(ends):
        radius, height = np.exp(min(values[2 + 2 * i], -0.1)), values[3 + 2 * i]
        x, row, widest = _arc(camera, radius, height, is_foot=end.is_foot)
        wrong = (np.interp(end.x, x, row) - end.row) / _SIGMA_PX
        # A pouring lip or a chip is not the circle's fault.
        parts.append(np.sign(wrong) * np.minimum(np.abs(wrong), np.sqrt(6 * np.abs(wrong) + 1e-12)))
        wall = float(np.interp(row[widest], rows, half))
        parts.append(np.array([3 * (x[widest] - wall) / _SIGMA_PX]))
    return np.concatenate(parts)


def _arc(
    camera: Camera, radius: float, height: float, *, is_foot: bool
) -> tuple[Array, Array, int]:
    """Return the outer half of a circle's picture, left to right, and where it is widest."""
    # Lines of sight touch a circle where the cosine is its radius over the camera's distance.
    touch = np.arccos(np.clip(radius, 0, 0.95))
    front = (height < 0) == is_foot
    turn = np.linspace(-touch, touch, 121) if front else np.linspace(touch, 2 * np.pi - touch, 121)
    circle = np.stack(
        [radius * np.sin(turn), np.full_like(turn, height), radius * np.cos(turn)], axis=-1
    )
    x, row = camera.project(circle)
    if x[0] > x[-1]:
        x, row = x[::-1], row[::-1]
    return x, row, len(x) - 1


def _profile(
    spindle: Spindle,
    camera: Camera,
    ends: list[_End],
    circles: list[tuple[float, float]],
    half: Array,
) -> Turned:
    top, bottom = float(spindle.first), float(spindle.last + 1)
    foot = mouth = None
    for end, circle in zip(ends, circles, strict=True):
        _, row, widest = _arc(camera, *circle, is_foot=end.is_foot)
        if end.is_foot:
            foot, bottom = circle, float(row[widest]) - 1.5
        else:
            mouth, top = circle, float(row[widest]) + 1.5
    rows = np.arange(half.size)
    slope = np.gradient(half)
    kept = (rows + 0.5 > top) & (rows + 0.5 < bottom) & (half > 0.5)
    radius, height = _touched(camera, half[kept], slope[kept], rows[kept] + 0.5)
    order = np.s_[::-1]
    radius, height = _rising(radius[order], height[order], foot, mouth)
    if foot is None:
        radius, height = _closed_end(radius, height)
    if mouth is None:
        radius, height = _closed_end(radius[::-1], height[::-1])
        radius, height = radius[::-1], height[::-1]
    return Turned(camera, radius, height, foot is not None, mouth is not None)


def _touched(camera: Camera, half: Array, slope: Array, row: Array) -> tuple[Array, Array]:
    """Return radius and height of the points where the lines of sight touch the body."""
    ray = camera.rays(half, row)
    along = np.stack(
        [
            slope,
            np.full_like(slope, -np.cos(camera.pitch)),
            np.full_like(slope, np.sin(camera.pitch)),
        ],
        axis=-1,
    )
    normal = np.cross(ray, along)
    # The line from (0, 0, 1) along the ray, whose normal meets the axis x = z = 0.
    below = ray[:, 0] * normal[:, 2] - ray[:, 2] * normal[:, 0]
    far = normal[:, 0] / np.where(np.abs(below) > 1e-12, below, 1e-12)
    far = np.clip(far, 0.5, 1.5)
    x, y, z = far * ray[:, 0], far * ray[:, 1], 1 + far * ray[:, 2]
    return np.hypot(x, z), y


def _rising(
    radius: Array,
    height: Array,
    foot: tuple[float, float] | None,
    mouth: tuple[float, float] | None,
) -> tuple[Array, Array]:
    """Keep what rises from foot to lip, and end on them."""
    low = foot[1] if foot else -np.inf
    high = mouth[1] if mouth else np.inf
    good = (height > low) & (height < high) & np.isfinite(radius)
    radius, height = radius[good], height[good]
    if foot:
        radius, height = np.r_[foot[0], radius], np.r_[low, height]
    if mouth:
        radius, height = np.r_[radius, mouth[0]], np.r_[height, high]
    least = 1e-5 * float(np.ptp(height))
    top = np.maximum.accumulate(height)
    kept = np.r_[True, height[1:] > top[:-1] + least]
    kept[-1] = True
    radius, height = radius[kept], height[kept]
    while len(height) > 2 and height[-2] >= height[-1] - least:
        radius, height = np.delete(radius, -2), np.delete(height, -2)
    return radius, height


def _closed_end(radius: Array, height: Array) -> tuple[Array, Array]:
    """Let a round bottom go on to the axis as a ball does: height falls with the square."""
    span = np.abs(height - height[0])
    count = max(4, int((span < 0.06 * span.max()).sum()))
    square = radius[:count] ** 2
    pole = np.polyfit(square, height[:count], 1)[1]
    outward = np.sign(height[0] - height[-1])
    first = float(radius[0])
    drop = abs(float(pole - height[0]))
    drop = float(np.clip(drop, 0.02 * first, first))
    steps = np.linspace(0, 1, 8, endpoint=False)
    ends = height[0] + outward * drop * (1 - steps**2)
    return np.r_[first * steps, radius], np.r_[ends, height]
