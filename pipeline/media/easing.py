"""Ways from 0 to 1 that begin and end at rest. Knows no time and no picture.

The glide of a camera, which goes evenly in between, is in `pipeline.media.camera`.
"""

from __future__ import annotations

from typing import Any


def smooth(part: Any) -> Any:
    """Return the way done at ``part`` of it, from 0 to 1: no speed at either end.

    ``part`` is a number or an array of them.

    Source: Apodaca and Gritz, "Advanced RenderMan", 2000 (smoothstep, Hermite's cubic).
    """
    return part * part * (3 - 2 * part)


def smoother(part: float) -> float:
    """Return the way done at ``part`` of it: neither speed nor acceleration at either end (C²).

    What is less than 0 or more than 1 is held there.

    Source: Perlin, "Improving noise", ACM TOG 21(3), 2002.
    """
    part = min(max(part, 0.0), 1.0)
    return part * part * part * (part * (part * 6 - 15) + 10)
