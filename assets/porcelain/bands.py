"""The bands above and below the lotus scroll, and the order in which all of them are painted."""

from __future__ import annotations

import math

import numpy as np

from porcelain.brush import Anchor, Canvas, Curve, bezier, blade, spiral, turned
from porcelain.motifs import bud, leaf, lotus, lotus_scroll, tendril
from porcelain.shape import Vase

_FINE_M, _LINE_M, _BOLD_M = 0.00035, 0.00062, 0.00105
_MIRROR = np.array([-1.0, 1.0])


def _lancet(height: float, width: float, samples: int = 60) -> Curve:
    t = np.linspace(0.0, 1.0, samples)
    half = 0.5 * width * (1 - t**2.4) ** 0.9 * (1 + 0.10 * np.sin(math.pi * t))
    return blade(np.stack([np.zeros(samples), height * t], axis=1), half)


def banana_leaf(canvas: Canvas, anchor: Anchor, height: float, width: float) -> None:
    """An upright banana leaf: two outlines, a white rib, oblique veins in blue."""
    shape = _lancet(height, width)
    canvas.clear(shape, anchor)
    inner = _lancet(height - 0.0042, width * 0.76)
    canvas.fill(canvas.wash, inner, anchor, 112 + int(canvas.rng.integers(-10, 10)))
    rib = blade(
        np.array([[0, 0], [0, height * 0.5], [0, height - 0.005]]),
        np.array([0.0016, 0.0013, 0.0004]),
    )
    canvas.fill(canvas.wash, rib, anchor, 0)
    for side in (-1, 1):
        for k in range(9):
            y = height * (0.03 + 0.082 * k)
            room = 0.36 * width * (1 - (min(y + 0.010, height) / height) ** 2.4) ** 0.9
            if room < 0.0016:
                continue
            vein = bezier(
                (side * 0.0017, y), (side * room * 0.6, y + 0.003), (side * room, y + 0.0088)
            )
            canvas.stroke(vein, anchor, _LINE_M * 0.95, 200, (1.0, 0.3))
        edge = np.array(
            [[side * 0.0016, 0], [side * 0.0012, height * 0.5], [side * 0.0003, height - 0.0055]]
        )
        canvas.stroke(edge, anchor, _FINE_M * 1.2, 205, (1.0, 0.5))
    half = len(inner) // 2
    for outline, line in ((inner, _FINE_M * 1.2), (shape, _LINE_M * 1.25)):
        canvas.stroke(outline[:half], anchor, line, 214, (1.0, 0.9))
        canvas.stroke(outline[half:][::-1], anchor, line, 214, (1.0, 0.9))


def banana_leaves(canvas: Canvas, vase: Vase, low_m: float, high_m: float) -> None:
    """Tall leaves all around the foot, and the tips of others between them."""
    radius, count = float(vase.radius(np.float32([0.035]))[0]), 14
    pitch = 2 * math.pi * radius / count
    for k in range(count):
        anchor = Anchor(2 * math.pi * (k + 0.5) / count, low_m, radius)
        banana_leaf(canvas, anchor, (high_m - low_m) * 0.80, pitch * 0.86)
    for k in range(count):
        anchor = Anchor(2 * math.pi * k / count, low_m, radius)
        banana_leaf(canvas, anchor, high_m - low_m, pitch * 0.97)


def waves(canvas: Canvas, vase: Vase, low_m: float, high_m: float) -> None:
    """Breaking waves: each swell rises, curls over and falls; foam flies off it."""
    height = high_m - low_m
    radius, count = (
        float(vase.radius(vase.height_along(np.array([low_m])).astype(np.float32))[0]),
        17,
    )
    pitch = 2 * math.pi * radius / count
    eye = np.array([0.16 * pitch, 0.54 * height])
    size = 0.43 * height
    curl = turned(spiral(1.35, size, 0.08 * size, 120) * [1, -1], math.radians(150)) + eye
    rise = bezier(
        (-0.66 * pitch, 0.02 * height),
        (-0.40 * pitch, 0.02 * height),
        (-0.30 * pitch, 0.30 * height),
        (curl[0, 0] - 0.03 * pitch, curl[0, 1] - 0.12 * height),
        (curl[0, 0], curl[0, 1]),
    )
    back = np.concatenate([rise, curl[:56], [[0.30 * pitch, 0.0], [-0.66 * pitch, 0.0]]])
    for k in range(count):
        anchor = Anchor(2 * math.pi * (k + 0.5) / count, low_m, radius)
        canvas.clear(back, anchor)
        tone = int(canvas.rng.integers(-12, 12))
        canvas.fill(canvas.wash, back * [0.98, 0.97], anchor, 128 + tone)
        turn = np.linspace(0, 2 * math.pi, 40)
        hollow = 0.62 * size * np.stack([np.cos(turn), np.sin(turn)], 1) + eye
        canvas.fill(canvas.wash, hollow, anchor, 26)
        canvas.stroke(np.concatenate([rise, curl[1:]]), anchor, _LINE_M * 1.25, 216, (0.7, 0.5))
        for inset in (0.16, 0.30):
            line = rise * [1, 1 - inset] + [0.55 * inset * pitch, 0]
            canvas.stroke(line, anchor, _FINE_M * 1.25, 206, (0.6, 0.4))
        for x, y, drop in ((0.545, 0.86, 0.00075), (0.50, 0.62, 0.00055), (0.575, 0.42, 0.0005)):
            foam = drop * np.stack([np.cos(turn), np.sin(turn)], 1) + [x * pitch, y * height]
            canvas.fill(canvas.line, foam, anchor, 205)


def running_scroll(
    canvas: Canvas, vase: Vase, low_m: float, high_m: float, count: int = 20
) -> None:
    """A small scroll of curls to both sides of a wavy stem."""
    height, middle = high_m - low_m, (low_m + high_m) / 2
    radius = float(vase.radius(vase.height_along(np.array([middle])).astype(np.float32))[0])
    pitch = 2 * math.pi * radius / count
    for k in range(count):
        anchor = Anchor(2 * math.pi * k / count, middle, radius, upside_down=bool(k % 2))
        x = np.linspace(-pitch / 2, pitch / 2, 50)
        stem = np.stack([x, 0.33 * height * np.cos(math.pi * x / pitch)], axis=1)
        canvas.stroke(stem, anchor, _LINE_M * 1.35, 214, (1.0, 1.0))
        leaf(canvas, anchor, (-0.30 * pitch, 0.19 * height), math.radians(30), (0.0056, 0.2))
        leaf(canvas, anchor, (0.18 * pitch, 0.26 * height), math.radians(6), (0.0080, -0.3))
        leaf(canvas, anchor, (0.33 * pitch, 0.16 * height), math.radians(-128), (0.0068, 0.4))
        tendril(
            canvas, anchor, (-0.20 * pitch, 0.265 * height), math.radians(4), (0.19 * height, -1)
        )


def _cloud(width: float, height: float) -> Curve:
    """Outline of a ruyi head hanging from y = 0: two scrolled lobes and a pointed one."""
    half = np.concatenate(
        [
            bezier((0.50, 0.0), (0.49, -0.07), (0.37, -0.08), (0.36, -0.17), samples=16),
            bezier(
                (0.36, -0.17),
                (0.52, -0.17),
                (0.57, -0.45),
                (0.44, -0.57),
                (0.28, -0.62),
                (0.27, -0.50),
                samples=30,
            )[1:],
            bezier(
                (0.27, -0.50), (0.37, -0.72), (0.20, -0.78), (0.07, -0.85), (0.0, -1.0), samples=24
            )[1:],
        ]
    )
    half = half * [width, height]
    return np.concatenate([half, (half * _MIRROR)[::-1][1:]])


def collar(canvas: Canvas, vase: Vase, top_m: float, height: float) -> None:
    """Ruyi clouds over the shoulder, blue with a blossom left white, sprays between them."""
    middle = vase.height_along(np.array([top_m - 0.55 * height])).astype(np.float32)
    radius, count = float(vase.radius(middle)[0]), 6
    pitch = 2 * math.pi * radius / count
    for k in range(count):
        anchor = Anchor(2 * math.pi * (k + 0.5) / count, top_m, radius)
        _spray(canvas, anchor, height)
    for k in range(count):
        anchor = Anchor(2 * math.pi * k / count, top_m, radius)
        outer = _cloud(pitch * 0.985, height)
        canvas.clear(outer, anchor)
        inner = outer * [0.86, 0.87]
        canvas.fill(canvas.wash, inner, anchor, 176)
        for outline, width in ((inner, _LINE_M), (outer, _BOLD_M)):
            canvas.stroke(outline[: len(outline) // 2 + 1], anchor, width, 216, (1.0, 0.9))
            canvas.stroke(outline[len(outline) // 2 :][::-1], anchor, width, 216, (1.0, 0.9))
        for side in (-1, 1):
            curl = turned(spiral(1.2, 0.100 * height, 0.025 * height), math.radians(205)) * [
                side,
                1.0,
            ]
            curl = curl + np.array([side * 0.325 * pitch, -0.365 * height])
            canvas.fill(
                canvas.wash, blade(curl, np.linspace(0.0006, 0.0003, len(curl))), anchor, 18
            )
        _white_blossom(canvas, anchor, (0.0, -0.37 * height), 0.265 * height)


def _white_blossom(canvas: Canvas, anchor: Anchor, at: tuple[float, float], size: float) -> None:
    """A blossom and leaves kept white out of a blue ground, with fine blue drawing inside."""
    shapes: list[Curve] = []
    for side in (-1, 1):
        for heading, reach, length in ((-70, 0.96, 0.74), (64, 0.92, 0.46)):
            t = np.linspace(0, 1, 40)
            axis = np.stack([length * size * t, -0.25 * size * t * np.sin(2 * t)], axis=1)
            spear = blade(axis, 0.17 * size * np.sin(math.pi * t**0.8) * (1 + 0.22 * np.cos(9 * t)))
            angle = math.radians(heading)
            spear = turned(
                spear, angle, (reach * size * math.cos(angle), reach * size * math.sin(angle))
            )
            shapes.append(spear * [side, 1] + np.array(at))
    for k in range(5):
        t = np.linspace(0, 1, 40)
        axis = np.stack([np.zeros(40), 0.80 * size * t], axis=1)
        shapes.append(
            turned(
                blade(axis, 0.31 * size * np.sin(math.pi * t**1.35) ** 0.7), 2 * math.pi * k / 5, at
            )
        )
    for shape in shapes:
        canvas.clear(shape, anchor)
    for shape in shapes:
        canvas.stroke(shape, anchor, _FINE_M, 190, (1.0, 1.0))
    for k in range(5):
        for lean in (-0.16, 0.0, 0.16):
            vein = turned(
                np.array(
                    [[0, 0.2 * size], [lean * size * 0.5, 0.40 * size], [lean * size, 0.52 * size]]
                ),
                2 * math.pi * k / 5,
                at,
            )
            canvas.stroke(vein, anchor, _FINE_M * 0.8, 165, (1.0, 0.2))
    turn = np.linspace(0, 2 * math.pi, 40)
    heart = np.stack([np.cos(turn), np.sin(turn)], axis=1)
    canvas.fill(canvas.wash, 0.19 * size * heart + np.array(at), anchor, 190)
    canvas.stroke(0.22 * size * heart + np.array(at), anchor, _FINE_M, 210, (1.0, 1.0))


def _spray(canvas: Canvas, anchor: Anchor, height: float) -> None:
    """A bud with leaves and curls, hanging between two clouds."""
    canvas.stroke(
        bezier((0, -0.16 * height), (0.002, -0.4 * height), (0, -0.70 * height)),
        anchor,
        _LINE_M * 1.2,
        212,
    )
    for side in (-1, 1):
        angle = math.radians(90 - side * 52)
        tendril(canvas, anchor, (0, -0.60 * height), angle, (0.0040, -side))
        leaf(
            canvas,
            anchor,
            (0, -0.72 * height),
            math.radians(-90 + side * 72),
            (0.0205, side * 0.45),
        )
    hanging = Anchor(
        anchor.angle_rad, anchor.along_m - 0.70 * height, anchor.radius_m, upside_down=True
    )
    bud(canvas, hanging, (0.0, 0.0), 0.0205)


def lappets(canvas: Canvas, vase: Vase, top_m: float, height: float, count: int) -> None:
    """Small lotus lappets hanging around the root of the neck."""
    middle = vase.height_along(np.array([top_m - 0.5 * height])).astype(np.float32)
    radius = float(vase.radius(middle)[0])
    width = 2 * math.pi * radius / count
    t = np.linspace(0, 1, 30)
    half = 0.47 * width * np.clip(1 - t**3.2, 0, 1) ** 0.8
    for k in range(count):
        anchor = Anchor(2 * math.pi * k / count, top_m, radius)
        for scale, layer, value in (
            (1.0, canvas.line, 205),
            (0.80, canvas.line, 0),
            (0.56, canvas.wash, 200),
        ):
            axis = np.stack([np.zeros(30), -height * t * (0.5 + 0.5 * scale)], axis=1)
            canvas.fill(layer, blade(axis, half * scale), anchor, value)


def paint(vase: Vase, width_px: int, seed: int) -> Canvas:
    """Paint the whole vase."""
    canvas = Canvas(width_px, vase.length_m, vase.max_radius_m, seed)
    banana_leaves(canvas, vase, 0.0085, 0.0790)
    waves(canvas, vase, 0.0835, 0.0955)
    low, high = 0.1000, 0.2330
    middle = (low + high) / 2
    radius = float(vase.radius(vase.height_along(np.array([middle])).astype(np.float32))[0])
    pitch = 2 * math.pi * radius / 6
    for k in range(6):
        lotus_scroll(canvas, Anchor(math.pi * k / 3, middle, radius, bool(k % 2)), pitch, 0.0500)
    for k in range(6):
        lotus(canvas, Anchor(math.pi * k / 3, middle - 0.001, radius), 0.0290)
    running_scroll(canvas, vase, 0.2385, 0.2540)
    collar(canvas, vase, 0.3545, 0.0900)
    lappets(canvas, vase, 0.3740, 0.0125, 22)
    for along, width in (
        (0.0048, _BOLD_M),
        (0.0072, _FINE_M),
        (0.0808, _LINE_M),
        (0.0832, _BOLD_M),
        (0.0962, _BOLD_M),
        (0.0986, _LINE_M),
        (0.2350, _LINE_M),
        (0.2374, _BOLD_M),
        (0.2556, _BOLD_M),
        (0.2580, _LINE_M),
        (0.3560, _LINE_M),
        (0.3745, _BOLD_M),
        (0.3765, _FINE_M),
        (0.3960, _BOLD_M),
    ):
        canvas.ring(along, width)
    return canvas
