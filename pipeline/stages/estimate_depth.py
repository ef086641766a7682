"""Photo + Mask -> Depth."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import Field

from pipeline.errors import StageFailed
from pipeline.items import Kind
from pipeline.protocols import DepthEngine
from pipeline.records import Depth, Mask, Params, Photo

if TYPE_CHECKING:
    from pipeline.protocols import DepthArray, MaskArray

VERSION = "1"

_FLAT = 1 / 255
"""Depth that varies less than this over the object is one plane: no screen could show it."""


class DepthParams(Params):
    """How near each part of the object is."""

    gamma: float = Field(default=1.0, ge=0.25, le=4)
    """Above 1 only what is nearest stands out, below 1 the whole body comes forward."""


def estimate_depth(
    photo: Photo,
    mask: Mask,
    kind: Kind,
    params: DepthParams,
    *,
    engine: DepthEngine,
    folder: Path,
) -> Depth:
    """Say how near each pixel is and write ``depth.png`` into ``folder``.

    Raises:
        EngineFailed: if mask and photograph give no ground for any depth.
        StageFailed: if the mask or the engine's depth does not fit the photograph, or if the
            depth holds what is no number from 0 to 1.
    """
    from pipeline.media.pixels import read_mask, read_rgb, write_depth

    rgb, cut = read_rgb(photo.path), read_mask(mask.path)
    if cut.shape != rgb.shape[:2]:
        raise StageFailed(
            f"The mask is {cut.shape[1]} x {cut.shape[0]} px and its photograph "
            f"{rgb.shape[1]} x {rgb.shape[0]} px; they must be alike. Cut the mask again."
        )
    depth = engine.estimate(rgb, cut, kind)
    _check(depth, cut)
    if params.gamma != 1:
        depth = depth**params.gamma
    path = folder / "depth.png"
    write_depth(depth, path)
    return Depth(path=path, is_flat=_is_flat(depth, cut))


def _check(depth: DepthArray, mask: MaskArray) -> None:
    import numpy as np

    if depth.shape != mask.shape:
        raise StageFailed(
            f"The depth engine gives {depth.shape[1]} x {depth.shape[0]} px for a photograph of "
            f"{mask.shape[1]} x {mask.shape[0]} px. Choose another depth engine."
        )
    if not np.isfinite(depth).all() or depth.min() < 0 or depth.max() > 1:
        raise StageFailed(
            "The depth engine gives values that are no numbers from 0 to 1. Choose another depth "
            "engine, such as `depth: {engine: silhouette}`."
        )


def _is_flat(depth: DepthArray, mask: MaskArray) -> bool:
    """Say whether object and ground are one plane."""
    import numpy as np

    inside = depth[mask >= 0.5]
    return bool(np.ptp(depth) < _FLAT and (not inside.size or np.ptp(inside) < _FLAT))
