"""LIDO, the XML in which museums deliver to portals; also in lists of an OAI-PMH server.

Reads versions 1.0 and 1.1, one record or many, with any prefix. Rights of the picture, of the work
and of the record are kept apart: LIDO has a place for each. What has no place in `Described` is
kept under its way through the record, such as ``lido:eventSet[2]/lido:event/lido:eventPlace/…``;
elements that only hold others (``…Wrap``) are left out of it.

Source: CIDOC LIDO Working Group, "LIDO Schema", versions 1.0 (2010) and 1.1 (2021).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from pydantic import ValidationError

from pipeline.records import Localized
from pipeline.sources._fields import misfit
from pipeline.sources._lido_events import made
from pipeline.sources._lido_pictures import pictures, record_rights, work_rights
from pipeline.sources._lido_sizes import sizes
from pipeline.sources._lido_words import (
    community_notices,
    getty_uris,
    is_of,
    ordered,
    terms,
)
from pipeline.sources.described import Broken, Described, Found
from pipeline.sources.documents import Desk
from pipeline.sources.options import SourceOptions
from pipeline.sources.texts import clean_id, is_address, shortened
from pipeline.sources.xmlfile import XmlFile, read_all
from pipeline.sources.xmlnode import (
    Node,
    distinct,
    gathered,
    leftovers,
    localized,
)

_IDENTIFICATION = "descriptiveMetadata/objectIdentificationWrap"
_CLASSIFICATION = "descriptiveMetadata/objectClassificationWrap"
_REPOSITORY = f"{_IDENTIFICATION}/repositoryWrap/repositorySet"
_RECORD = "administrativeMetadata/recordWrap"

_INVENTORY = ("inventory number", "inventory", "inventarnummer", "inv", "lido00113", "accession")
_CURRENT = ("current", "lido00475", "lido01017", "currentrepository")
"""Kinds of a number and of a repository. Source: LIDO Terminology: lido00113 inventory number,
lido00475 current repository."""
_NO_CLASS = ("europeana:type", "sammlung", "collection", "bestand", "sammlungsbereich", "fonds")
"""Kinds of a classification that say where a thing is kept, and not what it is."""
_DESCRIBING = ("", "objektbeschreibung", "beschreibung", "description", "kurzbeschreibung", "text")

_HIDDEN = (
    *("descriptiveMetadata", "administrativeMetadata", "objectClassificationWrap"),
    *("objectWorkTypeWrap", "classificationWrap", "objectIdentificationWrap", "titleWrap"),
    *("inscriptionsWrap", "repositoryWrap", "displayStateEditionWrap", "objectDescriptionWrap"),
    *("objectMeasurementsWrap", "objectMaterialsTechWrap", "eventWrap", "objectRelationWrap"),
    *("subjectWrap", "relatedWorksWrap", "rightsWorkWrap", "recordWrap", "resourceWrap"),
)
_QUIET = (
    "addedSearchTerm",
    "sortorder",
    "pref",
    "formatResource",
    "type",
    "encodinganalog",
    "label",
)


class LidoOptions(SourceOptions):
    """Records of LIDO 1.0 and 1.1."""

    name: Literal["lido"] = "lido"
    catalogue: str
    """A file, a folder of files, or an address on the web: of a file, or of a list of an OAI-PMH
    server, whose further pages are fetched."""
    ids: Literal["inventory", "record"] = "inventory"
    """What objects are called by: the museum's inventory number, or the record's number, which
    is unique where several museums deliver together."""


class LidoSource:
    """Reads records of LIDO."""

    def __init__(self, options: LidoOptions, desk: Desk) -> None:
        self._options, self._desk = options, desk

    def found(self) -> Iterator[Found]:
        """Yield what each record says, in the catalogue's order.

        Raises:
            ConfigError: if the catalogue as a whole cannot be read.
        """
        expected = "LIDO records (lido:lido)"
        return read_all(self._options.catalogue, self._desk, ["{*}lido"], self._read, expected)

    def _read(self, file: XmlFile) -> Iterator[Found]:
        for entry in file.entries():
            if isinstance(entry, Broken):
                yield entry
                continue
            place = file.place(entry.node)
            try:
                yield self._described(entry.node, place, dict(entry.envelope))
            except ValidationError as error:
                yield Broken(place=place, message=misfit(error))

    def _described(self, entry: Node, place: str, envelope: dict[str, str]) -> Found:
        options = self._options
        language = next((n.language for n in entry.all("descriptiveMetadata") if n.language), "")
        language = language or options.language
        name = self._id(entry)
        if not name:
            message = (
                "the record has no number: expected lido:workID, the inventory number, or "
                "lido:lidoRecID with some text in it"
            )
            return Broken(place=place, message=message)
        notices = community_notices(entry, language)
        seen = pictures(entry, language, files_first=bool(options.images))
        who = made(entry, language)
        title = localized(_titles(entry), options.language)
        names, classes = _kinds(entry, language)
        rights = work_rights(entry, language)
        work = {"lido:rightsWorkSet/lido:rightsType": shortened(rights)} if rights else {}
        return Described(
            id=shortened(name),
            place=place,
            title=title,
            description=_description(entry, options.language),
            creator=who.creator,
            date=who.date,
            classifications=classes,
            object_names=names,
            medium=who.medium,
            sizes=sizes(entry, language),
            pictures=seen.pictures,
            rights=seen.rights,
            record_rights=record_rights(entry, language),
            credit=seen.credit,
            holder=seen.holder,
            notices=notices,
            source_url=_source_url(entry),
            language=language,
            extra={**envelope, **work, **leftovers(entry, hide=_HIDDEN, quiet=_QUIET)},
        )

    def _id(self, entry: Node) -> str:
        """Take the number that the object is known by."""
        repositories = entry.all(_REPOSITORY)
        current = sorted(repositories, key=lambda one: not is_of(one, _CURRENT))
        numbers = [number for one in current for number in one.all("workID")]
        numbers.sort(key=lambda one: not is_of(one, _INVENTORY))
        record = entry.all("lidoRecID") + entry.all(f"{_RECORD}/recordID")
        record += entry.all("objectPublishedID")
        wanted = numbers + record if self._options.ids == "inventory" else record + numbers
        for node in wanted:
            if name := clean_id(node.line_of_text()):
                node.take()
                return name
        return ""


def _titles(entry: Node) -> list[Node]:
    sets = ordered(entry.all(f"{_IDENTIFICATION}/titleWrap/titleSet"))
    return ordered(name for one in sets for name in ordered(one.all("appellationValue")))


def _kinds(entry: Node, language: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Take what the thing is called, and its classes from the most specific on."""
    kinds = ordered(entry.all(f"{_CLASSIFICATION}/objectWorkTypeWrap/objectWorkType"))
    broader = ordered(entry.all(f"{_CLASSIFICATION}/classificationWrap/classification"))
    broader = [one for one in broader if not is_of(one, _NO_CLASS)]
    names = distinct(name for kind in kinds for name in terms(kind, language))
    classes: list[str] = [uri for kind in kinds for uri in getty_uris(kind)]
    for one in broader:
        classes += [*getty_uris(one), *terms(one, language)]
    return names, distinct(classes)


def _description(entry: Node, language: str) -> Localized:
    """Take the text about the thing; texts of other kinds, such as its history, stay."""
    sets = ordered(entry.all(f"{_IDENTIFICATION}/objectDescriptionWrap/objectDescriptionSet"))
    telling = [one for one in sets if is_of(one, _DESCRIBING)] or sets[:1]
    notes = [note for one in telling for note in one.all("descriptiveNoteValue")]
    return gathered(notes, language)


def _source_url(entry: Node) -> str:
    """Take the record's page on the web, or else the address that stands for the object."""
    links = entry.all(f"{_RECORD}/recordInfoSet/recordInfoLink")
    pages = sorted(
        links, key=lambda one: "html" not in one.attributes.get("formatResource", "html")
    )
    for node in (*pages, *entry.all("objectPublishedID")):
        if is_address(node.uri()):
            return shortened(node.take().uri())
    return ""
