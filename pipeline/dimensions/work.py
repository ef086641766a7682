"""Which of the parts is the work itself.

The physical object is: an object or painting, the sheet, canvas or panel (Tate's *support*).
Failing that what is said of the whole, *overall* or *displayed*; failing that a plate or image, and
that is said to be unsure, since its paper may be larger. Frames, mounts and bases are not the work.
If there are several of the work, or one of several was measured, its own size is unknown unless the
whole is stated.
"""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.dimensions.axes import Instance
from pipeline.dimensions.found import Label

_RANK = (
    "packing",
    "frame",
    "mount",
    "base",
    "lid",
    "mouth",
    "foot",
    "body",
    "sheet",
    "plate",
    "sight",
    "image",
    "work",
    "overall",
)
"""Of several names for one part the first counts: the *frame of the painting* is a frame."""

_ON_IT = ("plate", "image", "sight", "body")


def name_of(label: Label) -> str:
    """Return what a part is called in the result."""
    parts = label.parts
    if label.counted_in:
        return f"with {min(label.counted_in, key=_RANK.index)}"
    if len(parts) == 1:
        return parts[0]
    if "overall" in parts and label.several:
        return "overall"  # overall (three panels)
    if parts:
        return min(parts, key=_RANK.index)
    return "other" if label.words or label.position else "work"


def is_component(label: Label) -> bool:
    """Say whether a label tells apart one of several: *support (left)*, *object (hook)*."""
    return label.position or label.aside or bool(label.words)


def choose(instances: Sequence[Instance]) -> tuple[Instance | None, str]:
    """Return the work among what was measured, and why that is unsure or unknown."""
    measured = [one for one in instances if one.has_length and not one.source.inside]
    if not measured:
        return None, ""
    levels: dict[str, list[Instance]] = {}
    for one in measured:
        levels.setdefault(name_of(one.label), []).append(one)
    works = levels.get("work", []) + levels.get("sheet", []) or levels.get("with lid", [])
    whole = _only(levels.get("overall", []))
    if works:
        return _of_works(works, whole, others=bool(levels.get("other")))
    if whole is not None:
        return whole, ""
    if levels.get("overall"):
        return None, "the whole is measured in more than one way"
    for name in _ON_IT:
        on_it = levels.get(name, [])
        if len(on_it) == 1 and not on_it[0].label.each and not on_it[0].label.several:
            return on_it[0], f"only the {name} is measured, the work may be larger"
        if on_it:
            return None, f"the {name} is one of several"
    return None, f"what is measured is not said to be the work itself: {_called(measured)}"


def _called(measured: Sequence[Instance]) -> str:
    """Return what parts are called, in the statement's own words where nobody knows them."""
    names = [name_of(one.label) for one in measured]
    labels = [one.label.text.strip()[:40] for one in measured]
    said = (
        label if name == "other" and label else name
        for name, label in zip(names, labels, strict=True)
    )
    return ", ".join(dict.fromkeys(said))


def _only(whole: Sequence[Instance]) -> Instance | None:
    """Return the one that is plain, or the one there is."""
    whole = [one for one in whole if not one.label.each]
    plain = [one for one in whole if not is_component(one.label)]
    if len(plain) == 1:
        return plain[0]
    return whole[0] if len(whole) == 1 else None


def _of_works(
    works: Sequence[Instance], whole: Instance | None, *, others: bool
) -> tuple[Instance | None, str]:
    first = works[0]
    alone = len(works) == 1 and not _is_one_of_many(first)
    if alone and not is_component(first.label):
        return first, ""
    if whole is not None:
        return whole, ""
    if alone and not others:
        return first, "it may be only a part of the work"
    plain = [one for one in works if not _is_one_of_many(one) and not is_component(one.label)]
    if len(plain) == 1:
        return plain[0], "other pieces are measured too"
    named = [one for one in plain if "work" in one.label.parts]
    if len(named) == 1 and len(plain) == len(works):
        return named[0], "its support is measured too"
    return None, "the size of the whole is not said, only that of its pieces"


def _is_one_of_many(one: Instance) -> bool:
    return one.label.each or one.label.several
