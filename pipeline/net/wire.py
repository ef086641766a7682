"""The connection itself, and the only module that knows httpx and httpcore.

httpcore, which httpx is built on, lets a program make the connections itself. That is used for
two promises that no check before the request could keep:

- A name is looked up once, all its addresses are judged, and the connection goes to one of these
  very addresses; the certificate and the Host header are still those of the name. A name that
  answers differently the second time (DNS rebinding) gains nothing.
- No read waits beyond the deadline of the whole fetch, be it for a header that comes one byte a
  second.

An ``httpx.Client`` is not used: what it adds are cookies, redirects on its own, ``.netrc``,
unpacking without a limit and a log of whole addresses with the keys in them, and none is wanted.
Proxies from the environment are not used either: a proxy looks names up itself, so nothing could
be said about where a request goes. A museum's own certificate authority is honoured, by the
usual variables SSL_CERT_FILE and SSL_CERT_DIR.
"""

from __future__ import annotations

import os
import socket
import ssl
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache
from typing import NamedTuple

import httpcore
import httpx

from pipeline.errors import SourceError
from pipeline.net.address import find_fault, port_of, shown

_deadline: ContextVar[float | None] = ContextVar("deadline", default=None)

_HEAD_TIMES = 3
"""Connecting and the head of an answer may take this many times the allowed silence."""
_MAX_CONNECTIONS = 64
_KEEP_S = 15.0
_CONNECT_S = 10.0
_MAX_ADDRESSES = 6
"""More addresses of one name than this are not tried."""


class Cut(Exception):
    """The connection failed in a way that may be over soon; the message says how."""


class Reply(NamedTuple):
    """The head of an answer; the body comes as it is read."""

    status: int
    headers: httpx.Headers
    chunks: Iterator[bytes]


class Wire:
    """Asks servers. Threads may use it side by side; connections are kept and used again."""

    def __init__(self, allowed: Sequence[str], timeout_s: float) -> None:
        """``allowed`` are the hosts that may be in a private network.

        Raises:
            SourceError: if the machine's certificates cannot be read.
        """
        self._timeout_s = timeout_s
        self._pool = httpcore.ConnectionPool(
            ssl_context=_trusted(*map(os.environ.get, ("SSL_CERT_FILE", "SSL_CERT_DIR"))),
            max_connections=_MAX_CONNECTIONS,
            keepalive_expiry=_KEEP_S,
            network_backend=_Backend(allowed),
        )

    @contextmanager
    def ask(self, url: httpx.URL, headers: Mapping[str, str], until: float) -> Iterator[Reply]:
        """GET ``url``; nothing waits beyond ``until`` (of ``time.monotonic``).

        Raises:
            SourceError: if the host may not be asked, is unknown, or cannot prove who it is.
            Cut: if the connection fails in any other way, now or while the body is read.
        """
        # A head is small: one that comes byte by byte is not waited for like a long file.
        token = _deadline.set(min(until, time.monotonic() + _HEAD_TIMES * self._timeout_s))
        limits = {
            "connect": min(self._timeout_s, _CONNECT_S),
            "read": self._timeout_s,
            "write": self._timeout_s,
            "pool": self._timeout_s,
        }
        target = httpcore.URL(
            scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path
        )
        try:
            with (
                _told(url),
                self._pool.stream(
                    "GET", target, headers=[*headers.items()], extensions={"timeout": limits}
                ) as answer,
            ):
                _deadline.set(until)
                yield Reply(answer.status, httpx.Headers(answer.headers), answer.iter_stream())
        finally:
            _deadline.reset(token)

    def close(self) -> None:
        """Close all connections."""
        self._pool.close()


@lru_cache(maxsize=4)
def _trusted(file: str | None, folder: str | None) -> ssl.SSLContext:
    """Read whom this machine trusts, once a process; httpx looks at the two variables itself."""
    try:
        return httpx.create_ssl_context()
    except OSError as error:  # ssl.SSLError is one too
        raise SourceError(
            f"The certificates that SSL_CERT_FILE ({file or 'not set'}) or SSL_CERT_DIR "
            f"({folder or 'not set'}) names cannot be read: {error}. Correct the variable, or "
            "remove it."
        ) from error


class _Backend(httpcore.NetworkBackend):
    """Connects to addresses that were judged, and to no others."""

    def __init__(self, allowed: Sequence[str]) -> None:
        self._allowed = tuple(allowed)
        self._plain = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        failed: Exception = httpcore.ConnectError("it has no address")
        for address in _look_up(host, port, self._allowed):
            try:
                stream = self._plain.connect_tcp(
                    address, port, _left(timeout), local_address, socket_options
                )
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failed = error
            else:
                return _Stream(stream)
        raise failed


def _look_up(host: str, port: int, allowed: Sequence[str]) -> list[str]:
    """Return all addresses of ``host``, every one of which may be asked."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except socket.gaierror as error:
        if error.errno == socket.EAI_AGAIN:
            raise httpcore.ConnectError(
                "its name cannot be looked up just now; is this machine connected?"
            ) from error
        raise SourceError(
            f"There is no host {host!r} ({error.strerror}). See whether this machine is online, or "
            "correct the address in the catalogue."
        ) from error
    except (UnicodeError, OSError) as error:
        raise SourceError(
            f"The host {host!r} cannot be looked up ({error}); correct the address in the "
            "catalogue."
        ) from error
    addresses = list(dict.fromkeys(str(entry[4][0]) for entry in found))
    for address in addresses:
        fault = find_fault(address, port, host, allowed)
        if fault is not None:
            raise SourceError(
                f"The host {host!r} leads to {fault}; expected a web server on the public "
                f"internet. Correct the address in the catalogue; if this host is meant, write "
                f"{host} into `allow_hosts` in the config's `network`."
            )
    return addresses[:_MAX_ADDRESSES]


class _Stream(httpcore.NetworkStream):
    """A connection on which nothing waits beyond the deadline."""

    def __init__(self, plain: httpcore.NetworkStream) -> None:
        self._plain = plain

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._plain.read(max_bytes, _left(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._plain.write(buffer, _left(timeout))

    def close(self) -> None:
        self._plain.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.NetworkStream:
        return _Stream(self._plain.start_tls(ssl_context, server_hostname, _left(timeout)))

    def get_extra_info(self, info: str) -> object:
        return self._plain.get_extra_info(info)


def _left(timeout: float | None) -> float | None:
    until = _deadline.get()
    if until is None:
        return timeout
    left = until - time.monotonic()
    if left <= 0:
        raise httpcore.ReadTimeout("the server takes too long")
    return left if timeout is None else min(timeout, left)


@contextmanager
def _told(url: httpx.URL) -> Iterator[None]:
    """Put what the connection raises into words."""
    try:
        yield
    except httpcore.TimeoutException as error:
        raise Cut(str(error) or "the server was silent for too long") from error
    except (httpcore.NetworkError, httpcore.RemoteProtocolError) as error:
        proof = _certificate(error)
        if proof is not None:
            raise SourceError(
                f"{shown(url)}: the server cannot prove that it is {url.host} "
                f"({proof.verify_message}); nothing was fetched. Tell its operators; if the "
                "museum's own network checks connections, name its certificate in SSL_CERT_FILE."
            ) from error
        raise Cut(_words(error, port_of(url))) from error
    except (httpcore.LocalProtocolError, httpcore.UnsupportedProtocol) as error:
        raise SourceError(f"{shown(url)} cannot be asked: {error}.") from error


def _certificate(error: BaseException | None) -> ssl.SSLCertVerificationError | None:
    while error is not None:
        if isinstance(error, ssl.SSLCertVerificationError):
            return error
        error = error.__cause__ or error.__context__
    return None


def _words(error: Exception, port: int) -> str:
    said = " ".join(str(error).split())[:200]
    if isinstance(error, httpcore.ConnectError):
        return f"no connection to port {port} ({said})"
    return f"the connection broke off ({said})" if said else "the connection broke off"
