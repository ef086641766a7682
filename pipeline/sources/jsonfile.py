"""Reads files of JSON: whole documents, JSON Lines, and long arrays entry by entry.

Knows sizes, encodings, and places for messages; `pipeline.sources.jsontext` knows JSON. Knows
nothing of catalogues. What is wrong with a file as a whole is a `ConfigError`; what is wrong with
one entry is a `Broken`, and the next entry follows. Memory holds one entry, or one document that
is read whole. Measured on 77 MB: lists and lines take a tenth longer than Python's json alone.

Source: RFC 8259 (JSON), RFC 7464 (JSON text sequences), jsonlines.org.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple, TextIO

from pipeline.errors import ConfigError, Mistake
from pipeline.sources.described import Broken
from pipeline.sources.jsontext import NotJson, checked, decode, end_of_space, end_of_value, parse
from pipeline.sources.texts import file_name

MOST_BYTES = 32 * 1024 * 1024
"""Of a document that is read whole. The largest IIIF manifests of books have about 20 MB."""
MOST_ENTRY = 8 * 1024 * 1024
"""Characters of one entry of a list or of JSON Lines."""
_CHUNK = 256 * 1024

_BOMS = ((b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
_SPACE = " \t\r\n\x1e"
_TOO_LONG = "found an entry of more than {:,} characters, expected fewer"
_CUT_OFF = (
    "this entry or the list does not end; is the file cut off, or a quote or bracket missing? What "
    "follows was not read"
)

Read = tuple[str, object]
"""Where an entry stands, and the entry, or a `Broken`."""


# Whole documents ---------------------------------------------------------------------------------


def read_json(path: Path) -> object:
    """Return what the document holds.

    Raises:
        ConfigError: if it is no file, too large, not UTF-8 or UTF-16, not JSON, or nested deeper
            than anyone means.
    """
    name = str(path)
    try:
        with _open(path) as file:
            if (size := path.stat().st_size) > MOST_BYTES:
                message = (
                    f"the file has {size:,} bytes, expected at most {MOST_BYTES:,}; split it, or "
                    "convert a list to JSON Lines (one entry on each line)"
                )
                raise ConfigError([Mistake(name, 1, 1, message)])
            text = file.read()
    except (OSError, UnicodeError) as error:
        raise _unreadable(name, error) from error
    try:
        return parse(text)
    except NotJson as error:
        line, column = _line_and_column(text, error.at)
        raise ConfigError([Mistake(name, line, column, str(error))]) from None


def _open(path: Path) -> TextIO:
    """Open it as text; bytes that are not UTF-8 are let through for the entry that has them."""
    if not path.is_file():
        what = "this is not a file" if path.exists() else "there is no such file"
        raise ConfigError([Mistake(str(path), 1, 1, f"{what}, expected JSON")])
    with path.open("rb") as file:
        start = file.read(2)
    encoding = next((name for bom, name in _BOMS if start == bom), "utf-8-sig")
    errors = "surrogateescape" if encoding == "utf-8-sig" else "strict"
    return path.open(encoding=encoding, errors=errors, newline="\n")


def _unreadable(name: str, error: OSError | UnicodeError) -> ConfigError:
    if isinstance(error, UnicodeError):
        message = "found a byte that is not UTF-16, expected UTF-8; save the file again as UTF-8"
    else:
        message = f"cannot be read: {error.strerror or error}"
    return ConfigError([Mistake(name, 1, 1, message)])


def _line_and_column(text: str, at: int) -> tuple[int, int]:
    return text.count("\n", 0, at) + 1, at - (text.rfind("\n", 0, at) + 1) + 1


# JSON Lines --------------------------------------------------------------------------------------


def read_lines(path: Path) -> Iterator[Read]:
    """Yield place and entry of each line; a line that cannot be read is a `Broken`.

    Raises:
        ConfigError: if it is no file, or cannot be read as one.
    """
    try:
        with _open(path) as file:
            yield from _lines(file, path, 0)
    except (OSError, UnicodeError) as error:
        raise _unreadable(str(path), error) from error


def _lines(file: TextIO, path: Path, number: int) -> Iterator[Read]:
    """Yield what is left of the file, of which ``number`` lines are read already."""
    while line := file.readline(MOST_ENTRY + 1):
        number += 1
        place = f"{file_name(path)}:{number}"
        if len(line) > MOST_ENTRY and not line.endswith("\n"):
            _skip_line(file)
            yield place, _too_long(place)
        elif text := line.strip(_SPACE):
            yield place, _entry(text, place)


def _skip_line(file: TextIO) -> None:
    while (rest := file.readline(_CHUNK)) and not rest.endswith("\n"):
        pass


def _too_long(place: str) -> Broken:
    return Broken(place=place, message=_TOO_LONG.format(MOST_ENTRY))


def _entry(text: str, place: str) -> object:
    try:
        return parse(text)
    except NotJson as error:
        line, column = _line_and_column(text, error.at)
        in_line = f"in line {line}, column {column} of the entry: " if line > 1 else ""
        at = f"at character {column}: " if error.at and not in_line else in_line
        return Broken(place=place, message=at + str(error))


# Whichever it is ---------------------------------------------------------------------------------


def read_entries(path: Path, key: str | None = None) -> Iterator[Read]:
    """Yield the entries of JSON Lines, of an array, or the one document that the file is.

    It is JSON Lines if its name says so (.jsonl, .ndjson) or its first line is whole in itself.

    Args:
        path: the file.
        key: where the array is, if the file is an object that holds one; see `read_array`.

    Raises:
        ConfigError: if it is no file, or its only document cannot be read.
    """
    if path.suffix.lower() in {".jsonl", ".ndjson"}:
        yield from read_lines(path)
        return
    try:
        with _open(path) as file:
            number, start = _first_line(file)
            is_array = start.startswith("[")
            place = f"{file_name(path)}:{number}"
            entry = None if is_array or key else _entry(start, place)
            if entry is not None and not isinstance(entry, Broken):
                yield place, entry
                yield from _lines(file, path, number)
                return
    except (OSError, UnicodeError) as error:
        raise _unreadable(str(path), error) from error
    if is_array or key:
        yield from read_array(path, None if is_array else key)
    else:
        yield f"{file_name(path)}:1", read_json(path)


def _first_line(file: TextIO) -> tuple[int, str]:
    """Return the first line that is not empty, as far as one entry may be long."""
    number = 0
    while line := file.readline(MOST_ENTRY):
        number += 1
        if text := line.strip(_SPACE):
            return number, text
    return number, ""


# Arrays ------------------------------------------------------------------------------------------


def read_array(path: Path, key: str | None = None) -> Iterator[Read]:
    """Yield place and entry of each value of a JSON array, without reading it whole.

    Args:
        path: the file.
        key: where the array is, if the file's top is an object: ``items``, or with dots
            ``response.rows``.

    Raises:
        ConfigError: if it is no file, or there is no array at that place.
    """
    try:
        with _open(path) as file:
            window = _Window(file, path)
            for part in key.split(".") if key else ():
                window.enter(part)
            yield from window.entries(last=not key)
    except (OSError, UnicodeError) as error:
        raise _unreadable(str(path), error) from error


class _Span(NamedTuple):
    """A value in the window: where it ends, and what it is."""

    end: int
    value: object


class _Window:
    """A stretch of a long file that moves along it."""

    def __init__(self, file: TextIO, path: Path) -> None:
        self._file = file
        self._path = path
        self._text = ""
        self._at = 0
        self._ended = False
        self._line = 1
        self._line_start = 0
        """Offset in the window at which the line begins; negative if that was before it."""

    def enter(self, key: str) -> None:
        """Go to the value of ``key`` in the object that begins here."""
        if self._next() != "{":
            raise self._mistake(f"expected an object with the key {key!r}, found {self._found()}")
        self._move(self._at + 1)
        while self._next() == '"':
            span = self._span()
            self._move(span.end)
            if self._next() != ":":
                raise self._mistake(f"found {self._found()}, expected a colon")
            self._move(self._at + 1)
            self._next()
            if span.value == key:
                return
            self._move(self._span().end)
            if self._next() == ",":
                self._move(self._at + 1)
        raise self._mistake(f"found no key {key!r}, expected it with a list of entries")

    def entries(self, *, last: bool) -> Iterator[Read]:
        """Yield the array's entries; ``last`` says that nothing may follow it."""
        if self._next() != "[":
            raise self._mistake(f"expected a list of entries ([…]), found {self._found()}")
        self._move(self._at + 1)
        before = 0
        mark = self._next()
        while mark != "]":
            place = self._place(before)
            before = self._line
            try:
                span = self._span(place)
            except ConfigError as error:
                yield place, Broken(place=place, message=error.mistakes[0].message)
                return
            yield place, span.value
            self._move(span.end)
            mark = self._next()
            if mark == ",":
                self._move(self._at + 1)
                mark = self._next()
            elif mark != "]":
                place = self._place(before)
                yield place, Broken(place=place, message=self._lost())
                return
        self._move(self._at + 1)
        if last and self._next():
            place = self._place(0)
            message = f"found {self._found()} after the end of the list; it was left out"
            yield place, Broken(place=place, message=message)

    def _next(self) -> str:
        """Go to the next character that is no space and return it; ``""`` at the end."""
        while True:
            self._move(end_of_space(self._text, self._at))
            if self._at < len(self._text) or not self._more():
                return self._text[self._at : self._at + 1]

    def _move(self, to: int) -> None:
        if breaks := self._text.count("\n", self._at, to):
            self._line += breaks
            self._line_start = self._text.rfind("\n", self._at, to) + 1
        self._at = to

    def _more(self) -> bool:
        """Read on, twice as far as the window reaches now, and drop what is behind."""
        if self._ended:
            return False
        kept = self._text[self._at :]
        chunk = self._file.read(max(_CHUNK, len(kept)))
        self._line_start -= self._at
        self._text, self._at = kept + chunk, 0
        self._ended = not chunk
        return not self._ended

    def _span(self, place: str = "") -> _Span:
        """Read the value that begins here. A broken one ends where its brackets close."""
        while True:
            end, value, broken = self._value()
            if end and (end < len(self._text) or self._ended):
                return _Span(end, self._checked(value, end, broken, place))
            if len(self._text) - self._at > MOST_ENTRY:
                message = f"{_TOO_LONG.format(MOST_ENTRY)}; what follows was not read"
                raise self._mistake(message)
            if not self._more():
                raise self._mistake(_CUT_OFF)

    def _value(self) -> tuple[int, object, str]:
        """Return where the value ends, 0 if not in the window; the value; what is wrong in it."""
        brackets = self._text[self._at : self._at + 1] in {"{", "[", '"'}
        at_end = 0 if brackets else end_of_value(self._text, self._at)
        try:
            if at_end:  # A number ends where another value may begin: "1" may yet be "1.5".
                return at_end, parse(self._text[self._at : at_end]), ""
            value, end = decode(self._text, self._at)
        except NotJson as error:
            return at_end or end_of_value(self._text, self._at), None, str(error)
        return (end if brackets else 0), value, ""

    def _checked(self, value: object, end: int, broken: str, place: str) -> object:
        try:
            if broken:
                raise NotJson(broken)
            return checked(value, self._text[self._at : end])
        except NotJson as error:
            return Broken(place=place, message=str(error))

    def _place(self, line_before: int) -> str:
        where = f"{file_name(self._path)}:{self._line}"
        one_line = self._line == line_before
        return f"{where}:{self._at - self._line_start + 1}" if one_line else where

    def _found(self) -> str:
        text = self._text[self._at : self._at + 20]
        return repr(text) if text else "the end of the file"

    def _lost(self) -> str:
        if not self._text[self._at :]:
            return _CUT_OFF
        return f"found {self._found()}, expected a comma; what follows was not read"

    def _mistake(self, message: str) -> ConfigError:
        column = self._at - self._line_start + 1
        return ConfigError([Mistake(str(self._path), self._line, column, message)])
