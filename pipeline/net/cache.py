"""What was fetched before, on disk.

    <cache>/ab/abcd…/          one address: the SHA-256 of its text
        picture                the whole file, written last by rename
        picture.json           where it came from: type, length, SHA-256, what the server calls it
        picture.part           as much as came before the connection broke
        picture.part.json      what the rest must belong to
        .lock                  held by whoever fetches it

The file's name is the kind of file that was wanted (`pipeline.net.wanted`), because some servers
send different kinds from one address. A file counts only if it is as long as its record says.
Keys and tokens in addresses are not written down.
"""

from __future__ import annotations

import hashlib
import json
import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout
from pydantic import ValidationError

from pipeline.digests import sha256_file
from pipeline.errors import SourceError, StoreError
from pipeline.records import Record


class Answer(Record):
    """What is known of a file in the cache."""

    url: str
    """As `pipeline.net.address.shown` shows it, without keys."""
    final_url: str
    """Where redirects led."""
    content_type: str = ""
    etag: str = ""
    last_modified: str = ""
    length: int
    sha256: str
    fetched_at: str
    """UTC, ISO 8601: when the server last said that this is the file."""


class Part(Record):
    """What the rest of an unfinished file must belong to."""

    validator: str
    """A strong ETag, or a date; empty: the server named neither, and it cannot be continued."""
    total: int | None = None
    """Bytes of the whole file."""


class Cache:
    """One folder of fetched files. Several runs may use it at the same time."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def spot(self, address: str, name: str) -> Spot:
        """Return the place of one address's file of one kind."""
        key = hashlib.sha256(address.encode("utf-8", "surrogatepass")).hexdigest()
        return Spot(self.root / key[:2] / key, name)


class Spot:
    """The place of one file."""

    def __init__(self, folder: Path, name: str) -> None:
        self.folder = folder
        self.body = folder / name
        self.part = folder / f"{name}.part"
        self._record = folder / f"{name}.json"
        self._part_record = folder / f"{name}.part.json"

    @contextmanager
    def alone(self, shown: str, timeout_s: float) -> Iterator[None]:
        """Hold the place: who comes second waits, in this process or another.

        Raises:
            SourceError: if another run holds it for longer than ``timeout_s``.
            StoreError: if the cache cannot be written.
        """
        with writing(self.folder):
            self.folder.mkdir(parents=True, exist_ok=True)
            lock = FileLock(self.folder / ".lock", timeout=timeout_s, thread_local=False)
            try:
                lock.acquire()
            except Timeout:
                raise SourceError(
                    f"{shown} is being fetched by another run for more than {timeout_s:g} s; "
                    "wait for that run, or end it."
                ) from None
        try:
            yield
        finally:
            lock.release()

    def answer(self, *, verify: bool) -> Answer | None:
        """Return what is known of the file, or ``None`` if it is not there whole."""
        try:
            known = Answer.model_validate_json(self._record.read_bytes())
            if self.body.stat().st_size != known.length:
                return None
            if verify and sha256_file(self.body) != known.sha256:
                return None
        except (OSError, ValidationError):
            return None
        return known

    def begun(self) -> tuple[int, Part]:
        """Return how much of an unfinished file is there, and what it belongs to."""
        try:
            part = Part.model_validate_json(self._part_record.read_bytes())
            size = self.part.stat().st_size
        except (OSError, ValidationError):
            return 0, Part(validator="")
        return (size, part) if part.validator else (0, Part(validator=""))

    def to_continue(self) -> tuple[int, Part]:
        """Return `begun`, with at least one byte left to ask for.

        A program that was killed just before the file was put in place left all of it: then the
        last byte is asked for again, which also tells whether the file is still the same.
        """
        size, part = self.begun()
        if part.total is None or size < part.total:
            return size, part
        if size > part.total or size == 0:
            self.drop_part()
            return 0, Part(validator="")
        with writing(self.folder):
            os.truncate(self.part, size - 1)
        return size - 1, part

    def begin(self, part: Part) -> None:
        """Note what the file belongs to that is now fetched; what was there is gone."""
        with writing(self.folder):
            self.part.write_bytes(b"")
            _write(self._part_record, part)

    def drop_part(self) -> None:
        """Forget an unfinished file."""
        with writing(self.folder):
            self.part.unlink(missing_ok=True)
            self._part_record.unlink(missing_ok=True)

    def finish(self, answer: Answer) -> None:
        """Put the finished part in place.

        Raises:
            StoreError: if the cache cannot be written.
        """
        with writing(self.folder):
            with self.part.open("rb+") as stream:
                os.fsync(stream.fileno())  # only its length is looked at later
            self.part.replace(self.body)
            _write(self._record, answer)
            self._part_record.unlink(missing_ok=True)

    def confirm(self, answer: Answer) -> None:
        """Write a record anew for a file that is the same."""
        with writing(self.folder):
            _write(self._record, answer)


def _write(path: Path, record: Record) -> None:
    temporary = path.with_name(f".{path.name}.{uuid.uuid4().hex[:8]}")
    text = json.dumps(record.model_dump(mode="json"), ensure_ascii=False, indent=1)
    try:
        temporary.write_text(text + "\n", encoding="utf-8")
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


@contextmanager
def writing(folder: Path) -> Iterator[None]:
    """Put into words that the disk is full or read-only.

    Raises:
        StoreError: for any error of the file system.
    """
    try:
        yield
    except OSError as error:
        raise StoreError(
            f"The cache of fetched files cannot be written in {folder}: "
            f"{error.strerror or error}. Free some space and run the same command again; what "
            "has come is kept."
        ) from error
