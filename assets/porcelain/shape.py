"""The meiping: its profile in metres, and where a ray meets it.

Knows geometry only: no colour, no light. Right-handed, +Y up, metres, standing on y = 0.
The solid is ``r <= outer(y)`` and ``r >= inner(y)``; both radii are single-valued in y, so that
a ray is intersected by the sign of one number.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]
Doubles = npt.NDArray[np.float64]

HEIGHT_M = 0.34
_LIP_CENTRE_M = (0.0250, 0.3379)
_LIP_RADIUS_M = 0.0021
_FOOT_ROUND_M = 0.0016
_WALL_M = 0.0042
_FLOOR_M = 0.012
_CELLS = 16384

# Radius and height of the points the potter's template passes through, foot to lip.
_TEMPLATE = (
    (0.0590, 0.0016),
    (0.0577, 0.0140),
    (0.0566, 0.0340),
    (0.0592, 0.0680),
    (0.0678, 0.1100),
    (0.0808, 0.1560),
    (0.0943, 0.2010),
    (0.1028, 0.2370),
    (0.1047, 0.2600),
    (0.1004, 0.2830),
    (0.0880, 0.3020),
    (0.0690, 0.3142),
    (0.0480, 0.3206),
    (0.0310, 0.3243),
    (0.0228, 0.3281),
    (0.0213, 0.3318),
    (0.0236, 0.3352),
    (0.0271, 0.3379),
)

_INNER_NECK = (
    (0.0229, 0.3379),
    (0.0195, 0.3350),
    (0.0175, 0.3315),
    (0.0186, 0.3276),
    (0.0238, 0.3232),
)


def _spline(points: Doubles, samples: int) -> Doubles:
    """Natural cubic spline through ``points``, by chord length.

    Source: de Boor, A Practical Guide to Splines (1978), chapter IV.
    """
    chord = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(points, axis=0), axis=1))])
    n, h = len(points), np.diff(chord)
    matrix, right = np.eye(n), np.zeros((n, points.shape[1]))
    for i in range(1, n - 1):
        matrix[i, i - 1 : i + 2] = h[i - 1], 2 * (h[i - 1] + h[i]), h[i]
        slopes = np.diff(points[i - 1 : i + 2], axis=0) / h[i - 1 : i + 1, None]
        right[i] = 6 * (slopes[1] - slopes[0])
    second = np.linalg.solve(matrix, right)
    at = np.linspace(0.0, chord[-1], samples)
    i = np.clip(np.searchsorted(chord, at, side="right") - 1, 0, n - 2)
    a, b = ((chord[i + 1] - at) / h[i])[:, None], ((at - chord[i]) / h[i])[:, None]
    bend = ((a**3 - a) * second[i] + (b**3 - b) * second[i + 1]) * (h[i] ** 2)[:, None] / 6
    out: Doubles = a * points[i] + b * points[i + 1] + bend
    return out


def _arc(centre: tuple[float, float], radius: float, from_deg: float, to_deg: float) -> Doubles:
    angle = np.radians(np.linspace(from_deg, to_deg, 60))
    return np.stack(
        [centre[0] + radius * np.cos(angle), centre[1] + radius * np.sin(angle)], axis=1
    )


def outer_profile() -> Doubles:
    """Radius and height of the outside, from the foot's centre to the top of the lip."""
    foot = _arc((0.0590 - _FOOT_ROUND_M, _FOOT_ROUND_M), _FOOT_ROUND_M, -90, 0)
    wall = _spline(np.array(_TEMPLATE), 1600)
    lip = _arc(_LIP_CENTRE_M, _LIP_RADIUS_M, 0, 90)
    return np.concatenate([[[0.0, 0.0]], foot[:-1], wall, lip[1:]])


def inner_profile() -> Doubles:
    """Radius and height of the inside, from the top of the lip to the centre of the floor."""
    wall = _spline(np.array(_TEMPLATE), 1600)
    along = np.gradient(wall, axis=0)
    along /= np.linalg.norm(along, axis=1, keepdims=True)
    inside = np.stack([wall[:, 0] - _WALL_M * along[:, 1], wall[:, 1] + _WALL_M * along[:, 0]], 1)
    inside = inside[np.argsort(inside[:, 1], kind="stable")]
    inside = inside[(inside[:, 1] > _FLOOR_M) & (inside[:, 1] < 0.3203)][::-1]
    neck = _spline(np.array([*_INNER_NECK, inside[0]]), 200)
    lip = _arc(_LIP_CENTRE_M, _LIP_RADIUS_M, 90, 180)
    return np.concatenate([lip, neck[1:-1], inside, [[0.0, inside[-1, 1]]]])


class Vase:
    """Tables over height, and ray queries."""

    def __init__(self) -> None:
        outer, inner = outer_profile(), inner_profile()
        self.outer, self.inner = outer, inner
        step = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(outer, axis=0), axis=1))])
        foot_m = float(outer[1, 0])
        self.length_m = float(step[-1]) - foot_m
        self.max_radius_m = float(outer[:, 0].max())
        y = np.linspace(0.0, HEIGHT_M, _CELLS + 1)
        self._scale = np.float32(_CELLS / HEIGHT_M)
        self._outer = np.interp(y, outer[1:, 1], outer[1:, 0]).astype(np.float32)
        down = inner[:-1][::-1]
        inside = np.interp(y, down[:, 1], down[:, 0])
        self._inner = np.where(y < down[0, 1], -1.0, inside).astype(np.float32)
        self._along = np.interp(y, outer[1:, 1], step[1:] - foot_m).astype(np.float32)
        slope = np.gradient(np.interp(y, outer[1:, 1], outer[1:, 0]), y)
        self._outer_slope = np.clip(slope, -60, 60).astype(np.float32)
        self._inner_slope = np.clip(np.gradient(inside, y), -60, 60).astype(np.float32)

    def _at(self, table: Floats, y: Floats) -> Floats:
        place = np.clip(y, 0.0, np.float32(HEIGHT_M)) * self._scale
        cell = np.minimum(place.astype(np.int32), _CELLS - 1)
        low = table[cell]
        return low + (place - cell) * (table[cell + 1] - low)

    def radius(self, y: Floats) -> Floats:
        """Outer radius at height ``y``."""
        return self._at(self._outer, y)

    def along(self, y: Floats) -> Floats:
        """Length of the outer profile from the foot's edge up to height ``y``."""
        return self._at(self._along, y)

    def height_along(self, length_m: Doubles) -> Doubles:
        """Height at a length along the outer profile: the inverse of `along`."""
        y = np.linspace(0.0, HEIGHT_M, _CELLS + 1)
        return np.interp(length_m, self._along, y)

    def excess(self, x: Floats, y: Floats, z: Floats) -> Floats:
        """Negative inside the porcelain, positive in the air."""
        square = x * x + z * z
        outside, inside = self._at(self._outer, y), self._at(self._inner, y)
        wall = np.maximum(square - outside * outside, inside * np.abs(inside) - square)
        above = np.maximum(y - np.float32(HEIGHT_M), -y)
        return np.where(above > 0, above, wall)

    def hit(self, eye: Floats, rays: Floats, steps: int = 176) -> Floats:
        """Distance along each unit ray to the surface; infinity where it misses."""
        out = np.full(len(rays), np.inf, np.float32)
        for start in range(0, len(rays), 32768):
            out[start : start + 32768] = self._hit(eye, rays[start : start + 32768], steps)
        return out

    def _hit(self, eye: Floats, rays: Floats, steps: int) -> Floats:
        near, far = self._cylinder(eye, rays)
        found = np.flatnonzero(far > near)
        out = np.full(len(rays), np.inf, np.float32)
        if not len(found):
            return out
        d, a, b = rays[found], near[found], far[found]
        low, high = a.copy(), np.full_like(a, np.inf)
        for k in range(1, steps + 1):
            t = a + (b - a) * np.float32(k / steps)
            inside = self._excess_on(eye, d, t) < 0
            new = inside & np.isinf(high)
            high[new] = t[new]
            low = np.where(np.isinf(high), t, low)
        kept = np.isfinite(high)
        low, high, d = low[kept], high[kept], d[kept]
        for _ in range(14):
            middle = (low + high) / 2
            inside = self._excess_on(eye, d, middle) < 0
            high, low = np.where(inside, middle, high), np.where(inside, low, middle)
        out[found[kept]] = (low + high) / 2
        return out

    def refined(self, eye: Floats, rays: Floats, guess: Floats) -> Floats:
        """Distances from good guesses on one smooth piece of the outside; NaN where not one.

        Source: Newton's method on ``r - outer(y)``, three steps.
        """
        t = guess.copy()
        for step in range(4):
            p = eye + t[:, None] * rays
            radius = np.sqrt(p[:, 0] ** 2 + p[:, 2] ** 2)
            off = radius - self._at(self._outer, p[:, 1])
            if step == 3:
                break
            slope = self._at(self._outer_slope, p[:, 1])
            rate = (p[:, 0] * rays[:, 0] + p[:, 2] * rays[:, 2]) / radius - slope * rays[:, 1]
            t = t - off / np.minimum(rate, np.float32(-0.01))
        good = (np.abs(off) < 3e-6) & (np.abs(t - guess) < 3e-3)
        return np.where(good, t, np.float32(np.nan))

    def _excess_on(self, eye: Floats, rays: Floats, t: Floats) -> Floats:
        return self.excess(
            eye[0] + t * rays[:, 0], eye[1] + t * rays[:, 1], eye[2] + t * rays[:, 2]
        )

    def _cylinder(self, eye: Floats, rays: Floats) -> tuple[Floats, Floats]:
        """Where each ray is within the upright cylinder around the vase."""
        a = rays[:, 0] ** 2 + rays[:, 2] ** 2 + np.float32(1e-12)
        b = eye[0] * rays[:, 0] + eye[2] * rays[:, 2]
        c = eye[0] ** 2 + eye[2] ** 2 - np.float32((self.max_radius_m + 1e-4) ** 2)
        root = b * b - a * c
        deep = np.sqrt(np.maximum(root, 0))
        near, far = (-b - deep) / a, (-b + deep) / a
        dy = np.where(np.abs(rays[:, 1]) < 1e-9, np.float32(1e-9), rays[:, 1])
        low, high = (-eye[1]) / dy, (np.float32(HEIGHT_M) - eye[1]) / dy
        near = np.maximum(near, np.minimum(low, high))
        far = np.minimum(far, np.maximum(low, high))
        return np.maximum(near, 0), np.where(root > 0, far, -1)

    def blocked(self, start: Floats, rays: Floats, steps: int = 40) -> npt.NDArray[np.bool_]:
        """Whether the porcelain stands in the way of rays from many points."""
        reach = np.float32(2.2 * self.max_radius_m + HEIGHT_M) / steps
        out = np.zeros(len(rays), np.bool_)
        for k in range(steps):
            t = np.float32(0.0015) + reach * np.float32((k + 0.5) * (k + 1) / steps)
            p = start + t * rays
            inside = (np.abs(p[:, 0]) < 0.106) & (np.abs(p[:, 2]) < 0.106) & ~out
            at = np.flatnonzero(inside & (p[:, 1] < HEIGHT_M) & (p[:, 1] > 0))
            if len(at):
                q = p[at]
                out[at] = self.excess(q[:, 0], q[:, 1], q[:, 2]) < 0
        return out

    def normal(self, point: Floats) -> tuple[Floats, npt.NDArray[np.bool_]]:
        """Unit normals into the air, and which points lie on the inside of the vase."""
        radius = np.sqrt(point[:, 0] ** 2 + point[:, 2] ** 2) + np.float32(1e-9)
        y = point[:, 1]
        outside, inside = self._at(self._outer, y), self._at(self._inner, y)
        within = np.abs(radius - inside) < np.abs(radius - outside)
        slope = np.where(within, self._at(self._inner_slope, y), self._at(self._outer_slope, y))
        sign = np.where(within, np.float32(-1), np.float32(1))
        size = 1 / np.sqrt(1 + slope * slope)
        n = np.stack(
            [
                sign * point[:, 0] / radius * size,
                -sign * slope * size,
                sign * point[:, 2] / radius * size,
            ],
            axis=1,
        )
        return n.astype(np.float32), within
