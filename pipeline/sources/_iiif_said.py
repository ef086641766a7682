"""What one resource of IIIF says of itself: a manifest, a canvas, or a range.

The same for both versions: label, summary or description, metadata, rights or license,
requiredStatement or attribution, provider, homepage or related.

Source: IIIF Presentation API 2.1, 3 and 4.4; 3.0, 3 (resource properties) and 4.
"""

from __future__ import annotations

import re

from pipeline.items import Notice
from pipeline.records import Localized, text_in
from pipeline.sources._fields import is_address
from pipeline.sources._iiif_labels import Place
from pipeline.sources._iiif_texts import UNSTATED, Pair, pairs, raw, spoken
from pipeline.sources._jsonld import (
    Extra,
    Node,
    address,
    joined,
    licences_in,
    many,
    node_id,
    nodes,
    notices_in,
    terms_in,
)
from pipeline.sources.described import Statement

_SPEAKS_OF_RIGHTS = re.compile(
    r"©|\(c\)|copyright|right|licen[cs]|creative commons|\bcc[- ]?(?:by|0)\b|public domain|droits|"
    r"domaine public|rechte|lizenz|gemeinfrei|derechos|dominio p|diritti|pubblico dominio|rechten|"
    r"direitos|版权|版權|权利|權利|著作|公有|公共",
    re.IGNORECASE,
)
_NUMBERS: tuple[Place, ...] = ("number", "shelfmark")


class Said:
    """The statements of one resource, each at its place.

    Args:
        node: the resource.
        language: of texts that do not name theirs.
    """

    def __init__(self, node: Node, language: str) -> None:
        self.node = node
        self.language = language
        self._pairs = pairs(node.get("metadata"), language)
        self._required = nodes(node.get("requiredStatement"))
        self.title = spoken(node.get("label"), language)
        self.creator = self.texts("creator")
        self.date = self.texts("date")

    def texts(self, place: Place) -> Localized:
        """Return what is said at a place, in its languages."""
        found: dict[str, list[str]] = {}
        for pair in self._at(place):
            for language, text in pair.spoken(self.language).items():
                found.setdefault(language, []).append(text)
        return {language: joined(texts) for language, texts in found.items()}

    def words(self, place: Place) -> tuple[str, ...]:
        """Return what is said at a place in one language, value by value."""
        found = (pair.plain(self.language) for pair in self._at(place))
        return tuple(dict.fromkeys(text for text in found if text))

    def kinds(self, place: Place) -> tuple[str, ...]:
        """Return classifications or names, one by one, and the terms that they link to."""
        found: list[str] = []
        for pair in self._at(place):
            for value in many(pair.value):
                found += spoken(value, UNSTATED, "\n").values()
        linked = [uri for pair in self._at(place) for uri in terms_in(raw(pair.value))]
        single = [line.strip() for text in found for line in text.split("\n")]
        return tuple(dict.fromkeys([one for one in [*linked, *single] if one]))

    def description(self) -> Localized:
        """Return the summary, or what the metadata describes."""
        stated = self.node.get("summary", self.node.get("description"))
        return spoken(stated, self.language, "\n") or self.texts("description")

    def number(self) -> str:
        """Return the number by which the museum knows the object."""
        found = (text for place in _NUMBERS for text in self.words(place))
        return next((text for text in found if not is_address(text)), "")

    def statements(self) -> list[Statement]:
        """Return sizes in words; what also tells of other things comes last."""
        found: dict[str, Statement] = {}
        for pair in [*self._at("dimensions"), *self._at("extent")]:
            for language, text in pair.spoken(UNSTATED).items():
                stated = None if language == UNSTATED else language
                found.setdefault(text, Statement(text=text, language=stated))
        return list(found.values())

    def credit(self) -> str:
        """Return what must be shown with the object."""
        required = [text_in(text, self.language) for text in self._required_texts()]
        return joined([*required, *self.words("credit")])

    def rights(self) -> tuple[str, ...]:
        """Return the URIs of licences that the resource states for itself."""
        uris = [node_id(one) for key in ("rights", "license") for one in many(self.node.get(key))]
        stated = [uri for uri in uris if uri and not notices_in(uri)]
        linked = [uri for text in self._raw_rights() for uri in licences_in(text)]
        return tuple(dict.fromkeys([*stated, *linked]))

    def rights_words(self) -> tuple[str, ...]:
        """Return what it says about rights in words."""
        required = [text for texts in self._required_texts() for text in texts.values()]
        speaking = [text for text in required if _SPEAKS_OF_RIGHTS.search(text)]
        return tuple(dict.fromkeys([*self.texts("rights").values(), *speaking]))

    def holder(self) -> str:
        """Return who provides it, or who holds it by its metadata."""
        providers = (spoken(one.get("label"), UNSTATED) for one in nodes(self.node.get("provider")))
        return joined(text_in(name, self.language) for name in providers) or joined(
            self.words("holder")
        )

    def homepage(self) -> str:
        """Return the address of its page for people."""
        pages = many(self.node.get("homepage")) + many(self.node.get("related"))
        return next((url for url in map(address, pages) if url), "")

    def notices(self) -> tuple[Notice, ...]:
        """Return labels and notices of Local Contexts, wherever they are linked or named."""
        found: dict[str, Notice] = {}
        uris = [node_id(one) for key in ("rights", "license") for one in many(self.node.get(key))]
        texts = [("", uri) for uri in uris] + [(p.heading, raw(p.value)) for p in self._pairs]
        texts += [("", raw(value)) for value in self._required_values()]
        for heading, text in texts:
            for notice in notices_in(text, heading):
                found.setdefault(notice.uri, notice)
        named = [one for one in self._at("notice") if not notices_in(raw(one.value))]
        for pair in named:
            text = pair.plain(self.language)
            found.setdefault(text, Notice(title=text or pair.heading))
        return tuple(found.values())

    def keep(self, extra: Extra, way: str = "") -> None:
        """Keep all pairs under their headings, whether they have a place or not."""
        for pair in self._pairs:
            for number, (language, text) in enumerate(pair.spoken(UNSTATED).items()):
                mark = f" ({language})" if number else ""
                extra.add(f"{way}metadata/{pair.heading}{mark}", text)
        for node in self._required:
            heading = text_in(spoken(node.get("label"), UNSTATED), self.language)
            for text in spoken(node.get("value"), UNSTATED).values():
                extra.add(f"{way}requiredStatement/{heading}", text)

    def _at(self, place: Place) -> list[Pair]:
        return [pair for pair in self._pairs if pair.place == place]

    def _required_values(self) -> list[object]:
        return [*(one.get("value") for one in self._required), self.node.get("attribution")]

    def _required_texts(self) -> list[Localized]:
        return [spoken(value, self.language) for value in self._required_values()]

    def _raw_rights(self) -> list[str]:
        stated = [raw(pair.value) for pair in self._at("rights")]
        return [*stated, *(raw(value) for value in self._required_values())]
