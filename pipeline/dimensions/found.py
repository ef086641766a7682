"""What the reader finds in a statement, before it is a result: labels, terms, runs and parts.

These are filled in step by step, and several for every statement, so they are plain classes.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

from pipeline.dimensions.numbers import Number
from pipeline.dimensions.units import Unit


@dataclass(slots=True, eq=False)
class Term:
    """One number with its unit, as far as both are known."""

    number: Number
    low: float
    high: float | None
    unit: Unit | None
    start: int
    end: int
    axis: str = ""
    """An `Axis`, a letter that `axes.py` will decide, or nothing."""
    by_order: bool = False
    about: bool = False
    step: float = 1.0
    more: tuple[tuple[int, float], ...] = ()
    """Where numbers in a finer unit stand that were added, and their scale: the 6 of 5' 6"."""
    inferred: bool = False
    """Its unit is that of the rest of the statement."""


@dataclass(slots=True, eq=False)
class Label:
    """What is said of a run of numbers, before or after it."""

    parts: tuple[str, ...] = ()
    counted_in: tuple[str, ...] = ()
    """*with base*"""
    words: tuple[str, ...] = ()
    """Words that are in no table."""
    each: bool = False
    several: bool = False
    fresh: bool = False
    variable: bool = False
    of_size: bool = False
    """It speaks of dimensions: *dimensions variable*."""
    position: bool = False
    aside: bool = False
    """Something that nobody understood was said of it afterwards."""
    scoped: bool = False
    """The part came after an axis: *diam. of base*. It says nothing of what follows."""
    start: int = -1
    end: int = -1
    text: str = ""

    @property
    def names(self) -> bool:
        """It says what was measured."""
        return bool(self.parts or self.counted_in or self.words or self.fresh or self.position)


MOST_NAMES = 12
"""Words and brackets of one label that are kept; more are no label."""


def one_more(names: tuple[str, ...], name: str) -> tuple[str, ...]:
    """Return the names of a label with one more, if they are not too many."""
    return (*names, name) if len(names) < MOST_NAMES else names


@dataclass(slots=True, eq=False)
class Found:
    """A part: its label, and the runs of numbers that belong to it."""

    label: Label
    inside: bool = False
    """It stands in brackets after another one, and is a detail of that."""
    runs: list[Run] = field(default_factory=list)
    twins: list[Twins] = field(default_factory=list)
    named: set[str] | None = None
    """Axes and letters that its runs name, once somebody has asked."""
    closed: bool = False
    """It was named after its numbers: those that follow are of something else."""


class Twins(NamedTuple):
    """Two runs that say the same in two systems, as they were before one took the other's place."""

    terms: tuple[Term, ...]
    others: tuple[Term, ...]
    pairs: tuple[tuple[Term, Term], ...]
    side_by_side: bool
    """Nothing but their likeness says that they are one."""


@dataclass(slots=True, eq=False)
class Run:
    """Numbers joined by ``x``, or one alone."""

    part: Found
    terms: list[Term]
    clause: int
    axes: list[str] = field(default_factory=list)
    """*H x W x D:* before the numbers."""
    others: list[Run] = field(default_factory=list)
    """The same in brackets, perhaps in other units."""
    behind: int = 0
    """It stands in brackets behind so many numbers of another run."""

    def axis_of(self, index: int) -> str:
        """Return what is said of one of the terms."""
        term = self.terms[index]
        if term.axis or len(self.axes) != len(self.terms):
            return term.axis
        return self.axes[index]
