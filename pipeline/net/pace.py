"""How fast servers are asked, and how long is waited after they refused.

Every host has its own pace. Waiting times are spread by a hash of the address and the attempt,
not by chance, so that a run can be repeated exactly and yet not all threads come back at once.
"""

from __future__ import annotations

import hashlib
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

_BURST = 4
"""Requests that a host gets at once after it was left alone."""
_FIRST_WAIT_S, _LONGEST_WAIT_S = 1.0, 60.0
LONGEST_PAUSE_S = 300.0
"""A server that wants to be left alone for longer is not waited for."""


class Pace:
    """Spaces the requests to each host. Safe for use by several threads."""

    def __init__(self, requests_per_s: float, sleep: Callable[[float], None]) -> None:
        self._gap_s = 1 / requests_per_s
        self._sleep = sleep
        self._lock = threading.Lock()
        self._next: dict[str, float] = {}

    def wait(self, host: str) -> None:
        """Wait until ``host`` may be asked again, and count the request."""
        with self._lock:
            now = time.monotonic()
            # The time at which the bucket would be empty, a burst ago at the earliest.
            # Source: ITU-T I.371, generic cell rate algorithm (virtual scheduling).
            turn = max(self._next.get(host, 0.0), now - (_BURST - 1) * self._gap_s)
            self._next[host] = turn + self._gap_s
        if turn > now:
            self._sleep(turn - now)

    def pause(self, host: str, seconds: float) -> None:
        """Let nobody ask ``host`` for a while: it said so."""
        with self._lock:
            self._next[host] = max(self._next.get(host, 0.0), time.monotonic() + seconds)


def back_off(address: str, attempt: int) -> float:
    """Return the seconds to wait after the failed attempt ``attempt``, which counts from 1.

    Source: exponential back-off with "equal jitter": half is fixed, half is spread.
    """
    whole = min(_LONGEST_WAIT_S, _FIRST_WAIT_S * 2.0 ** (attempt - 1))
    digest = hashlib.sha256(f"{attempt} {address}".encode()).digest()
    return whole * (0.5 + int.from_bytes(digest[:4], "big") / 2**33)


def retry_after(header: str, now: datetime | None = None) -> float | None:
    """Return the seconds that a Retry-After header asks for; ``None``: it says nothing.

    Source: RFC 9110, 10.2.3: a date or a number of seconds.
    """
    text = header.strip()
    if text.isascii() and text.isdigit():
        return float(text[:9])
    try:
        date = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    date = date if date.tzinfo else date.replace(tzinfo=UTC)
    return max(0.0, (date - (now or datetime.now(UTC))).total_seconds())
