"""File names for things that museums name: accession numbers, titles, anything.

Knows what file systems refuse, and the types of files by their endings. Knows nothing of records
or of the store.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from pathlib import Path

_MAX_BYTES = 80
"""Room for suffixes below the 255 bytes that file systems allow one name."""

_RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)
"""Device names of Windows. Source: Microsoft, "Naming Files, Paths, and Namespaces"."""


def safe_name(identifier: str) -> str:
    """Turn any identifier into one file name that every system takes.

    Letters and digits of any script, ``-``, ``_`` and ``.`` stay. Where anything had to
    change, or where two identifiers would meet on a file system that ignores case, a short
    hash of the identifier follows, so different identifiers never share a name.

    >>> safe_name("1963.504")
    '1963.504'
    """
    normal = unicodedata.normalize("NFC", identifier)
    kept = "".join(c if c.isalnum() or c in "-_." else "-" for c in normal).strip("-.")
    short = kept.encode()[:_MAX_BYTES].decode(errors="ignore").rstrip("-.")
    plain = short == identifier and short == short.lower() and not _RESERVED.fullmatch(short)
    if plain:
        return short
    digest = hashlib.sha256(identifier.encode("utf-8", "surrogatepass")).hexdigest()[:8]
    return f"{short or 'object'}~{digest}"


_MEDIA_TYPES = {
    ".mp4": "video/mp4",
    ".mov": "video/quicktime",
    ".mkv": "video/x-matroska",
    ".webm": "video/webm",
    ".gif": "image/gif",
    ".webp": "image/webp",
    ".avif": "image/avif",
}


def media_type(path: Path) -> str:
    """Return the type of a moving picture as browsers name it, by its file name.

    Source: the registry of media types at IANA; Matroska is RFC 9559.

    >>> media_type(Path("clip.webm"))
    'video/webm'
    """
    return _MEDIA_TYPES[path.suffix]
