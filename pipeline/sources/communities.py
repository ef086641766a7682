"""Addresses of labels and notices that communities put on things, in any format.

Source: localcontexts.org, "TK Labels", "BC Labels", "Notices"; the Local Contexts Hub.
"""

from __future__ import annotations

import re
from urllib.parse import urlsplit

_HOSTS = ("localcontexts.org", "localcontextshub.org")


def is_community_label(address: str) -> bool:
    """Whether it is the address of a label, a notice or a project of Local Contexts."""
    if "localcontexts" not in address.lower() or not re.match(r"(?i)https?://", address):
        return False
    try:
        host = (urlsplit(address).hostname or "").lower()
    except ValueError:  # such as an IPv6 address that is none
        return False
    return any(host == name or host.endswith(f".{name}") for name in _HOSTS)


def label_title(address: str) -> str:
    """Return what to call a label that nobody has named: the last part of its address."""
    return address.rstrip("/").rpartition("/")[2].replace("-", " ") or address
