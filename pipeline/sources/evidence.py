"""What the values of a column say of what it is.

Each function looks at a sample of values and returns how strongly they speak for or against one
meaning, with the reason in words. The names of columns are `pipeline.sources.guess`'s business.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from typing import NamedTuple

from pipeline.licences import find_licence, read_rights
from pipeline.sources.mapped import ACCESS, NO, YES

PICTURE = re.compile(r"\.(?:jpe?g|tiff?|png|webp|gif|bmp|jp2|jpx|heic|avif)(?:[?#]\S*)?$", re.I)
WEB = re.compile(r"https?://\S+$", re.IGNORECASE)
NUMBER = re.compile(r"[-+]?\d{1,9}(?:[.,]\d{1,9})?")
WITH_UNIT = re.compile(
    r"([-+]?\d{1,9}(?:[.,]\d{1,9})?)\s{0,2}(mm|cm|m|in|inch|inches|ft|\"|″|厘米|公分|毫米)\.?", re.I
)
SPLITS = (";", "|", "\n", ",")
_MEASURES = re.compile(
    r"\d\s{0,3}(?:mm|cm|m|in|inch|inches|ft|\"|″|厘米|公分|毫米)(?![a-z])|\d\s{0,3}[x×*X]\s{0,3}\d",
    re.I,
)
_WHEN = re.compile(
    r"(?<!\d)(?:\d{3,4}|\d{8})(?!\d)|\d\s?\.?\s?(?:jh|jahrhundert|century|cent|siècle|siglo|secolo|eeuw|世纪|世紀|代)|朝|時代|时代",
    re.IGNORECASE,
)
_IIIF = re.compile(r"https?://\S+(?:/info\.json|/iiif/\S+)$", re.IGNORECASE)
_MOSTLY = 0.7
_LOOKED_AT = 50
"""Different values that are read as licences: reading is slow, and licences are few."""


class Evidence(NamedTuple):
    """How strongly values speak for a meaning, from -3 to 3, and why."""

    weight: int
    reason: str = ""


Judge = Callable[[Sequence[str]], Evidence]


def _share(hits: int, values: Sequence[str]) -> float:
    return hits / len(values) if values else 0.0


def _of(hits: int, values: Sequence[str]) -> str:
    return "all of its values" if hits == len(values) else f"{hits} of {len(values)} values"


def shown(value: str) -> str:
    """Return a value for a sentence."""
    text = " ".join(value.split())
    return f"“{text[:40]}…”" if len(text) > 40 else f"“{text}”"


def ids(values: Sequence[str], rows: int) -> Evidence:
    """Ids are in every row and differ; a few faults are the table's, and told when it is checked.

    Args:
        values: those there are.
        rows: of the table, with a value or without.
    """
    if not values:
        return Evidence(-3, "it is empty")
    known = Counter(values)
    most, count = known.most_common(1)[0]
    if count == 1 and len(values) == rows:
        return Evidence(2, f"each of its {len(values)} values is different")
    told = f"{shown(most)} comes {count} times" if count > 1 else ""
    missing = f"{rows - len(values)} of {rows} rows have none" if len(values) < rows else ""
    weight = 0 if len(known) >= _MOSTLY * len(values) and len(values) >= _MOSTLY * rows else -3
    return Evidence(weight, " and ".join(filter(None, (missing, told))))


def split_of(values: Sequence[str]) -> str:
    """Return what stands between several pictures in one cell, if there are several."""
    for mark in SPLITS:
        several = [value for value in values if mark in value]
        parts = [part.strip() for value in several for part in value.split(mark) if part.strip()]
        if parts and all(PICTURE.search(part) or WEB.match(part) for part in parts):
            return mark
    return ""


def images(values: Sequence[str]) -> Evidence:
    """Pictures have the ends of pictures' names, or are addresses on the web."""
    hits = sum(bool(PICTURE.search(value.strip())) for value in values)
    if values and _share(hits, values) >= 0.6:
        return Evidence(3, f"{_of(hits, values)} are names of pictures, such as {shown(values[0])}")
    addresses = sum(bool(WEB.match(value)) for value in values)
    services = sum(bool(_IIIF.match(value)) for value in values)
    if values and _share(services, values) >= 0.6:
        return Evidence(2, f"{_of(services, values)} are addresses of IIIF images")
    if values and _share(addresses, values) >= 0.6:
        return Evidence(0, f"its values are addresses, such as {shown(values[0])}")
    if not values:
        return Evidence(0, "it is empty in the rows looked at")
    if _share(hits, values) >= 0.2:  # the others are found without their endings
        return Evidence(0, f"{_of(hits, values)} are names of pictures")
    return Evidence(-3, f"its values are no names of pictures, such as {shown(values[0])}")


def iiif(values: Sequence[str]) -> Evidence:
    """A IIIF image service ends in ``info.json``, or has ``iiif`` in its address."""
    hits = sum(bool(_IIIF.match(value)) and not PICTURE.search(value) for value in values)
    if values and _share(hits, values) >= 0.6:
        return Evidence(3, f"{_of(hits, values)} are addresses of IIIF images")
    return Evidence(-3, "its values are no addresses of IIIF images")


def rights(values: Sequence[str]) -> Evidence:
    """Licences are URIs or words that are certain."""
    known = Counter(values)
    read = {text for text in list(known)[:_LOOKED_AT] if find_licence(text) or read_rights([text])}
    hits = sum(known[text] for text in read)
    if read and _share(hits, values) >= 0.5:
        example = next(text for text in known if text in read)
        return Evidence(2, f"{_of(hits, values)} are licences, such as {shown(example)}")
    return Evidence(0)


def dimensions(values: Sequence[str]) -> Evidence:
    """Statements of size have numbers with units, or numbers by numbers."""
    hits = sum(bool(_MEASURES.search(value[:500])) for value in values)
    if values and _share(hits, values) >= 0.4:
        return Evidence(2, f"{_of(hits, values)} are sizes, such as {shown(values[0])}")
    return (
        Evidence(-2, f"its values are no sizes, such as {shown(values[0])}")
        if values
        else Evidence(0)
    )


def numbers(values: Sequence[str]) -> Evidence:
    """Measures are numbers, with or without their unit."""
    hits = sum(
        bool(NUMBER.fullmatch(value.strip()) or WITH_UNIT.fullmatch(value.strip()))
        for value in values
    )
    if values and _share(hits, values) >= 0.8:
        return Evidence(2, f"{_of(hits, values)} are numbers, such as {shown(values[0])}")
    if not values:
        return Evidence(0, "it is empty in the rows looked at")
    return Evidence(-3, f"its values are no numbers, such as {shown(values[0])}")


def unit_of(values: Sequence[str]) -> str:
    """Return the unit that stands behind all numbers, if it is one."""
    found = {match[2] for value in values if (match := WITH_UNIT.fullmatch(value.strip()))}
    every = all(WITH_UNIT.fullmatch(value.strip()) for value in values)
    return found.pop() if len(found) == 1 and every else ""


def dates(values: Sequence[str]) -> Evidence:
    """Dates have years or centuries."""
    hits = sum(bool(_WHEN.search(value[:500])) for value in values)
    if values and _share(hits, values) >= 0.5:
        return Evidence(2, f"{_of(hits, values)} are dates, such as {shown(values[0])}")
    return Evidence(0)


def swapped(rows: Sequence[tuple[str, str, str]]) -> str:
    """Return why height and width seem to hold each other's values, or ``""``.

    Args:
        rows: statement, height and width of each.

    Source: catalogues state the height first (CCO, "Cataloging Cultural Objects", 3.2).
    """
    right = wrong = 0
    for statement, height, width in rows:
        first = _FIRST.search(statement[:500])
        if not first or height == width:
            continue
        right += _same(first[1], height) and _same(first[2], width)
        wrong += _same(first[1], width) and _same(first[2], height)
    if wrong < 5 or wrong < 5 * right:
        return ""
    return (
        f"in {wrong} of {wrong + right} rows the first number of the statement, which is the "
        "height, stands in the column of the width"
    )


_FIRST = re.compile(r"(\d{1,6}(?:[.,]\d{1,3})?)\s{0,3}[x×]\s{0,3}(\d{1,6}(?:[.,]\d{1,3})?)", re.I)


def _same(first: str, second: str) -> bool:
    return first.replace(",", ".") == second.replace(",", ".").strip()


def yes_or_no(values: Sequence[str]) -> Evidence:
    """Truth values are a few words."""
    hits = sum(value.strip().casefold() in YES | NO for value in values)
    if values and _share(hits, values) >= 0.9:
        return Evidence(2, f"{_of(hits, values)} are yes or no, such as {shown(values[0])}")
    return Evidence(-3, "its values are not yes or no")


def addresses(values: Sequence[str]) -> Evidence:
    """An entry's page is an address on the web, and no picture."""
    hits = sum(bool(WEB.match(value)) and not PICTURE.search(value) for value in values)
    if values and _share(hits, values) >= 0.8:
        return Evidence(2, f"{_of(hits, values)} are addresses on the web")
    return Evidence(-3, "its values are no addresses of pages")


def words(values: Sequence[str]) -> Evidence:
    """Names of kinds are short and come again."""
    known = Counter(values)
    if len(values) >= 4 and len(known) <= len(values) / 2 and max(map(len, known)) <= 80:
        differ = f"{len(known)} different words" if len(known) > 1 else "one word"
        return Evidence(2, f"its {len(values)} values are {differ}")
    return Evidence(0)


def levels(values: Sequence[str]) -> Evidence:
    """Access is one of our four words; anything else has to be told."""
    if values and all(value.strip().casefold() in ACCESS for value in values):
        return Evidence(2, "its values are our own words")
    return Evidence(-3, "its values need a translation: accesses: {intern: internal}")


def texts(values: Sequence[str]) -> Evidence:
    """Texts are neither numbers nor addresses."""
    plain = sum(not (WEB.match(value) or NUMBER.fullmatch(value)) for value in values)
    if values and _share(plain, values) < 0.3:
        return Evidence(-3, f"its values are no texts, such as {shown(values[0])}")
    return Evidence(0)


JUDGES: dict[str, Judge] = {
    "title": texts,
    "description": texts,
    "creator": texts,
    "date": dates,
    "kind": words,
    "dimensions": dimensions,
    "height": numbers,
    "width": numbers,
    "depth": numbers,
    "diameter": numbers,
    "image": images,
    "iiif": iiif,
    "rights": rights,
    "record_rights": rights,
    "public_domain": yes_or_no,
    "access": levels,
    "source_url": addresses,
}
