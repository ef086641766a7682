"""Makes an item of what a dialect found in an entry: the same conclusions for every catalogue.

The kind comes from classification, name, material and size; the size from statements in the
catalogue's own words; the licence from URIs, and from words where they are certain. What cannot be
concluded stays unknown: no size and no right is ever guessed. Reasons are kept with the item.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from pydantic import ValidationError

from pipeline.care import care_of
from pipeline.dimensions import Dimensions, Row, measured_rows, parse_dimensions
from pipeline.errors import SourceError
from pipeline.items import Item, Kind, Picture, Rights, Size
from pipeline.kinds import Evidence, guess_kind
from pipeline.licences import find_licence, read_rights
from pipeline.records import Localized
from pipeline.sources._fields import misfit
from pipeline.sources.described import Described, Measured, Statement
from pipeline.sources.finder import Finder
from pipeline.sources.options import SourceOptions
from pipeline.sources.texts import clean_id, without_secrets

_SAME = 0.03
"""Two statements of one size differ by no more: inches are rounded to an eighth."""
_PUBLIC_DOMAIN = "https://creativecommons.org/publicdomain/mark/1.0/"


def conclude(found: Described, options: SourceOptions, finder: Finder) -> Item:
    """Return the item that an entry describes.

    Args:
        found: what the dialect read.
        options: what the config says of the whole collection.
        finder: finds pictures that are files.

    Raises:
        SourceError: if nothing can be made of the entry, with the reason in a sentence.
    """
    identifier = _identifier(found.id)
    dimensions, notes = _size(found)
    guess = None if found.kind else guess_kind(_evidence(found, dimensions))
    image, at = _picture(found, finder)
    try:
        return Item(
            id=identifier,
            kind=found.kind or Kind(guess.kind if guess else "other"),
            kind_reason=guess.reason if guess else "",
            title=found.title or _name(found, identifier),
            image=image,
            description=found.description,
            creator=found.creator,
            date=found.date,
            rights=_rights(found, options),
            care=care_of(found),
            size=_plain(dimensions),
            dimensions=dimensions,
            size_notes=notes,
            details=found.details,
            source_url=without_secrets(found.source_url),
            place=without_secrets(found.place),
            extra=_extra(found, dimensions, found.pictures[:at] + found.pictures[at + 1 :]),
        )
    except ValidationError as error:
        raise SourceError(misfit(error)) from error


def _identifier(text: str) -> str:
    """Return an id that can be shown, compared and searched for.

    Raises:
        SourceError: if nothing is left of it, or it is too long for one.
    """
    name = clean_id(text)
    if not name:
        raise SourceError("it has no id: expected an accession number or another name of its own")
    if len(name) > 300:
        raise SourceError(
            f"its id has {len(name)} characters, expected an accession number of at most 300: "
            f"{name[:40]}…"
        )
    return name


def _name(found: Described, identifier: str) -> Localized:
    """Return a title for what has none: what it is, or else its number."""
    named = next(iter(found.object_names), "")
    return {found.language if named else "und": named or identifier}


def _picture(found: Described, finder: Finder) -> tuple[Path | Picture | None, int]:
    """Return the picture to use, and its place: the first, and of files the first that is there.

    Raises:
        SourceError: if its name leads out of the folders of pictures.
    """
    missing: tuple[Path | None, int] = None, 0
    for at, one in enumerate(found.pictures):
        if isinstance(one, Picture):
            return one, at
        path = finder.find(str(one))
        if path.is_file():
            return path, at
        if missing[0] is None:
            missing = path, at
    return missing


def _rights(found: Described, options: SourceOptions) -> Rights:
    stated = list(found.rights)
    if not stated and found.public_domain:
        stated = [_PUBLIC_DOMAIN]
    declared = not stated and found.public_domain is not False and options.rights
    if declared:
        stated = [options.rights]
    return Rights(
        uri=_uri(stated),
        credit=found.credit or options.credit,
        holder=found.holder or options.holder,
        stated="declared for the whole collection in the config"
        if declared
        else without_secrets("; ".join(stated)),
        record_uri=_uri(found.record_rights),
    )


def _uri(stated: Sequence[str]) -> str:
    """Return the licence that statements name for certain, or an address of none that is known."""
    if licence := read_rights(stated):
        return licence.uri
    # Where nothing is certain, a licence that is named beside a more binding one does not hold.
    foreign = (one for one in stated if "://" in one and find_licence(one) is None)
    return without_secrets(next(foreign, ""))


def _size(found: Described) -> tuple[Dimensions | None, tuple[str, ...]]:
    """Return the first statement that says a size of the work itself, and what is doubtful.

    What it leaves open is taken from a later one that says the same otherwise.
    """
    read = list(_read(found.sizes))
    known = [one for one in read if any(_sides(one))]
    if not known:
        return None, tuple(dict.fromkeys(note for one in read for note in one.notes))
    best = known[0]
    notes = list(best.notes)
    for other in known[1:]:
        best, note = _completed(best, other)
        notes += [note] if note else []
    return best, tuple(dict.fromkeys(notes))


def _read(sizes: Sequence[Statement | Measured]) -> Iterator[Dimensions]:
    """Yield what each statement says; numbers of different parts make one statement together."""
    for together in _together(sizes):
        if isinstance(together, Statement):
            yield parse_dimensions(together.text, together.language)
            continue
        rows = [
            Row(part.part, axis, value, part.unit)
            for part in together
            for axis, value in part.axes.items()
        ]
        yield measured_rows(rows, trusted_axes=all(part.trusted for part in together))


def _together(sizes: Sequence[Statement | Measured]) -> Iterator[Statement | list[Measured]]:
    parts: list[Measured] = []
    for one in sizes:
        again = isinstance(one, Measured) and any(one.part == part.part for part in parts)
        if parts and (again or isinstance(one, Statement)):
            yield parts
            parts = []
        if isinstance(one, Statement):
            yield one
        else:
            parts.append(one)
    if parts:
        yield parts


def _sides(size: Dimensions) -> tuple[float | None, ...]:
    return size.height_m, size.width_m, size.depth_m, size.diameter_m


_NAMES = ("height_m", "width_m", "depth_m", "diameter_m")


def _completed(first: Dimensions, other: Dimensions) -> tuple[Dimensions, str]:
    """Add what only ``other`` states, if both agree on all that both state."""
    pairs = list(zip(_NAMES, _sides(first), _sides(other), strict=True))
    both = [(name, a, b) for name, a, b in pairs if a and b]
    apart = [(name, a, b) for name, a, b in both if not _same(a, b)]
    if apart and other.sure == "unsure":  # it may be another part, or turned
        return first, ""
    if apart:
        name, a, b = apart[0]
        return first, f"its {name[:-2]} is {a:g} m in one statement and {b:g} m in another"
    added = {name: b for name, a, b in pairs if a is None and b is not None}
    return (first.model_copy(update=added) if both else first), ""


def _same(a: float | None, b: float | None) -> bool:
    return a is not None and b is not None and abs(a - b) <= _SAME * max(a, b)


def _plain(size: Dimensions | None) -> Size:
    """Return the size of the whole. The diameter of a mouth is not that of the body."""
    if size is None:
        return Size()
    sides = dict(zip(_NAMES, _sides(size), strict=True))
    mouths = [
        one.value
        for part in size.parts
        if part.name == "mouth"
        for one in part.measures
        if one.axis == "diameter"
    ]
    if size.sure == "unsure" and size.diameter_m in mouths:
        sides["diameter_m"] = None
    return Size(**sides)


def _evidence(found: Described, size: Dimensions | None) -> Evidence:
    height, width, depth, diameter = _sides(size) if size else (None,) * 4
    return Evidence(
        classifications=found.classifications,
        object_names=found.object_names,
        medium=found.medium,
        title=next(iter(found.title.values()), ""),
        height_m=height,
        width_m=width,
        depth_m=depth,
        diameter_m=diameter,
    )


def _extra(
    found: Described, size: Dimensions | None, further: Sequence[Picture | Path | str]
) -> dict[str, str]:
    """Return what has no place of its own in an item, so that nothing is lost."""
    kept = dict(found.extra)
    # Numbers are in the item's dimensions, if they say the size of the work and not of its frame.
    sizes = [one for one in found.sizes if size is None or isinstance(one, Statement)]
    plain = {
        "classification": "; ".join(found.classifications),
        "object name": "; ".join(found.object_names),
        "medium": found.medium,
        "dimensions": "; ".join(map(_stated, sizes)),
        "record rights": "; ".join(found.record_rights),
        "further pictures": " ".join(_shown(one) for one in further),
    }
    for name, text in plain.items():
        if text and kept.setdefault(name, text) != text:  # the catalogue has such a name as well
            kept[f"{name} (as read)"] = text
    return {name: without_secrets(text) for name, text in kept.items()}


def _stated(size: Statement | Measured) -> str:
    if isinstance(size, Statement):
        return size.text
    axes = ", ".join(f"{axis} {value}" for axis, value in size.axes.items())
    return f"{size.part}: {axes} {size.unit}"


def _shown(picture: Picture | Path | str) -> str:
    return picture.service or picture.url if isinstance(picture, Picture) else str(picture)
