"""What one resource of IIIF says of itself: a manifest, a canvas, or a range.

The same for both versions: label, summary or description, metadata, rights or license,
requiredStatement or attribution, provider, homepage or related.

Source: IIIF Presentation API 2.1, 3 and 4.4; 3.0, 3 (resource properties) and 4.
"""

from __future__ import annotations

import re
from functools import cached_property

from pipeline.items import Notice
from pipeline.records import Localized, text_in
from pipeline.sources._fields import Extra
from pipeline.sources._iiif_labels import Place
from pipeline.sources._iiif_texts import UNSTATED, Pair, pairs, raw, spoken
from pipeline.sources._jsonld import (
    Node,
    aat,
    address,
    joined,
    licences_in,
    many,
    node_id,
    nodes,
    once,
    terms_in,
)
from pipeline.sources.communities import is_community_label, notices_in
from pipeline.sources.described import Statement
from pipeline.sources.texts import is_address, shortened

_SPEAKS_OF_RIGHTS = re.compile(
    r"©|\(c\)|copyright|right|licen[cs]|creative commons|\bcc[- ]?(?:by|0)\b|public domain|droits|"
    r"domaine public|rechte|lizenz|gemeinfrei|derechos|dominio p|diritti|pubblico dominio|rechten|"
    r"direitos|版权|版權|权利|權利|著作|公有|公共",
    re.IGNORECASE,
)
_SIZES: tuple[Place, ...] = ("dimensions", "extent")
_MOST_SIZES = 50
_NUMBERS: tuple[Place, ...] = ("number", "shelfmark")


class Said:
    """The statements of one resource, each at its place, read when they are asked for and once.

    Args:
        node: the resource.
        language: of texts that do not name theirs.
    """

    def __init__(self, node: Node, language: str) -> None:
        self.node = node
        self.language = language
        self._required = nodes(node.get("requiredStatement"))

    @cached_property
    def title(self) -> Localized:
        """The label."""
        return spoken(self.node.get("label"), self.language)

    @cached_property
    def description(self) -> Localized:
        """The summary, or what the metadata describes."""
        stated = self.node.get("summary", self.node.get("description"))
        return spoken(stated, self.language, "\n") or self._texts("description")

    @cached_property
    def creator(self) -> Localized:
        """Who made it."""
        return self._texts("creator")

    @cached_property
    def date(self) -> Localized:
        """When it was made."""
        return self._texts("date")

    @cached_property
    def medium(self) -> str:
        """Materials and technique."""
        return shortened(joined(self._words("medium")))

    @cached_property
    def classifications(self) -> tuple[str, ...]:
        """What it is classified as."""
        return self._kinds("classification")

    @cached_property
    def object_names(self) -> tuple[str, ...]:
        """What it is called."""
        return self._kinds("object_name")

    @cached_property
    def number(self) -> str:
        """The number by which the museum knows the object."""
        found = (text for place in _NUMBERS for text in self._words(place))
        return next((text for text in found if not is_address(text)), "")

    @cached_property
    def statements(self) -> tuple[Statement, ...]:
        """Sizes in words; what also tells of other things comes last."""
        found: dict[str, Statement] = {}
        for place in _SIZES:
            for pair in self._placed.get(place, ()):
                for language, text in pair.spoken(UNSTATED).items():
                    stated = None if language == UNSTATED else language
                    found.setdefault(text, Statement(text=text, language=stated))
        return tuple(found.values())[:_MOST_SIZES]

    @cached_property
    def credit(self) -> str:
        """What must be shown with the object."""
        required = [text_in(text, self.language) for text in self._required_texts]
        return shortened(joined([*required, *self._words("credit")]))

    @cached_property
    def rights(self) -> tuple[str, ...]:
        """The URIs of licences that the resource states for itself."""
        stated = [uri for uri in self._rights_uris if not is_community_label(uri)]
        texts = [raw(pair.value) for pair in self._placed.get("rights", ())]
        texts += [raw(value) for value in self._required_values]
        return once([*stated, *(uri for text in texts for uri in licences_in(text))])

    @cached_property
    def rights_words(self) -> tuple[str, ...]:
        """What it says about rights in words."""
        required = [text for texts in self._required_texts for text in texts.values()]
        speaking = [text for text in required if _SPEAKS_OF_RIGHTS.search(text)]
        return once([*self._texts("rights").values(), *speaking])

    @cached_property
    def record_rights(self) -> tuple[str, ...]:
        """What it says about rights in its own texts: the URIs, and the words."""
        linked = [
            uri
            for pair in self._placed.get("record_rights", ())
            for uri in licences_in(raw(pair.value))
        ]
        return once([*linked, *self._texts("record_rights").values()])

    @cached_property
    def holder(self) -> str:
        """Who provides it, or who holds it by its metadata."""
        providers = (spoken(one.get("label"), UNSTATED) for one in nodes(self.node.get("provider")))
        named = joined(text_in(name, self.language) for name in providers)
        return shortened(named or joined(self._words("holder")))

    @cached_property
    def homepage(self) -> str:
        """The address of its page for people."""
        pages = many(self.node.get("homepage")) + many(self.node.get("related"))
        return next((url for url in map(address, pages) if url), "")

    @cached_property
    def sensitivity(self) -> tuple[str, ...]:
        """Warnings and protocols, as they are worded."""
        return self._words("sensitivity")

    @cached_property
    def notices(self) -> tuple[Notice, ...]:
        """Labels and notices of Local Contexts, wherever they are linked or named."""
        texts = [("", uri) for uri in self._rights_uris]
        texts += [(pair.heading, raw(pair.value)) for pair in self._pairs]
        texts += [("", raw(value)) for value in self._required_values]
        found = {n.uri: n for heading, text in texts for n in reversed(notices_in(text, heading))}
        named = [
            Notice(title=text_in(pair.spoken(UNSTATED), self.language) or pair.heading)
            for pair in self._placed.get("notice", ())
            if not notices_in(raw(pair.value))
        ]
        return once([*found.values(), *named])

    def keep(self, extra: Extra, way: str = "") -> None:
        """Keep all pairs under their headings, whether they have a place or not."""
        for name, text in self._kept:
            extra.add(way + name, text)

    @cached_property
    def _pairs(self) -> list[Pair]:
        return pairs(self.node.get("metadata"), self.language)

    @cached_property
    def _placed(self) -> dict[Place, list[Pair]]:
        placed: dict[Place, list[Pair]] = {}
        for pair in self._pairs:
            if pair.place:
                placed.setdefault(pair.place, []).append(pair)
        return placed

    @cached_property
    def _kept(self) -> list[tuple[str, str]]:
        kept = []
        for pair in self._pairs:
            texts = sorted(pair.spoken(UNSTATED).items(), key=lambda one: one[0] != self.language)
            for number, (language, text) in enumerate(texts):
                mark = f" ({language})" if number else ""
                kept.append((f"metadata/{pair.heading}{mark}", text))
        for node in self._required:
            heading = text_in(spoken(node.get("label"), UNSTATED), self.language)
            for text in spoken(node.get("value"), UNSTATED).values():
                kept.append((f"requiredStatement/{heading}", text))
        return kept

    @cached_property
    def _rights_uris(self) -> list[str]:
        stated = [one for key in ("rights", "license") for one in many(self.node.get(key))]
        return [uri for uri in map(node_id, stated) if uri]

    @cached_property
    def _required_values(self) -> list[object]:
        return [*(one.get("value") for one in self._required), self.node.get("attribution")]

    @cached_property
    def _required_texts(self) -> list[Localized]:
        return [spoken(value, self.language) for value in self._required_values]

    def _texts(self, place: Place) -> Localized:
        """Return what is said at a place, in its languages."""
        found: dict[str, list[str]] = {}
        for pair in self._placed.get(place, ()):
            for language, text in pair.spoken(self.language).items():
                found.setdefault(language, []).append(text)
        return {language: shortened(joined(texts)) for language, texts in found.items()}

    def _words(self, place: Place) -> tuple[str, ...]:
        """Return what is said at a place in one language, value by value."""
        found = (pair.plain(self.language) for pair in self._placed.get(place, ()))
        return once(text for text in found if text)

    def _kinds(self, place: Place) -> tuple[str, ...]:
        """Return classifications or names, one by one, after the terms that they link to."""
        found: list[str] = []
        for pair in self._placed.get(place, ()):
            found += terms_in(raw(pair.value))
            for value in many(pair.value):
                for text in spoken(value, UNSTATED, "\n").values():
                    found += [line.strip() for line in text.split("\n")]
        return once(one for one in found if (one and not is_address(one)) or aat(one))
