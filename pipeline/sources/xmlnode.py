"""An entry of an XML document as plain objects, and what of it nobody has asked for yet.

Knows texts, languages, attributes and ways through a tree; no format. A dialect takes what it
understands, and `leftovers` returns all the rest under the names that the format gives it, so that
nothing is lost by being overlooked.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from pipeline.records import Localized
from pipeline.sources._fields import Extra
from pipeline.sources.described import Statement
from pipeline.sources.texts import is_address, plain_from_html, shortened


@dataclass(slots=True, eq=False)
class Node:
    """One element."""

    name: str
    """Without its prefix."""
    prefix: str
    """The usual one of its namespace, whatever the document calls it: ``lido``, ``skos``."""
    line: int
    text: str = ""
    """Before its first child."""
    tail: str = ""
    """Between its own end and the next element."""
    language: str = ""
    """Of the nearest ``xml:lang``; ``""``: none is stated."""
    attributes: dict[str, str] = field(default_factory=dict)
    """By name without prefix, in the document's order; without ``xml:lang``."""
    children: Sequence[Node] = ()
    used: bool = False
    """Its text and attributes have found their place."""

    def all(self, path: str) -> list[Node]:
        """Return what lies at ``titleWrap/titleSet`` below, in the document's order."""
        found = [self]
        for name in path.split("/"):
            found = [child for node in found for child in node.children if child.name == name]
            if not found:
                break
        return found

    def below(self) -> Iterator[Node]:
        """Yield itself and all elements in it, in the document's order."""
        waiting = [self]
        while waiting:
            node = waiting.pop()
            yield node
            waiting += reversed(node.children)

    def line_of_text(self) -> str:
        """Return all that is written in it, on one line."""
        return " ".join(self._written().split())

    def paragraphs(self) -> str:
        """Return all that is written in it; lines broken for the eye are joined, paragraphs kept.

        Those who write XML break lines and indent them; an empty line is meant.
        """
        parts: list[list[str]] = [[]]
        for line in self._written().splitlines():
            if words := line.split():
                parts[-1] += words
            elif parts[-1]:
                parts.append([])
        return "\n\n".join(" ".join(words) for words in parts if words)

    def uri(self) -> str:
        """Return its text as an address: one that was broken over lines is whole again."""
        return whole_uri(self._written())

    def take(self) -> Node:
        """Mark it as read, and return it."""
        self.used = True
        return self

    def take_all(self) -> Node:
        """Mark it and all that is in it as read, and return it."""
        for node in self.below():
            node.used = True
        return self

    def give_back(self) -> None:
        """Mark it and all that is in it as not read: it was only looked at."""
        for node in self.below():
            node.used = False

    def _written(self) -> str:
        if not self.children:
            return self.text
        return self.text + "".join(child._written() + child.tail for child in self.children)


def whole_uri(text: str) -> str:
    """Return an address without line breaks, with its spaces and a second ``&amp;`` put right."""
    if text.isprintable() and " " not in text and "&amp;" not in text:
        return text
    whole = "".join(line.strip() for line in text.splitlines())
    return whole.replace("&amp;", "&").replace(" ", "%20")


def localized(nodes: Iterable[Node], language: str) -> Localized:
    """Take one text in each language, the first, and leave the others for `leftovers`.

    Args:
        nodes: the best first.
        language: of texts that state none.
    """
    texts: Localized = {}
    for node in nodes:
        text, tag = shortened(node.line_of_text()), node.language or language
        if text and texts.setdefault(tag, text) == text:
            node.take_all()
    return texts


def gathered(notes: Iterable[Node], language: str) -> Localized:
    """Take all texts, those of one language one after another; markup of HTML is plain text then.

    Addresses are no texts, and stay.
    """
    found: dict[str, dict[str, None]] = {}
    for note in notes:
        text = plain_from_html(note.paragraphs())
        if text and not is_address(text):
            found.setdefault(note.language or language, {})[text] = None
            note.take_all()
    return {tag: shortened("\n\n".join(texts)) for tag, texts in found.items()}


def joined(texts: Sequence[Localized]) -> Localized:
    """Return several names, each in its languages, as one: in each language that all have.

    Where no language has them all they stand together in that of the first.
    """
    named = [text for text in texts if text]
    if not named:
        return {}
    spoken = [tag for tag in named[0] if all(tag in text for text in named)]
    if spoken:
        return {tag: shortened("; ".join(distinct(text[tag] for text in named))) for tag in spoken}
    words = distinct(next(iter(text.values())) for text in named)
    return {next(iter(named[0])): shortened("; ".join(words))}


def put_together(said: Iterable[Statement]) -> tuple[Statement, ...]:
    """Return statements of one size as one in each language.

    Many records state each axis in an element of its own: "Height: 30 cm", then "Diam. 18 cm".
    """
    spoken: dict[str | None, list[str]] = {}
    for one in said:
        spoken.setdefault(one.language, []).append(one.text)
    return tuple(
        Statement(text=shortened("; ".join(distinct(texts))), language=language)
        for language, texts in spoken.items()
    )


def distinct(texts: Iterable[str]) -> tuple[str, ...]:
    """Return each text once, without empty ones, in their order."""
    return tuple(dict.fromkeys(shortened(text) for text in texts if text))


def leftovers(
    entry: Node, *, hide: Iterable[str] = (), quiet: Iterable[str] = ()
) -> dict[str, str]:
    """Return all that nobody has taken, by its way through the entry: texts, then attributes.

    ``lido:classification[2]/lido:term@de`` is the German term of the second classification.

    Args:
        entry: the whole entry.
        hide: elements that only hold others and are left out of the ways.
        quiet: attributes that say nothing by themselves.
    """
    rest = _Rest(frozenset(hide), frozenset(quiet))
    rest.walk(entry, "")
    left = Extra()
    for way, text in rest.texts + rest.words:
        left.add(way, text)
    return left.texts()


class _Rest:
    """Collects what is left of an entry."""

    def __init__(self, hidden: frozenset[str], quiet: frozenset[str]) -> None:
        self._hidden, self._quiet = hidden, quiet
        self.texts: list[tuple[str, str]] = []
        self.words: list[tuple[str, str]] = []

    def walk(self, node: Node, way: str) -> None:
        steps = [f"{c.prefix}:{c.name}" if c.prefix else c.name for c in node.children]
        counts = Counter(steps)
        seen: Counter[str] = Counter()
        for child, step in zip(node.children, steps, strict=True):
            if counts[step] > 1:
                seen[step] += 1
                step = f"{step}[{seen[step]}]"
            below = f"{way}/{step}" if way else step
            if child.name in self._hidden:
                below = way
            if not child.used:
                self._keep(child, below or step)
            if child.children:
                self.walk(child, below)

    def _keep(self, node: Node, way: str) -> None:
        text = node.text
        if node.children:
            text = "".join([text, *(child.tail for child in node.children)])
        if text and not text.isspace():
            text = " ".join(text.split())
            spoken = node.language and not node.name.endswith("ID") and not is_address(text)
            self.texts.append((f"{way}@{node.language}" if spoken else way, text))
        for name, value in node.attributes.items():
            if name not in self._quiet and value.strip():
                self.words.append((f"{way}/@{name}", value.strip()))
