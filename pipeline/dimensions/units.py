"""Factors of units, taken from pint once.

Importing pint takes 0.4 s and a call of it some 20 µs, so that it is asked once for each unit and
never for a statement.
"""

from __future__ import annotations

from functools import cache
from typing import Literal, NamedTuple

from pipeline.dimensions.words import UNITS

Dimension = Literal["length", "mass", "time", "historical"]


class Unit(NamedTuple):
    """A unit and what one of it is in metres, kilograms or seconds."""

    name: str
    dimension: Dimension
    factor: float
    metric: bool


HISTORICAL = Unit("historical", "historical", 0.0, metric=False)
_SI: dict[str, Dimension] = {"meter": "length", "kilogram": "mass", "second": "time"}
_IMPERIAL = {"inch", "foot", "pound", "ounce"}


@cache
def units() -> dict[str, Unit]:
    """Return every unit that statements use, by pint's name."""
    import pint

    registry: pint.UnitRegistry[float] = pint.UnitRegistry(cache_folder=None)
    made = {}
    for name in UNITS:
        si = registry.Quantity(1.0, name).to_base_units()
        if f"{si.units}" == "gram":
            si = si.to("kilogram")
        made[name] = Unit(name, _SI[f"{si.units}"], float(si.magnitude), name not in _IMPERIAL)
    return made
