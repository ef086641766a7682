"""View + Subject -> Mesh."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import Field

from pipeline.errors import StageFailed
from pipeline.items import Subject
from pipeline.protocols import MeshArrays, MeshEngine
from pipeline.records import Mesh, Params, View, text_in

if TYPE_CHECKING:
    from pipeline.protocols import DepthArray

VERSION = "1"


class MeshParams(Params):
    """Knobs of the mesh file; the shape's knobs belong to the engine."""

    jpeg_quality: int = Field(default=90, ge=50, le=100)
    """Quality of the texture, 100 is best."""


def build_mesh(
    view: View, subject: Subject, params: MeshParams, *, engine: MeshEngine, folder: Path
) -> Mesh:
    """Give one photographed thing its shape and write ``mesh.glb`` into ``folder``.

    Raises:
        EngineFailed: if the engine finds no shape.
        StageFailed: if the engine's mesh cannot be written as one.
    """
    import numpy as np

    from pipeline.media import mesh as files
    from pipeline.media.pixels import read_mask, read_rgb

    rgb = read_rgb(view.photo.path)
    arrays = engine.build(rgb, read_mask(view.mask.path), _depth(view, rgb.shape[:2]), subject)
    _refuse_broken(arrays, subject)
    path = folder / "mesh.glb"
    known = subject.size.is_known
    files.write_glb(arrays, subject, path, size_known=known, quality=params.jpeg_quality)
    extent = np.ptp(np.asarray(arrays.vertices, np.float64), axis=0)
    return Mesh(
        path=path,
        vertices=len(arrays.vertices),
        faces=len(arrays.faces),
        extent=(float(extent[0]), float(extent[1]), float(extent[2])),
        size_known=known,
        observed=files.seen_share(arrays),
    )


def _depth(view: View, shape: tuple[int, int]) -> DepthArray:
    """Depth as large as the photograph; nothing stands out of a view that is flat."""
    import cv2
    import numpy as np

    from pipeline.media.pixels import read_depth

    if view.depth.is_flat:
        return np.full(shape, 0.5, np.float32)
    depth = read_depth(view.depth.path)
    if depth.shape != shape:
        depth = cv2.resize(depth, shape[::-1], interpolation=cv2.INTER_LINEAR).astype(np.float32)
    return depth


def _refuse_broken(arrays: MeshArrays, subject: Subject) -> None:
    import numpy as np

    count = len(arrays.vertices)
    faces = np.asarray(arrays.faces)
    found = None
    if count == 0 or len(faces) == 0:
        found = "no faces"
    elif not np.isfinite(arrays.vertices).all() or not np.isfinite(arrays.uv).all():
        found = "coordinates that are not numbers"
    elif faces.min() < 0 or faces.max() >= count:
        found = f"faces that point beyond its {count} vertices"
    elif len(arrays.uv) != count or len(arrays.observed) != count:
        found = "another number of texture coordinates than of vertices"
    if found is not None:
        raise StageFailed(
            f"{text_in(subject.title, 'en') or subject.kind.value}: the mesh engine returned "
            f"{found}. Expected a textured triangle mesh; choose another mesh engine and report "
            "this one."
        )
