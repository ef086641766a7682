"""The knobs of the config's section ``network``."""

from __future__ import annotations

import re
from ipaddress import IPv6Address
from typing import Annotated

from pydantic import AfterValidator, Field

from pipeline.records import Params

MiB = 1024**2

_HOST = re.compile(r"(\[(?P<ip>[0-9a-f:.]+)\]|(?P<name>[^\s/@:?#\[\]]+))(:\d{1,5})?")


def _host(value: str) -> str:
    text = value.strip().lower()
    match = _HOST.fullmatch(text)
    try:
        if match is None or match["ip"]:
            IPv6Address(match["ip"] if match else text)
    except ValueError:
        raise ValueError(
            f"found {value!r}, expected a host's name or address alone, with a port if need be: "
            "images.museum.lan or 192.168.1.20:8182"
        ) from None
    return text


def _contact(value: str) -> str:
    text = value.strip()
    if not (text.isascii() and text.isprintable()) or set(text) & set("()\\"):
        raise ValueError(f"found {value!r}, expected an e-mail address or a web address")
    return text


class NetworkOptions(Params):
    """How pictures and documents are fetched from the web."""

    offline: bool = False
    """Nothing is fetched: only what the cache holds already is used."""
    allow_hosts: tuple[Annotated[str, AfterValidator(_host)], ...] = ()
    """Hosts inside the museum's own network that may be asked, ``images.museum.lan`` or
    ``192.168.1.20:8182``. All other private and loopback addresses are refused."""
    contact: Annotated[str, Field(max_length=200), AfterValidator(_contact)] = ""
    """An e-mail address for the operators of the servers that are asked; museums' APIs expect
    one. It is sent with every request, to every server."""
    requests_per_s: float = Field(default=4.0, gt=0, le=100)
    """Requests a second to one host, after a burst of four."""
    timeout_s: float = Field(default=30.0, gt=0, le=600)
    """How long a server may be silent, or send less than 1 KiB a second."""
    total_s: float = Field(default=1800.0, gt=0, le=86400)
    """How long one address may take in all, with every attempt and every wait."""
    attempts: int = Field(default=5, ge=1, le=20)
    """How often one address is tried before it is given up. An attempt that brought a large
    download forward does not count."""
    max_picture_bytes: int = Field(default=512 * MiB, gt=0)
    """The largest picture that is fetched."""
    max_document_bytes: int = Field(default=64 * MiB, gt=0)
    """The largest document (JSON, XML, tables) that is fetched, unpacked."""
    ask_again_h: float = Field(default=24.0, ge=0)
    """Hours after which a catalogue or a manifest is asked for again; one that did not change is
    not sent again. A picture, once fetched, is never asked for again."""
    verify: bool = False
    """Compare the SHA-256 of a file in the cache before it is used, not only its length."""
