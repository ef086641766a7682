"""Drafts the section ``source:`` of a new exhibit from a catalogue that is already there.

What a column is guessed to be is written down with the reason and with examples, for a person to
look at; what is not sure is written commented out. Texts of the catalogue enter the file only in
quotes with everything invisible escaped, or in comments of one line of printable characters.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from pipeline.errors import CallError
from pipeline.sources import jsonlines, table, xmlfile
from pipeline.sources.evidence import PICTURE
from pipeline.sources.folder import TABLES, missing_columns
from pipeline.sources.guess import Guess, Line, guess_mapping
from pipeline.sources.recognise import recognise
from pipeline.sources.sampling import Sample, sample_json, sample_table

_TABLES = frozenset(table.SUFFIXES)
_JSON = frozenset({*jsonlines.SUFFIXES, ".jsonld"})  # as IIIF and Linked Art may be called
_XML = frozenset(xmlfile.SUFFIXES)
_EXAMPLES = 3
_WIDTH = 60
_MOST_FILES = 10_000


def draft_source(catalogue: Path, shown: str, images: str) -> str:
    """Return the section ``source:`` for a catalogue.

    Args:
        catalogue: a file, or a folder of files or pictures.
        shown: its name as the config is to have it.
        images: the folder of its pictures, likewise.

    Raises:
        CallError: if its format is not known, or it cannot be read.
    """
    where = _Where(quoted(shown), quoted(images))
    if catalogue.is_dir():
        return _dialect(_of_folder(catalogue), where)
    suffix = catalogue.suffix.lower()
    if suffix in {".yaml", ".yml"}:
        return _dialect("folder", where)
    if suffix not in _TABLES | _JSON | _XML:
        known = ", ".join(sorted(_TABLES | _JSON | _XML | {".yaml"}))
        raise CallError(f"The catalogue {catalogue} is of no known kind, expected {known}.")
    try:
        known_dialect = recognise(catalogue)
    except OSError as error:
        raise CallError(f"The catalogue {catalogue} cannot be read: {error.strerror}.") from error
    if known_dialect:
        return _dialect(known_dialect, where)
    if suffix in _XML:
        raise CallError(
            f"The catalogue {catalogue} is XML of a kind that is not known, expected LIDO or EDM."
        )
    sample = sample_json(catalogue) if suffix in _JSON else sample_table(catalogue)
    if suffix in TABLES and not missing_columns(sample.headers):
        return _dialect("folder", where)
    return _mapped(sample, where)


class _Where(NamedTuple):
    catalogue: str
    images: str


def _of_folder(folder: Path) -> str:
    """Return the dialect of the first document in a folder that is of a known one.

    Raises:
        CallError: if there is neither such a document nor a picture.
    """
    pictures = False
    for count, path in enumerate(sorted(folder.rglob("*"))):
        if count > _MOST_FILES or not path.is_file():
            continue
        pictures = pictures or bool(PICTURE.search(path.name))
        if path.suffix.lower() in _TABLES | _JSON | _XML and (name := recognise(path)):
            return name
    if pictures:
        return "pictures"
    raise CallError(
        f"The folder {folder} has neither pictures nor documents of a known kind. Name a catalogue "
        "file, or a folder of pictures, of LIDO or of EDM."
    )


# Writing -----------------------------------------------------------------------------------------


def _dialect(name: str, where: _Where) -> str:
    return "".join(
        [
            "source:\n",
            f"  name: {name}\n",
            f"  catalogue: {where.catalogue}\n",
            f"  images: [{where.images}]        # folders where the catalogue's pictures lie\n",
        ]
    )


def _mapped(sample: Sample, where: _Where) -> str:
    guess = guess_mapping(sample.headers, sample.rows, paths=sample.is_json)
    lines = [_dialect("jsonl" if sample.is_json else "table", where)]
    if sample.encoding:
        lines.append(f"  encoding: {sample.encoding}          # a guess: look at accents\n")
    if sample.header_row:
        lines.append(f"  header_row: {sample.header_row}             # names of columns\n")
    if sample.list_at:
        lines.append(f"  list_at: {quoted(sample.list_at)}\n")
    if guess.language:
        lines.append(f"  language: {guess.language}              # {guess.language_reason}\n")
    lines += _whole_collection(guess)
    noun = "path" if sample.is_json else "column"
    lines.append(f"  # Which {noun} is what, guessed from names and values: look at each line.\n")
    lines.append("  columns:\n")
    if guess.mapping is None:
        lines.append(f"    # No {noun} has another value in each entry. Name the one with the\n")
        lines.append("    # accession numbers; without it nothing can be made.\n")
        lines.append('    # id: "…"\n')
    for line in guess.lines:
        lines += _line(line, sample, mark="")
    if guess.unsure:
        lines.append("    # Not sure. Take the # away where it is right; each name stands once:\n")
    for line in guess.unsure:
        lines += _line(line, sample, mark="# ")
    lines += _extra(guess, noun)
    return "".join(lines)


def _whole_collection(guess: Guess) -> Iterator[str]:
    if not {"rights", "public_domain"} & guess.reasons.keys():
        yield "  # No column says what may be done with the pictures. What is unknown is\n"
        yield "  # previewed inside and nothing else; a licence declared for all of them:\n"
        yield "  # rights: https://creativecommons.org/publicdomain/zero/1.0/\n"
    if "credit" not in guess.reasons:
        yield '  # credit: "…"               # the credit line of all that name none\n'


def _line(line: Line, sample: Sample, *, mark: str) -> Iterator[str]:
    yield f"    {mark}{line.field}: {flow(line.value)}  # {remark(line.reason, 200)}\n"
    examples = _examples(line.columns, sample)
    if examples and line.field != "leave_out":
        yield f"    #   such as {examples}\n"


def _examples(columns: Sequence[str], sample: Sample) -> str:
    """Return up to three different values of a line's first column that says anything."""
    for name in columns:
        at = sample.headers.index(name)
        values = dict.fromkeys(
            text for row in sample.rows if at < len(row) and (text := remark(row[at], _WIDTH))
        )
        if values:
            return " · ".join(list(values)[:_EXAMPLES])
    return ""


def _extra(guess: Guess, noun: str) -> Iterator[str]:
    doubtful = {name for line in guess.unsure for name in line.columns}
    names = [name for name in guess.extra if name not in doubtful]
    if not names:
        return
    yield f"    # Kept as extra, each under the name of its {noun}:\n"
    for name in names[:200]:
        yield f"    #   {remark(name, 120)}\n"
    if len(names) > 200:
        yield f"    #   and {len(names) - 200} more\n"


def flow(value: Any) -> str:
    """Return names, lists and mappings as YAML on one line."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {flow(one)}" for key, one in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(flow(one) for one in value) + "]"
    return quoted(str(value))


def quoted(text: str) -> str:
    r"""Return text as YAML in double quotes, with everything invisible escaped.

    Source: YAML 1.2.2, 5.7 "Escaped Characters".

    >>> quoted('a "b" \u202e')
    '"a \\"b\\" \\u202e"'
    """
    made = json.dumps(text, ensure_ascii=False)
    return "".join(one if one.isprintable() else _escaped(one) for one in made)


def _escaped(one: str) -> str:
    number = ord(one)
    return f"\\u{number:04x}" if number <= 0xFFFF else f"\\U{number:08x}"


def remark(text: str, most: int) -> str:
    """Return text for a comment: one line of printable characters, not too long."""
    seen = "".join(one if one.isprintable() else " " for one in text[: 4 * most])
    line = " ".join(seen.split())
    return line if len(line) <= most and len(text) <= 4 * most else f"{line[: most - 1]}…"
