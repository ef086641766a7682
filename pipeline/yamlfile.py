"""Reads YAML that people wrote, and says what is wrong in it by line and column.

YAML 1.2 through ruamel.yaml's scanner, but from its events and not from its constructor: so
nothing is ever constructed but text, numbers, truth values, lists and mappings; every value
keeps its place and its text as written; and a bomb is counted before anything is built.
Knows nothing of exhibits or catalogues: the pydantic model says what a file may hold.

Where YAML readers differ this one takes what all agree on: ``no`` and ``2020-01-01`` are text
(YAML 1.2), keys are always the text as written, and ``1969_12``, which many readers turn into
196912, is refused where text is expected.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from pipeline.errors import ConfigError, Mistake
from pipeline.mistakes import Loc, Spot, Spots, find_mistakes

if TYPE_CHECKING:
    from pydantic import BaseModel
    from ruamel.yaml.events import Event

    M = TypeVar("M", bound=BaseModel)
else:
    M = TypeVar("M")

MAX_BYTES = 8 * 1024 * 1024
"""A catalogue of 10,000 entries has about 5 MB."""
MAX_DEPTH = 32
MAX_ALIASES = 64
MAX_VALUES = 500_000
"""Values after aliases are followed. Source: the "billion laughs" attack, CVE-2003-1564."""
_MAX_DIGITS = 40

_NULL = re.compile(r"|~|null|Null|NULL")
_TRUE = re.compile(r"true|True|TRUE")
_FALSE = re.compile(r"false|False|FALSE")
_INT = re.compile(r"[-+]?[0-9][0-9_]*|0o[0-7_]+|0x[0-9a-fA-F_]+")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9][0-9_]*(\.[0-9_]*)?)([eE][-+]?[0-9]+)?")
_NOT_FINITE = re.compile(r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)")
# Source: YAML 1.2.2, 10.3 "Core schema"; the underscores are those of YAML 1.1.

_TEXT_TAGS = {"!", "tag:yaml.org,2002:str"}


def read_yaml(path: Path, model: type[M]) -> M:
    """Read ``path`` into ``model``.

    Raises:
        ConfigError: with every mistake of the file, or with the one that makes it unreadable.
    """
    from pydantic import ValidationError

    data, spots = read_yaml_data(path)
    try:
        return model.model_validate(data)
    except ValidationError as error:
        raise ConfigError(find_mistakes(error, model, data, spots, str(path))) from None


def read_yaml_data(path: Path) -> tuple[dict[str, Any], Spots]:
    """Read ``path`` into plain Python values, and say where each one stands.

    Raises:
        ConfigError: if it is no file, too large, not UTF-8, not YAML, or holds a bomb, a tag,
            a key twice, or anything but a mapping at its top.
    """
    name = str(path)
    text = _read_text(path)
    root = _Composer(name).compose(text)
    if root is None or (root.kind == "scalar" and root.value == ""):
        raise ConfigError([Mistake(name, 1, 1, "the file is empty, expected `key: value` lines")])
    if root.kind != "map":
        what = "a list" if root.kind == "list" else "text"
        message = f"found {what}, expected `key: value` lines"
        raise ConfigError([Mistake(name, root.line, root.column, message)])
    builder = _Builder(name)
    data = builder.build(root, ())
    if builder.mistakes:
        raise ConfigError(sorted(builder.mistakes, key=lambda m: (m.line, m.column)))
    assert isinstance(data, dict)  # noqa: S101  the root is a map
    return data, builder.spots


def _read_text(path: Path) -> str:
    name = str(path)
    try:
        if not path.is_file():
            what = "this is not a file" if path.exists() else "there is no such file"
            raise ConfigError([Mistake(name, 1, 1, f"{what}, expected a YAML file")])
        size = path.stat().st_size
        if size > MAX_BYTES:
            message = (
                f"the file has {size:,} bytes, expected at most {MAX_BYTES:,}; split it, "
                "or give a large catalogue as CSV"
            )
            raise ConfigError([Mistake(name, 1, 1, message)])
        raw = path.read_bytes()
    except OSError as error:
        reason = error.strerror or str(error)
        raise ConfigError([Mistake(name, 1, 1, f"cannot be read: {reason}")]) from error
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = raw[: error.start].decode("utf-8", "replace")
        line, column = before.count("\n") + 1, len(before) - (before.rfind("\n") + 1) + 1
        found = f"found the byte 0x{raw[error.start]:02X}"
        message = f"{found}, expected UTF-8 text; save the file again with the encoding UTF-8"
        raise ConfigError([Mistake(name, line, column, message)]) from None


@dataclass
class _Node:
    """A value as it stands in the file."""

    kind: str
    """``scalar``, ``list`` or ``map``."""
    line: int
    column: int
    value: str = ""
    plain: bool = False
    """Written without quotes, so YAML may read more into it than text."""
    children: list[_Node] = field(default_factory=list)
    """Items, or keys and values by turns."""


class _Composer:
    """Makes the tree of nodes out of ruamel's events, on a stack of its own."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._anchors: dict[str, _Node] = {}
        self._open: list[tuple[_Node, str | None]] = []
        self._aliases = 0
        self._root: _Node | None = None

    def compose(self, text: str) -> _Node | None:
        for event in self._events(text):
            self._take(event)
        return self._root

    def _events(self, text: str) -> Iterator[Event]:
        from ruamel.yaml import YAML
        from ruamel.yaml.error import MarkedYAMLError, YAMLError
        from ruamel.yaml.reader import ReaderError

        try:
            yield from YAML(typ="safe", pure=True).parse(text)
        except MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
            reason = error.problem or error.context or "this is not YAML"
            raise self._mistake(line, column, _plain_reason(reason)) from None
        except ReaderError as error:
            before = text[: error.position]
            line, column = before.count("\n") + 1, len(before) - (before.rfind("\n") + 1) + 1
            code = f"U+{error.character:04X}" if isinstance(error.character, int) else "?"
            message = f"found the control character {code}, which YAML does not allow; delete it"
            raise self._mistake(line, column, message) from None
        except YAMLError as error:
            raise self._mistake(1, 1, _plain_reason(str(error).splitlines()[0])) from None

    def _take(self, event: Event) -> None:
        from ruamel.yaml import events

        line, column = event.start_mark.line + 1, event.start_mark.column + 1
        match event:
            case events.DocumentStartEvent() if self._root is not None:
                message = "found a second document (`---`), expected one document in a file"
                raise self._mistake(line, column, message)
            case events.AliasEvent():
                self._alias(event.anchor, line, column)
            case events.ScalarEvent():
                self._refuse_tag(event.tag, _TEXT_TAGS, line, column)
                plain = event.style is None or event.style == ""
                text = self._joined(event.value, line, column)
                node = _Node("scalar", line, column, text, plain and event.tag is None)
                self._add(node, event.anchor)
            case events.SequenceStartEvent() | events.MappingStartEvent():
                self._refuse_tag(event.tag, set(), line, column)
                kind = "map" if isinstance(event, events.MappingStartEvent) else "list"
                if len(self._open) >= MAX_DEPTH:
                    message = f"nested more than {MAX_DEPTH} levels deep, expected fewer"
                    raise self._mistake(line, column, message)
                self._open.append((_Node(kind, line, column), event.anchor))
            case events.SequenceEndEvent() | events.MappingEndEvent():
                self._add(*self._open.pop())

    def _joined(self, text: str, line: int, column: int) -> str:
        r"""Join the halves of characters that JSON writes as two escapes, ``\ud83d\ude00``."""
        try:
            return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le")
        except UnicodeDecodeError:
            message = "found half of a character (\\ud800 to \\udfff), expected a whole one"
            raise self._mistake(line, column, message) from None

    def _add(self, node: _Node, anchor: str | None) -> None:
        if anchor is not None:
            self._anchors[anchor] = node
        if self._open:
            self._open[-1][0].children.append(node)
        else:
            self._root = node

    def _alias(self, anchor: str, line: int, column: int) -> None:
        self._aliases += 1
        if self._aliases > MAX_ALIASES:
            message = f"more than {MAX_ALIASES} aliases (`*{anchor}`), expected fewer"
            raise self._mistake(line, column, message)
        if anchor not in self._anchors:
            message = f"found `*{anchor}`, but no `&{anchor}` is complete before it"
            raise self._mistake(line, column, message)
        self._add(self._anchors[anchor], None)

    def _refuse_tag(self, tag: object, allowed: set[str], line: int, column: int) -> None:
        if tag is not None and str(tag) not in allowed:
            short = str(tag).replace("tag:yaml.org,2002:", "!!")
            raise self._mistake(line, column, f"found the tag {short}, expected none; delete it")

    def _mistake(self, line: int, column: int, message: str) -> ConfigError:
        return ConfigError([Mistake(self._name, line, column, message)])


def _plain_reason(reason: str) -> str:
    """Put the scanner's commonest complaints into words for people who do not write YAML."""
    if "\\t" in reason or "'\t'" in reason:
        return "found a tab, expected spaces; YAML indents with spaces only"
    if "mapping values are not allowed" in reason:
        return "found `: ` inside a text, expected it in quotes; or the indentation is wrong"
    if "block end" in reason or "block mapping" in reason:
        return f"this is not YAML: {reason}; compare the indentation with the lines above"
    return f"this is not YAML: {reason}"


class _Builder:
    """Makes plain values out of nodes, follows aliases, and remembers where each one stands."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._count = 0
        self.spots: Spots = {}
        self.mistakes: list[Mistake] = []

    def build(self, node: _Node, loc: Loc, key: _Node | None = None) -> object:
        self._count += 1
        if self._count > MAX_VALUES:
            message = f"the file holds more than {MAX_VALUES:,} values once aliases are followed"
            raise ConfigError([Mistake(self._name, node.line, node.column, message)])
        at = key or node
        text = node.value if node.kind == "scalar" and node.plain else None
        self.spots[loc] = Spot(node.line, node.column, at.line, at.column, text)
        if node.kind == "scalar":
            return self._scalar(node) if node.plain else node.value
        if node.kind == "list":
            return [self.build(child, (*loc, i)) for i, child in enumerate(node.children)]
        return self._map(node, loc)

    def _map(self, node: _Node, loc: Loc) -> dict[str, Any]:
        data: dict[str, Any] = {}
        lines: dict[str, int] = {}
        for key, value in zip(node.children[::2], node.children[1::2], strict=True):
            if key.kind != "scalar":
                self._note(key, "found a list or mapping as a key, expected text")
            elif key.value in data:
                self._note(key, f"found `{key.value}` twice, first in line {lines[key.value]}")
            elif key.value == "<<" and key.plain:
                self._note(key, "found `<<`, which YAML 1.2 does not know; write the keys out")
            else:
                lines[key.value] = key.line
                data[key.value] = self.build(value, (*loc, key.value), key)
        return data

    def _scalar(self, node: _Node) -> object:
        text = node.value
        if _NULL.fullmatch(text):
            return None
        if _TRUE.fullmatch(text) or _FALSE.fullmatch(text):
            return text[0] in "tT"
        if _NOT_FINITE.fullmatch(text):
            self._note(node, f"found `{text}`, expected a finite number")
        elif _INT.fullmatch(text) or _FLOAT.fullmatch(text):
            if len(text) > _MAX_DIGITS:
                # Nobody means a number by this; and Python refuses to parse very long ones.
                return text
            return _number(text)
        return text

    def _note(self, node: _Node, message: str) -> None:
        self.mistakes.append(Mistake(self._name, node.line, node.column, message))


def _number(text: str) -> int | float:
    digits = text.replace("_", "")
    if not _INT.fullmatch(text):
        return float(digits)
    if digits.startswith(("0x", "0o")):
        return int(digits[2:] or "0", 16 if digits[1] == "x" else 8)
    return int(digits)
