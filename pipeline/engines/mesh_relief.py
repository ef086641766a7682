"""Mesh engine `relief`: a closed solid from one photograph, its mask and its depth.

Three forms, by what the thing is:

panel   a flat work: a board of true size with the photograph on its front. A painting is flat
        whatever a depth engine sees in it; only scenes and photographs may stand out.
slab    coin, medal, relief, plaque, and whole photographs with depth: the front follows the
        depth, side walls go straight back, the back is flat.
round   vessel, sculpture: the front follows the depth and closes at the outline; the back has
        its masses. Both are kept near a balloon blown up over the outline, so that depth which
        does not fall off at the rim still gives a closed rim.

What it knows: outline, colours and relief of the front. What it does not: the back, the sides,
and how deep the thing is when the catalogue is silent (then as deep as it is wide). All of that
is marked 0 in ``observed`` and gets plain colour from the object's edge. Also tried for the back
of round things: the front mirrored (turned round, a head shows a second face) and the bare
balloon (seen from the side, a vase gets a paunch and its lip leans back).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from pydantic import Field

from pipeline.engines._scale import Scale, scale_of
from pipeline.errors import EngineFailed
from pipeline.items import Kind, Subject
from pipeline.protocols import EngineOptions, MeshArrays

if TYPE_CHECKING:
    import numpy.typing as npt

    from pipeline.media.outline import Lattice, Sheet
    from pipeline.media.solid import Solid
    from pipeline.protocols import RGB, DepthArray, MaskArray

    Array = npt.NDArray[Any]

_FULL = 0.998
"""A mask that covers this share of the photograph leaves no outline to cut."""
_FLAT = 0.02
"""Depth that varies less than this, between its 1st and 99th percentile, is one plane."""
_LEAST_CELL_PX = 0.5
_TRIES = 8
"""To find a lattice within the budget; two or three do, but for filigree."""
_ROUND = {Kind.VESSEL, Kind.SCULPTURE, Kind.INTANGIBLE}
_ALWAYS_FLAT = {Kind.PAINTING, Kind.PRINT, Kind.TEXTILE, Kind.SCROLL}

_BALLOON_MOST, _BALLOON_LEAST = 1.7, 0.12
"""The front stays between these multiples of the balloon: closed at the rim, never hollow."""
_CALM_CELLS = 2.5
"""Depth is smoothed so far next to the rim, where it is least certain."""
_MASSES_SHARE = 0.15
"""Smoothing, beside the object's shorter side, that leaves a head its mass but not its nose."""

_SLABS: dict[Kind, tuple[float, float]] = {
    Kind.COIN: (0.08, 0.35),
    Kind.MEDAL: (0.08, 0.4),
    Kind.PLAQUE: (0.06, 0.4),
    Kind.RELIEF: (0.18, 0.6),
    Kind.PHOTOGRAPH: (0.10, 0.85),
}
_SLAB = (0.16, 0.85)
"""Thickness as a share of the shorter side, where the catalogue is silent, and how much of the
thickness is relief. A denarius is 19 mm by 1.5 to 2 mm; the others are chosen by eye."""

_THICK_M, _THIN_M = 0.02, 0.005
"""A stretched canvas; paper or cloth mounted on a board."""
_THICK_SHARE, _THIN_SHARE = 0.025, 0.008
"""Of the longest side, where no size is known."""
_THICKEST_SHARE = 0.08
"""Of the shorter side: a miniature does not become a block, unless the catalogue says so."""
_BEVEL_SHARE = 0.15
"""Radius of a board's edge beside its thickness."""

_FINISH: dict[Kind, tuple[float, float]] = {
    Kind.VESSEL: (0.25, 0.0),
    Kind.COIN: (0.45, 0.4),
    Kind.MEDAL: (0.45, 0.4),
    Kind.SCULPTURE: (0.65, 0.0),
    Kind.PAINTING: (0.8, 0.0),
    Kind.TEXTILE: (0.95, 0.0),
    Kind.SCROLL: (0.95, 0.0),
}
"""Roughness and metallic. Coins stay below half metallic: their photograph holds the reflections
already, and a fully metallic surface is black in a viewer without surroundings."""
_MATTE = (0.85, 0.0)

_BACKS: dict[Kind, tuple[int, int, int]] = {
    Kind.PAINTING: (196, 184, 162),
    Kind.PRINT: (234, 230, 220),
    Kind.PHOTOGRAPH: (234, 230, 220),
    Kind.SCENE: (234, 230, 220),
    Kind.SCROLL: (226, 216, 196),
}
"""Raw linen and paper, sRGB, for backs and edges of flat works. Others take their own median."""


class ReliefOptions(EngineOptions):
    """Options of the engine `relief`."""

    VERSION: ClassVar[str] = "1"
    name: Literal["relief"] = "relief"
    faces: int = Field(default=60_000, ge=500, le=1_000_000)
    """At most this many triangles. A flat work needs 36, whatever is allowed."""


class ReliefEngine:
    """Builds panels, slabs and round things. See the module head."""

    def __init__(self, options: ReliefOptions) -> None:
        self._faces = options.faces

    def build(self, rgb: RGB, mask: MaskArray, depth: DepthArray, subject: Subject) -> MeshArrays:
        """Return the closed, textured mesh of one object.

        Raises:
            EngineFailed: if the mask shows no object, or sizes or values do not fit together.
        """
        _checked(rgb, mask, depth)
        kind = subject.kind
        if kind.fills_photograph or float((mask > 0.5).mean()) >= _FULL:
            flat = kind in _ALWAYS_FLAT or _spread_of(depth) < _FLAT
            return _panel(rgb, subject) if flat else self._relief_panel(rgb, depth, subject)
        return self._cut_out(rgb, mask, depth, subject)

    def _relief_panel(self, rgb: RGB, depth: DepthArray, subject: Subject) -> MeshArrays:
        import numpy as np

        from pipeline.media import outline, skin
        from pipeline.media import solid as body

        height, width = depth.shape
        # Front and back two triangles a cell each, the walls two triangles a cell of the border.
        cell = max((4 * width * height / self._faces) ** 0.5, _LEAST_CELL_PX)
        while True:
            sheet = outline.rectangle(width, height, cell)
            if 2 * (len(sheet.triangles) + len(sheet.rim)) <= self._faces:
                break
            cell *= 1.02
        scale = scale_of(subject, width, height, [(width, height)])
        near = _smooth(depth, np.ones_like(depth), cell)
        relief = _stretched(outline.sample(near, sheet.points))
        cover = skin.uncut(rgb, _BACKS.get(subject.kind))
        heights = _slab_heights(relief, subject, scale, (width, height))
        solid = body.slab(sheet, cover, heights, plain_walls=True)
        return _placed(solid, subject, scale, on_wall=True)

    def _cut_out(
        self, rgb: RGB, mask: MaskArray, depth: DepthArray, subject: Subject
    ) -> MeshArrays:
        import numpy as np

        from pipeline.media import outline, skin
        from pipeline.media import solid as body

        lattice, sheet = self._traced(mask, subject.kind not in _ROUND)
        width, height = np.ptp(sheet.points, axis=0)
        parts = outline.parts(mask)
        scale = scale_of(subject, float(width), float(height), parts)
        near = _smooth(depth, mask, lattice.cell_px)
        relief = outline.sample(near, sheet.points)
        cover = skin.cut_out(rgb, mask)
        if subject.kind not in _ROUND:
            side = sorted(min(part) for part in parts)[len(parts) // 2]
            heights = _slab_heights(_stretched(relief), subject, scale, (side, side))
            solid = body.slab(sheet, cover, heights, plain_walls=False)
        else:
            balloon = _Balloon.over(lattice, parts, subject, scale)
            turned = subject.kind is Kind.VESSEL
            front, back = _round_heights(relief[: sheet.inner], lattice, balloon, turned=turned)
            solid = body.pillow(sheet, cover, front, back)
        return _placed(solid, subject, scale, on_wall=False)

    def _traced(self, mask: MaskArray, walled: bool) -> tuple[Lattice, Sheet]:
        """Find the finest lattice that keeps to the budget of faces."""
        from pipeline.media import outline

        area = float((mask > 0.5).sum())
        cell = max((4 * area / self._faces) ** 0.5, _LEAST_CELL_PX)
        total = 0
        for _ in range(_TRIES):
            lattice = outline.trace(mask, cell)
            if lattice is None:
                break
            sheet = outline.triangulate(lattice)
            total = 2 * len(sheet.triangles) + (2 * len(sheet.rim) if walled else 0)
            if total <= self._faces:
                return lattice, sheet
            cell *= 1.01 * (total / self._faces) ** 0.5
        if total or outline.trace(mask, 1.0) is not None:
            raise EngineFailed(
                f"The outline is too fine to be drawn with {self._faces} faces. Allow the mesh "
                "engine `relief` more `faces`."
            )
        raise EngineFailed(
            f"The mask shows no object that can be given a shape: it covers {area:.0f} of "
            f"{mask.size} pixels, in specks. Expected one connected object; correct the mask or "
            "choose another mask engine."
        )


def _checked(rgb: RGB, mask: MaskArray, depth: DepthArray) -> None:
    import numpy as np

    if not rgb.shape[:2] == mask.shape == depth.shape:
        raise EngineFailed(
            f"Photograph, mask and depth differ in size: {rgb.shape[:2]}, {mask.shape} and "
            f"{depth.shape} (rows, columns). Expected one size; render the object again."
        )
    if not (np.isfinite(mask).all() and np.isfinite(depth).all()):
        raise EngineFailed(
            "Mask or depth hold values that are not numbers. Expected 0 to 1; choose another "
            "mask or depth engine."
        )


def _spread_of(values: Array) -> float:
    import numpy as np

    low, high = np.percentile(values, (1, 99))
    return float(high - low)


def _stretched(values: Array) -> Array:
    """Stretch to 0 … 1 without outliers; one plane becomes all 1."""
    import numpy as np

    low, high = np.percentile(values, (1, 99))
    if high - low < _FLAT:
        return np.ones_like(values, dtype=np.float64)
    stretched: Array = np.clip((values.astype(np.float64) - low) / (high - low), 0, 1)
    return stretched


def _smooth(depth: DepthArray, mask: MaskArray, cell_px: float) -> Array:
    """Smooth depth to the lattice, from inside the object only: the background is far away."""
    import cv2
    import numpy as np

    solid = (mask > 0.5).astype(np.uint8)
    core = cv2.erode(solid, np.ones((3, 3), np.uint8), borderValue=1)
    # What erosion leaves out counts a little, so that thin parts keep their own depth.
    weight = core.astype(np.float32) + np.float32(1e-3) * solid + np.float32(1e-9)
    sigma = max(0.6 * cell_px, 0.6)
    mass = cv2.GaussianBlur(weight, (0, 0), sigma, borderType=cv2.BORDER_REPLICATE)
    near = cv2.GaussianBlur(depth * weight, (0, 0), sigma, borderType=cv2.BORDER_REPLICATE)
    smooth: Array = near / mass
    return smooth


@dataclass(frozen=True)
class _Balloon:
    """Heights over the sheet's inner points in pixels, and half the depth of the object."""

    heights: Array
    half_px: float

    @classmethod
    def over(
        cls, lattice: Lattice, parts: list[tuple[float, float]], subject: Subject, scale: Scale
    ) -> _Balloon:
        from pipeline.media import outline

        heights = outline.inflate(lattice)
        size = subject.size
        if scale.known and (size.depth_m or size.diameter_m):
            whole = (size.depth_m or size.diameter_m or 0.0) / scale.x
        else:
            # As deep as wide, and no deeper than high: a bowl, a lying figure.
            width, height = max(parts, key=lambda part: part[0] * part[1])
            whole = min(width, height)
        return cls(heights * (whole / 2 / float(heights.max())), whole / 2)


def _round_heights(
    relief: Array, lattice: Lattice, balloon: _Balloon, *, turned: bool
) -> tuple[Array, Array]:
    """Heights of a round thing's front and back at the sheet's inner points, in pixels.

    Both are the balloon times a ratio, so that both close at the rim at right angles. A vessel
    was turned on a wheel: its back has the ratios of its front. Of a sculpture's front only the
    masses are taken over.
    """
    import numpy as np

    from pipeline.media import outline

    low, high = np.percentile(relief, (1, 99))
    if high - low < _FLAT:
        return balloon.heights, balloon.heights
    # No node lies on the rim itself. What depth is there, a straight line through depth over
    # balloon tells; taking the least depth instead, a ball loses 6 % of its radius.
    rise = balloon.heights - balloon.heights.mean()
    slope = float((rise * relief).sum()) / max(float((rise * rise).sum()), 1e-12)
    if slope > 0:
        at_rim = float(relief.mean() - slope * balloon.heights.mean())
        low = np.clip(at_rim, low - (high - low), low)
    ratio = balloon.half_px * (relief - low) / (high - low) / balloon.heights
    ratio = np.clip(ratio, _BALLOON_LEAST, _BALLOON_MOST)
    calm = outline.smoothed(lattice, ratio, _CALM_CELLS)
    edge = np.clip(1 - outline.inwards(lattice) / (3 * _CALM_CELLS), 0, 1)
    front = balloon.heights * (ratio + (calm - ratio) * edge)
    behind = calm
    if not turned:
        behind = outline.smoothed(lattice, ratio, _MASSES_SHARE * min(lattice.field.shape))
    return front, balloon.heights * behind


def _slab_heights(
    relief: Array, subject: Subject, scale: Scale, sides_px: tuple[float, float]
) -> Array:
    """Height of the front over the flat back, in pixels."""
    share, raised = _SLABS.get(subject.kind, _SLAB)
    whole = share * min(sides_px)
    if scale.known and subject.size.depth_m:
        whole = subject.size.depth_m / scale.x
    heights: Array = whole * (1 - raised + raised * relief / relief.max())
    return heights


def _panel(rgb: RGB, subject: Subject) -> MeshArrays:
    """A board with the photograph on its front; its edges are rounded a little."""
    from pipeline.media import skin
    from pipeline.media import solid as body

    height, width = rgb.shape[:2]
    scale = scale_of(subject, width, height, [(width, height)])
    canvas = subject.kind is Kind.PAINTING
    share = _THICK_SHARE if canvas else _THIN_SHARE
    thickness = share * max(width, height)
    if scale.known:
        thick = subject.size.depth_m or (_THICK_M if canvas else _THIN_M)
        thickness = thick / scale.x
    if not (scale.known and subject.size.depth_m):
        thickness = min(thickness, _THICKEST_SHARE * min(width, height))
    bevel = min(_BEVEL_SHARE * thickness, 0.01 * min(width, height))
    cover = skin.uncut(rgb, _BACKS.get(subject.kind))
    board = body.board((width, height), thickness, bevel, cover)
    return _placed(board, subject, scale, on_wall=True)


def _placed(solid: Solid, subject: Subject, scale: Scale, *, on_wall: bool) -> MeshArrays:
    """Put a solid on the floor, centred, in metres or with its longest side 1."""
    size = subject.size
    turned = size.diameter_m if subject.kind is Kind.VESSEL else None
    depth_m = (size.depth_m or turned) if scale.known else None
    roughness, metallic = _FINISH.get(subject.kind, _MATTE)
    vertices, normals = solid.standing(
        (scale.x, scale.y), depth_m, known=scale.known, on_wall=on_wall
    )
    return MeshArrays(
        vertices=vertices,
        normals=normals,
        faces=solid.faces,
        uv=solid.uv,
        observed=solid.observed,
        texture=solid.texture,
        roughness=roughness,
        metallic=metallic,
    )
