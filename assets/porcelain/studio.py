"""The studio: a grey paper sweep, three soft lights, and how much light falls where.

Knows light and shadow, not colour of paint or camera. Irradiance is worked out once on coarse
grids with true shadow rays against the vase and read back smoothly: on the vase by profile and
angle, on the paper by distance (logarithmic, so that the contact shadow is fine) and angle.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from porcelain.shape import HEIGHT_M, Floats, Vase

BEND_Z_M, BEND_RADIUS_M = -0.55, 0.70
PAPER_ALBEDO = np.array([0.330, 0.328, 0.324], np.float32)
_ROOM = 0.035
_PORCELAIN, _PORCELAIN_SHADE = 0.30, 0.24
"""Radiance of room, of lit porcelain and of its foot, where a ray ends on them."""
_FAR_M = 3.2


@dataclass(frozen=True)
class Softbox:
    """A soft rectangular light: centre, half sides as vectors, radiance."""

    centre: tuple[float, float, float]
    right: tuple[float, float, float]
    up: tuple[float, float, float]
    radiance: float

    @property
    def normal(self) -> npt.NDArray[np.float64]:
        """Unit vector the light shines along."""
        n = np.cross(self.right, self.up)
        n /= np.linalg.norm(n)
        target = np.array([0.0, HEIGHT_M / 2, 0.0]) - np.array(self.centre)
        return n if n @ target > 0 else -n

    def glow(self, u: Floats, v: Floats, edge: float) -> Floats:
        """Brightness over the cloth, 1 in the middle; ``edge`` is how softly it ends."""
        inside = _smooth((1 - np.abs(u)) / edge) * _smooth((1 - np.abs(v)) / edge)
        return (inside * (1 - 0.30 * (u * u + v * v) / 2)).astype(np.float32)


def _smooth(t: Floats) -> Floats:
    t = np.clip(t, 0, 1)
    return t * t * (3 - 2 * t)


def facing(
    centre: tuple[float, float, float], width: float, height: float, radiance: float
) -> Softbox:
    """A softbox turned to the middle of the vase."""
    c = np.array(centre)
    n = np.array([0.0, HEIGHT_M * 0.55, 0.0]) - c
    n /= np.linalg.norm(n)
    right = np.cross([0.0, 1.0, 0.0], n)
    right /= np.linalg.norm(right)
    up = np.cross(n, right)
    return Softbox(centre, tuple(right * width / 2), tuple(up * height / 2), radiance)


LIGHTS = (
    facing((-1.02, 0.70, 1.00), 0.95, 1.35, 7.0),
    facing((1.25, 0.50, 0.50), 0.40, 1.30, 5.6),
    Softbox((0.05, 1.50, -0.35), (0.60, 0.0, 0.0), (0.0, 0.12, 0.42), 3.2),
)


def sweep(along: Floats) -> tuple[Floats, Floats]:
    """Height and depth of the paper at a length along it; 0 is under the vase, back negative."""
    turn = np.clip((BEND_Z_M - along) / BEND_RADIUS_M, 0, math.pi / 2)
    rise = np.maximum((BEND_Z_M - along) - BEND_RADIUS_M * math.pi / 2, 0)
    z = np.where(along > BEND_Z_M, along, BEND_Z_M - BEND_RADIUS_M * np.sin(turn))
    return (BEND_RADIUS_M * (1 - np.cos(turn)) + rise).astype(np.float32), z.astype(np.float32)


def _sweep_normal(along: Floats) -> Floats:
    turn = np.clip((BEND_Z_M - along) / BEND_RADIUS_M, 0, math.pi / 2)
    return np.stack([np.zeros_like(turn), np.cos(turn), np.sin(turn)], axis=1).astype(np.float32)


def hit_paper(eye: Floats, rays: Floats) -> tuple[Floats, Floats]:
    """Sideways place and length along the paper where each ray from inside the studio meets it."""
    down = np.minimum(rays[:, 1], -1e-6)
    t = -eye[..., 1] / down
    z = eye[..., 2] + t * rays[:, 2]
    flat = (rays[:, 1] < 0) & (z > BEND_Z_M)
    y0, z0 = eye[..., 1] - BEND_RADIUS_M, eye[..., 2] - BEND_Z_M
    a = rays[:, 1] ** 2 + rays[:, 2] ** 2 + 1e-12
    b = y0 * rays[:, 1] + z0 * rays[:, 2]
    c = y0 * y0 + z0 * z0 - BEND_RADIUS_M**2
    curve = (-b + np.sqrt(np.maximum(b * b - a * c, 0))) / a
    y, zc = y0 + curve * rays[:, 1], z0 + curve * rays[:, 2]
    wall = (BEND_Z_M - BEND_RADIUS_M - eye[..., 2]) / np.minimum(rays[:, 2], -1e-6)
    bent = BEND_Z_M - BEND_RADIUS_M * np.arctan2(np.maximum(-zc, 0), np.maximum(-y, 1e-6))
    rise = eye[..., 1] + wall * rays[:, 1] - BEND_RADIUS_M
    straight = BEND_Z_M - BEND_RADIUS_M * math.pi / 2 - np.maximum(rise, 0)
    along = np.where(flat, z, np.where(y < 0, bent, straight))
    t = np.where(flat, t, np.where(y < 0, curve, wall))
    return (eye[..., 0] + t * rays[:, 0]).astype(np.float32), along.astype(np.float32)


def _square(count: int) -> npt.NDArray[np.float64]:
    """Well-spread points in the unit square.

    Source: Roberts, The Unreasonable Effectiveness of Quasirandom Sequences (2018), R2.
    """
    k = np.arange(1, count + 1)[:, None]
    out: npt.NDArray[np.float64] = (
        0.5 + k * np.array([0.7548776662466927, 0.5698402909980532])
    ) % 1.0
    return out


class Studio:
    """Irradiance on the vase and on the paper, and what a reflected ray sees."""

    def __init__(self, vase: Vase, quality: float = 1.0) -> None:
        self.vase = vase
        self.samples = max(24, int(110 * quality))
        self._radii = np.geomspace(0.052, _FAR_M, max(48, int(150 * quality))).astype(np.float32)
        self._turns = max(72, int(200 * quality))
        self.paper = self._light_paper()
        self.rows, self.columns = max(64, int(210 * quality)), max(60, int(150 * quality))
        self.body = self._light_vase()

    def _lamps(self, points: Floats, normals: Floats) -> Floats:
        """Irradiance from the lights, with shadows."""
        total = np.zeros(len(points), np.float32)
        square = _square(self.samples) * 2 - 1
        for lamp in LIGHTS:
            area = 4 * np.linalg.norm(lamp.right) * np.linalg.norm(lamp.up)
            weight = lamp.radiance * area / self.samples
            shine = lamp.normal.astype(np.float32)
            for u, v in square:
                at = np.array(lamp.centre) + u * np.array(lamp.right) + v * np.array(lamp.up)
                to = at.astype(np.float32) - points
                far = np.linalg.norm(to, axis=1)
                to /= far[:, None]
                cosine = np.maximum(np.einsum("ij,ij->i", to, normals), 0) * np.maximum(
                    -(to @ shine), 0
                )
                lit = np.flatnonzero(cosine > 0)
                cosine[lit[self.vase.blocked(points[lit], to[lit])]] = 0
                total += (
                    np.float32(weight * lamp.glow(np.float32(u), np.float32(v), 0.25))
                    * cosine
                    / far**2
                )
        return total

    def _around(self, points: Floats, normals: Floats, on_vase: bool) -> Floats:
        """Irradiance from paper, room and porcelain: a cosine-weighted half sphere."""
        helper = np.where(np.abs(normals[:, 1:2]) < 0.9, [[0.0, 1.0, 0.0]], [[1.0, 0.0, 0.0]])
        tangent = np.cross(helper, normals)
        tangent /= np.linalg.norm(tangent, axis=1, keepdims=True)
        other = np.cross(normals, tangent)
        total = np.zeros(len(points), np.float32)
        square = _square(self.samples)
        for u, v in square:
            r, phi = math.sqrt(u), 2 * math.pi * v
            ray = (
                r * math.cos(phi) * tangent + r * math.sin(phi) * other + math.sqrt(1 - u) * normals
            ).astype(np.float32)
            seen = self.behind(points, ray) if on_vase else np.full(len(points), _ROOM, np.float32)
            own = _PORCELAIN if on_vase else _PORCELAIN_SHADE
            total += np.where(self.vase.blocked(points, ray), np.float32(own), seen)
        return total * np.float32(math.pi / len(square))

    def _light_paper(self) -> Floats:
        angle = np.linspace(0, 2 * math.pi, self._turns, endpoint=False)
        radius, turn = np.meshgrid(self._radii, angle, indexing="ij")
        x, along = (
            (radius * np.sin(turn)).ravel(),
            (radius * np.cos(turn)).ravel().astype(np.float32),
        )
        y, z = sweep(along)
        points = np.stack([x, y, z], axis=1).astype(np.float32)
        normals = _sweep_normal(along)
        light = self._lamps(points, normals) + self._around(points, normals, on_vase=False)
        return _calm(light.reshape(radius.shape), 1.5)

    def _light_vase(self) -> Floats:
        along = np.linspace(0, self.vase.length_m, self.rows)
        y = self.vase.height_along(along)
        turn = np.linspace(-math.pi, math.pi, self.columns, endpoint=False)
        high, angle = np.meshgrid(y, turn, indexing="ij")
        radius = self.vase.radius(high.ravel().astype(np.float32))
        points = np.stack(
            [radius * np.sin(angle.ravel()), high.ravel(), radius * np.cos(angle.ravel())], 1
        ).astype(np.float32)
        normals, _ = self.vase.normal(points)
        light = self._lamps(points, normals) + self._around(points, normals, on_vase=True)
        return _calm(light.reshape(high.shape), 1.3)

    def paper_light(self, x: Floats, along: Floats) -> Floats:
        """Irradiance on the paper."""
        radius = np.clip(np.hypot(x, along), self._radii[0], _FAR_M)
        row = (
            np.log(radius / self._radii[0])
            / math.log(_FAR_M / self._radii[0])
            * (len(self._radii) - 1)
        )
        column = (np.arctan2(x, along) / (2 * math.pi) % 1.0) * self._turns
        return _read(self.paper, row, column)

    def vase_light(self, length: Floats, turn: Floats) -> Floats:
        """Irradiance on the outside of the vase."""
        row = length / np.float32(self.vase.length_m) * (self.rows - 1)
        return _read(self.body, row, ((turn / (2 * math.pi) + 0.5) % 1.0) * self.columns)

    def behind(self, points: Floats, rays: Floats) -> Floats:
        """Radiance of paper or room along rays; the lights are not in it."""
        x, along = hit_paper(points, rays)
        shine = self.paper_light(x, along) * np.float32(PAPER_ALBEDO[1] / math.pi)
        ahead = (rays[:, 2] > 0) & (rays[:, 1] > -0.02)
        fade = _smooth(np.hypot(x, np.minimum(along, 0)) / np.float32(_FAR_M) * 1.4 - 0.4)
        shine = shine * (1 - fade) + np.float32(_ROOM) * fade
        front = np.where(along > 1.1, np.float32(_ROOM), shine)
        return np.where(ahead, np.float32(_ROOM), front)

    def mirrored(self, points: Floats, rays: Floats) -> Floats:
        """Radiance along mirrored rays: lights, else paper or room."""
        seen = self.behind(points, rays)
        for lamp in LIGHTS:
            n = lamp.normal.astype(np.float32)
            slant = rays @ n
            t = ((np.array(lamp.centre, np.float32) - points) @ n) / np.where(
                np.abs(slant) < 1e-6, -1e-6, slant
            )
            at = points + t[:, None] * rays - np.array(lamp.centre, np.float32)
            right, up = np.array(lamp.right, np.float32), np.array(lamp.up, np.float32)
            u, v = at @ right / (right @ right), at @ up / (up @ up)
            glow = lamp.glow(u, v, 0.42) * ((slant < 0) & (t > 0))
            seen = seen * (1 - glow) + np.float32(lamp.radiance) * glow
        return seen


def _calm(grid: Floats, sigma: float) -> Floats:
    """Smooth a grid whose columns go around."""
    wide = np.concatenate([grid[:, -8:], grid, grid[:, :8]], axis=1)
    return np.ascontiguousarray(
        cv2.GaussianBlur(wide, (0, 0), sigma, borderType=cv2.BORDER_REPLICATE)[:, 8:-8]
    )


def _read(grid: Floats, row: Floats, column: Floats) -> Floats:
    """Bilinear reading; columns go around."""
    rows, columns = grid.shape
    r = np.clip(row, 0, rows - 1.001).astype(np.float32)
    i, j = r.astype(np.int32), np.floor(column).astype(np.int32)
    a, b = r - i, (column - j).astype(np.float32)
    j0, j1 = j % columns, (j + 1) % columns
    top = grid[i, j0] * (1 - b) + grid[i, j1] * b
    low = grid[i + 1, j0] * (1 - b) + grid[i + 1, j1] * b
    return top * (1 - a) + low * a
