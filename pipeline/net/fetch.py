"""Fetches files from the web into the cache: each once, whole, and of the kind that was wanted.

    with Fetcher(options, cache) as fetcher:
        path = fetcher.fetch("https://…/photo.jpg", PICTURE)

A file that is in the cache is used without asking anybody. Otherwise the address and every
redirect is judged (`pipeline.net.address`), asked at the host's pace (`pipeline.net.pace`), tried
again where that can help, and continued where it broke off (`pipeline.net.receive`).

Knows HTTP and files. Knows no catalogue and no object.
"""

from __future__ import annotations

import json
import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from http import HTTPStatus
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, NamedTuple, Self

from pipeline.errors import SourceError
from pipeline.net.address import parse_address, shown
from pipeline.net.cache import Answer, Cache, Spot, writing
from pipeline.net.options import NetworkOptions
from pipeline.net.pace import LONGEST_PAUSE_S, Pace, back_off, retry_after
from pipeline.net.receive import Again, Order, describe, receive
from pipeline.net.wanted import HEAD_BYTES, JSON, NotServed, Wanted

if TYPE_CHECKING:
    import httpx

    from pipeline.net.wire import Reply, Wire

logger = logging.getLogger(__name__)

_MAX_REDIRECTS = 5
_REDIRECTS = {301, 302, 303, 307, 308}
_BUSY = {429, 500, 502, 503, 504}
"""What may be over soon. Source: RFC 9110, 15, and RFC 6585, 4."""
_PROGRESS_BYTES = 1024**2
"""An attempt that brought this much more does not count as failed."""
_LONGEST_WAIT_FOR_OTHERS_S = 60.0


class _Hop(NamedTuple):
    url: httpx.URL
    reply: Reply


class Fetcher:
    """Fetches files. Threads may use one side by side, and processes one cache."""

    def __init__(
        self,
        options: NetworkOptions,
        cache: Path,
        *,
        sleep: Callable[[float], None] | None = None,
    ) -> None:
        """``sleep`` replaces waiting, for tests."""
        self.options = options
        self.cache = Cache(cache)
        self._closed = threading.Event()
        self._sleep = sleep or self._wait
        self._pace = Pace(options.requests_per_s, self._sleep)
        self._lock = threading.Lock()
        self._wire: Wire | None = None
        self._down: set[str] = set()
        """Hosts that did not answer at all: their next addresses are tried once."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """End all waiting and close all connections."""
        self._closed.set()
        with self._lock:
            if self._wire is not None:
                self._wire.close()
            self._wire = None

    def fetch(self, url: str, wanted: Wanted, *, refresh: bool = False, sha256: str = "") -> Path:
        """Return the file at ``url``, from the cache if it is there.

        ``refresh`` asks the server whether the cached file is still the right one. ``sha256`` is
        the checksum that a catalogue states, in hexadecimal.

        Raises:
            SourceError: if the address may not be asked, or what is there is not a whole file of
                the kind that is wanted; `NotServed` where the server says so itself.
            StoreError: if the cache cannot be written.
        """
        address = parse_address(url)
        spot = self.cache.spot(str(address), wanted.name)
        sha256 = sha256.strip().lower()
        if not refresh and self._stored(spot, wanted, sha256):
            return spot.body
        if self.options.offline:
            return self._offline(spot, wanted, shown(address), sha256)
        with spot.alone(shown(address), self.options.total_s + _LONGEST_WAIT_FOR_OTHERS_S):
            # Before a server is asked whether the file is still right, it must be whole to the bit.
            known = self._stored(spot, wanted, sha256, verify=refresh)
            if refresh or not known:
                self._get(self._order(address, wanted, spot), known, sha256)
        return spot.body

    def stored(self, url: str, wanted: Wanted) -> Path | None:
        """Return the file at ``url`` if the cache has it; nobody is asked.

        Raises:
            SourceError: if that is no web address.
        """
        spot = self.cache.spot(str(parse_address(url)), wanted.name)
        return spot.body if self._stored(spot, wanted, "") else None

    def age_s(self, url: str, wanted: Wanted) -> float | None:
        """Return how long ago the server said last that this is the file; ``None``: never.

        Raises:
            SourceError: if that is no web address.
        """
        known = self._stored(self.cache.spot(str(parse_address(url)), wanted.name), wanted, "")
        if known is None:
            return None
        return (datetime.now(UTC) - datetime.fromisoformat(known.fetched_at)).total_seconds()

    def fetch_json(self, url: str, *, max_bytes: int = 0) -> Any:
        """Return what the JSON document at ``url`` says.

        Raises:
            SourceError: as `fetch`, or if it is damaged or has more than ``max_bytes``.
            StoreError: if the cache cannot be written.
        """
        path = self.fetch(url, JSON)
        size = path.stat().st_size
        if max_bytes and size > max_bytes:
            raise SourceError(
                f"{shown(url)} has {size:,} bytes, expected at most {max_bytes:,} of a document "
                "of this kind; it is another one than the catalogue says."
            )
        try:
            return json.loads(path.read_bytes())
        except RecursionError:
            raise SourceError(
                f"{shown(url)}: its brackets are nested too deeply, expected a JSON document."
            ) from None
        except ValueError as error:
            raise SourceError(
                f"{shown(url)} is no JSON document ({error}); tell those who publish it."
            ) from error

    def _stored(
        self, spot: Spot, wanted: Wanted, sha256: str, *, verify: bool = False
    ) -> Answer | None:
        known = spot.answer(verify=verify or self.options.verify)
        if known is None or (sha256 and sha256 != known.sha256):
            return None
        try:
            with spot.body.open("rb") as stream:
                head = stream.read(HEAD_BYTES)
        except OSError:  # gone since, or not ours to read
            return None
        return None if wanted.refuse_head(head) else known

    def _offline(self, spot: Spot, wanted: Wanted, name: str, sha256: str) -> Path:
        if self._stored(spot, wanted, sha256):
            return spot.body
        raise SourceError(
            f"{name} is not in the cache, and the config says `offline: true` in `network`; "
            "run once without it."
        )

    def _order(self, url: httpx.URL, wanted: Wanted, spot: Spot) -> Order:
        limit = f"max_{wanted.limit}_bytes"
        return Order(
            url=url,
            wanted=wanted,
            max_bytes=getattr(self.options, limit),
            limit_name=limit,
            spot=spot,
            until=time.monotonic() + self.options.total_s,
            silence_s=self.options.timeout_s,
        )

    # Trying ---------------------------------------------------------------------------------------

    def _get(self, order: Order, known: Answer | None, sha256: str) -> None:
        from pipeline.net.wire import Cut

        failed, most = 0, order.spot.begun()[0]
        while True:
            try:
                self._try(order, known, sha256)
            except (Again, Cut) as cut:
                size = order.spot.begun()[0]
                failed = 1 if size >= most + _PROGRESS_BYTES else failed + 1
                most = max(most, size)
                self._wait_or_give_up(order, cut, failed)
            else:
                self._down.discard(order.url.host)
                return

    def _wait_or_give_up(self, order: Order, cut: Exception, failed: int) -> None:
        asked = getattr(cut, "wait_s", None)
        wait_s = max(back_off(str(order.url), failed), asked or 0.0)
        in_time = time.monotonic() + wait_s < order.until and wait_s <= LONGEST_PAUSE_S
        attempts = 1 if order.url.host in self._down else self.options.attempts
        if failed < attempts and in_time:
            logger.info("%s: %s; again in %.1f s", order.name, cut, wait_s)
            self._sleep(wait_s)
            return
        tried = "once" if failed == 1 else f"{failed} times"
        size = order.spot.begun()[0]
        if not isinstance(cut, Again) and not size:
            self._down.add(order.url.host)
        kept = f" {size:,} bytes of it are kept, and the next run continues there." if size else ""
        later = (
            f"the server wants to be left alone for {asked:.0f} s; run again after that"
            if asked is not None and not in_time
            else "run again later"
        )
        raise SourceError(
            f"{order.name} could not be fetched, tried {tried}: {cut}; {later}.{kept}"
        ) from cut

    def _wait(self, seconds: float) -> None:
        if self._closed.wait(seconds):
            raise SourceError("Fetching was stopped; run again to continue.")

    def _try(self, order: Order, known: Answer | None, sha256: str) -> None:
        size, part = order.spot.to_continue()
        headers = self._headers(order, known)
        if size:
            headers |= {"Range": f"bytes={size}-", "If-Range": part.validator}
        with self._follow(order, headers) as (final, reply):
            if reply.status == 304 and known is not None:
                order.spot.confirm(known.model_copy(update={"fetched_at": _now()}))
                return
            self._refuse_status(order, final, reply, asked_rest=size > 0)
            whole = receive(order, reply)
            with writing(order.spot.folder):
                answer = describe(order, final, reply.headers, whole)
        if sha256 and answer.sha256 != sha256:
            order.spot.drop_part()
            raise SourceError(
                f"{order.name} has the SHA-256 {answer.sha256}, expected {sha256} as the catalogue "
                "says: the file was replaced or damaged. Ask those who publish it."
            )
        order.spot.finish(answer)

    def _headers(self, order: Order, known: Answer | None) -> dict[str, str]:
        from pipeline import __version__

        contact = f" (+{self.options.contact})" if self.options.contact else ""
        headers = {
            "User-Agent": f"tableau-vivant/{__version__}{contact}",
            "Accept": order.wanted.accept,
            "Accept-Encoding": "gzip" if order.wanted.packed else "identity",
        }
        if known is not None and known.etag:
            headers["If-None-Match"] = known.etag
        elif known is not None and known.last_modified:
            headers["If-Modified-Since"] = known.last_modified
        return headers

    # Asking ---------------------------------------------------------------------------------------

    @contextmanager
    def _follow(self, order: Order, headers: dict[str, str]) -> Iterator[_Hop]:
        """Ask, and ask again wherever the server points, each time judged anew."""
        url = order.url
        for _ in range(_MAX_REDIRECTS + 1):
            self._pace.wait(url.host)
            with self._opened().ask(url, headers, order.until) as reply:
                if reply.status not in _REDIRECTS:
                    yield _Hop(url, reply)
                    return
                target = reply.headers.get("location", "")
            url = _redirected(order, url, target)
        raise SourceError(
            f"{order.name} leads from one address to the next more than {_MAX_REDIRECTS} times, "
            f"last to {shown(url)}; expected a file. Correct the address in the catalogue."
        )

    def _opened(self) -> Wire:
        from pipeline.net.wire import Wire

        with self._lock:
            if self._closed.is_set():
                raise SourceError("Fetching was stopped; run again to continue.")
            if self._wire is None:
                self._wire = Wire(self.options.allow_hosts, self.options.timeout_s)
            return self._wire

    def _refuse_status(
        self, order: Order, final: httpx.URL, reply: Reply, *, asked_rest: bool
    ) -> None:
        status = reply.status
        if status == 200 or (status == 206 and asked_rest):
            return
        if status in {206, 416}:
            order.spot.drop_part()
            raise Again("the server sent another part than asked")
        if status in _BUSY:
            wait_s = retry_after(reply.headers.get("retry-after", ""))
            if wait_s is not None:
                self._pace.pause(final.host, min(wait_s, LONGEST_PAUSE_S))
            raise Again(f"the server answered {_status(status)}", wait_s)
        raise NotServed(
            f"{order.name}: the server answered {_status(status)}, expected {order.wanted.noun}; "
            f"{_ADVICE.get(status, 'correct the address in the catalogue')}.",
            status,
        )


_ADVICE = {
    401: "it wants a permission that this program does not have; ask for an open address",
    403: "it does not give the file to programs; ask its operators, or fetch it by hand",
    451: "it may not be shown where you are, for legal reasons",
}


def _status(status: int) -> str:
    try:
        return f"{status} ({HTTPStatus(status).phrase})"
    except ValueError:
        return str(status)


def _redirected(order: Order, url: httpx.URL, target: str) -> httpx.URL:
    import httpx

    try:
        joined = str(url.join(target))
    except (httpx.InvalidURL, ValueError):
        joined = target
    if not target:
        raise SourceError(f"{order.name} leads to another address and does not say to which.")
    try:
        new = parse_address(joined)
    except SourceError as error:
        raise SourceError(f"{order.name} leads to another address. {error}") from error
    if url.scheme == "https" and new.scheme == "http":
        raise SourceError(
            f"{order.name} leads from https to {shown(new)}, which anybody on the way could "
            "change; expected https. Write the right https address into the catalogue."
        )
    return new


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
