"""Measures how true frames are, and gives the camera paths that they are measured on.

Nothing here prints; `clip_quality` does, and says what the words mean.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from math import cos, pi, sin

import baselines
import cv2
import numpy as np
import ours
import remembered
import scenes
from skimage import data
from skimage.metrics import structural_similarity

from pipeline.media import yuv
from pipeline.media.camera import Pose

AREAS = ("all", "shown", "hidden", "behind")
_PARALLAX = 0.5
_WITHOUT_MASK = {"painting", "ground"}
"""Kinds of picture that the engine takes as a whole: it cuts them by depth alone."""


# --- Moves ------------------------------------------------------------------------------------


def path(move: str, amount: float, scene: scenes.Scene, phases: Sequence[float]) -> list[Pose]:
    """Return the poses of a move, pulled in so that the picture's border is never seen."""
    side = min(scene.size)
    swing = amount * _PARALLAX * side

    def pose(phase: float) -> Pose:
        eased = (1 - cos(phase)) / 2
        if move == "orbit":
            shift = (swing * sin(phase), 0.3 * swing * sin(2 * phase))
            return Pose(zoom=1 + amount * eased / 4, shift=shift)
        if move == "push":
            shift = (swing / 2 * eased * sin(phase), 0.0)
            zoom = 1 + amount * (1 - _PARALLAX) * eased
            return Pose(zoom=zoom, shift=shift, dolly=2 * amount * _PARALLAX * eased)
        return Pose(zoom=1.0, dolly=2 * amount * _PARALLAX * sin(phase))

    ends = float(scene.depth.min()), float(scene.depth.max())
    all_poses = [pose(2 * pi * n / 64) for n in range(64)]
    base = 1.0
    for _ in range(8):
        reach = max(_reach(replace(p, zoom=p.zoom * base), scene, ends) for p in all_poses)
        base *= max(1.0, reach * 1.001)
    return [replace(p, zoom=p.zoom * base) for p in map(pose, phases)]


def _reach(pose: Pose, scene: scenes.Scene, ends: tuple[float, float]) -> float:
    """How far the frame's edge sees, 1 being the picture's border."""
    return max(
        abs((edge * side / 2 - pose.shift[axis] * (d - scene.pivot)) / grown) / (side / 2)
        for axis, side in enumerate(scene.size)
        for edge in (-1, 1)
        for d in ends
        for grown in [pose.zoom * (1 + pose.dolly * (d - scene.pivot))]
    )


# --- Measures ---------------------------------------------------------------------------------


def psnr(squares: np.ndarray) -> float:
    """Of squared errors of 8-bit levels."""
    return float(10 * np.log10(255**2 / max(1e-9, squares.mean()))) if squares.size else np.nan


def squared(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    return np.square(one.astype(np.float32) - other)


def similar(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """SSIM of every pixel."""
    return structural_similarity(one, other, channel_axis=-1, full=True)[1].mean(axis=-1)


def stored(rgb: np.ndarray) -> np.ndarray:
    """Return a frame as it comes back from 4:2:0."""
    return yuv.i420_to_rgb(yuv.rgb_to_i420(rgb))


Way = Callable[[scenes.Scene, Sequence[Pose]], list[np.ndarray]]


def ways(names: Sequence[str]) -> dict[str, Way]:
    """Return the ways of making frames, ours first."""

    def mine(scene, poses):
        mask = None if scene.name in _WITHOUT_MASK else scene.mask
        return ours.warp(scene.first.rgb, mask, scene.depth, poses, scene.pivot)

    def other(name, warp):
        def make(scene, pose):
            frame = stored(warp(scene.first.rgb, scene.depth, pose, scene.pivot))
            return {"frame": frame}

        def keep(scene, pose):
            key = f"{name} {scene.name} {scene.size} {pose} {scene.pivot}"
            return remembered.remembered(key, lambda: make(scene, pose))["frame"]

        return lambda scene, poses: [keep(scene, pose) for pose in poses]

    found = {"ours": mine} | {name: other(name, way) for name, way in baselines.WAYS.items()}
    return {name: way for name, way in found.items() if not names or name in names}


@dataclass
class Tally:
    """Squared errors of one way, summed by area over as many frames as wanted."""

    squares: Counter[str] = field(default_factory=Counter)
    counts: Counter[str] = field(default_factory=Counter)
    likeness: list[float] = field(default_factory=list)

    def add(self, frame: np.ndarray, view: scenes.View) -> None:
        """Count one frame."""
        errors = squared(frame, view.rgb)
        areas = {"all": np.ones_like(view.hidden), "shown": ~view.hidden}
        for name, area in (areas | {"hidden": view.hidden, "behind": view.behind}).items():
            self.squares[name] += float(errors[area].sum(dtype=np.float64))
            self.counts[name] += 3 * int(area.sum())
        self.likeness.append(float(similar(frame, view.rgb).mean()))

    def join(self, other: Tally) -> None:
        """Count all that another one counted."""
        self.squares.update(other.squares)
        self.counts.update(other.counts)
        self.likeness += other.likeness

    def psnr(self, area: str) -> float:
        """PSNR over one area; not a number where it is empty."""
        count = self.counts[area]
        return float(10 * np.log10(255**2 * count / self.squares[area])) if count else np.nan

    def share(self, area: str) -> float:
        """Share of all pixels."""
        return self.counts[area] / self.counts["all"]

    def row(self) -> str:
        """PSNR of all areas and SSIM, as cells of a table."""
        figures = " | ".join(f"{self.psnr(area):.2f}" for area in AREAS)
        return f"{figures} | {np.mean(self.likeness):.4f}"


def measure(frames: Sequence[np.ndarray], views: Sequence[scenes.View]) -> Tally:
    """Compare frames with true ones."""
    tally = Tally()
    for frame, view in zip(frames, views, strict=True):
        tally.add(frame, view)
    return tally


def flicker(
    frames: Sequence[np.ndarray],
    views: Sequence[scenes.View],
    poses: Sequence[Pose],
    pivot: float,
) -> float:
    """Return the energy that quivers between neighbours; see the module."""
    energy = []
    for n in range(len(frames) - 1):
        height, width = views[n].hidden.shape
        there = scenes.seen_at(views[n].points, poses[n + 1], pivot)
        maps = [
            (there[..., axis] + side / 2 - 0.5).astype(np.float32)
            for axis, side in enumerate((width, height))
        ]
        luma = [yuv.planes_of(frames[n + k].astype(np.float32))[0] for k in (0, 1)]
        brought = cv2.remap(luma[1], *maps, cv2.INTER_CUBIC, borderMode=cv2.BORDER_REFLECT_101)
        near = cv2.remap(
            np.ascontiguousarray(views[n + 1].points[..., 2]), *maps, cv2.INTER_NEAREST
        )
        both = (abs(near - views[n].points[..., 2]) < 0.02).astype(np.uint8)
        both = cv2.erode(both, np.ones((5, 5), np.uint8), borderValue=0) > 0
        apart = brought - luma[0]
        apart -= cv2.GaussianBlur(apart, (0, 0), 2)
        energy.append(float(np.square(apart[both]).mean()))
    return float(np.mean(energy))


def exact(scene: scenes.Scene, view: scenes.View) -> np.ndarray:
    """The first picture sampled where each point truly lies: what sampling alone can reach."""
    maps = [
        (view.points[..., axis] + side / 2 - 0.5).astype(np.float32)
        for axis, side in enumerate(scene.size)
    ]
    rgb = scene.first.rgb
    return stored(cv2.remap(rgb, *maps, cv2.INTER_CUBIC, borderMode=cv2.BORDER_REFLECT_101))


def motorcycle():
    """Return left and right picture and disparity, unknown parts taken from the nearest known."""
    from scipy import ndimage

    left, right, disparity = data.stereo_motorcycle()
    known = np.isfinite(disparity) & (disparity > 0)
    nearest = ndimage.distance_transform_edt(~known, return_indices=True)[1]
    return left, right, disparity[nearest[0], nearest[1]].astype(np.float32)


def stereo() -> dict[str, dict[str, float]]:
    """Warp the real left picture to the right with every way; return PSNR and SSIM.

    Left out at the right border: as many columns as the largest disparity, which the left
    picture does not hold. "both": without the pixels into which nothing is thrown.
    """
    left, right, disparity = motorcycle()
    most = float(disparity.max())
    depth = np.ascontiguousarray(disparity / most)
    pose = Pose(zoom=1.0, shift=(-most, 0.0))
    valid = np.ones(depth.shape, bool)
    valid[:, int(depth.shape[1] - most - 2) :] = False
    both = valid & ~baselines.holes(depth, pose, 0.0)
    frames = {"identity": left}
    frames |= {n: warp(left, depth, pose, 0.0) for n, warp in baselines.WAYS.items()}
    frames["ours"] = _even_ours(left, depth, pose)
    found = {}
    for name, frame in frames.items():
        error = squared(frame, right)
        found[name] = {
            "all": psnr(error[valid]),
            "both": psnr(error[both]),
            "hidden": psnr(error[valid & ~both]),
            "ssim": float(similar(frame, right)[valid].mean()),
        }
    found["frames"] = frames | {"right": right}
    return found


def _even_ours(left: np.ndarray, depth: np.ndarray, pose: Pose) -> np.ndarray:
    """The picture is 741 px wide and video is even: one column is added and taken off again."""
    height, width = depth.shape
    odd = ((0, height % 2), (0, width % 2))
    rgb = np.pad(left, (*odd, (0, 0)), mode="edge")
    frame = ours.warp(rgb, None, np.pad(depth, odd, mode="edge"), [pose], 0.0)[0]
    return frame[:height, :width]


def first_frame(photo: np.ndarray, first: np.ndarray) -> float:
    """SSIM of luma with the photograph laid under the frame where it fits best.

    Zoom and place are found by the pictures alone, by maximising correlation, so no knowledge of
    the engine goes in.
    """
    frame, source = (yuv.planes_of(p.astype(np.float32))[0] for p in (first, photo))
    height, width = frame.shape
    start = np.array([[0.95, 0, 0.025 * width], [0, 0.95, 0.025 * height]], np.float32)
    stop = (cv2.TERM_CRITERIA_EPS | cv2.TERM_CRITERIA_COUNT, 200, 1e-7)
    _, place = cv2.findTransformECC(frame, source, start, cv2.MOTION_AFFINE, stop)
    flags = cv2.INTER_LANCZOS4 | cv2.WARP_INVERSE_MAP
    under = cv2.warpAffine(
        source, place, (width, height), flags=flags, borderMode=cv2.BORDER_REFLECT_101
    )
    return float(structural_similarity(frame, under, data_range=255))
