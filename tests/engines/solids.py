"""Solids of known depth in perspective, sphere traced: what an outline engine is judged by."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

SIDE = 160
FOV_DEG = 22.0
"""A 60 mm lens on a 24 mm high sensor: how objects are photographed."""

Field = Callable[[np.ndarray], np.ndarray]


def seen(solid: Field, *, elevation_deg: float = 0.0) -> tuple[np.ndarray, np.ndarray]:
    """Return the mask of a solid within 1.5 of the origin, and depth along the optical axis."""
    half = np.tan(np.radians(FOV_DEG / 2))
    away = 1.5 / half
    steps = ((np.arange(SIDE) + 0.5) / SIDE * 2 - 1) * half
    x, y = np.meshgrid(steps, -steps)
    rays = np.stack([x, y, -np.ones_like(x)], axis=-1)
    c, s = np.cos(np.radians(elevation_deg)), np.sin(np.radians(elevation_deg))
    turn = np.array([[1, 0, 0], [0, c, -s], [0, s, c]])
    start, rays = np.array([0, 0, away]) @ turn, rays @ turn
    long = np.linalg.norm(rays, axis=-1)
    depth = np.full(x.shape, away - 2.2)
    gap = depth
    for _ in range(180):
        gap = solid(start + depth[..., None] * rays)
        depth = depth + np.clip(gap, -0.05, 0.3) * 0.8 / long
    return np.abs(gap) < 0.008, depth


def ball(centre: tuple[float, float, float], radius: float) -> Field:
    return lambda p: np.linalg.norm(p - np.array(centre), axis=-1) - radius


def ellipsoid(radii: tuple[float, float, float], turn_rad: float) -> Field:
    c, s = np.cos(turn_rad), np.sin(turn_rad)
    turn, r = np.array([[c, -s, 0], [s, c, 0], [0, 0, 1]]), np.array(radii)

    def field(p: np.ndarray) -> np.ndarray:
        q = p @ turn
        near, slope = np.linalg.norm(q / r, axis=-1), np.linalg.norm(q / r**2, axis=-1)
        return near * (near - 1) / np.maximum(slope, 1e-9)

    return field


def capsule(start: tuple[float, ...], stop: tuple[float, ...], radius: float) -> Field:
    a, b = np.array(start), np.array(stop)

    def field(p: np.ndarray) -> np.ndarray:
        t = np.clip(((p - a) @ (b - a)) / ((b - a) @ (b - a)), 0, 1)
        return np.linalg.norm(p - a - t[..., None] * (b - a), axis=-1) - radius

    return field


def ring(centre: tuple[float, float], radius: float, thickness: float) -> Field:
    def field(p: np.ndarray) -> np.ndarray:
        across = np.hypot(p[..., 0] - centre[0], p[..., 1] - centre[1]) - radius
        return np.hypot(across, p[..., 2]) - thickness

    return field


def pot(heights: np.ndarray, radii: np.ndarray) -> Field:
    """A closed turned body; ``heights`` rise."""
    middle, half = (heights[0] + heights[-1]) / 2, (heights[-1] - heights[0]) / 2

    def field(p: np.ndarray) -> np.ndarray:
        radius = np.interp(np.clip(p[..., 1], heights[0], heights[-1]), heights, radii)
        side = np.hypot(p[..., 0], p[..., 2]) - radius
        beyond = np.abs(p[..., 1] - middle) - half
        return np.where(beyond > 0, np.hypot(np.maximum(side, 0), beyond), side * 0.6)

    return field


def union(*parts: Field) -> Field:
    return lambda p: np.minimum.reduce([part(p) for part in parts])


def figure(spread: float) -> Field:
    limbs = [ball((0, 0.95, 0), 0.28), capsule((0, 0.5, 0), (0, -0.2, 0), 0.33)]
    for side in (-1, 1):
        hand = (side * (0.6 + spread), spread - 0.05, 0.1)
        limbs.append(capsule((side * 0.3, 0.5, 0), hand, 0.12))
        limbs.append(capsule((side * 0.17, -0.2, 0), (side * 0.25, -1.2, 0), 0.15))
    return union(*limbs)


def every() -> Iterator[tuple[str, bool, np.ndarray, np.ndarray]]:
    """Yield name, whether it is a vessel, mask and depth of each solid."""
    random = np.random.default_rng(5)
    for number in range(3):
        radii = tuple(random.uniform(0.4, 1.2, 3))
        turn = float(random.uniform(-1.5, 1.5))
        yield f"ellipsoid {number}", False, *seen(ellipsoid(radii, turn))
    yield "ring", False, *seen(ring((0, 0), 0.9, 0.35))
    yield "thin ring", False, *seen(ring((0, 0), 1.0, 0.15))
    yield "figure", False, *seen(figure(0.0))
    yield "figure, arms out", False, *seen(figure(0.4))
    heights = np.linspace(-1.1, 1.1, 9)
    for handles in range(3):
        radii = np.interp(heights, np.linspace(-1.1, 1.1, 5), random.uniform(0.25, 0.8, 5))
        at = float(np.interp(0.2, heights, radii)) + 0.1
        sides = (-1, 1)[:handles] if handles < 2 else (-1, 1)
        solid = union(pot(heights, radii), *(ring((side * at, 0.2), 0.3, 0.07) for side in sides))
        for elevation in (0, 10):
            name = f"pot with {handles} handles from {elevation} degrees"
            yield name, True, *seen(solid, elevation_deg=elevation)
    bowl = pot(np.linspace(-0.5, 0.5, 6), np.array([0.4, 0.7, 0.9, 1.02, 1.08, 1.1]))
    yield "bowl from 12 degrees", True, *seen(bowl, elevation_deg=12)


def poisson(inside: np.ndarray) -> np.ndarray:
    """The usual inflation, to compare with: Laplace(u) = -4 inside, 0 at the outline."""
    from scipy.sparse import csc_matrix
    from scipy.sparse.linalg import spsolve

    number = np.full(np.add(inside.shape, 2), -1)
    rows, columns = np.nonzero(inside)
    count = rows.size
    number[rows + 1, columns + 1] = np.arange(count)
    entries = [(np.arange(count), np.arange(count), np.full(count, 4.0))]
    for down, right in ((0, 1), (0, -1), (1, 0), (-1, 0)):
        other = number[rows + 1 + down, columns + 1 + right]
        here = np.flatnonzero(other >= 0)
        entries.append((here, other[here], np.full(here.size, -1.0)))
    i, j, value = (np.concatenate(part) for part in zip(*entries, strict=True))
    height = np.zeros(inside.shape)
    height[rows, columns] = spsolve(csc_matrix((value, (i, j)), (count, count)), np.full(count, 4))
    return height
