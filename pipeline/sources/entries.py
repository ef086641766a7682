"""What a catalogue file may say of one object, whatever its format, and the Item it makes.

Every reader of a catalogue brings its file into this form, with the place of each value, so that
all of them refuse the same things in the same words.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import Annotated, Any, Self

from pydantic import AfterValidator, BeforeValidator, Field, ValidationError, model_validator

from pipeline.care import care_of
from pipeline.errors import ConfigError, Mistake
from pipeline.items import Access, Item, Kind, Region, Rights, Size
from pipeline.mistakes import Loc, Spot, Spots, find_mistakes
from pipeline.records import Localized, Params
from pipeline.sources.described import Described
from pipeline.sources.options import LANGUAGE, check_language

AXES = ("height", "width", "depth", "diameter")
UNITS_M = {"m": 1.0, "cm": 0.01, "mm": 0.001}
_MAX_M = 1e4


def _text(value: str) -> str:
    text = value.strip()
    if not text:
        raise ValueError("found nothing, expected text")
    return text


def _identifier(value: str) -> str:
    text = unicodedata.normalize("NFC", _text(value))
    if any(unicodedata.category(c) == "Cc" for c in text):
        raise ValueError("found a line break or control character, expected an accession number")
    return text


def _measure(value: object) -> object:
    """Read ``12.5`` and ``12,5``; refuse what can be read in two ways."""
    if not isinstance(value, str):
        return value
    text = value.strip()
    if re.fullmatch(r"[+-]?\d{1,3},\d{3}", text):
        point, none = text.replace(",", "."), text.replace(",", "")
        raise ValueError(f"found {text}, which can mean {point} or {none}; write one of these")
    if re.fullmatch(r"[+-]?\d+([.,]\d*)?", text):
        return float(text.replace(",", "."))
    raise ValueError(f"found {text!r}, expected a number alone; its unit is in the name")


def _image(value: str) -> str:
    name = _text(value).replace("\\", "/")
    outside = PurePosixPath(name).is_absolute() or PureWindowsPath(name).anchor
    if outside or ".." in name.split("/"):
        raise ValueError(f"found {value!r}, expected a file inside the folders of `images`")
    return name


def _url(value: str) -> str:
    text = value.strip()
    if text and not re.match(r"https?://[^\s/]", text):
        raise ValueError(f"found {text!r}, expected a web address: https://…")
    return text


_PIXELS = r"(\d+),(\d+),(\d+),(\d+)"
_NUMBER = r"(\d+(?:\.\d+)?|\.\d+)"
_PERCENT = f"pct:{_NUMBER},{_NUMBER},{_NUMBER},{_NUMBER}"


def _region(value: str) -> str:
    read_region(value)
    return value


def read_region(value: str) -> Region:
    """Read ``pct:x,y,w,h`` or ``x,y,w,h`` in pixels of the upright source photograph.

    Source: IIIF Image API 3.0, section 4.1 (Region): what reaches over the edge is cut there.

    Raises:
        ValueError: if it is neither, or has nothing inside.
    """
    text = value.strip()
    if text in {"full", "square"}:
        raise ValueError(
            f"found {text!r}, which is no detail; expected the part to look at closely, such as "
            "pct:41,7,20,20"
        )
    in_pixels, in_percent = re.fullmatch(_PIXELS, text), re.fullmatch(_PERCENT, text)
    match = in_percent or in_pixels
    if match is None:
        raise ValueError(
            f"found {text!r}, expected pct:x,y,w,h in percent of the photograph or x,y,w,h in its "
            "pixels: left, top, width, height, such as pct:41,7,20,20"
        )
    x, y, width, height = (float(number) for number in match.groups())
    if not (width > 0 and height > 0):
        raise ValueError(f"found {text!r}, expected a width and a height of more than 0")
    if in_pixels:
        return Region(box=(x, y, x + width, y + height), unit="px")
    if x >= 100 or y >= 100:
        raise ValueError(
            f"found {text!r}, which begins beyond the photograph's edge at 100 percent"
        )
    sides = x, y, min(100.0, x + width), min(100.0, y + height)
    # Percent to a millionth, so that pct:41 is 0.41 and not 0.41000000000000003.
    left, top, right, bottom = (round(side / 100, 9) for side in sides)
    return Region(box=(left, top, right, bottom))


def _not_empty(value: object) -> object:
    # Field(min_length=1) would count the valid ones only, and speak up whenever all are wrong.
    if value == []:
        raise ValueError("found an empty list, expected at least one object")
    return value


def _languages(value: object) -> object:
    for key in value if isinstance(value, Mapping) else ():
        check_language(key)
    return value


_Text = Annotated[str, AfterValidator(_text)]
_Title = Annotated[
    _Text | Annotated[dict[str, _Text], Field(min_length=1)], BeforeValidator(_languages)
]
_Texts = Annotated[str | dict[str, _Text], BeforeValidator(_languages)]
_Measure = Annotated[float | None, Field(gt=0), BeforeValidator(_measure)]


class SizeEntry(Params):
    """True size; one unit for each axis."""

    height_m: _Measure = None
    height_cm: _Measure = None
    height_mm: _Measure = None
    width_m: _Measure = None
    width_cm: _Measure = None
    width_mm: _Measure = None
    depth_m: _Measure = None
    depth_cm: _Measure = None
    depth_mm: _Measure = None
    diameter_m: _Measure = None
    diameter_cm: _Measure = None
    diameter_mm: _Measure = None

    @model_validator(mode="after")
    def _one_unit(self) -> Self:
        for axis in AXES:
            stated = [u for u in UNITS_M if getattr(self, f"{axis}_{u}") is not None]
            if len(stated) > 1:
                names = " and ".join(f"{axis}_{unit}" for unit in stated)
                raise ValueError(f"found {names}, expected the {axis} in one unit")
            for unit in stated:
                value = getattr(self, f"{axis}_{unit}")
                if value * UNITS_M[unit] > _MAX_M:
                    raise ValueError(f"found {axis}_{unit}: {value:g}, expected at most 10 km")
        return self

    def size(self) -> Size:
        """Return it in metres."""
        metres: dict[str, float] = {}
        for axis in AXES:
            for unit, factor in UNITS_M.items():
                value = getattr(self, f"{axis}_{unit}")
                if value is not None:
                    # To a nanometre, so that 12.3 cm is 0.123 m and not 0.12300000000000001.
                    metres[f"{axis}_m"] = round(value * factor, 9)
        return Size(**metres)


class DetailEntry(Params):
    """A part of the photograph that is worth a closer look."""

    region: Annotated[str, AfterValidator(_region)]
    """Where it is, as in a IIIF image address: ``pct:x,y,w,h`` or, in pixels, ``x,y,w,h``."""
    title: _Title | None = None


class Entry(Params):
    """One object as a catalogue file describes it."""

    id: Annotated[str, Field(max_length=300), AfterValidator(_identifier)]
    kind: Kind
    title: _Title
    image: Annotated[str, AfterValidator(_image)] | None = None
    description: _Texts | None = None
    creator: _Texts | None = None
    date: _Texts | None = None
    credit: _Text
    rights: _Text
    holder: str = ""
    size: SizeEntry = SizeEntry()
    details: tuple[DetailEntry, ...] = ()
    source_url: Annotated[str, AfterValidator(_url)] = ""
    access: Access | None = None
    """How far the object may go."""
    sensitivity: str = ""
    """What the museum says of its sensitivity, in words such as ``sacred``."""
    extra: dict[str, str] = Field(default={})

    @model_validator(mode="after")
    def _has_image(self) -> Self:
        if self.image is None and self.kind is not Kind.INTANGIBLE:
            raise ValueError(
                f"`image` is missing, and only the kind 'intangible' can be without; this is a "
                f"{self.kind}"
            )
        return self

    def item(self, language: str, find: Callable[[str], Path]) -> Item:
        """Return the item; texts without a language are in ``language``."""

        def texts(value: str | dict[str, str] | None) -> Localized:
            if isinstance(value, str):
                return {language: value.strip()} if value.strip() else {}
            return dict(value or {})

        return Item(
            id=self.id,
            kind=self.kind,
            title=texts(self.title),
            image=find(self.image) if self.image is not None else None,
            description=texts(self.description),
            creator=texts(self.creator),
            date=texts(self.date),
            rights=Rights(uri=self.rights, credit=self.credit, holder=self.holder.strip()),
            care=care_of(self._stated()),
            size=self.size.size(),
            details=tuple(
                read_region(detail.region).model_copy(update={"title": texts(detail.title)})
                for detail in self.details
            ),
            source_url=self.source_url,
            extra=self.extra,
        )

    def _stated(self) -> Described:
        said = (self.sensitivity,) if self.sensitivity.strip() else ()
        return Described(id=self.id, place="", access=self.access, sensitivity=said)


class Catalogue(Params):
    """A catalogue file."""

    language: Annotated[str, Field(pattern=LANGUAGE)] | None = None
    """The language of texts that name none."""
    items: Annotated[tuple[Entry, ...], BeforeValidator(_not_empty)]


def read_catalogue(
    data: Mapping[str, Any], spots: Spots, file: str, show: Callable[[Loc], str] | None = None
) -> Catalogue:
    """Check all that a catalogue file says.

    Raises:
        ConfigError: with every mistake of the file, in its order.
    """
    mistakes = _twice(data.get("items"), spots, file)
    catalogue: Catalogue | None = None
    try:
        catalogue = Catalogue.model_validate(data)
    except ValidationError as error:
        mistakes += find_mistakes(error, Catalogue, data, spots, file, show)
    if catalogue is None or mistakes:
        raise ConfigError(sorted(mistakes, key=lambda m: (m.line, m.column)))
    return catalogue


def _twice(items: object, spots: Spots, file: str) -> list[Mistake]:
    first: dict[str, Spot] = {}
    mistakes = []
    for index, entry in enumerate(items if isinstance(items, Sequence) else ()):
        identifier = entry.get("id") if isinstance(entry, Mapping) else None
        if not isinstance(identifier, str):
            continue
        spot = spots[("items", index, "id")]
        key = unicodedata.normalize("NFC", identifier.strip())
        if key and key in first:
            message = f"found the id {key!r} twice, first in line {first[key].line}"
            mistakes.append(Mistake(file, spot.line, spot.column, f"{message}; expected it once"))
        first.setdefault(key, spot)
    return mistakes
