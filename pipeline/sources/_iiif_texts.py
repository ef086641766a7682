"""Texts of IIIF in any of the forms that its versions have for them, and pairs of metadata.

``"Bowl"``, ``{"@value": "Bol", "@language": "fr"}`` and lists of these (version 2), and
``{"fr": ["Bol"], "none": ["17"]}`` (version 3) are told apart by shape alone.

Source: IIIF Presentation API 2.1, 4.3 (languages) and 4.4 (HTML in values); 3.0, 4.4 and 4.5.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from pipeline.records import Localized, text_in
from pipeline.sources._fields import text
from pipeline.sources._iiif_labels import Place, place_of
from pipeline.sources._jsonld import joined, many, nodes
from pipeline.sources.texts import language_tag, plain_from_html, shortened

UNSTATED = "und"
_MOST_PAIRS = 1000
_PICTURE = re.compile(r"<img\s[^<>]{0,2000}>", re.IGNORECASE)


def spoken(value: object, unstated: str, mark: str = "; ") -> Localized:
    """Return a text in its languages, without tags; several values of one are put in one.

    Args:
        value: in any of IIIF's forms.
        unstated: the language of texts that are only texts. ``none`` in a version 3 map is a
            statement too: it says that there is no language, or that nobody knows it.
        mark: what goes between several values.
    """
    found: dict[str, list[str]] = {}
    for language, one in _stated(value):
        if one:
            found.setdefault(_tag(language) or unstated, []).append(_plain(one))
    texts = {language: shortened(joined(several, mark)) for language, several in found.items()}
    return {language: one for language, one in texts.items() if one}


def _plain(one: str) -> str:
    """Return a clean text without tags; most have none, and this is asked a million times."""
    if "<" in one:
        one = _PICTURE.sub("", one)
    elif "&" not in one and "\n" not in one:
        return one
    return plain_from_html(one)


def raw(value: object) -> str:
    """Return all texts of a value with their tags, to look for addresses in."""
    return "\n".join(one for _, one in _stated(value))


def _stated(value: object) -> Iterator[tuple[str, str]]:
    """Yield language and text; the language is empty where none is stated."""
    for one in many(value):
        if not isinstance(one, Mapping):
            yield "", text(one)
        elif "@value" in one or "value" in one:
            language = one.get("@language", one.get("language"))
            for single in many(one.get("@value", one.get("value"))):
                yield text(language), text(single)
        else:
            for language, texts in one.items():
                for single in many(texts):
                    yield str(language), text(single)


def _tag(language: str) -> str:
    """Return a language tag; what is none becomes "undetermined", and nothing stays nothing."""
    return language_tag(language) or (UNSTATED if language else "")


class Pair:
    """One heading of the metadata with its value, which is read once."""

    def __init__(self, heading: str, place: Place | None, value: object) -> None:
        self.heading, self.place, self.value = heading, place, value
        self._spoken = spoken(value, "")

    def spoken(self, unstated: str) -> Localized:
        """Return the value in its languages."""
        if "" not in self._spoken:
            return self._spoken
        other = self._spoken.get(unstated, "")
        stated = {language or unstated: text for language, text in self._spoken.items()}
        return {**stated, unstated: joined([other, self._spoken[""]])}

    def plain(self, language: str) -> str:
        """Return the value in one language, or in any."""
        return text_in(self.spoken(language), language)


def pairs(metadata: object, language: str) -> list[Pair]:
    """Return the pairs of ``metadata``, a thousand at most, with headings in ``language``."""
    found = []
    for node in nodes(metadata)[:_MOST_PAIRS]:
        headings = spoken(node.get("label"), language)
        places = (place_of(heading) for heading in headings.values())
        place = next((place for place in places if place), None)
        found.append(Pair(text_in(headings, language) or "(no heading)", place, node.get("value")))
    return found
