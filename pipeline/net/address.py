"""Which web addresses may be asked, and how they are shown to people.

A catalogue is foreign text, and an address in it could name the museum's own intranet, a
printer, or the service that tells a cloud machine its passwords. So only http and https to the
public internet are allowed, plus the hosts that the config names.

The addresses behind a name are judged where the connection is made (`pipeline.net.wire`): what
is checked is what is connected to.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import TYPE_CHECKING

from pipeline.errors import SourceError

if TYPE_CHECKING:
    import httpx

_MAX_LENGTH = 8000
"""Source: RFC 9110, 4.1: what every sender and recipient should support."""
_MAX_SHOWN = 300
_PORTS = {"http": 80, "https": 443}
_HOST = re.compile(r"[a-z0-9._-]+|[0-9a-f:.]+")
"""A name in the form in which it is looked up, or an IPv6 address."""
_SECRET = re.compile(r"key|token|secret|sig|pass|pwd|auth|cred|session|code|jwt", re.IGNORECASE)
_PASSWORD = re.compile(
    r"^(\s*[a-z0-9+.-]*:?[/\\]{2})(?:[^/?#]*@|[^/?#@:\[]*:(?!\d{1,5}(?:[/?#]|$))[^@]*@)",
    re.IGNORECASE,
)
"""All before the host; or, where no port can be meant, up to the next ``@``: in passwords ``/`` and
``?`` are often not written as they must be."""
_LONG = 24
"""A value this long in one word is more likely a token than a number."""


def parse_address(text: str) -> httpx.URL:
    """Return a catalogue's web address in the form in which it is asked for.

    Raises:
        SourceError: if it is not http(s), holds a password, or cannot be read.
    """
    import httpx

    if len(text) > _MAX_LENGTH:
        raise _wrong(text, f"it has {len(text):,} characters, expected at most {_MAX_LENGTH:,}")
    try:
        url = httpx.URL(text.strip())
    except (httpx.InvalidURL, UnicodeError, ValueError) as error:
        why = "it holds what may be a password; write it without" if "@" in text else str(error)
        raise _wrong(text, f"it cannot be read: {why}") from None
    if url.scheme not in _PORTS:
        found = f"{url.scheme}:" if url.scheme else "no http:// or https:// before it"
        raise _wrong(text, f"found {found}, expected http:// or https://")
    if url.userinfo:
        raise _wrong(text, "it holds a user name or a password; write it without")
    host = url.raw_host.decode("ascii").rstrip(".")
    if not host:
        raise _wrong(text, "it names no host, expected https://host/path")
    if not _HOST.fullmatch(host):
        raise _wrong(text, f"{host[:80]!r} is no name of a host")
    if not 0 < port_of(url) < 65536:
        raise _wrong(text, f"found the port {url.port}, expected one from 1 to 65535")
    return url.copy_with(host=host, fragment=None)


def port_of(url: httpx.URL) -> int:
    """Return the port that is connected to."""
    return url.port if url.port is not None else _PORTS[url.scheme]


def shown(address: object) -> str:
    """Return an address for logs and messages: without passwords, keys and tokens."""
    text = "".join(c if c.isprintable() else "�" for c in str(address))
    text = _PASSWORD.sub(r"\1", text, count=1)
    base, question, query = text.partition("?")
    if question:
        query = "".join(map(_masked, re.split("([&;#])", query)))
    whole = base + question + query
    return whole if len(whole) <= _MAX_SHOWN else whole[: _MAX_SHOWN - 1] + "…"


def _masked(part: str) -> str:
    name, equals, value = part.partition("=")
    if not equals:
        return part if len(part) < _LONG else "…"
    hide = _SECRET.search(name) or (len(value) >= _LONG and value.isalnum())
    return f"{name}=…" if hide else part


def _wrong(text: str, why: str) -> SourceError:
    return SourceError(f"The web address {shown(text)!r} cannot be used: {why}.")


# Addresses of machines ---------------------------------------------------------------------------

_GLOBAL = IPv6Network("2000::/3")
"""Source: IANA, "Internet Protocol Version 6 Address Space": all global unicast so far."""
_SPECIAL = (IPv4Network("192.0.0.0/24"), IPv4Network("192.88.99.0/24"))
"""Source: RFC 6890, 2.2.2 and RFC 7526: protocol assignments and relays, no web servers. Versions
of Python differ about them."""
_NAT64 = IPv6Network("64:ff9b::/96")
"""Source: RFC 6052, 2.1: the last 32 bits are an IPv4 address."""


def find_fault(address: str, port: int, host: str, allowed: Sequence[str]) -> str | None:
    """Say why the machine at ``address``, which ``host`` leads to, may not be asked.

    ``None``: it may. Hosts in ``allowed`` may be anywhere; but where a cloud machine finds its
    passwords (link-local, 169.254.169.254) only by that very address, not by a name.
    """
    kind = _kind(ip_address(address))
    if _is_named(host, port, allowed) and (kind != _LINK_LOCAL or host == address):
        return None
    if kind is not None:
        return f"{address}, {kind}"
    if port < 1024 and port not in _PORTS.values():
        return f"port {port}, where no web server is expected"
    return None


def _is_named(host: str, port: int, allowed: Sequence[str]) -> bool:
    forms = {host, f"{host}:{port}", f"[{host}]", f"[{host}]:{port}"}
    return any(_ascii(name) in forms for name in allowed)


def _ascii(name: str) -> str:
    """The form of an international name that travels: ``xn--…``."""
    if name.isascii():
        return name.lower().rstrip(".")
    host, colon, port = name.partition(":")
    return parse_address(f"http://{host}/").raw_host.decode("ascii") + colon + port


_LINK_LOCAL = "an address that only this machine's own network segment knows"


def _kind(ip: IPv4Address | IPv6Address) -> str | None:
    """Say what kind of address is not on the public internet; ``None``: it is.

    Source: RFC 6890 and IANA's registries of special-purpose addresses, as Python's ``ipaddress``
    has them; RFC 4291 (mapped), RFC 6052 (NAT64), RFC 3056 (6to4).
    """
    ip = _inside(ip)
    if ip.is_unspecified or ip.is_loopback:
        return "this machine itself"
    if ip.is_link_local:
        return _LINK_LOCAL
    if ip.is_multicast:
        return "an address of many machines at once"
    if isinstance(ip, IPv6Address) and ip not in _GLOBAL:
        return "an address in a private network"
    if not ip.is_global or ip.is_reserved or any(ip in special for special in _SPECIAL):
        return "an address in a private network"
    return None


def _inside(ip: IPv4Address | IPv6Address) -> IPv4Address | IPv6Address:
    """Return the IPv4 address that an IPv6 address stands for, where it stands for one."""
    if isinstance(ip, IPv4Address):
        return ip
    if ip in _NAT64:
        return IPv4Address(int(ip) & 0xFFFFFFFF)
    return ip.ipv4_mapped or ip.sixtofour or ip
