"""Labels and notices that communities put on things: their addresses, alone and in texts.

Source: localcontexts.org, "TK Labels", "BC Labels", "Notices"; the Local Contexts Hub.
"""

from __future__ import annotations

import re
from itertools import islice
from urllib.parse import urlsplit

from pipeline.items import Notice
from pipeline.sources.texts import is_address, plain_from_html, shortened

_HOSTS = ("localcontexts.org", "localcontextshub.org")
_ADDRESS = re.compile(r"https?://[^\s\"'<>()]{1,3900}", re.IGNORECASE)
_ANCHOR = re.compile(r"<a\s[^<>]{0,500}>([^<>]{1,300})</a", re.IGNORECASE)
_MOST = 50
"""Labels that are looked for in one text."""


def is_community_label(address: str) -> bool:
    """Whether it is the address of a label, a notice or a project of Local Contexts."""
    if "localcontexts" not in address.lower() or not is_address(address):
        return False
    try:
        host = (urlsplit(address).hostname or "").lower()
    except ValueError:  # such as an IPv6 address that is none
        return False
    return any(host == name or host.endswith(f".{name}") for name in _HOSTS)


def label_title(address: str) -> str:
    """Return what to call a label that nobody has named: the last part of its address."""
    return address.rstrip("/").rpartition("/")[2].replace("-", " ") or address


def notices_in(text: str, title: str = "") -> tuple[Notice, ...]:
    """Return the labels and notices that a text links to.

    Args:
        text: as it stands, with its tags.
        title: what the text is headed, where a link has no words of its own.
    """
    if "localcontexts" not in text.lower():
        return ()
    found: dict[str, Notice] = {}
    plain = plain_from_html(text)
    links = (match for match in _ADDRESS.finditer(text) if is_community_label(match[0]))
    for match in islice(links, _MOST):
        uri = match[0].rstrip(".,;")
        anchor = _ANCHOR.match(text, max(text.rfind("<", 0, match.start()), 0))
        words = plain_from_html(anchor[1]) if anchor else ""
        said = plain if plain != uri else ""
        found.setdefault(uri, Notice(uri=uri, title=words or title or uri, text=shortened(said)))
    return tuple(found.values())
