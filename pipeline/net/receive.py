"""Takes the body of an answer to disk: counted, timed and looked at while it comes.

Nothing is kept in memory but one block. What came before a connection broke stays in the cache's
part file, with the mark (ETag or date) of what it belongs to.
"""

from __future__ import annotations

import base64
import binascii
import logging
import re
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

from pipeline.digests import sha256_file
from pipeline.errors import SourceError
from pipeline.net.address import shown
from pipeline.net.cache import Answer, Part, Spot, writing
from pipeline.net.unpack import Unpackable, unpack
from pipeline.net.wanted import HEAD_BYTES, NotServed, Wanted

if TYPE_CHECKING:
    import httpx

    from pipeline.net.wire import Reply

logger = logging.getLogger(__name__)

_SLOWEST_BYTES_S = 1024
_TELL_EVERY_S = 5.0
_MiB = 1024**2
_OLD_ENOUGH_S = 60
"""A date of change younger than this may stand for two versions of a file."""
_RANGE = re.compile(r"bytes (\d{1,15})-(\d{1,15})/(\d{1,15}|\*)")
_SHA256 = re.compile(r"sha-256=:?([A-Za-z0-9+/=]{44}):?", re.IGNORECASE)


class Again(Exception):
    """It did not work this time, but may the next; the message says what happened."""

    def __init__(self, message: str, wait_s: float | None = None) -> None:
        super().__init__(message)
        self.wait_s = wait_s


@dataclass(frozen=True)
class Order:
    """One file that is to be fetched, and what it may cost."""

    url: httpx.URL
    wanted: Wanted
    max_bytes: int
    limit_name: str
    """The name of the limit in the config's ``network``."""
    spot: Spot
    until: float
    """When it must be there, by ``time.monotonic``."""
    silence_s: float

    @property
    def name(self) -> str:
        """The address, for messages."""
        return shown(self.url)


def receive(order: Order, reply: Reply) -> int:
    """Write the body behind what is there already and return the size of the whole.

    Raises:
        NotServed: if it is another kind of file than wanted.
        SourceError: if it is too large, or cannot be unpacked.
        Again: if it is too slow, or not what was begun.
        StoreError: if it cannot be written.
        Cut: if the connection breaks off.
    """
    fault = order.wanted.refuse_type(reply.headers.get("content-type", ""))
    if fault is not None:
        raise _not_wanted(order, fault)
    size, total = _start(order, reply)
    if total is not None:
        _refuse_size(order, total)
    size = _take(order, reply, size, total)
    if total is not None and size != total:
        order.spot.drop_part()
        raise Again(f"it has {size:,} bytes, and the server had said {total:,}")
    if size < HEAD_BYTES:
        _look(order)
    _compare_digest(order, reply)
    return size


def _start(order: Order, reply: Reply) -> tuple[int, int | None]:
    """Return where the body begins in the file, and the size of the whole if it is said."""
    if reply.status == 206:
        return _continued(order, reply)
    packed = reply.headers.get("content-encoding", "identity") != "identity"
    length = reply.headers.get("content-length", "")
    total = int(length) if not packed and length.isascii() and length.isdigit() else None
    validator = "" if packed else _validator(reply.headers)
    order.spot.begin(Part(validator=validator, total=total))
    return 0, total


def _continued(order: Order, reply: Reply) -> tuple[int, int | None]:
    size, part = order.spot.begun()
    match = _RANGE.fullmatch(reply.headers.get("content-range", "").strip())
    total = int(match[3]) if match and match[3] != "*" else part.total
    etag = reply.headers.get("etag", "")
    other = bool(etag) and part.validator.startswith('"') and etag != part.validator
    packed = reply.headers.get("content-encoding", "identity") != "identity"
    if match is None or int(match[1]) != size or other or packed:
        order.spot.drop_part()
        raise Again("the server continued at another place than asked")
    if part.total is not None and total != part.total:
        order.spot.drop_part()
        raise Again("the file changed on the server while it was fetched")
    return size, total


def _validator(headers: httpx.Headers) -> str:
    """Return what tells that the rest belongs to the same file, or nothing.

    Source: RFC 9110, 8.8.1 (strong validators) and 13.1.5 (If-Range).
    """
    etag: str = headers.get("etag", "")
    if etag.startswith('"'):
        return etag
    try:
        changed = parsedate_to_datetime(headers.get("last-modified", ""))
        sent = parsedate_to_datetime(headers.get("date", ""))
        old = (sent - changed).total_seconds() >= _OLD_ENOUGH_S
    except (ValueError, TypeError, IndexError, OverflowError):
        return ""
    return headers["last-modified"] if old else ""


def _take(order: Order, reply: Reply, size: int, total: int | None) -> int:
    looked = size >= HEAD_BYTES
    watch = _Watch(order, size, total)
    with writing(order.spot.folder), order.spot.part.open("ab") as out:
        for block in _blocks(order, reply):
            out.write(block)
            out.flush()  # what came stays, even if this program is killed now
            size += len(block)
            _refuse_size(order, size)
            if not looked and size >= HEAD_BYTES:
                _look(order)
                looked = True
            watch.see(size)
    return size


def _blocks(order: Order, reply: Reply) -> Iterator[bytes]:
    try:
        yield from unpack(_counted(order, reply.chunks), reply.headers.get("content-encoding", ""))
    except Unpackable as error:
        order.spot.drop_part()
        raise SourceError(f"{order.name} cannot be read: {error}.") from error


def _counted(order: Order, chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Refuse what is too large as it comes: what unpacks to nothing can be endless too."""
    size = 0
    for chunk in chunks:
        size += len(chunk)
        _refuse_size(order, size)
        yield chunk


class _Watch:
    """Ends what trickles, and tells now and then how far a long download is."""

    def __init__(self, order: Order, size: int, total: int | None) -> None:
        self._order = order
        self._total = total
        self._since = self._told = time.monotonic()
        self._from = size

    def see(self, size: int) -> None:
        now = time.monotonic()
        if now > self._order.until:
            raise Again("the time for this address is over")
        if now - self._told >= _TELL_EVERY_S:
            self._told = now
            whole = f" of {self._total / _MiB:.1f}" if self._total else ""
            logger.info("fetching %s: %.1f%s MiB", self._order.name, size / _MiB, whole)
        if now - self._since >= self._order.silence_s:
            rate = (size - self._from) / (now - self._since)
            if rate < _SLOWEST_BYTES_S:
                raise Again(f"the server sends only {rate:.0f} bytes a second")
            self._since, self._from = now, size


def _look(order: Order) -> None:
    with writing(order.spot.folder), order.spot.part.open("rb") as stream:
        fault = order.wanted.refuse_head(stream.read(HEAD_BYTES))
    if fault is not None:
        order.spot.drop_part()
        raise _not_wanted(order, fault)


def _not_wanted(order: Order, fault: str) -> NotServed:
    return NotServed(
        f"{order.name}: {fault}. Open the address in a browser: if there is an error or a page "
        "about the object, the catalogue needs the address of the file itself."
    )


def _refuse_size(order: Order, size: int) -> None:
    if size > order.max_bytes:
        order.spot.drop_part()
        raise SourceError(
            f"{order.name} has more than {order.max_bytes:,} bytes, the most that is fetched of "
            f"one file; if it is in order, raise `{order.limit_name}` in the config's `network`."
        )


def _compare_digest(order: Order, reply: Reply) -> None:
    """Compare the file with the checksum that the server sent, if it sent one.

    Source: RFC 9530 (Repr-Digest) and RFC 3230 (Digest), for files that are not packed.
    """
    if reply.headers.get("content-encoding", "identity") != "identity":
        return
    for name in ("repr-digest", "digest"):
        match = _SHA256.search(reply.headers.get(name, ""))
        if match is None:
            continue
        try:
            expected = base64.b64decode(match[1], validate=True).hex()
        except binascii.Error:
            continue
        if sha256_file(order.spot.part) != expected:
            order.spot.drop_part()
            raise Again("its checksum is not the one that the server sent")


def describe(order: Order, final: httpx.URL, headers: httpx.Headers, size: int) -> Answer:
    """Return the record of the finished part."""
    return Answer(
        url=order.name,
        final_url=shown(final),
        content_type=headers.get("content-type", ""),
        etag=headers.get("etag", ""),
        last_modified=headers.get("last-modified", ""),
        length=size,
        sha256=sha256_file(order.spot.part),
        fetched_at=datetime.now(UTC).isoformat(timespec="seconds"),
    )
