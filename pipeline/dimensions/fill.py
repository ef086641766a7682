"""Units that stand once for several numbers, and the same size said twice in two systems.

A number without a unit has that of the next number of its run, else of the one before, else, where
its axis is named, of the next run: *H. 77 ; L. 53 cm*. If a statement has only one unit of length,
its numbers without one are taken to be in it, and said to be unsure.

Metric wins over inches. If the two are further apart than both were rounded, that is a note.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from pipeline.dimensions.found import Found, Run, Term, Twins
from pipeline.dimensions.units import Unit

_SLACK = 1.001
_NEAR = 4
_SAME = 0.12
"""Two runs side by side, in metric and in inches, are one size said twice if no number differs by
more than this share. Catalogues' typing errors are mostly larger; two works so alike are rare."""


def fill_units(runs: Sequence[Run]) -> None:
    """Give every number a unit that the statement gives it."""
    every = [*runs, *(other for run in runs for other in run.others)]
    lacking = [run for run in every if None in [term.unit for term in run.terms]]
    if not lacking:
        return
    for run in lacking:
        _within(run)
    for run, following in zip(reversed(runs[:-1]), reversed(runs[1:]), strict=True):
        unit = following.terms[0].unit
        named = all(run.axis_of(index) for index in range(len(run.terms)))
        if named and unit and unit.dimension == "length" and run.part is following.part:
            for term in run.terms:
                term.unit = term.unit or unit
    if not all(term.unit for run in every for term in run.terms):
        _from_the_rest(every)


def _within(run: Run) -> None:
    terms = run.terms
    if len(terms) == 1:
        return
    for ahead in (reversed(terms), terms):
        unit: Unit | None = None
        for term in ahead:
            if term.unit is None:
                term.unit = unit
            elif term.unit.dimension == "length":
                unit = term.unit


def _from_the_rest(runs: Sequence[Run]) -> None:
    lengths = {
        term.unit
        for run in runs
        for term in run.terms
        if term.unit is not None and term.unit.dimension == "length"
    }
    if len(lengths) != 1:
        return
    unit = lengths.pop()
    for run in runs:
        if len(run.terms) > 1 and not run.part.inside:
            for term in run.terms:
                if term.unit is None:
                    term.unit, term.inferred = unit, True


def is_metric(run: Run) -> bool | None:
    """Say in which system the measures of a run are; ``None`` if in both or neither."""
    systems = {
        term.unit.metric
        for term in run.terms
        if term.unit is not None and term.unit.dimension in {"length", "mass"}
    }
    return systems.pop() if len(systems) == 1 else None


def merge_others(part: Found, text: str, notes: list[str]) -> None:
    """Make one run of two that say the same; the metric one stays."""
    for index, run in enumerate(part.runs):
        for other in run.others:
            _merge(_meant(part.runs[max(0, index - _NEAR) : index + 1], other), other, text, notes)
    if len(part.runs) < 2:
        return
    kept: list[Run] = []
    for run in part.runs:
        before = _twin(kept, run)
        if before:
            for one, same in zip(before, _split(run, before), strict=True):
                _merge(one, same, text, notes, side_by_side=True)
        else:
            kept.append(run)
    part.runs = kept


def _meant(runs: Sequence[Run], other: Run) -> Run:
    """Return which of the runs before a bracket it repeats: *27 x 21 in., 45 lb. (69 x 53 cm)*."""
    for run in reversed(runs[-_NEAR:]):
        if _dimension(run) == _dimension(other):
            other.behind = other.behind if run is runs[-1] else 0
            return run
    return runs[-1]


def _dimension(run: Run) -> str:
    return next((term.unit.dimension for term in run.terms if term.unit is not None), "length")


def _split(run: Run, before: Sequence[Run]) -> list[Run]:
    if len(before) == 1:
        return [run]
    return [Run(run.part, [term], run.clause) for term in run.terms]


def _twin(kept: Sequence[Run], run: Run) -> Sequence[Run]:
    """Return the runs just before that ``run`` says again in the other system, if it does."""
    system = is_metric(run)
    if system is None or not kept or kept[-1].others:
        return ()
    for count in (1, len(run.terms)):
        before = kept[-count:]
        terms = [term for one in before for term in one.terms]
        axes = [one.axis_of(index) for one in before for index in range(len(one.terms))]
        if len(terms) != len(run.terms) or any(
            is_metric(one) is not (not system) for one in before
        ):
            continue
        own = [run.axis_of(index) for index in range(len(run.terms))]
        if (own == axes or not any(own) or not any(axes)) and all(map(_alike, terms, run.terms)):
            return before
    return ()


def _alike(one: Term, other: Term) -> bool:
    return are_alike(metres_of(one), metres_of(other))


def are_alike(one_m: float, other_m: float) -> bool:
    """Say whether two lengths may be one in two systems."""
    return one_m > 0 and other_m > 0 and abs(one_m - other_m) <= _SAME * max(one_m, other_m)


def metres_of(term: Term) -> float:
    """Return the length, or the weight in kilograms; NaN if its unit is not known."""
    return term.low * term.unit.factor if term.unit is not None else math.nan


def rounding(steps_m: Sequence[float], other_steps_m: Sequence[float]) -> float:
    """Return how far two runs may be apart, from the steps to which they were rounded.

    The finest step of a run counts: who writes 12 1/8 x 10 in. measured the 10 to an eighth too.
    """
    return (min(steps_m) + min(other_steps_m)) / 2 * _SLACK


def _merge(
    run: Run, other: Run, text: str, notes: list[str], *, side_by_side: bool = False
) -> None:
    """Compare two runs number by number from the last; metric numbers take the place of others."""
    system = is_metric(other)
    if system is None or is_metric(run) is not (not system):
        return
    behind = other.behind or len(run.terms)
    pairs = tuple(zip(reversed(run.terms[:behind]), reversed(other.terms), strict=False))
    if behind != len(other.terms) > 1:
        notes.append(f"{_said(run, text)} and {_said(other, text)} are not equally many numbers")
    twins = Twins(tuple(run.terms), tuple(other.terms), pairs, side_by_side)
    run.part.twins.append(twins)
    for term, same in _contradictions(twins):
        share = abs(metres_of(term) - metres_of(same)) / max(metres_of(term), metres_of(same))
        notes.append(
            f"{text[term.start : term.end]} and {text[same.start : same.end]} are {share:.0%} "
            "apart, more than rounding explains"
        )
    if system:
        for place, (term, same) in zip(range(behind - 1, -1, -1), pairs, strict=False):
            same.axis = term.axis or same.axis
            run.terms[place] = same


def _contradictions(twins: Twins) -> list[tuple[Term, Term]]:
    """Return the pairs that are further apart than both were rounded."""
    limit = rounding(_steps(twins.terms), _steps(twins.others))
    return [pair for pair in twins.pairs if abs(metres_of(pair[0]) - metres_of(pair[1])) > limit]


def _steps(terms: Sequence[Term]) -> list[float]:
    return [term.step * term.unit.factor for term in terms if term.unit is not None]


def _said(run: Run, text: str) -> str:
    return text[run.terms[0].start : run.terms[-1].end]
