"""True size: how many metres a pixel of the photograph measures on the object.

Knows what the catalogue states and how large the object is in its photograph; not how far away
the camera stood. A near rim looks larger than the body behind it, so that a vessel photographed
from three times its height comes out some per cent too slender.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass

from pipeline.items import Kind, Size, Subject
from pipeline.records import text_in

_log = logging.getLogger(__name__)

AGREE = 0.03
"""Stated height and width agree with the photograph if their proportions differ by less."""


@dataclass(frozen=True)
class Scale:
    """Metres per pixel across and down; ``known`` is false where they mean nothing."""

    x: float
    y: float
    known: bool


def scale_of(
    subject: Subject, width_px: float, height_px: float, parts: list[tuple[float, float]]
) -> Scale:
    """Metres per pixel from what the catalogue states: height first, then width, then diameter."""
    size = subject.size
    stated = size.width_m or (size.diameter_m if subject.kind is Kind.VESSEL else None)
    if size.height_m and stated:
        x, y = stated / width_px, size.height_m / height_px
        if abs(x / y - 1) < AGREE:
            return Scale(x, y, True)
        _log.info(
            "%s: the catalogue says %.4g m high and %.4g m wide, the photograph shows it %.4g m "
            "wide at that height. The mesh has the stated height.",
            text_in(subject.title, "en"),
            size.height_m,
            stated,
            width_px * y,
        )
    per_px = _one_measure(size, width_px, height_px, parts)
    return Scale(1.0, 1.0, False) if per_px is None else Scale(per_px, per_px, True)


def _one_measure(
    size: Size, width_px: float, height_px: float, parts: list[tuple[float, float]]
) -> float | None:
    if size.height_m:
        return size.height_m / height_px
    if size.width_m:
        return size.width_m / width_px
    if size.diameter_m:
        # Several coins in one photograph: each has the diameter, not their row.
        across = [max(part) for part in parts]
        single = max(width_px, height_px)
        return size.diameter_m / (sorted(across)[len(across) // 2] if len(parts) > 1 else single)
    return None
