"""Results under the hash of what made them: nothing is made twice, nothing is half there.

    <root>/results/ab/abcd…/     one result: its files and record.json
    <root>/running/<run>/        where stages write; emptied by the next run
    <root>/digests.sqlite        what was hashed before
    <root>/timings.sqlite        how long stages took on this machine

A result is written in ``running`` and renamed into ``results`` whole, its record inside. Before a
result is used again, its files are compared with the hashes in the record, so a file that was
lost, cut or edited is made again. That is also why nothing is fsynced: after a power failure a
file that did not reach the disk is found and remade.

Knows keys, folders and records. Knows no stage and no engine.
"""

from __future__ import annotations

import json
import logging
import os
import shutil
import sqlite3
import threading
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from filelock import FileLock, Timeout
from pydantic import BaseModel, ValidationError

from pipeline.digests import Digests, sha256_file, sha256_text
from pipeline.errors import StoreError
from pipeline.records import Clip, Depth, Mask, Mesh, Photo, Provenance, Record
from pipeline.reels import Reel

logger = logging.getLogger(__name__)

_RESULTS: dict[str, type[Record]] = {
    cls.__name__: cls for cls in (Photo, Mask, Depth, Clip, Mesh, Reel)
}
_RECORD = "record.json"


class Made(NamedTuple):
    """A result and how it came to be."""

    result: Record
    provenance: Provenance


def fingerprint(value: object, digest: Callable[[Path], str]) -> str:
    """Return the SHA-256 of what ``value`` is: the bytes of its files, the text of the rest.

    A tuple is what its members are.
    """
    plain: object = value
    if isinstance(value, BaseModel):
        plain = value.model_dump(mode="json", context={"digest": digest})
    elif isinstance(value, Path):
        return digest(value)
    elif isinstance(value, tuple):
        plain = [fingerprint(one, digest) for one in value]
    return sha256_text(canonical_json(plain))


def canonical_json(value: object) -> str:
    """The one JSON text of a value: sorted keys, no spaces, no NaN."""
    return json.dumps(
        value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
    )


class Store:
    """One folder of results. Several runs may use it at the same time."""

    def __init__(self, root: Path) -> None:
        self.root = root
        try:
            (root / "results").mkdir(parents=True, exist_ok=True)
            (root / "running").mkdir(exist_ok=True)
            self._run_lock, self.work = self._open_run()
            self.digests = Digests(root / "digests.sqlite")
            self.timings = Timings(root / "timings.sqlite")
        except (OSError, sqlite3.Error) as error:
            raise StoreError(
                f"The results folder {root} cannot be written: {error}. "
                "Choose another with --out, or free some space."
            ) from error

    def _open_run(self) -> tuple[FileLock, Path]:
        """Make this run's working folder and clear those of runs that are gone."""
        for old in (self.root / "running").iterdir():
            lock = FileLock(old / ".lock", blocking=False, thread_local=False)
            try:
                with lock:
                    pass
            except (Timeout, OSError):
                continue  # that run is alive, or someone else is clearing up
            shutil.rmtree(old, ignore_errors=True)
        work = self.root / "running" / uuid.uuid4().hex
        work.mkdir()
        lock = FileLock(work / ".lock", thread_local=False)
        lock.acquire()
        return lock, work

    def close(self) -> None:
        """Give the working folder back."""
        self._run_lock.release()
        shutil.rmtree(self.work, ignore_errors=True)
        self.digests.close()
        self.timings.close()

    def find(self, key: str) -> Made | None:
        """Return the result under ``key``, or ``None`` if it is not there whole."""
        return read_whole(result_folder(self.root, key), self.digests.sha256)


def result_folder(root: Path, key: str) -> Path:
    """Where the result under ``key`` is or will be."""
    return root / "results" / key[:2] / key


def read_whole(folder: Path, digest: Callable[[Path], str]) -> Made | None:
    """Return the result in ``folder``, or ``None`` if it is not there as its record says."""
    try:
        data = json.loads((folder / _RECORD).read_text("utf-8"))
        for name, expected in data["files"].items():
            if digest(folder / name) != expected["sha256"]:
                logger.warning("%s was changed or damaged and is made again", folder / name)
                return None
        result = _RESULTS[data["type"]].model_validate_json(
            json.dumps(data["result"]), context={"folder": folder}
        )
        return Made(result, Provenance.model_validate_json(json.dumps(data["provenance"])))
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, ValidationError) as error:
        logger.warning("%s cannot be read (%s) and is made again", folder, error)
        return None


def keep(root: Path, folder: Path, made: Made) -> Made:
    """Move a finished ``folder`` into the store at ``root`` and return the result as it lies there.

    Raises:
        StoreError: if the disk is full or read-only.
    """
    final = result_folder(root, made.provenance.key)
    try:
        _write_record(folder, made)
        final.parent.mkdir(parents=True, exist_ok=True)
        if theirs := _settle(folder, final):
            return theirs
    except OSError as error:
        raise StoreError(
            f"The result could not be stored in {root}: {error}. Free some space and run the "
            "same command again; what is finished is kept."
        ) from error
    return Made(_moved(made.result, folder, final), made.provenance)


def _settle(folder: Path, final: Path) -> Made | None:
    """Rename ``folder`` to ``final``; if another run was quicker, return its result instead.

    That run may be reading there, so a whole result is never moved away.
    """
    if final.exists():
        if theirs := read_whole(final, sha256_file):
            return theirs
        final.rename(folder.parent / f"{folder.name}.damaged")
    try:
        folder.rename(final)
    except OSError:  # there it is after all: made between the look and the step
        if theirs := read_whole(final, sha256_file):
            return theirs
        raise
    return None


def _moved(result: Record, old: Path, new: Path) -> Record:
    data = result.model_dump(mode="json", context={"folder": old})
    return type(result).model_validate_json(json.dumps(data), context={"folder": new})


def _write_record(folder: Path, made: Made) -> None:
    files = {
        path.name: {"sha256": sha256_file(path), "bytes": path.stat().st_size}
        for path in sorted(folder.iterdir())
    }
    if os.name == "posix":  # people's copies are hard links: an edit in place must fail
        for name in files:
            (folder / name).chmod(0o444)
    record: dict[str, Any] = {
        "type": type(made.result).__name__,
        "result": made.result.model_dump(mode="json", context={"folder": folder}),
        "provenance": made.provenance.model_dump(mode="json"),
        "files": files,
    }
    (folder / _RECORD).write_text(
        json.dumps(record, ensure_ascii=False, indent=1) + "\n", encoding="utf-8"
    )


def show(stored: Path, wanted: Path) -> None:
    """Let the file ``stored`` also appear as ``wanted``, without using its space twice.

    A hard link where the disk allows one, else a copy. ``wanted`` is whole or not there.
    """
    if wanted.exists() and wanted.samefile(stored):
        return
    wanted.parent.mkdir(parents=True, exist_ok=True)
    temporary = wanted.with_name(f".{wanted.name}.{uuid.uuid4().hex[:8]}")
    try:
        os.link(stored, temporary)
    except OSError:
        shutil.copyfile(stored, temporary)
    temporary.replace(wanted)


def write_whole(path: Path, text: str) -> None:
    """Write a text file in one step, and only if its text changed."""
    data = text.encode("utf-8")
    if path.is_file() and path.read_bytes() == data:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{uuid.uuid4().hex[:8]}")
    temporary.write_bytes(data)
    temporary.replace(path)


class Timings:
    """How long each stage took here, for estimates."""

    def __init__(self, database: Path) -> None:
        self._lock = threading.Lock()
        self._db = sqlite3.connect(
            database, timeout=30, isolation_level=None, check_same_thread=False
        )
        self._db.execute("PRAGMA journal_mode=WAL")
        self._db.execute("PRAGMA synchronous=OFF")
        self._db.execute(
            "CREATE TABLE IF NOT EXISTS timings"
            " (stage TEXT, engine TEXT, duration_s REAL, peak_memory_bytes INT)"
        )

    def note(self, label: str, provenance: Provenance) -> None:
        """Remember one call; ``label`` is its stage, or what it is called beside others of it."""
        engine = provenance.engine.name if provenance.engine else ""
        with self._lock:
            self._db.execute(
                "INSERT INTO timings VALUES (?, ?, ?, ?)",
                (
                    label,
                    engine,
                    provenance.duration_s,
                    provenance.peak_memory_bytes,
                ),
            )

    def typical(self, stage: str, engine: str) -> tuple[float, int] | None:
        """Return mean seconds and greatest memory in bytes so far, or ``None`` if never run."""
        with self._lock:
            row = self._db.execute(
                "SELECT avg(duration_s), max(peak_memory_bytes), count(*) FROM timings"
                " WHERE stage = ? AND engine = ?",
                (stage, engine),
            ).fetchone()
        return (float(row[0]), int(row[1])) if row[2] else None

    def close(self) -> None:
        """Close the database."""
        self._db.close()
