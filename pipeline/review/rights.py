"""What a page says of rights and care: licences, uses, labels, consent.

Knows records and words. Decides nothing: an entry brings what was decided.
"""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.care import access_of, label_uri
from pipeline.exhibits import Entry
from pipeline.items import Access
from pipeline.licences import find_licence
from pipeline.records import Localized
from pipeline.review.text import web_address
from pipeline.review.words import word
from pipeline.uses import USES, WORDS


@dataclass(frozen=True)
class Named:
    """A licence: what people call it, and its address if it may become a link."""

    name: Localized
    href: str | None = None


@dataclass(frozen=True)
class Label:
    """A label or notice."""

    title: str
    text: str
    href: str | None


def named_licence(uri: str, stated: str = "") -> Named | None:
    """Return a licence in words; the catalogue's own words where it is none that is known."""
    licence = find_licence(uri)
    if licence is not None:
        return Named({"en": licence.english, "zh": licence.chinese}, licence.uri)
    if not (uri or stated):
        return None
    return Named({"und": uri or stated}, web_address(uri))


@dataclass(frozen=True)
class ShownRights:
    """Rights and care of one object, as the templates take them."""

    entry: Entry

    @property
    def licence(self) -> Named:
        """The photograph's, or the word for not knowing it."""
        rights = self.entry.item.rights
        return named_licence(rights.uri, rights.stated) or Named(word("unknown"))

    @property
    def stated(self) -> str:
        """The catalogue's own words, where they say more than the licence's name."""
        rights = self.entry.item.rights
        if find_licence(rights.stated) or not find_licence(rights.uri):
            return ""
        return rights.stated

    @property
    def of_record(self) -> Named | None:
        """The licence of the entry itself, where it is stated."""
        return named_licence(self.entry.item.rights.record_uri)

    @property
    def of_derivatives(self) -> Named | None:
        """The licence under which clips and meshes stand, if there are any."""
        if not (self.entry.clips or self.entry.mesh):
            return None
        return named_licence(self.entry.derivative_licence)

    @property
    def is_carried_over(self) -> bool:
        """What was made has to keep the photograph's licence."""
        licence = find_licence(self.entry.derivative_licence)
        return licence is not None and licence.share_alike

    @property
    def allowed(self) -> Localized:
        """The uses that are allowed, in words."""
        return _in_words(allowed=True, entry=self.entry)

    @property
    def refused(self) -> Localized:
        """The uses that are not."""
        return _in_words(allowed=False, entry=self.entry)

    @property
    def access(self) -> Access:
        """The object's class."""
        return access_of(self.entry.item.care)

    @property
    def access_words(self) -> Localized:
        """The class, in words."""
        return word(f"access_{self.access}")

    @property
    def labels(self) -> list[Label]:
        """Labels and notices, as they are stated."""
        return [
            Label(notice.title, notice.text, web_address(label_uri(notice)))
            for notice in self.entry.item.care.notices
        ]

    @property
    def consent(self) -> Localized:
        """The consent on file and its end."""
        consent = self.entry.item.care.consent
        if consent is None:
            return {}
        if consent.until is None:
            return {"und": consent.document}
        return word("consent_until", document=consent.document, until=consent.until)


def _in_words(*, allowed: bool, entry: Entry) -> Localized:
    uses = [use for use in USES if (use in entry.uses) == allowed]
    english = ", ".join(WORDS[use][0] for use in uses)
    chinese = "、".join(WORDS[use][1] for use in uses)
    return {"en": english, "zh": chinese} if uses else {}
