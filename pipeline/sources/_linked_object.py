"""One Linked Art record of an object or a picture, and what it says.

Names, statements and classifications are told apart by their AAT terms, own terms of a museum by
the AAT terms that they are equivalent to. What no term places is kept: a name or statement under
what it is called, and every other value under its way through the record.

Source: Linked Art 1.0, "Model" and API "Physical Object" and "Visual Work".
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.items import Notice
from pipeline.records import Localized
from pipeline.sources import _linked_terms as terms
from pipeline.sources._fields import Extra, Unfit, leftovers, text
from pipeline.sources._fields import named as with_role
from pipeline.sources._jsonld import (
    Node,
    aat,
    address,
    is_a,
    joined,
    many,
    node_id,
    nodes,
)
from pipeline.sources._linked_parts import (
    Shown,
    collected,
    content,
    has_type,
    label,
    language_of,
    named,
    pictures_of,
    rights_of,
    types_of,
)
from pipeline.sources._linked_sizes import sizes_of
from pipeline.sources.communities import notices_in
from pipeline.sources.described import Described
from pipeline.sources.texts import clean_id

_PLACED = {"@context", "type", "identified_by", "referred_to_by", "classified_as", "dimension"}
_PLACED |= {"representation", "_links", "digitally_shown_by"}
_NOISE = re.compile(r"(?:^|\.)(?:@?type|_complete)(?:\[\d+\])?$")
_SENSITIVE = re.compile(r"sensitiv|content warning|cultural (?:protocol|warning)", re.IGNORECASE)
_DAY = re.compile(r"(-?\d{4,6})-(\d\d)-(\d\d)")
_OWNERS = ("current_owner", "current_custodian", "current_keeper", "current_permanent_custodian")
_MOST_PICTURES = 1000


def describe(node: Node, place: str, language: str) -> Described:
    """Return what a record says.

    Args:
        node: the record, with clean texts.
        place: where it stands.
        language: of texts that do not name theirs.

    Raises:
        Unfit: if it has neither number nor id.
    """
    shown = pictures_of(node)
    sizes = sizes_of(node)
    statements = _Statements(node, language)
    stated = [rights_of(one) for one in _owners(node, shown)]
    pages = _pages(node)
    extra = Extra()
    _keep_names(node, extra)
    statements.keep(extra)
    _keep(node, pages, sizes.others, extra)
    return Described(
        id=_identifier(node),
        place=place,
        title=_title(node, language),
        description=statements.texts(terms.DESCRIPTION) or statements.texts(terms.SUMMARY),
        creator=_creator(node, language),
        date=_date(node, language),
        classifications=_classifications(node),
        object_names=_object_names(node),
        medium=joined(statements.texts(terms.MATERIALS).values()) or joined(_materials(node)),
        sizes=sizes.stated,
        pictures=tuple(dict.fromkeys(one.picture for one in shown))[:_MOST_PICTURES],
        rights=tuple(
            dict.fromkeys(
                [uri for one in stated for uri in one.uris]
                + [word for one in stated for word in one.words]
            )
        ),
        credit=joined(statements.texts(terms.CREDIT).values()),
        holder=_holder(node),
        sensitivity=statements.sensitive(),
        notices=_notices(node),
        source_url=pages["page"],
        language=language,
        extra=extra.texts(),
    )


# Names and numbers -------------------------------------------------------------------------------


def _names(node: Node) -> list[Node]:
    named_by = nodes(node.get("identified_by"))
    return [one for one in named_by if not is_a(one, "Identifier") and content(one)]


def _identifier(node: Node) -> str:
    numbers = [one for one in nodes(node.get("identified_by")) if is_a(one, "Identifier")]
    for term in terms.NUMBERS:
        for one in numbers:
            if has_type(one, (term,)) and (found := clean_id(content(one))):
                return found
    if found := clean_id(re.sub(r"^https?://|\.json$", "", node_id(node))):
        return found
    raise Unfit("the record has neither accession number nor id, expected one of them")


def _title(node: Node, language: str) -> Localized:
    """Return the primary name of each language; in others the first name that there is."""
    names = [one for one in _names(node) if not has_type(one, terms.SORT_NAMES)]
    names.sort(key=lambda one: not has_type(one, (terms.PRIMARY_NAME,)))
    title: Localized = {}
    for one in names:
        title.setdefault(language_of(one, language), content(one))
    known = label(node)
    return title or ({language: known} if known else {})


def _keep_names(node: Node, extra: Extra) -> None:
    for one in nodes(node.get("identified_by")):
        kinds = [label(kind) for kind in nodes(one.get("classified_as"))]
        otherwise = "number" if is_a(one, "Identifier") else "Name"
        what = next((kind for kind in kinds if kind), otherwise)
        extra.add(f"identified_by/{what}", content(one))


# Kinds and materials -----------------------------------------------------------------------------


def _kinds(node: Node) -> list[Node]:
    """Return the classifications that say what it is: types of work first, broad ones last."""
    kinds = [one for one in nodes(node.get("classified_as")) if not has_type(one, terms.NO_KIND)]
    return sorted(kinds, key=lambda one: (aat(node_id(one)) in terms.BROAD, not _is_work(one)))


def _is_work(kind: Node) -> bool:
    return has_type(kind, (terms.TYPE_OF_WORK,))


def _classifications(node: Node) -> tuple[str, ...]:
    found: list[str] = []
    for kind in _kinds(node):
        same = [node_id(one) for one in nodes(kind.get("equivalent"))]
        found += [uri for uri in (node_id(kind), *same) if aat(uri)]
        found.append(label(kind))
    return tuple(dict.fromkeys(one for one in found if one))


def _object_names(node: Node) -> tuple[str, ...]:
    works = (label(kind) for kind in _kinds(node) if _is_work(kind))
    return tuple(dict.fromkeys(one for one in works if one))


def _materials(node: Node) -> Iterator[str]:
    for one in nodes(node.get("made_of")):
        yield label(one)
    for production in _productions(node):
        for one in nodes(production.get("technique")):
            yield label(one)


# Making ------------------------------------------------------------------------------------------


def _productions(node: Node) -> list[Node]:
    made = nodes(node.get("produced_by")) or nodes(node.get("created_by"))
    return [inside for one in made for inside in (one, *nodes(one.get("part")))]


def _creator(node: Node, language: str) -> Localized:
    found: list[tuple[str, str]] = []
    for production in _productions(node):
        roles = [label(kind) for kind in nodes(production.get("classified_as"))]
        role = next((one for one in roles if one), "")
        for who in nodes(production.get("carried_out_by")):
            found.append((language, with_role(named(who), role)))
    return collected(found, "; ")


def _date(node: Node, language: str) -> Localized:
    found: list[tuple[str, str]] = []
    for production in _productions(node):
        for span in nodes(production.get("timespan")):
            names = [(language_of(one, language), content(one)) for one in _names(span)]
            found += names or [(language, label(span) or _years(span))]
    return collected(found, "; ")


def _years(span: Node) -> str:
    """Return the years or days between which it was made, where nothing is written out."""
    begin = _DAY.match(text(span.get("begin_of_the_begin")))
    end = _DAY.match(text(span.get("end_of_the_end")))
    if not (begin and end):
        return begin[0] if begin else end[0] if end else ""
    whole_years = begin.group(2, 3) == ("01", "01") and end.group(2, 3) == ("12", "31")
    first, last = (begin[1], end[1]) if whole_years else (begin[0], end[0])
    return first if first == last else f"{first} – {last}"


# Statements --------------------------------------------------------------------------------------


class _Statements:
    """What is said of an object in words, by kind of statement."""

    def __init__(self, node: Node, language: str) -> None:
        self._language = language
        self._all = [one for one in nodes(node.get("referred_to_by")) if content(one)]

    def texts(self, kinds: tuple[str, ...]) -> Localized:
        """Return the statements of a kind, by language."""
        wanted = [one for one in self._all if has_type(one, kinds)]
        mark = "\n\n" if kinds == terms.DESCRIPTION else "; "
        return collected(((language_of(one, self._language), content(one)) for one in wanted), mark)

    def sensitive(self) -> tuple[str, ...]:
        """Return statements that a museum calls a warning or a protocol."""
        found = (content(one) for one in self._all if _SENSITIVE.search(_called(one)))
        return tuple(dict.fromkeys(found))

    def keep(self, extra: Extra) -> None:
        """Keep what has no place of its own."""
        for one in self._all:
            if not has_type(one, terms.PLACED_STATEMENTS):
                extra.add(f"referred_to_by/{_called(one) or 'statement'}", content(one))


def _called(statement: Node) -> str:
    """Return what kind of statement it is: by its own heading, or by its classification."""
    kinds = (label(kind) for kind in nodes(statement.get("classified_as")))
    heading = (content(one) for one in nodes(statement.get("identified_by")))
    return next((one for one in (*heading, *kinds) if one), "")


# Rights, owners, pages ---------------------------------------------------------------------------


def _owners(node: Node, shown: list[Shown]) -> list[Node]:
    """Return what may state rights in the first picture, the nearest to it first."""
    near = shown[0].owners if shown else ()
    works = [one for one in nodes(node.get("shows")) if one not in near]
    return [*near, *works, node]


def _holder(node: Node) -> str:
    rights = nodes(node.get("subject_to"))
    holders = [named(who) for right in rights for who in nodes(right.get("possessed_by"))]
    owners = (joined(named(who) for who in nodes(node.get(key))) for key in _OWNERS)
    return joined(holders) or next((one for one in owners if one), "")


def _notices(node: Node) -> tuple[Notice, ...]:
    found: dict[str, Notice] = {}
    for one in nodes(node.get("referred_to_by")):
        for notice in notices_in(text(one.get("content")), _called(one)):
            found.setdefault(notice.uri, notice)
    for right in nodes(node.get("subject_to")):
        for kind in nodes(right.get("classified_as")):
            for notice in notices_in(node_id(kind), named(right) or label(kind)):
                found.setdefault(notice.uri, notice)
    return tuple(found.values())


def _pages(node: Node) -> dict[str, str]:
    """Return the addresses of the page for people and of the IIIF manifest."""
    pages = {"page": "", "manifest": ""}
    for about in nodes(node.get("subject_of")):
        for file in (about, *nodes(about.get("digitally_carried_by"))):
            places = [address(one) for one in many(file.get("access_point"))] or [address(file)]
            said = " ".join(
                [text(file.get("format")), *map(node_id, many(file.get("conforms_to")))]
            )
            is_manifest = "iiif.io/api/presentation" in said
            is_page = terms.WEB_PAGE in types_of(file) or said.startswith("text/html")
            key = "manifest" if is_manifest else "page" if is_page else ""
            if key and not pages[key]:
                pages[key] = next((place for place in places if place), "")
    return pages


def _keep(node: Node, pages: dict[str, str], others: dict[str, str], extra: Extra) -> None:
    extra.update(others)
    extra.add("iiif manifest", pages["manifest"])
    for kind in nodes(node.get("classified_as")):
        if has_type(kind, terms.NO_KIND):
            metas = [label(one) for one in nodes(kind.get("classified_as"))]
            extra.add(f"classified_as/{joined(metas) or 'other'}", label(kind) or node_id(kind))
    left = leftovers(node, _PLACED)
    extra.update({way: one for way, one in left.items() if not _NOISE.search(way)})
