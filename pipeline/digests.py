"""SHA-256 of files, remembered by size and time of change so that nothing is read twice.

Hashing 10,000 photographs takes minutes, looking at their dates a fraction of a second. A file
is trusted unread only when size, modification time and inode are those of the last reading and
the file was already at rest then. Git's index works the same way.

Source: git documentation, "Racy Git problem".
"""

from __future__ import annotations

import errno
import hashlib
import sqlite3
import threading
import time
from pathlib import Path
from stat import S_ISREG

_AT_REST_S = 2.0
"""A file younger than this may still change without its date changing (FAT counts in 2 s)."""


def sha256_file(path: Path) -> str:
    """Read the whole file and return its SHA-256 in hexadecimal."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def sha256_text(text: str) -> str:
    """Return the SHA-256 of ``text`` in UTF-8, in hexadecimal."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


class Digests:
    """The memory. Safe for use by several threads and several runs at once."""

    def __init__(self, database: Path) -> None:
        self._lock = threading.Lock()
        self._db = sqlite3.connect(
            database, timeout=30, isolation_level=None, check_same_thread=False
        )
        self._db.execute("PRAGMA journal_mode=WAL")
        self._db.execute("PRAGMA synchronous=OFF")  # a lost memory only costs a reading
        self._db.execute(
            "CREATE TABLE IF NOT EXISTS digests"
            " (path TEXT PRIMARY KEY, size INT, mtime_ns INT, inode INT, sha256 TEXT)"
        )

    def sha256(self, path: Path) -> str:
        """Return the SHA-256 of the file, reading it only when it may have changed.

        Raises:
            OSError: if it cannot be read.
        """
        stat = path.stat()
        if not S_ISREG(stat.st_mode):  # reading a pipe or a device might never end
            raise OSError(errno.EINVAL, "not a regular file", str(path))
        seen = (stat.st_size, stat.st_mtime_ns, stat.st_ino)
        with self._lock:
            row = self._db.execute(
                "SELECT size, mtime_ns, inode, sha256 FROM digests WHERE path = ?", (str(path),)
            ).fetchone()
        if row and row[:3] == seen:
            return str(row[3])
        digest = sha256_file(path)
        if time.time() - stat.st_mtime > _AT_REST_S:
            with self._lock:
                self._db.execute(
                    "INSERT OR REPLACE INTO digests VALUES (?, ?, ?, ?, ?)",
                    (str(path), *seen, digest),
                )
        return digest

    def close(self) -> None:
        """Close the database."""
        self._db.close()
