"""``vivant new``: a folder with a commented exhibit.yaml that renders as it is."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path

from pipeline.config import json_schema
from pipeline.errors import CallError
from pipeline.sources.draft import draft_source, quoted
from pipeline.store import write_whole
from pipeline.tables.rows import harmless

_EXHIBIT = """\
# An exhibit for Tableau Vivant.
#   vivant check exhibit.yaml     looks for mistakes, missing pictures and rights
#   vivant plan exhibit.yaml      says what would be made
#   vivant render exhibit.yaml    makes it; run it again after any change
# All sections and their bounds are in exhibit.schema.json; editors read it by the next line.
# yaml-language-server: $schema=exhibit.schema.json

exhibit:
  id: {id}
  title: {{en: {title}}}
  languages: [en, zh]       # of the gallery; the first one is shown first

{source}
rights:
  purpose: noncommercial    # or: commercial
  # permissions: {{"1963.504": "letter of 2026-03-02"}}   # what the museum was granted

# Each part is made because its section is here; take one away to do without.
clip:
  duration_s: 6
mesh:
story:                      # a typeset clip for texts without a photograph
gallery:

# What is different for single objects, by their id:
# objects:
#   "1963.504":
#     mask: {{engine: grabcut}}
#     clip: {{duration_s: 10}}
"""

_COLUMNS = ("id", "image", "title", "title_zh", "kind", "rights", "credit", "height_cm")


def new_exhibit(directory: Path, catalogue: Path | None = None) -> Path:
    """Make ``directory/exhibit.yaml``, for ``catalogue`` if one is named.

    Beside it lies the JSON Schema for editors. Pictures are looked for where the catalogue is.
    Without a catalogue an empty one is made, with the columns that are understood.

    Args:
        directory: the folder to make, or one without an exhibit.
        catalogue: a table, JSON, XML or YAML, or a folder of documents or pictures.

    Raises:
        CallError: if there is an exhibit already, or the catalogue is not there, cannot be read
            or is of a kind that is not known.
    """
    path = directory / "exhibit.yaml"
    if path.exists():
        raise CallError(f"{path} is there already and was left as it is. Choose another folder.")
    if catalogue is not None and not catalogue.exists():
        raise CallError(f"The catalogue {catalogue} is not there.")
    if catalogue is None:
        catalogue = directory / "catalogue.csv"
        if not catalogue.exists():
            write_whole(catalogue, ",".join(map(harmless, _COLUMNS)) + "\n")
    pictures = catalogue if catalogue.is_dir() else catalogue.parent
    source = draft_source(
        catalogue, _relative(catalogue, directory), _relative(pictures, directory)
    )
    directory.mkdir(parents=True, exist_ok=True)
    name = directory.absolute().name
    text = _EXHIBIT.format(
        id=re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:80] or "exhibit",
        title=quoted(name),
        source=source,
    )
    write_whole(path, text)
    schema = json.dumps(json_schema(), ensure_ascii=False, indent=1)
    write_whole(directory / "exhibit.schema.json", schema + "\n")
    return path


def _relative(path: Path, base: Path) -> str:
    try:
        return Path(os.path.relpath(path.absolute(), base.absolute())).as_posix()
    except ValueError:  # another drive of a Windows machine
        return path.absolute().as_posix()
