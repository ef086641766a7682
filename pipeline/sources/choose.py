"""Which source a config asks for."""

from __future__ import annotations

from pathlib import Path

from pipeline.protocols import ItemSource
from pipeline.sources.folder import FolderOptions, FolderSource


def open_source(options: FolderOptions, base: Path) -> ItemSource:
    """Return the collection that ``options`` describe; relative paths start at ``base``."""
    return FolderSource(options, base)
