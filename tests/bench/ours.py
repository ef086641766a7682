"""The one place where the bench meets the insides of our warp: change it when they change."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from pipeline.media import layers, yuv
from pipeline.media.camera import Pose
from pipeline.media.warp import Ground, Sheet, compose


def warp(
    rgb: np.ndarray,
    mask: np.ndarray | None,
    depth: np.ndarray,
    poses: Sequence[Pose],
    pivot: float,
) -> list[np.ndarray]:
    """Return the photograph as seen from each pose, as large as it is, the clip engine's way.

    Args:
        rgb: (H, W, 3) uint8 of even size.
        mask: the object; ``None`` for a scene without one.
        depth: (H, W), 0 far, 1 near.
        poses: all poses of one move: how far it goes decides how layers are made.
        pivot: the depth that stands still.
    """
    height, width = depth.shape
    frame = (width, height)
    rise = float(depth.max() - depth.min())
    reach_px = rise * max(
        max(map(abs, pose.shift)) + abs(pose.dolly) * max(frame) / 2 for pose in poses
    )
    reach_px *= max(pose.zoom for pose in poses)
    picture = rgb.astype(np.float32)
    ground = Ground(frame, (1.0, 1.0), (width / 2, height / 2))
    parts = layers.split(picture, mask, depth, reach_px)
    sheets = [Sheet(layer, ground) for layer in parts]
    return [yuv.i420_to_rgb(compose(sheets, pose, pivot, frame)) for pose in poses]
