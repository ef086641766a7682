"""Who made a thing and when, out of the events that LIDO tells of it.

Of all that happened to a thing only its making says this; a buyer is no artist. Events of other
kinds stay with the entry.

Source: CIDOC LIDO Working Group, "LIDO Schema", 1.0 and 1.1, eventSet; "LIDO Terminology", event
type: lido00007 Production, lido00012 Creation, lido00224 Designing.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from pipeline.records import Localized
from pipeline.sources._lido_words import (
    best_text,
    in_language,
    is_for_display,
    ordered,
)
from pipeline.sources.texts import shortened
from pipeline.sources.xmlnode import Node, distinct, joined, localized

_MAKING_IDS = ("lido00007", "lido00012", "lido00224")
_MAKING = frozenset(
    [
        *("production", "produced", "creation", "created", "making", "manufacture", "designing"),
        *("written", "painted", "drawn", "photographed", "printed", "minted", "execution"),
        *("herstellung", "hergestellt", "entstehung", "entstanden", "geschaffen", "anfertigung"),
        *("verfasst", "gemalt", "gezeichnet", "fotografiert", "aufgenommen", "gedruckt", "geprägt"),
        *("entwurf", "entworfen", "ausführung", "fabrication", "création", "exécution"),
        *("produzione", "creazione", "esecuzione", "realizzazione", "producción", "creación"),
        *("elaboración", "ejecución", "vervaardiging", "valmistus", "tillverkning", "výroba"),
        *("制作", "製作", "制造", "製造", "创作", "創作", "制作年"),
    ]
)
"""What the making of a thing is called where an event has no address of the LIDO terminology."""


class Made(NamedTuple):
    """Who and when, as it is shown."""

    creator: Localized
    date: Localized
    medium: str


def made(entry: Node, language: str) -> Made:
    """Take creator, date and material of an entry."""
    sets = ordered(entry.all("descriptiveMetadata/eventWrap/eventSet"))
    events = [event for one in sets for event in one.all("event") if _is_making(one, event)]
    creator: Localized = {}
    date: Localized = {}
    for event in events:
        creator = creator or _creator(event, language)
        date = date or _date(event, language)
    others = [event for one in sets for event in one.all("event") if _says_nothing(event)]
    own = entry.all(
        "descriptiveMetadata/objectIdentificationWrap/objectMaterialsTechWrap/objectMaterialsTechSet"
    )
    groups = [
        own,
        *([tech] for event in events + others for tech in event.all("eventMaterialsTech")),
    ]
    medium = next((text for group in groups if (text := _medium(group, language))), "")
    return Made(creator, date, medium)


def _names(kind: Node) -> list[str]:
    labels = kind.all("term") + kind.all("Concept/prefLabel")
    return [node.line_of_text().casefold() for node in labels]


def _ids(kind: Node) -> list[str]:
    stated = [node.uri() for node in kind.all("conceptID")]
    stated += [node.attributes.get("about", "") for node in kind.all("Concept")]
    return [one.rstrip("/").rpartition("/")[2] for one in stated]


def _is_making(one: Node, event: Node) -> bool:
    kinds = event.all("eventType")
    if any(number in _MAKING_IDS for kind in kinds for number in _ids(kind)):
        return True
    shown = [node.line_of_text().casefold() for node in one.all("displayEvent")]
    return any(name in _MAKING for name in (*(n for kind in kinds for n in _names(kind)), *shown))


def _says_nothing(event: Node) -> bool:
    """Whether an event of no kind is there only to hold a material, as some systems write it."""
    holds = {child.name for child in event.children if child.line_of_text()}
    return holds <= {"eventID", "eventType", "eventMaterialsTech"}


# Who ---------------------------------------------------------------------------------------------


def _creator(event: Node, language: str) -> Localized:
    """Return all makers of one event, joined, in each language that all are named in."""
    actors = ordered(event.all("eventActor"))
    creator = joined([_actor(actor, language) for actor in actors])
    for actor in actors:
        for node in actor.all("displayActorInRole"):
            if len(actors) > 1 and (node.language or language) not in creator:
                node.give_back()
    return creator


def _actor(actor: Node, language: str) -> Localized:
    shown = localized(actor.all("displayActorInRole"), language)
    if shown:
        return shown
    named = [_in_role(role, language) for role in actor.all("actorInRole")]
    tag = actor.language or language
    text = "; ".join(name for name in named if name)
    return {tag: text} if text else {}


def _in_role(role: Node, language: str) -> str:
    names = role.all("actor/nameActorSet/appellationValue")
    shown = [name for name in names if is_for_display(name)] or names
    name = best_text(shown, language)
    if not name:
        return ""
    qualifier = best_text(role.all("attributionQualifierActor"), language)
    roles = role.all("roleActor/term") + role.all("roleActor/Concept/prefLabel")
    what = best_text(roles, language)
    return f"{qualifier} {name}".strip() + (f" ({what})" if what else "")


# When --------------------------------------------------------------------------------------------


def _date(event: Node, language: str) -> Localized:
    for one in event.all("eventDate"):
        shown = localized(one.all("displayDate"), language)
        first, last = (
            next((n for n in one.all(f"date/{name}") if n.line_of_text()), None)
            for name in ("earliestDate", "latestDate")
        )
        if shown:
            return shown
        if first or last:
            ends = distinct(n.take().line_of_text() for n in (first, last) if n)
            return {one.language or language: shortened("–".join(ends))}
    return {}


# Of what -----------------------------------------------------------------------------------------


def _medium(groups: Sequence[Node], language: str) -> str:
    """Take materials and techniques as they are shown, in one language, else their terms."""
    shown = in_language([n for one in groups for n in one.all("displayMaterialsTech")], language)
    if shown:
        spoken = [node for node in shown if node.language == shown[0].language]
        return shortened("; ".join(distinct(node.take_all().line_of_text() for node in spoken)))
    named = [term for one in groups for term in one.all("materialsTech/termMaterialsTech")]
    texts = (_term(term, language) for term in ordered(named))
    return shortened("; ".join(distinct(texts)))


def _term(term: Node, language: str) -> str:
    names = term.all("term") + term.all("Concept/prefLabel")
    return best_text(names, language) or ("" if term.children else term.take().line_of_text())
