"""Height and width that may have changed places, decided by the shape of the photograph.

Tate's table of 2014 holds each height under *width* and each width under *height*, in all 64,896
records that can be compared; other catalogues write width first. The upright photograph of a flat
work has the work's proportions, if little of anything else is on it.
"""

from __future__ import annotations

import math

from pipeline.dimensions.result import Dimensions

TOLERANCE = 0.05
"""How far the proportions of photograph and work may differ, as a share.

Reasoned, not measured: sides rounded to half a centimetre change those of a small sheet by 2 %, and
a strip of ground or of frame around a work by a few more.
"""

_FLAT = 0.2
"""Deeper than this share of its shorter side, a thing is no flat work."""


def settle(dimensions: Dimensions, photo_px: tuple[int, int]) -> tuple[Dimensions, str | None]:
    """Let the photograph decide which of two sides is the height.

    A size whose axes are named is never changed; if only the other way round fits the
    photograph, that is said. Otherwise the way that fits is taken. Near squares and photographs
    that fit neither way decide nothing.

    Args:
        dimensions: What the catalogue says.
        photo_px: Width and height of the photograph, turned upright.

    Returns:
        The size, and what was found: ``None`` if there was nothing to say.
    """
    sides = _sides(dimensions)
    if sides is None or min(photo_px) <= 0:
        return dimensions, None
    height, width = sides
    seen = math.log(photo_px[0] / photo_px[1])
    stated = math.log(width / height)
    limit = math.log1p(TOLERANCE)
    fits, fits_turned = abs(seen - stated) <= limit, abs(seen + stated) <= limit
    shape = f"the photograph is {photo_px[0]} × {photo_px[1]} px"
    if fits and fits_turned:
        if dimensions.sure == "stated":
            return dimensions, None
        return dimensions, f"{shape}, nearly square: it does not tell height from width"
    if not fits and not fits_turned:
        size = f"{height:g} × {width:g} m (height × width)"
        other = _part_like(dimensions, seen)
        hint = f"it has the shape of the {other}" if other else "look at both"
        return dimensions, f"{shape}, which fits {size} in neither way; {hint}"
    if dimensions.sure == "stated":
        if fits:
            return dimensions, None
        return (
            dimensions,
            f"{shape}, which fits the stated size only if height and width change places",
        )
    if fits and dimensions.height_m is not None:
        return _decided(dimensions, height, width), None
    turned = (height, width) if fits else (width, height)
    return _decided(dimensions, *turned), f"{shape}: height and width were put as they are on it"


def _sides(dimensions: Dimensions) -> tuple[float, float] | None:
    """Return height and width of a flat work, or length and width if there is no height."""
    height, width, depth = dimensions.height_m, dimensions.width_m, dimensions.depth_m
    if dimensions.diameter_m is not None or width is None:
        return None
    if height is None:
        height = _length_beside(dimensions, width)
    if height is None or (depth is not None and depth > _FLAT * min(height, width)):
        return None
    return height, width


def _part_like(dimensions: Dimensions, seen: float) -> str:
    """Return the part that has the photograph's shape: many show a print without its margins."""
    for part in dimensions.parts:
        sizes = {measure.axis: measure.value for measure in part.measures}
        height, width = sizes.get("height"), sizes.get("width")
        if height is None or width is None:
            continue
        if abs(math.log(width / height) - seen) <= math.log1p(TOLERANCE):
            return part.name
    return ""


def _length_beside(dimensions: Dimensions, width: float) -> float | None:
    for part in dimensions.parts:
        sizes = {measure.axis: measure.value for measure in part.measures}
        if sizes.get("width") == width and "length" in sizes:
            return sizes["length"]
    return None


def _decided(dimensions: Dimensions, height: float, width: float) -> Dimensions:
    """Order follows the photograph now; other doubts stay."""
    update = {"height_m": height, "width_m": width, "sure": "order"}
    return dimensions.model_copy(update=update)
