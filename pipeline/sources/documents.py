"""Where a dialect's documents are: a file, a folder of files, or an address on the web."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from pipeline.errors import ConfigError, Mistake
from pipeline.protocols import DocumentKind, Web

_log = logging.getLogger(__name__)


class Desk(NamedTuple):
    """Where a source works: what names are relative to, and its way to the web."""

    base: Path
    """The config's folder."""
    web: Web


def documents(
    catalogue: str, desk: Desk, kind: DocumentKind, suffixes: tuple[str, ...]
) -> Iterator[Path]:
    """Yield the files of a catalogue: itself, or all of a folder in the order of their names.

    Args:
        catalogue: a file or a folder, relative to the config, or an address on the web.
        desk: where it is looked for.
        kind: what is expected there.
        suffixes: of the files in a folder that count, with their dots, in lower case.

    Raises:
        ConfigError: if there is no such file or folder, or nothing in it.
        SourceError: if the address cannot be fetched.
    """
    if catalogue.lower().startswith(("http://", "https://")):
        yield desk.web.document(catalogue, kind)
        return
    path = desk.base / catalogue
    if path.is_file():
        yield path
        return
    wanted = " or ".join(suffixes)
    if not path.is_dir():
        _refuse(path, f"there is no such file or folder, expected a catalogue ({wanted})")
    root, empty = path.resolve(), True
    for one in sorted(path.rglob("*")):
        if one.suffix.lower() not in suffixes or not one.is_file():
            continue
        if not one.resolve().is_relative_to(root):
            _log.warning("%s leads out of the folder and was left out.", one)
            continue
        empty = False
        yield one
    if empty:
        _refuse(path, f"found no {wanted} in this folder, expected the catalogue's documents")


def _refuse(path: Path, message: str) -> None:
    raise ConfigError([Mistake(str(path), 1, 1, message)])
