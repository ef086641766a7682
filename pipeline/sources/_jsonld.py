"""Nodes of JSON-LD as IIIF and Linked Art write them: ids, types, lists that may be one thing.

Reads by shape, so that version 2 (``@id``, ``@type``) and version 3 (``id``, ``type``) are one.
Nothing is expanded and no context is fetched: both standards fix the names of their keys.

Source: JSON-LD 1.1, 9 (keywords and their aliases); IIIF Presentation API 2.1 and 3.0; Linked Art
API 1.0, "JSON-LD Representation".
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from itertools import islice
from typing import TypeVar

from pipeline.sources.texts import is_address

Node = Mapping[str, object]
_T = TypeVar("_T")
_MOST = 50
"""Addresses that are looked for in one text."""

_LICENCE = re.compile(
    r"(?i:https?://(?:www\.)?(?:creativecommons|rightsstatements)\.org/)[^\s\"'<>()]{1,200}"
)
_WHOLE_TERM = re.compile(r"(?:https?://vocab\.getty\.edu/(?:page/)?aat/|aat:)([0-9]{9})")
_TERM = re.compile(r"https?://vocab\.getty\.edu/(?:page/)?aat/[0-9]{9}")


def many(value: object) -> list[object]:
    """Return a list as it is, and what is no list as a list of one."""
    if isinstance(value, list):
        return value
    return [] if value is None else [value]


def nodes(value: object) -> list[Node]:
    """Return the objects of a list, or the one object."""
    return [one for one in many(value) if isinstance(one, dict)]


def node_id(value: object) -> str:
    """Return the id of a node, or of a reference that is only a text."""
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, Mapping):
        for key in ("id", "@id"):
            if isinstance(value.get(key), str):
                return str(value[key]).strip()
    return ""


def node_types(node: Node) -> list[str]:
    """Return the types of a node without their prefixes: ``sc:Manifest`` is ``Manifest``."""
    stated = many(node.get("type", node.get("@type")))
    return [one.rpartition(":")[2].rpartition("/")[2] for one in stated if isinstance(one, str)]


def is_a(node: Node, *types: str) -> bool:
    """Say whether a node is of one of these types."""
    return any(one in types for one in node_types(node))


def address(value: object) -> str:
    """Return the id of a node if it is an address on the web, or ``""``."""
    found = node_id(value)
    return found if is_address(found) else ""


def aat(uri: str) -> str:
    """Return the number of a term of the Getty AAT, or ``""``."""
    match = _WHOLE_TERM.fullmatch(uri)
    return match[1] if match else ""


# What texts hold ---------------------------------------------------------------------------------


def licences_in(text: str) -> tuple[str, ...]:
    """Return the URIs of licences and rights statements in a text or in its links."""
    if "://" not in text:
        return ()
    return tuple(
        dict.fromkeys(match[0].rstrip(".,;") for match in islice(_LICENCE.finditer(text), _MOST))
    )


def terms_in(text: str) -> tuple[str, ...]:
    """Return the URIs of terms of the AAT in a text or in its links."""
    return tuple(dict.fromkeys(match[0] for match in islice(_TERM.finditer(text), _MOST)))


# Texts put together -------------------------------------------------------------------------------


def joined(texts: Iterable[str], mark: str = "; ") -> str:
    """Return the texts in one, each once."""
    return mark.join(dict.fromkeys(text for text in texts if text))


def once(values: Iterable[_T]) -> tuple[_T, ...]:
    """Return the values in their order, each once."""
    return tuple(dict.fromkeys(values))
