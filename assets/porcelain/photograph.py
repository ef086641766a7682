"""The photograph: camera, glaze, film. And what is true of it: depth and outline.

A pinhole camera looks at the vase a little from above. Pixels of the vase are supersampled;
its edges are averaged from exact hits, so that the outline is the true one.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from porcelain.brush import Canvas
from porcelain.shape import HEIGHT_M, Floats, Vase
from porcelain.studio import PAPER_ALBEDO, Studio, hit_paper

FOCAL_MM, SENSOR_MM = 110.0, (28.8, 36.0)
DISTANCE_M, ELEVATION_DEG, AIM_M = 1.46, 9.0, 0.166
_GLAZE = np.array([0.790, 0.806, 0.800], np.float32)
_BISCUIT = np.array([0.66, 0.54, 0.42], np.float32)
# Absorption of cobalt under glaze by red, green, blue: chosen by eye against the grey sweep.
_COBALT = np.array([3.25, 2.45, 0.98], np.float32)
_F0 = 0.043  # reflectance of glaze (index 1.52) seen straight on; Source: Fresnel's equations
_EXPOSURE = 1.12


@dataclass(frozen=True)
class Camera:
    """A pinhole camera: +x right, +y up, looking along ``forward``."""

    width_px: int
    height_px: int

    @property
    def eye(self) -> Floats:
        """Where it stands, metres."""
        tilt = math.radians(ELEVATION_DEG)
        return np.array(
            [0, AIM_M + DISTANCE_M * math.sin(tilt), DISTANCE_M * math.cos(tilt)], np.float32
        )

    @property
    def axes(self) -> npt.NDArray[np.float32]:
        """Rows: right, up, forward."""
        tilt = math.radians(ELEVATION_DEG)
        return np.array(
            [
                [1, 0, 0],
                [0, math.cos(tilt), -math.sin(tilt)],
                [0, -math.sin(tilt), -math.cos(tilt)],
            ],
            np.float32,
        )

    @property
    def focal_px(self) -> float:
        """Focal length in pixels; pixels are square."""
        return FOCAL_MM / SENSOR_MM[1] * self.height_px

    def rays(self, x_px: Floats, y_px: Floats) -> Floats:
        """Unit rays through image places; (0, 0) is the corner of the top left pixel."""
        right = (x_px - self.width_px / 2) / self.focal_px
        up = (self.height_px / 2 - y_px) / self.focal_px
        flat = np.stack([right, up, np.ones_like(right)], axis=1).astype(np.float32)
        rays = flat @ self.axes
        return (rays / np.linalg.norm(rays, axis=1, keepdims=True)).astype(np.float32)


class Glaze:
    """Cobalt under glaze: how dense it is, everywhere on the canvas."""

    def __init__(self, canvas: Canvas) -> None:
        self.scale, self.length_m = canvas.scale, canvas.length_m
        self.density = self._density(canvas)

    def _density(self, canvas: Canvas) -> Floats:
        rng = canvas.rng
        shape = canvas.line.shape
        mm = canvas.scale / 1000
        wash, line = (layer.astype(np.float32) / 255 for layer in (canvas.wash, canvas.line))
        broad = _clouds(rng, shape, 14 * mm)
        streak = _clouds(rng, shape, 1.5 * mm, 1.8)
        fine = _clouds(rng, shape, 0.75 * mm)
        edge = wash - cv2.GaussianBlur(wash, (0, 0), max(0.7 * mm, 0.3))
        wash = wash * (1 + 0.20 * broad + 0.15 * streak + 0.06 * fine) + 0.45 * np.maximum(edge, 0)
        line = line * (1 + 0.16 * broad + 0.08 * fine)
        ink = np.maximum(0.90 * wash, 1.30 * line) + 0.16 * np.minimum(wash, line)
        heaped = _ramp((fine + 0.35 * _clouds(rng, shape, 0.3 * mm) - 1.15) / 1.2) * _ramp(
            (ink - 0.45) / 0.4
        )
        ink = np.maximum(ink, 0) * (1 + 0.75 * heaped)
        crisp = cv2.GaussianBlur(ink, (0, 0), max(0.10 * mm, 0.3))
        bled = cv2.GaussianBlur(ink, (0, 0), max(0.42 * mm, 0.3))
        return (
            0.80 * crisp + 0.20 * bled + 0.02 * cv2.GaussianBlur(ink, (0, 0), max(1.6 * mm, 0.3))
        ).astype(np.float32)

    def read(self, turn: Floats, length: Floats) -> Floats:
        """Density at places on the vase."""
        w = self.density.shape[1]
        x = (turn / (2 * math.pi) + 0.5) * w - 0.5
        y = (self.length_m - length) * self.scale - 0.5
        out = np.empty(len(x), np.float32)
        for i in range(0, len(x), 30000):
            part = cv2.remap(
                self.density,
                x[i : i + 30000, None].astype(np.float32),
                y[i : i + 30000, None].astype(np.float32),
                cv2.INTER_LINEAR,
                borderMode=cv2.BORDER_REPLICATE,
            )
            out[i : i + 30000] = part[:, 0]
        return out


def _ramp(t: Floats) -> Floats:
    return np.clip(t, 0, 1)


def _clouds(
    rng: np.random.Generator, shape: tuple[int, int], size_px: float, stretch: float = 1.0
) -> Floats:
    """Smooth noise, mean 0 and deviation 1, with features of about ``size_px``."""
    step = max(size_px / 2, 1.0)
    small = (max(4, round(shape[0] / step)), max(4, round(shape[1] / (step * stretch))))
    noise = rng.standard_normal(small).astype(np.float32)
    noise = cv2.GaussianBlur(noise, (0, 0), 1.2, borderType=cv2.BORDER_REFLECT_101)
    noise = (noise - noise.mean()) / noise.std()
    return cv2.resize(noise, (shape[1], shape[0]), interpolation=cv2.INTER_CUBIC)


class Photograph:
    """Takes the picture."""

    def __init__(self, camera: Camera, vase: Vase, studio: Studio, glaze: Glaze) -> None:
        self.camera, self.vase, self.studio, self.glaze = camera, vase, studio, glaze

    def distance(self, over: int) -> Floats:
        """Distance to the vase through the centres of ``over`` x ``over`` cells per pixel."""
        camera = self.camera
        w, h = camera.width_px * over, camera.height_px * over
        out = np.full((h, w), np.inf, np.float32)
        left, top, right, bottom = (v * over for v in self.frame_px())
        xs = (np.arange(left, right) + 0.5) / over
        for row in range(top, bottom, 64):
            ys = (np.arange(row, min(row + 64, bottom)) + 0.5) / over
            x, y = np.meshgrid(xs.astype(np.float32), ys.astype(np.float32))
            t = self.vase.hit(camera.eye, camera.rays(x.ravel(), y.ravel()))
            out[row : row + len(ys), left:right] = t.reshape(x.shape)
        return out

    def frame_px(self) -> tuple[int, int, int, int]:
        """Left, top, right, bottom of whole pixels that hold the vase, with a margin."""
        turn = np.linspace(0, 2 * math.pi, 180)
        profile = self.vase.outer[::8]
        r, y = np.repeat(profile[:, 0], 180), np.repeat(profile[:, 1], 180)
        a = np.tile(turn, len(profile))
        points = np.stack([r * np.sin(a), y, r * np.cos(a)], 1) - self.camera.eye
        seen = points @ self.camera.axes.T
        x = self.camera.width_px / 2 + seen[:, 0] / seen[:, 2] * self.camera.focal_px
        up = self.camera.height_px / 2 - seen[:, 1] / seen[:, 2] * self.camera.focal_px
        return (
            max(int(x.min()) - 3, 0),
            max(int(up.min()) - 3, 0),
            min(int(x.max()) + 4, self.camera.width_px),
            min(int(up.max()) + 4, self.camera.height_px),
        )

    def depth(self) -> Floats:
        """Metres along the optical axis through pixel centres; infinity beside the vase."""
        t = self.distance(1)
        x, y = np.meshgrid(
            np.arange(self.camera.width_px) + 0.5, np.arange(self.camera.height_px) + 0.5
        )
        off = (
            (x - self.camera.width_px / 2) ** 2 + (y - self.camera.height_px / 2) ** 2
        ) / self.camera.focal_px**2
        return (t / np.sqrt(1 + off)).astype(np.float32)

    def backdrop(self) -> Floats:
        """Linear RGB of the paper, the vase taken away but not its shadow."""
        w, h = self.camera.width_px, self.camera.height_px
        out = np.empty((h, w), np.float32)
        for row in range(0, h, 64):
            ys = np.arange(row, min(row + 64, h)) + 0.5
            x, y = np.meshgrid((np.arange(w) + 0.5).astype(np.float32), ys.astype(np.float32))
            rays = self.camera.rays(x.ravel(), y.ravel())
            out[row : row + len(ys)] = self.studio.paper_light(
                *hit_paper(self.camera.eye, rays)
            ).reshape(x.shape)
        return out[..., None] * (PAPER_ALBEDO / math.pi)

    def shade(self, point: Floats, ray: Floats) -> Floats:
        """Linear RGB of the vase at points seen along rays."""
        normal, within = self.vase.normal(point)
        length, turn = self.vase.along(point[:, 1]), np.arctan2(point[:, 0], point[:, 2])
        ripple = self._ripple(turn, length)
        bent = normal + ripple
        bent /= np.linalg.norm(bent, axis=1, keepdims=True)
        ink = np.where(within, 0, self.glaze.read(turn, length))
        base = _GLAZE * np.exp(-ink[:, None] * _COBALT)
        bare = _ramp((0.0019 - point[:, 1]) / 0.0006)[:, None]
        base = base * (1 - bare) + _BISCUIT * bare
        light = self.studio.vase_light(length, turn)
        deep = _ramp((np.float32(HEIGHT_M) - point[:, 1]) / 0.012)
        light = np.where(within, light * (0.75 * (1 - deep) ** 2 + 0.04), light)
        facing = np.clip(-np.einsum("ij,ij->i", bent, ray), 0, 1)
        fresnel = _F0 + (1 - _F0) * (1 - facing) ** 5  # Source: Schlick 1994
        mirror = ray + 2 * facing[:, None] * bent
        gloss = self.studio.mirrored(point, mirror.astype(np.float32)) * fresnel * (1 - bare[:, 0])
        gloss = np.where(within, gloss * 0.5 * (1 - deep), gloss)
        body = base * (light * (1 - fresnel) / math.pi)[:, None]
        return (body + gloss[:, None]).astype(np.float32)

    def _ripple(self, turn: Floats, length: Floats) -> Floats:
        """The glaze is not a perfect mirror: slow waves from throwing and trimming."""
        a = 0.0016 * np.sin(length * 610 + 1.3 * np.sin(turn * 3)) + 0.0011 * np.sin(
            length * 233 + turn * 4
        )
        b = 0.0014 * np.sin(turn * 31 + length * 90) + 0.0012 * np.sin(turn * 13 - length * 150)
        return np.stack([b * np.cos(turn), a, -b * np.sin(turn)], axis=1).astype(np.float32)

    def take(self, over: int) -> tuple[Floats, Floats]:
        """Linear RGB and coverage of the vase, averaged over ``over`` x ``over`` rays a pixel."""
        w, h = self.camera.width_px, self.camera.height_px
        picture, cover = self.backdrop(), np.zeros((h, w), np.float32)
        left, top, right, bottom = self.frame_px()
        xs = (np.arange(left * over, right * over) + 0.5) / over
        for row in range(top, bottom, 16):
            rows = min(16, bottom - row)
            ys = (np.arange(row * over, (row + rows) * over) + 0.5) / over
            x, y = np.meshgrid(xs.astype(np.float32), ys.astype(np.float32))
            rays = self.camera.rays(x.ravel(), y.ravel())
            t = self._hits((left, row, right, row + rows), over, rays)
            seen = np.flatnonzero(np.isfinite(t))
            light = np.zeros((len(t), 3), np.float32)
            point = self.camera.eye + t[seen, None] * rays[seen]
            light[seen] = self.shade(point, rays[seen])
            cells = (rows, over, right - left, over)
            share = np.isfinite(t).reshape(cells).mean(axis=(1, 3), dtype=np.float32)
            mean = light.reshape(*cells, 3).mean(axis=(1, 3), dtype=np.float32)
            part = picture[row : row + rows, left:right]
            picture[row : row + rows, left:right] = part * (1 - share[..., None]) + mean
            cover[row : row + rows, left:right] = share
        return picture, cover

    def _hits(self, box_px: tuple[int, int, int, int], over: int, rays: Floats) -> Floats:
        """Distances along all sub-pixel rays of a strip.

        Rays well inside the outline start from the distances at their pixel's corners; the
        others are searched for one by one.
        """
        left, top, right, bottom = box_px
        x, y = np.meshgrid(
            np.arange(left, right + 1, dtype=np.float32),
            np.arange(top, bottom + 1, dtype=np.float32),
        )
        corner = self.vase.hit(self.camera.eye, self.camera.rays(x.ravel(), y.ravel())).reshape(
            x.shape
        )
        cells = np.stack([corner[:-1, :-1], corner[:-1, 1:], corner[1:, :-1], corner[1:, 1:]])
        smooth = np.isfinite(cells).all(axis=0)
        spread = np.where(
            smooth, np.nan_to_num(cells, posinf=9).max(0) - np.nan_to_num(cells, posinf=0).min(0), 9
        )
        smooth &= spread < 0.0025
        share = ((np.arange(over) + 0.5) / over).astype(np.float32)
        c = np.where(np.isfinite(cells), cells, 0)[:, :, None, :, None]
        u, v = share[None, None, None, :], share[None, :, None, None]
        guess = (c[0] * (1 - u) + c[1] * u) * (1 - v) + (c[2] * (1 - u) + c[3] * u) * v
        easy = np.broadcast_to(smooth[:, None, :, None], guess.shape).ravel()
        empty = np.broadcast_to(self._empty(cells)[:, None, :, None], guess.shape).ravel()
        t = np.full(len(rays), np.nan, np.float32)
        t[empty] = np.inf
        t[easy] = self.vase.refined(self.camera.eye, rays[easy], guess.ravel()[easy])
        hard = np.isnan(t)
        t[hard] = self.vase.hit(self.camera.eye, rays[hard])
        return t

    @staticmethod
    def _empty(cells: Floats) -> npt.NDArray[np.bool_]:
        """Pixels that miss the vase, and so do all pixels around them."""
        none = np.isinf(cells).all(axis=0)
        wide = cv2.erode(
            none.astype(np.uint8), np.ones((3, 3), np.uint8), borderType=cv2.BORDER_REPLICATE
        )
        return wide.astype(bool)


def develop(linear: Floats, seed: int) -> npt.NDArray[np.uint8]:
    """Linear light to an sRGB picture: exposure, soft shoulder, a breath of vignette and grain.

    Source: IEC 61966-2-1 for the transfer curve.
    """
    h, w = linear.shape[:2]
    y, x = np.mgrid[0:h, 0:w].astype(np.float32)
    off = ((x / w - 0.5) ** 2 * (w / h) ** 2 + (y / h - 0.5) ** 2) / 0.41
    light = linear * (_EXPOSURE * (1 - 0.16 * off))[..., None]
    knee = 0.72
    over = np.maximum(light - knee, 0)
    light = np.minimum(light, knee) + (1 - knee) * (1 - np.exp(-over / (1 - knee)))
    coded = np.where(
        light <= 0.0031308, 12.92 * light, 1.055 * np.maximum(light, 1e-6) ** (1 / 2.4) - 0.055
    )
    grain = np.random.default_rng(seed).standard_normal((h, w, 1)).astype(np.float32)
    return np.clip(np.round(coded * 255 + 0.55 * grain), 0, 255).astype(np.uint8)
