"""What a dimension statement says, in metres, kilograms and seconds.

These models know nothing of words and grammar, so that records may hold them.
"""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict

Axis = Literal[
    "height",
    "width",
    "depth",
    "diameter",
    "length",
    "thickness",
    "circumference",
    "weight",
    "duration",
    "unknown",
]
Sure = Literal["stated", "order", "unsure"]


class Measure(BaseModel):
    """One number: what it measures, and where it stands."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    axis: Axis
    """What it measures; ``unknown``: a length of which nothing says what it measures."""
    value: float
    """Metres; kilograms of a weight, seconds of a duration. The lower end of a range."""
    high: float | None = None
    """The upper end of a range: ``10-12 cm``."""
    stated: str
    """As it is written."""
    order: Literal["named", "order"] = "named"
    """The axis was named, or follows from the order of the numbers: height, width, depth."""
    about: bool = False
    """It is said to be approximate."""


class Part(BaseModel):
    """What was measured: the work itself, its sheet, frame, base or lid."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    """What it is.

    ``work overall sheet plate image sight frame mount base lid mouth foot body packing``, with
    ``with`` before it where it is counted in (``with base``), ``other`` where nobody knows.
    """
    label: str = ""
    """What the statement calls it."""
    each: bool = False
    """One of several: the size of the whole is not said with it."""
    measures: tuple[Measure, ...]


class Dimensions(BaseModel):
    """The size of the work itself, every part found, and what could not be read."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    height_m: float | None = None
    width_m: float | None = None
    depth_m: float | None = None
    diameter_m: float | None = None
    sure: Sure = "unsure"
    """How sure its axes are.

    ``stated``: they are named. ``order``: they follow the order height, width, depth, or the shape
    of the photograph (`settle`). ``unsure``: something else was possible, see the notes; or there
    is no size.
    """
    parts: tuple[Part, ...] = ()
    notes: tuple[str, ...] = ()
    """Contradictions, and what was left unread and why."""
    text: str = ""

    @property
    def is_known(self) -> bool:
        """At least one measure of the work itself is stated."""
        sides = (self.height_m, self.width_m, self.depth_m, self.diameter_m)
        return any(side is not None for side in sides)
