"""Tells by the first 64 kB of a file which museum's or standard's format it is in.

Knows what every file of a format has near its beginning: the address of a schema, or names of
fields that no other has together. Reads nothing as what it says it is: that is the dialects'.
"""

from __future__ import annotations

import csv
import re
from pathlib import Path

_START_BYTES = 64 * 1024

_SCHEMAS = (
    ("lido", "http://www.lido-schema.org"),
    ("edm", "http://www.europeana.eu/schemas/edm/"),
    ("linked-art", "https://linked.art/ns/"),
    ("iiif", "//iiif.io/api/presentation/"),
    ("iiif", "//www.shared-canvas.org/ns/context.json"),
)
"""Source: LIDO 1.1; EDM 5.2.8; linked.art/api/1.0/json-ld; IIIF Presentation API 2.1 and 3.0."""

_FIELDS = (
    ("met", {"objectID", "isPublicDomain", "primaryImage"}),
    ("met", {"Object ID", "Object Number", "Is Public Domain"}),
    ("moma", {"ConstituentID", "AccessionNumber", "ObjectID"}),
    ("moma", {"ConstituentID", "AccessionNumber", "Object ID"}),
    ("tate", {"acno", "contributorCount"}),
    ("tate", {"accession_number", "artistRole", "thumbnailUrl"}),
    ("nga", {"objectid", "accessionnum", "attributioninverted"}),
    ("cleveland", {"accession_number", "share_license_status"}),
    ("cmoa", {"accession_number", "item_height", "item_diameter", "web_url"}),
    ("smithsonian", {"descriptiveNonRepeating"}),
    ("rijksmuseum", {"objectNumber", "principalOrFirstMaker"}),
)
"""Names of fields, of JSON or of a table's columns. Source: the museums' data as they offered
them in 2014 to 2025; Smithsonian: the model of EDAN; Rijksmuseum: its first API."""

_KEY = re.compile(r'"([^"\\]{1,60})"\s{0,20}:')


def recognise(path: Path) -> str | None:
    """Return the name of the dialect that a file is in, as a config has it; ``None``: none.

    Raises:
        OSError: if the file cannot be read.
    """
    with path.open("rb") as file:
        start = file.read(_START_BYTES)
    encoding = "utf-16" if start.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig"
    text = start.decode(encoding, "replace").lstrip()
    if text.startswith(("<", "{", "[")):
        for name, schema in _SCHEMAS:
            if schema in text:
                return name
    fields = set(_KEY.findall(text)) if text.startswith(("{", "[")) else _columns(text)
    return next((name for name, wanted in _FIELDS if wanted <= fields), None)


def _columns(text: str) -> set[str]:
    """Return the names in the first row of a table; those that dialects know have commas."""
    first = text.split("\n", 1)[0]
    try:
        return {cell.strip() for row in csv.reader([first]) for cell in row}
    except csv.Error:
        return set()
