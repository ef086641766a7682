"""Photo (+ Mask) -> Photo, with the faces of bystanders hidden.

Comes before anything is made of a photograph. In a photograph of a place or of living heritage
every face counts; beside an object, only faces outside its mask: a portrait's own face is the work
and is never touched. Painted, printed and woven works are not even looked at, and where the
photograph is the work its faces are counted and stay, unless the config says otherwise.

Without an engine nothing is looked for, and the photograph says that it was not checked.
"""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Literal, Self

from pydantic import Field, model_validator

from pipeline.errors import StoreError
from pipeline.records import Faces, Mask, Params, Photo

if TYPE_CHECKING:
    from pipeline.protocols import Box, FaceFinder, MaskArray

VERSION = "1"

_OUTSIDE = 0.2
"""A face belongs to a bystander if at most this share of its box is the object."""


class FacesParams(Params):
    """What is done with faces of bystanders."""

    action: Literal["", "blur", "note", "keep"] = ""
    """blur hides them, note counts them, keep does not look. By default blur; note for the kind
    photograph, whose people are the work."""
    reason: str = ""
    """Why they may be seen: consent of all who are in the picture. Needed for keep and note."""
    padding: float = Field(default=0.1, ge=0, le=1)
    """How far beyond the face is hidden, as a share of it: hair and ears."""

    @model_validator(mode="after")
    def _has_reason(self) -> Self:
        if self.action in ("keep", "note") and not self.reason.strip():
            raise ValueError(f"found {self.action} without a reason, expected `reason: …`")
        return self


def blur_faces(
    photo: Photo,
    mask: Mask | None,
    params: FacesParams,
    *,
    engine: FaceFinder | None = None,
    folder: Path,
) -> Photo:
    """Look for faces, hide those that are to be hidden, and write ``photo.webp`` into ``folder``.

    Raises:
        EngineFailed: if the engine cannot look at the photograph.
        StoreError: if ``folder`` cannot be written.
    """
    from pipeline.media.hide import hide_faces
    from pipeline.media.pixels import read_mask, read_rgb, write_photo

    target = folder / "photo.webp"
    faces = Faces(action=params.action or "blur", reason=params.reason)
    try:
        if engine is not None and faces.action != "keep":
            rgb = read_rgb(photo.path)
            spare = read_mask(mask.path) if mask else None
            boxes = [box for box in engine.find(rgb) if _outside(box, spare)]
            faces = faces.model_copy(update={"checked": True, "boxes_px": tuple(boxes)})
            if boxes and faces.action == "blur":
                wider = [_padded(box, params.padding) for box in boxes]
                write_photo(hide_faces(rgb, wider, spare), target)
        if not target.exists():
            shutil.copyfile(photo.path, target)
        alpha = folder / "alpha.png" if photo.alpha else None
        if photo.alpha and alpha:
            shutil.copyfile(photo.alpha, alpha)
    except OSError as error:
        raise StoreError(f"{target} cannot be written: {error.strerror or error}.") from error
    return photo.model_copy(update={"path": target, "alpha": alpha, "faces": faces})


def _outside(box: Box, spare: MaskArray | None) -> bool:
    if spare is None:
        return True
    left, top, right, bottom = box
    return float(spare[top:bottom, left:right].mean()) <= _OUTSIDE


def _padded(box: Box, share: float) -> Box:
    left, top, right, bottom = box
    x, y = round((right - left) * share), round((bottom - top) * share)
    return left - x, top - y, right + x, bottom + y
