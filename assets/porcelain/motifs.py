"""The painting: what stands in which band of the vase.

From the foot up: banana leaves, waves, a scroll of lotus, a running scroll, a collar of ruyi
clouds with blossoms left white in blue, lappets under the neck. The kinds of motif are those of
Ming porcelain; every curve here is drawn anew.
"""

from __future__ import annotations

import math

import numpy as np

from porcelain.brush import Anchor, Canvas, Curve, bezier, blade, resampled, spiral, turned

_FINE_M, _LINE_M, _BOLD_M = 0.00035, 0.00062, 0.00105


def _petal(length: float, width: float, bend: float) -> tuple[Curve, Curve]:
    """Axis and outline of a petal that grows up from the origin and ends in a point."""
    t = np.linspace(0.0, 1.0, 44)
    axis = np.stack([bend * t**2.2, length * t], axis=1)
    half = width * np.clip(t, 0, 1) ** 0.5 * np.clip(1 - t, 0, 1) ** 0.62 * 1.55
    half += width * 0.16 * np.sin(math.pi * t) ** 2
    return axis, blade(axis, half)


def petal(
    canvas: Canvas,
    anchor: Anchor,
    at: tuple[float, float],
    tilt_deg: float,
    form: tuple[float, float, float],
) -> None:
    """Draw one petal: opaque, outlined, washed with a white margin, veined, dark at its tip."""
    length, width, bend = form
    axis, shape = _petal(length, width, bend)
    turn = -math.radians(tilt_deg)
    canvas.clear(turned(shape, turn, at), anchor)
    for scale, value in ((0.80, 92), (0.60, 120)):
        _, inner = _petal(length * (scale + 0.1), width * scale * 0.9, bend * scale)
        canvas.fill(
            canvas.wash, turned(inner, turn, at), anchor, value + int(canvas.rng.integers(-14, 14))
        )
    t = np.linspace(0.55, 0.97, 20)
    tip_axis = np.stack([bend * t**2.2, length * t], axis=1)
    tip = blade(tip_axis, width * 0.55 * np.sin(math.pi * (t - 0.55) / 0.42) ** 0.8)
    canvas.fill(canvas.wash, turned(tip, turn, at), anchor, 205)
    for side in (-0.35, 0.0, 0.35):
        vein = axis[3:27] + np.stack(
            [side * width * np.sin(np.linspace(0.4, 2.6, 24)), np.zeros(24)], 1
        )
        canvas.stroke(turned(vein, turn, at), anchor, _FINE_M, 165, (0.9, 0.1))
    canvas.outline(turned(shape, turn, at), anchor, _LINE_M * 0.92, 214)


def lotus(
    canvas: Canvas, anchor: Anchor, radius: float, centre: tuple[float, float] = (0, 0)
) -> None:
    """A lotus seen from the side: three tiers of petals around its seed pod."""
    x0, y0 = centre
    foot = (x0, y0 - 0.52 * radius)
    jitter = canvas.rng.normal(0, 1.6, 20)
    for k, tilt in enumerate((-44, 44, -15, 15)):
        bend = 0.10 * radius * np.sign(tilt)
        petal(canvas, anchor, foot, tilt + jitter[k], (1.52 * radius, 0.30 * radius, bend))
    petal(canvas, anchor, foot, jitter[4], (1.62 * radius, 0.30 * radius, 0.0))
    _pod(canvas, anchor, (x0, y0 + 0.02 * radius), 0.30 * radius)
    for k, tilt in enumerate((-98, 98, -70, 70)):
        bend = -0.26 * radius * np.sign(tilt)
        petal(canvas, anchor, foot, tilt + jitter[6 + k], (1.22 * radius, 0.25 * radius, bend))
    for k, tilt in enumerate((-36, 36, 0)):
        petal(canvas, anchor, foot, tilt + jitter[12 + k], (0.74 * radius, 0.24 * radius, 0.0))
    calyx = bezier(
        (-0.2 * radius, 0.02 * radius),
        (-0.1 * radius, -0.2 * radius),
        (0.1 * radius, -0.2 * radius),
        (0.2 * radius, 0.02 * radius),
    )
    canvas.fill(canvas.wash, calyx + np.array(foot), anchor, 215)


def _pod(canvas: Canvas, anchor: Anchor, at: tuple[float, float], size: float) -> None:
    turn = np.linspace(0, 2 * math.pi, 60)
    shape = np.stack([1.05 * size * np.cos(turn), 0.92 * size * np.sin(turn)], axis=1) + np.array(
        at
    )
    canvas.clear(shape, anchor)
    canvas.fill(canvas.wash, (shape - at) * 0.86 + at, anchor, 60)
    canvas.outline(shape, anchor, _LINE_M, 214)
    for row, count in ((0.45, 3), (0.05, 4), (-0.35, 3)):
        for k in range(count):
            x = (k - (count - 1) / 2) * 0.48 * size
            dot = np.stack([0.13 * size * np.cos(turn), 0.13 * size * np.sin(turn)], axis=1)
            canvas.fill(canvas.line, dot + at + np.array([x, row * size]), anchor, 220)


def leaf(
    canvas: Canvas,
    anchor: Anchor,
    at: tuple[float, float],
    heading_rad: float,
    form: tuple[float, float],
) -> None:
    """A leaf of the scroll: lobed, hooked at its tip, solid blue with its rib left white."""
    length, bend = form
    t = np.linspace(0.0, 1.0, 64)
    axis = np.stack([length * t, bend * length * np.sin(t * 1.9) * t], axis=1)
    lobes = 1 + 0.36 * np.cos(2 * math.pi * (2.5 * t**0.85 + 0.42)) * (1 - t) ** 0.7
    half = 0.285 * length * t**0.55 * (1 - t) ** 0.78 * 1.75 * lobes
    shape = turned(blade(axis, half), heading_rad, at)
    canvas.clear(shape, anchor)
    canvas.fill(canvas.wash, shape, anchor, int(172 + canvas.rng.integers(-24, 24)))
    shade = blade(axis[8:], np.maximum(half[8:] * 0.5, 0))
    shade = turned(shade - np.array([0, 0.22 * half.max()]), heading_rad, at)
    canvas.fill(canvas.wash, shade, anchor, 222)
    rib = turned(blade(axis[2:52], 0.00021 * np.linspace(1.3, 0.5, 50)), heading_rad, at)
    canvas.fill(canvas.wash, rib, anchor, 20)
    canvas.outline(shape, anchor, _FINE_M * 1.35, 222)


def tendril(
    canvas: Canvas,
    anchor: Anchor,
    at: tuple[float, float],
    heading_rad: float,
    form: tuple[float, float],
) -> None:
    """A curl that ends in a bud; ``form`` is its size and the side it turns to (1 or -1)."""
    size, side = form
    curl = spiral(1.15, size, 0.16 * size) - np.array([size, 0.0])
    curl = turned(curl, -math.pi / 2) * np.array([1.0, side])
    curl = turned(curl, heading_rad, at)
    canvas.stroke(curl, anchor, _LINE_M, 208, (1.0, 0.5))
    turn = np.linspace(0, 2 * math.pi, 24)
    bud = 0.00085 * np.stack([np.cos(turn), np.sin(turn)], axis=1) + curl[-1]
    canvas.fill(canvas.line, bud, anchor, 215)


_LEAVES = (
    # place on the path in degrees (180 is its start), turn off the path, length in metres, bend
    (164, 62, 0.0205, -0.60),
    (138, 50, 0.0235, -0.70),
    (112, 52, 0.0155, -0.65),
    (88, 48, 0.0145, -0.60),
    (64, 50, 0.0165, -0.65),
    (40, 50, 0.0230, -0.70),
    (15, 62, 0.0195, -0.60),
    (150, -62, 0.0150, 0.60),
    (122, -66, 0.0135, 0.60),
    (60, -64, 0.0135, 0.60),
    (28, -62, 0.0150, 0.60),
)
_CURLS = (
    (150, 58, 0.0040, 1),
    (125, 60, 0.0036, 1),
    (76, 60, 0.0034, 1),
    (52, 60, 0.0038, 1),
    (28, 60, 0.0040, 1),
    (137, -58, 0.0046, -1),
    (100, -60, 0.0042, -1),
    (78, -58, 0.0042, -1),
    (44, -60, 0.0046, -1),
)


def lotus_scroll(canvas: Canvas, anchor: Anchor, pitch_m: float, reach_m: float) -> None:
    """One pitch of the lotus scroll: the stem swings around a blossom, a branch closes the ring.

    The stem passes over the blossom, or, where the anchor is upside down, under it.
    """
    x = np.linspace(-pitch_m / 2, pitch_m / 2, 80)
    stem = np.stack([x, reach_m * np.cos(math.pi * x / pitch_m) ** 0.82], axis=1)
    branch = bezier(
        (-pitch_m / 2, 0),
        (-0.52 * pitch_m, -0.72 * reach_m),
        (-0.34 * pitch_m, -1.14 * reach_m),
        (-0.06 * pitch_m, -1.12 * reach_m),
        (0.03 * pitch_m, -0.9 * reach_m),
        (0, -0.3 * reach_m),
    )
    twig = bezier(
        (pitch_m / 2, 0),
        (0.53 * pitch_m, -0.66 * reach_m),
        (0.38 * pitch_m, -1.12 * reach_m),
        (0.10 * pitch_m, -1.14 * reach_m),
    )
    for curve, width in ((branch, 1.0), (twig, 0.85)):
        canvas.stroke(curve, anchor, _BOLD_M * width, 212, (1.0, 0.6))
    canvas.stroke(stem, anchor, _BOLD_M * 1.15, 215, (1.0, 1.0))
    for path, flip in (
        (stem, 1.0),
        (resampled(np.concatenate([branch[:34], twig[::-1]]), 80), -1.0),
    ):
        _leaves_along(canvas, anchor, path, flip)


def _leaves_along(canvas: Canvas, anchor: Anchor, path: Curve, flip: float) -> None:
    along = np.gradient(path, axis=0)

    def at(angle: float, off: float) -> tuple[tuple[float, float], float]:
        k = int(np.clip((180 - angle) / 180 * (len(path) - 1), 0, len(path) - 1))
        heading = math.atan2(along[k, 1], along[k, 0]) + flip * math.radians(off)
        return (path[k, 0], path[k, 1]), heading + float(canvas.rng.normal(0, 0.07))

    for angle, off, size, side in _CURLS:
        place, heading = at(angle, off)
        tendril(canvas, anchor, place, heading, (size, flip * side))
    for angle, off, length, bend in _LEAVES if flip > 0 else _LEAVES[:7]:
        place, heading = at(angle, off)
        stalk = 0.0030 * np.array([math.cos(heading - flip * 0.5), math.sin(heading - flip * 0.5)])
        end = (place[0] + stalk[0], place[1] + stalk[1])
        canvas.stroke(np.linspace(place, end, 8), anchor, _LINE_M, 210, (1.0, 1.0))
        size = length * float(canvas.rng.uniform(0.93, 1.08)) * (1.0 if flip > 0 else 0.86)
        leaf(canvas, anchor, end, heading, (size, flip * bend))


def bud(canvas: Canvas, anchor: Anchor, at: tuple[float, float], length: float) -> None:
    """A blossom about to open: five petals."""
    for tilt, share in ((-58, 0.78), (58, 0.78), (-28, 0.92), (28, 0.92), (0, 1.0)):
        bend = -0.10 * length * float(np.sign(tilt))
        petal(canvas, anchor, at, tilt, (share * length, 0.21 * length, bend))
