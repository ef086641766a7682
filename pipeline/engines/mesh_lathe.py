"""Mesh engine `lathe`: a vessel that was turned on a wheel, from its outline.

The outline gives axis and profile; the bows of foot and lip tell from how far above and how far
away it was photographed, and the profile is corrected for both. The body is a surface of
revolution, hollow where it has a mouth. Handles and spouts are parts of their own, round in
section, in the plane of the outline. The photograph is unrolled over the front and mirrored behind.

What it knows: the outline and the colours of the front. What it guesses, and marks 0 in
``observed``: the inside, the wall's thickness, the underside, the depth of handles. What it does
not know: anything that is not round, such as a square bottle that happens to be symmetric, a
handle in front of the body, a photograph that was cropped far off its middle. Depth is not used:
the outline tells more of a turned thing than any depth engine.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from pydantic import Field

from pipeline.engines._scale import AGREE
from pipeline.errors import EngineFailed
from pipeline.items import Subject
from pipeline.protocols import EngineOptions, MeshArrays
from pipeline.records import text_in

if TYPE_CHECKING:
    import numpy.typing as npt

    from pipeline.engines._glaze import Glaze, View
    from pipeline.engines._pot import Shell, Strip
    from pipeline.engines._sightline import Turned
    from pipeline.engines._spindle import Spindle
    from pipeline.media.outline import Lattice, Sheet
    from pipeline.protocols import RGB, DepthArray, MaskArray

    Array = npt.NDArray[Any]

_log = logging.getLogger(__name__)

_HANDLES_SHARE = 0.15
"""Of the faces, for handles and spouts together."""
_TRIES = 6
"""To draw a handle within its share."""
_SECTION = 0.75
"""A handle's depth beside the balloon over its outline: a long strip's balloon is 1.41 times as
deep as the strip is wide, and handles are a little flatter than round."""
_SQUEEZE = 0.05
"""What is left of how far a handle's root reaches beyond the wall's middle."""
_ROUGHNESS = 0.25


class LatheOptions(EngineOptions):
    """A turned vessel: hollow, with its handles, from the outline."""

    VERSION: ClassVar[str] = "1"
    name: Literal["lathe"] = "lathe"
    faces: int = Field(default=60_000, ge=1_000, le=1_000_000)
    """About so many triangles, never more."""


class LatheEngine:
    """Turns vessels. See the module head."""

    def __init__(self, options: LatheOptions) -> None:
        self._faces = options.faces

    def build(self, rgb: RGB, mask: MaskArray, depth: DepthArray, subject: Subject) -> MeshArrays:
        """Return the closed, textured mesh of one vessel.

        Raises:
            EngineFailed: if the outline is not that of one whole turned thing.
        """
        from pipeline.engines import _glaze, _pot, _sightline, _spindle

        del depth  # The outline tells more.
        _checked(rgb, mask)
        spindle = _spindle.find(mask)
        thing = _sightline.turned(spindle, mask.shape)
        wall = _pot.wall_of(thing.radius, has_mouth=thing.has_mouth)
        share = 1 - _HANDLES_SHARE if spindle.pieces else 1.0
        around = max(12, 4 * int((self._faces * share / 2) ** 0.5 / 4))
        rows = int(self._faces * share / (2 * around))
        strips = _pot.section(thing.radius, thing.height, wall, rows)
        shell = _pot.turned(strips, around)
        view = _glaze.view_of(rgb, mask, spindle)
        outer = next(strip for strip in strips if strip.outer)
        front, weight = _glaze.unrolled(view, thing, outer, _working_size(thing, outer))
        handles = _handles(spindle, thing, wall, self._faces - len(shell.faces))
        pictures = [_picture(view, box) for _, box in handles]
        glaze = _glaze.joined(front, pictures, _glaze.ground_colour(front))
        parts = [_body(shell, strips, glaze, weight)]
        parts += [
            _handle(part, box, place, thing)
            for (part, box), place in zip(handles, glaze.pieces, strict=True)
        ]
        return _assembled(parts, thing, subject, glaze.texture)


def _checked(rgb: RGB, mask: MaskArray) -> None:
    import numpy as np

    if rgb.shape[:2] != mask.shape:
        raise EngineFailed(
            f"Photograph and mask differ in size: {rgb.shape[:2]} and {mask.shape} (rows, "
            "columns). Expected one size; render the object again."
        )
    if not np.isfinite(mask).all():
        raise EngineFailed(
            "The mask holds values that are not numbers. Expected 0 to 1; choose another mask "
            "engine."
        )


def _working_size(thing: Turned, outer: Strip) -> tuple[int, int]:
    """Width and height of the unrolled wall in working pixels, as fine as the photograph."""
    import numpy as np

    path = float(np.hypot(np.diff(outer.radius), np.diff(outer.height)).sum())
    focal = thing.camera.focal_px
    return round(2 * float(outer.radius.max()) * focal), round(path * focal)


class _Part:
    """Points, normals, faces, texture coordinates and what was seen, before true size."""

    def __init__(self, points: Array, normals: Array, faces: Array, uv: Array, seen: Array) -> None:
        self.points, self.normals, self.faces = points, normals, faces
        self.uv, self.seen = uv, seen


def _body(shell: Shell, strips: list[Strip], glaze: Glaze, weight: Array) -> _Part:
    import numpy as np

    from pipeline.engines import _glaze

    which = next(i for i, strip in enumerate(strips) if strip.outer)
    outer = shell.strip == which
    left, top, right, bottom = glaze.front
    u = left + (right - left) * (1 + shell.turn) / 2
    v = bottom - (bottom - top) * shell.along
    column, end = glaze.plate
    # The underside has the colour deep below, the lip the one above, the inside both.
    inner = which + 2
    plain = np.where(shell.strip < which, 0.7, np.where(shell.strip == inner, shell.along, 0.0))
    plain = np.where(shell.strip > inner, 1.0, plain)
    if len(strips) <= inner:
        plain = np.where(shell.strip > which, 0.0, plain)
    uv = np.stack([np.where(outer, u, column), np.where(outer, v, plain * end)], axis=1)
    cosine = _glaze.facing(shell.points, shell.normals)
    across = ((1 + shell.turn) / 2 * weight.shape[1]).astype(np.intp).clip(0, weight.shape[1] - 1)
    down = ((1 - shell.along) * weight.shape[0]).astype(np.intp).clip(0, weight.shape[0] - 1)
    behind = shell.points[:, 2] < 0
    seen = np.where(behind, 0.5 * weight[down, across], np.minimum(weight[down, across], 1))
    seen = np.where(outer, np.where(behind | (cosine > 0), seen, 0.0), 0.0)
    return _Part(shell.points, shell.normals, shell.faces, uv, seen)


def _handles(
    spindle: Spindle, thing: Turned, wall: float, faces: int
) -> list[tuple[_Part, tuple[int, int, int, int]]]:
    """Return each handle as a part in working pixels, and the box of its picture."""
    import numpy as np

    from pipeline.media import outline, skin
    from pipeline.media import solid as body

    made = []
    # Where a handle lies in the texture is known only when all of it is laid out.
    bare = skin.Skin(np.zeros((1, 1, 3), np.uint8), (0, 0, 1, 1), (0, 1), (0, 0, 1, 1))
    # Sunk into the wall, and never through it.
    sunk = (wall or 0.05 * float(thing.radius.max())) * thing.camera.focal_px
    area = sum(float(piece.sum()) for piece in spindle.pieces)
    for piece in spindle.pieces:
        grown = _rooted(piece, spindle, sunk)
        traced = _traced(grown, max(200.0, faces * float(piece.sum()) / area))
        if traced is None:
            _log.warning(
                "A handle or spout is too fine to be drawn with the faces that are left for it, "
                "and is not there. Allow the mesh engine `lathe` more `faces`."
            )
            continue
        lattice, sheet = traced
        heights = _SECTION * outline.inflate(lattice)
        pillow = body.pillow(sheet, bare, heights, heights)
        rows, columns = np.flatnonzero(grown.any(1)), np.flatnonzero(grown.any(0))
        box = (int(columns[0]) - 3, int(rows[0]) - 3, int(columns[-1]) + 4, int(rows[-1]) + 4)
        normals = np.asarray(pillow.normals)
        part = _Part(pillow.points, normals, pillow.faces, pillow.uv, pillow.observed)
        made.append((_within_wall(part, spindle, sunk), box))
    return made


def _traced(piece: Array, budget: float) -> tuple[Lattice, Sheet] | None:
    """Return a handle's outline in about ``budget`` faces; ``None`` if nothing of it is left."""
    from pipeline.media import outline

    cell = max((5 * float(piece.sum()) / budget) ** 0.5, 1.0)
    traced = None
    for _ in range(_TRIES):
        lattice = outline.trace(piece, cell)
        if lattice is None:
            return None
        traced = lattice, outline.triangulate(lattice)
        if 2 * len(traced[1].triangles) <= budget:
            break
        cell *= 1.15
    return traced


def _rooted(piece: Array, spindle: Spindle, sunk: float) -> Array:
    """Return a handle with a root in the body, so that it joins without a gap."""
    import cv2
    import numpy as np

    size = 2 * max(2, round(sunk)) + 1
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (size, size))
    near = cv2.dilate(piece.astype(np.uint8), kernel) > 0
    grown = piece | (near & (spindle.cover >= 0.5))
    return np.where(grown, np.where(piece, np.maximum(spindle.cover, 0.51), 1), 0).astype(
        np.float32
    )


def _within_wall(part: _Part, spindle: Spindle, sunk: float) -> _Part:
    """Push a handle's root back into the wall, so that it does not stand in the inside."""
    import numpy as np

    x = part.points[:, 0] - spindle.axis
    there = np.flatnonzero(spindle.half > 0)
    half = np.interp(part.points[:, 1] - 0.5, there, spindle.half[there])
    least = np.maximum(half - 0.6 * sunk, 0.3 * half)
    # Squeezed and not cut off: no two points of the root fall into one.
    deep = np.abs(x)
    pushed = np.sign(x) * np.where(deep < least, least - _SQUEEZE * (least - deep), deep)
    pushed += spindle.axis
    part.points = np.stack([pushed, part.points[:, 1], part.points[:, 2]], axis=1)
    return part


def _picture(view: View, box: tuple[int, int, int, int]) -> Array:
    """Return the handle's picture, its surroundings filled with its own colours."""
    import cv2
    import numpy as np

    from pipeline.media.skin import spread

    left, top, right, bottom = box
    width, height = (max(4, round(side * view.per_px)) for side in (right - left, bottom - top))
    x = left + (np.arange(width) + 0.5) / width * (right - left)
    row = top + (np.arange(height) + 0.5) / height * (bottom - top)
    maps = view.at(*np.meshgrid(x, row))
    colours = cv2.remap(view.rgb, *maps, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    sure = cv2.remap(view.sure, *maps, cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT)
    return spread(colours.astype(np.float32), (sure > 0.99).astype(np.float32))


def _handle(
    part: _Part,
    box: tuple[int, int, int, int],
    place: tuple[float, float, float, float],
    thing: Turned,
) -> _Part:
    """Bring a handle into the plane of the axis, at right angles to the view."""
    import numpy as np

    camera = thing.camera
    x, row = part.points[:, 0], part.points[:, 1]
    ray = camera.rays(x - camera.axis, row)
    far = -1 / ray[:, 2]
    points = far[:, None] * ray
    points[:, 2] = part.points[:, 2] * far / camera.focal_px
    left, top, right, bottom = box
    across = np.clip((x - left) / (right - left), 0, 1)
    down = np.clip((row - top) / (bottom - top), 0, 1)
    uv = np.stack(
        [place[0] + across * (place[2] - place[0]), place[1] + down * (place[3] - place[1])], axis=1
    )
    normals = part.normals * (1, -1, 1)
    steep = np.clip(np.abs(normals[:, 2]) / 0.42, 0, 1)
    seen = np.where(part.seen > 0, steep, 0.5 * steep)
    return _Part(points, normals, part.faces, uv, seen)


def _assembled(parts: list[_Part], thing: Turned, subject: Subject, texture: RGB) -> MeshArrays:
    """Put body and handles on the floor, in metres or with the longest side 1."""
    import numpy as np

    points = np.concatenate([part.points for part in parts])
    normals = np.concatenate([part.normals for part in parts])
    offsets = np.cumsum([0] + [len(part.points) for part in parts[:-1]])
    faces = np.concatenate([p.faces + at for p, at in zip(parts, offsets, strict=True)])
    points[:, 1] -= points[:, 1].min()
    size = np.ptp(points, axis=0)
    across, up = _scale(thing, subject, (float(size[0]), float(size[1])))
    if up == 0:
        across = up = 1 / float(size.max())
    points *= (across, up, across)
    normals = normals / (across, up, across)
    normals /= np.linalg.norm(normals, axis=1, keepdims=True)
    return MeshArrays(
        vertices=points.astype(np.float32),
        normals=normals.astype(np.float32),
        faces=faces,
        uv=np.clip(np.concatenate([part.uv for part in parts]), 0, 1).astype(np.float32),
        observed=np.concatenate([part.seen for part in parts]).astype(np.float32),
        texture=texture,
        roughness=_ROUGHNESS,
        metallic=0.0,
    )


def _scale(thing: Turned, subject: Subject, extent: tuple[float, float]) -> tuple[float, float]:
    """Metres per unit across and up; 0, 0 where the catalogue states no size."""
    size = subject.size
    round_ = 2 * float(thing.radius.max())
    stated, across = (size.diameter_m, round_) if size.diameter_m else (size.width_m, extent[0])
    if size.height_m and stated:
        up, wide = size.height_m / extent[1], stated / across
        if abs(wide / up - 1) < AGREE:
            return wide, up
        _log.warning(
            "%s: the catalogue says %.4g m high and %.4g m wide, the outline is %.4g m wide at "
            "that height (%+.0f %%). The mesh has the stated height; look at size and photograph.",
            text_in(subject.title, "en"),
            size.height_m,
            stated,
            up * across,
            100 * (up / wide - 1),
        )
        return up, up
    if size.height_m:
        return (size.height_m / extent[1],) * 2
    if stated:
        return (stated / across,) * 2
    return 0.0, 0.0
