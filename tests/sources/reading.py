"""Reads small documents with a dialect, as tests of several of them do."""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable, Iterator
from pathlib import Path

from pipeline.errors import SourceError
from pipeline.sources.described import Broken, Described, Found
from pipeline.sources.documents import Desk, DocumentKind


class Shelf:
    """A web that has a few documents."""

    def __init__(self, documents: dict[str, Path]) -> None:
        self.documents = documents
        self.asked: list[tuple[str, DocumentKind]] = []

    def document(self, url: str, kind: DocumentKind) -> Path:
        self.asked.append((url, kind))
        if url not in self.documents:
            raise SourceError(f"{url} cannot be had.")
        return self.documents[url]


NO_WEB = Shelf({})


def desk(base: Path, web: Shelf = NO_WEB) -> Desk:
    return Desk(base, web)


def described(found: Iterator[Found]) -> list[Described]:
    """Return what was found, if none of it is broken."""
    entries = list(found)
    broken = [entry for entry in entries if isinstance(entry, Broken)]
    assert not broken
    return [entry for entry in entries if isinstance(entry, Described)]


def one(found: Iterator[Found]) -> Described:
    entries = described(found)
    assert len(entries) == 1
    return entries[0]


def split(found: Iterator[Found]) -> tuple[list[Described], list[Broken]]:
    entries = list(found)
    good = [entry for entry in entries if isinstance(entry, Described)]
    return good, [entry for entry in entries if isinstance(entry, Broken)]


def peak_bytes(read: Callable[[], Iterator[Found]]) -> tuple[int, int]:
    """Return how many entries were read, and the most memory that this took."""
    tracemalloc.start()
    try:
        count = sum(1 for _ in read())
        return count, tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
