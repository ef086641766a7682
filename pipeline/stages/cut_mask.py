"""Photo -> Mask."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import Field

from pipeline.errors import EngineFailed, StageFailed
from pipeline.protocols import MaskEngine
from pipeline.records import Mask, Params, Photo

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from pipeline.protocols import MaskArray

VERSION = "1"


class MaskParams(Params):
    """Where the object ends and its background begins."""

    grow_px: int = Field(default=0, ge=-64, le=64)
    """Move the outline outwards by so many pixels; inwards below 0, against a bright fringe."""
    min_coverage: float = Field(default=0.005, ge=0, le=1)
    """Smallest share of the photograph that can be the object; less is taken for a mistake."""
    use_alpha: bool = True
    """Where the museum's picture has transparency, that is the mask and no engine is asked."""


def cut_mask(
    photo: Photo, params: MaskParams, *, engine: MaskEngine | None = None, folder: Path
) -> Mask:
    """Find the object in its photograph and write ``mask.png`` into ``folder``.

    Without an engine the photograph's own transparency is the mask, as the museum cut it.

    Raises:
        EngineFailed: if the engine finds no object, or one smaller than ``min_coverage``.
        StageFailed: if the mask does not fit the photograph, or there is neither engine nor
            transparency.
    """
    from pipeline.media.pixels import read_mask, read_rgb, write_mask

    if engine is not None:
        mask = engine.cut(read_rgb(photo.path))
        found_by = "The mask engine"
    elif photo.alpha is not None:
        mask = read_mask(photo.alpha)
        found_by = "The photograph's own transparency"
    else:
        raise StageFailed("The photograph has no transparency, so a mask engine must be named.")
    expected = (photo.height_px, photo.width_px)
    if mask.shape != expected:
        raise StageFailed(
            f"{found_by} gives a mask of {mask.shape[1]} x {mask.shape[0]} px for a photograph of "
            f"{expected[1]} x {expected[0]} px. Both must be alike; ingest the photograph again."
        )
    mask = _grown(mask, params.grow_px)
    inside = mask >= 0.5
    coverage = float(inside.mean())
    if not inside.any() or coverage < params.min_coverage:
        raise EngineFailed(
            f"{found_by} leaves {coverage:.2%} of the photograph as object; at least "
            f"{params.min_coverage:.2%} is expected (`min_coverage`). Choose another mask engine, "
            "or `mask: {engine: whole}` where the work fills the photograph."
        )
    path = folder / "mask.png"
    write_mask(mask, path)
    return Mask(path=path, coverage=coverage, box_px=_box(inside))


def _grown(mask: MaskArray, grow_px: int) -> MaskArray:
    """Return ``mask`` with its outline moved outwards, its soft border kept."""
    import cv2
    import numpy as np

    if grow_px == 0:
        return mask
    side = 2 * abs(grow_px) + 1
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (side, side))
    moved = cv2.dilate(mask, disc) if grow_px > 0 else cv2.erode(mask, disc)
    return np.asarray(moved, np.float32)


def _box(inside: npt.NDArray[np.bool_]) -> tuple[int, int, int, int]:
    """Return left, top, right, bottom; right and bottom exclusive."""
    import numpy as np

    rows, columns = np.flatnonzero(inside.any(axis=1)), np.flatnonzero(inside.any(axis=0))
    return int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1
