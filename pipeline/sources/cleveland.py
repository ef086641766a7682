"""Reads the open data of the Cleveland Museum of Art: ``data.json``, ``data.csv`` or its API.

Sizes are numbers in metres for each part (``framed``, ``unframed``), and words. Pictures come in
three sizes; the full one is a TIFF of up to a gigabyte.

Source: github.com/ClevelandMuseumArt/openaccess, README; openaccess-api.clevelandart.org, "Fields".
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from pipeline.items import Picture
from pipeline.sources._dumps import Entry, describe_all, read_dump
from pipeline.sources._fields import (
    Fields,
    address,
    at,
    files_first,
    identifier,
    in_language,
    leftovers,
    named,
    objects,
    pixels,
    size,
    statement,
    text,
    texts,
)
from pipeline.sources.described import Described, Found, Measured
from pipeline.sources.documents import Desk
from pipeline.sources.options import SourceOptions
from pipeline.sources.texts import is_address, plain_from_html

_PRINT = ("print", "full", "web")
_ORDERS = {"print": _PRINT, "full": ("full", "print", "web"), "web": ("web", "print", "full")}
_PLACED = {
    *("accession_number", "title", "title_in_original_language", "creators", "creation_date"),
    *("type", "technique", "measurements", "dimensions", "creditline", "url", "images"),
    *("alternate_images", "image_web", "image_print", "image_full", "share_license_status"),
    *("copyright", "description", "wall_description"),
}
_SHOWN_TEXTS = ("description", "wall_description")
"""Of the museum, about the work; the older name is the second."""


class ClevelandOptions(SourceOptions):
    """Cleveland Museum of Art: data.json, data.csv, or answers of its Open Access API.

    ``share_license_status`` says of each entry whether the museum gives its images as CC0
    (clevelandart.org/open-access); it is a field, so it counts without a word in the config.
    """

    name: Literal["cleveland"] = "cleveland"
    catalogue: str
    """``data.json``, ``data.csv``, a folder of the API's answers, or an address."""
    picture: Literal["print", "full", "web"] = "print"
    """Which picture to use where there are several: JPEG of 3,400 pixels, full-size TIFF, or
    JPEG of about 900 pixels."""


class ClevelandSource:
    """Reads the open data of the Cleveland Museum of Art."""

    def __init__(self, options: ClevelandOptions, desk: Desk) -> None:
        self._options = options
        self._desk = desk

    def found(self) -> Iterator[Found]:
        """Yield what each artwork's entry says.

        Raises:
            ConfigError: if the catalogue as a whole cannot be read.
            SourceError: if its address cannot be fetched.
        """
        columns = ("accession_number", "title", "share_license_status")
        entries = read_dump(self._options.catalogue, self._desk, columns, ("data",))
        return describe_all(entries, self._describe)

    def _describe(self, entry: Entry) -> Described:
        fields, language = entry.fields, self._options.language
        about = next((text(fields.get(name)) for name in _SHOWN_TEXTS if fields.get(name)), "")
        status = text(fields.get("share_license_status"))
        online = tuple(self._pictures(fields))
        return Described(
            id=identifier(fields.get("accession_number"), fields.get("id")),
            place=entry.place,
            title=in_language(language, fields.get("title"))
            | in_language("und", fields.get("title_in_original_language")),
            description=in_language(language, plain_from_html(about)),
            creator=in_language(language, _creator(fields)),
            date=in_language(language, fields.get("creation_date")),
            classifications=texts(fields.get("type")),
            medium=text(fields.get("technique")),
            sizes=(*_measured(fields), *statement(fields.get("measurements"), "en")),
            pictures=files_first(online, names=bool(self._options.images)),
            rights=texts([fields.get("copyright"), status]),
            public_domain={"CC0": True, "Copyrighted": False}.get(status),
            credit=text(fields.get("creditline")),
            source_url=address(fields.get("url")),
            language=language,
            extra=leftovers(fields, _PLACED),
        )

    def _pictures(self, fields: Fields) -> Iterator[Picture]:
        order = _ORDERS[self._options.picture]
        for images in (fields.get("images"), *objects(fields.get("alternate_images"))):
            for which in order:
                url = text(at(images, which, "url"))
                if is_address(url):
                    yield Picture(
                        url=url,
                        width_px=pixels(at(images, which, "width")),
                        height_px=pixels(at(images, which, "height")),
                    )
        for which in order:
            url = text(fields.get(f"image_{which}"))
            if is_address(url):
                yield Picture(url=url)


def _creator(fields: Fields) -> str:
    names: list[str] = []
    for maker in objects(fields.get("creators")):
        who = named(maker.get("description"), maker.get("role"))
        qualifier, extent = text(maker.get("qualifier")), text(maker.get("extent"))
        whole = (qualifier, who, f"({extent})" if extent else "")
        if who:
            names.append(" ".join(part for part in whole if part))
    return "; ".join(dict.fromkeys(names)) or text(fields.get("creators"))


def _measured(fields: Fields) -> Iterator[Measured]:
    """Yield the sizes of each part, the frame's last."""
    parts = fields.get("dimensions")
    named_parts = (
        sorted(parts.items(), key=lambda one: one[0] == "framed") if isinstance(parts, dict) else []
    )
    for part, numbers in named_parts:
        stated = numbers.items() if isinstance(numbers, dict) else ()
        axes = {axis: value for axis, one in stated if (value := size(one)) is not None}
        if axes:
            yield Measured(part=text(part) or "work", axes=axes, unit="m")
