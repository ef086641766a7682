"""Tokens to parts: which numbers belong together, and what each run of them measures.

A statement is read once, from left to right. What is said before a number is its label; what is
said after it, in brackets or at the end of the clause, is so too if it had none. Numbers joined by
``x`` are a run. A line break or semicolon ends a clause: the part stays, the words are forgotten.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pipeline.dimensions.ahead import begins_anew, introduces, is_count, multiplies
from pipeline.dimensions.found import MOST_NAMES, Found, Label, Run, Term, one_more
from pipeline.dimensions.terms import read_term
from pipeline.dimensions.tokens import (
    ABOUT,
    AXIS,
    BREAK,
    CLOSE,
    COLON,
    COMMA,
    EACH,
    END,
    FRESH,
    NUM,
    OPEN,
    PART,
    PLURAL,
    POSITION,
    SLASH,
    TIMES,
    UNIT,
    UNKNOWN,
    VARIABLE,
    WITH,
    WITHOUT,
    Token,
)
from pipeline.dimensions.units import Unit

_ENDS = {BREAK, END, CLOSE, COMMA}


class Reader:
    """Reads one statement. ``parts`` is what it found."""

    def __init__(self, tokens: list[Token], text: str, language: str) -> None:
        self.tokens = [*tokens, Token(END, None, len(text), len(text))]
        self.text = text
        self.language = language
        self.parts: list[Found] = []
        self.runs: list[Run] = []
        self.all_variable = False
        """*Dimensions variable*, said of the whole."""
        self.variable_parts: list[Found] = []
        self._label = Label()
        self._axes: list[str] = []
        self._unit: Unit | None = None
        self._part: Found | None = None
        self._back_to: Found | None = None
        self._run: Run | None = None
        self._clean = False
        """Nothing but the last run's own words has come since it."""
        self._joined = False
        self._about = False
        self._clause = 0
        self._brackets: list[tuple[Label, list[str], Run | None] | None] = []

    def read(self) -> None:
        """Read it all."""
        at, tokens, handlers = 0, self.tokens, _HANDLERS
        while at < len(tokens) - 1:
            handler = handlers.get(tokens[at].kind)
            at = handler(self, at) if handler else at + 1
        self._flush()

    # Numbers -------------------------------------------------------------------------------------

    def _number(self, at: int) -> int:
        time = self._axes == ["duration"]
        term, after = read_term(self.tokens, at, self.text, language=self.language, time=time)
        if term.unit is None:
            term.unit = self._unit
        if term.unit is None and not (self._joined or self._axes) and is_count(self.tokens, after):
            self._count(term, self.tokens[at + 1].kind)
            return at + 1
        term.about, self._about = self._about, False
        if self._joined and self._run is not None:
            self._run.terms.append(term)
            if self._axes:
                term.axis = self._axes[0]
        else:
            self._start(term)
        self._axes = []
        self._joined, self._clean = False, True
        return after

    def _count(self, term: Term, following: str) -> None:
        if self._label.parts or self._label.words:
            self._label.position = True
        elif term.low != 1 and following in {PART, PLURAL, EACH, UNKNOWN}:
            self._label.several = True
        self._clean = False

    def _start(self, term: Term) -> None:
        label, run_before = self._label, self._run
        bracket = self._inner
        run = Run(self._owner(label, bracket), [term], self._clause)
        if len(self._axes) > 1:
            run.axes = self._axes
        elif self._axes:
            term.axis = self._axes[0]
        if bracket is not None and not label.names and not self._axes and run_before is not None:
            run.behind = len(bracket.terms)
            bracket.others.append(run)
        else:
            run.part.runs.append(run)
            self.runs.append(run)
        self._run, self._label = run, Label()

    @property
    def _inner(self) -> Run | None:
        """The run behind which an open bracket stands."""
        for level in reversed(self._brackets):
            if level is not None:
                return level[2]
        return None

    def _owner(self, label: Label, bracket: Run | None) -> Found:
        said = label.names or label.each or label.several
        if not said and self._back_to is not None:
            self._part, self._back_to = self._back_to, None
        if not said and self._part is not None and not self._part.closed:
            self._mark(label, self._part)
            return self._part
        part = Found(label, inside=bracket is not None)
        self.parts.append(part)
        if bracket is not None:
            return part
        if label.scoped and (label.parts or label.counted_in):
            if self._part is None:
                self._part = Found(Label())
                self.parts.append(self._part)
            self._back_to = self._back_to or self._part
        else:
            self._back_to = None
        self._part = part
        self._mark(label, part)
        return part

    def _mark(self, label: Label, part: Found) -> None:
        if label.variable:
            self.variable_parts.append(part)

    # What is said of them ------------------------------------------------------------------------

    def _times(self, at: int) -> int:
        if self._run is not None and self._clean and self.tokens[at - 1].kind != OPEN:
            self._joined = True
            if multiplies(self.tokens, at) and self._run.terms[0].unit is None:
                self._start_again()
        elif self.tokens[at + 1].kind == NUM:
            self._label.several = True  # ``support x 3:``
            return at + 2
        return at + 1

    def _start_again(self) -> None:
        """Take the last run back: it was a count."""
        run, self._run, self._joined = self.runs.pop(), None, False
        run.part.runs.remove(run)
        self._label.several = True

    def _axis(self, at: int) -> int:
        tokens = self.tokens
        axes, after = [_axis_of(tokens[at], self._label)], at + 1
        while tokens[after].kind == TIMES and tokens[after + 1].kind == AXIS:
            axes.append(_axis_of(tokens[after + 1], self._label))
            after += 2
        if self._takes(axes, after):
            return after
        if len(axes[0]) == 1 and len(axes) == 1 and not introduces(self.tokens, after):
            self._label.position = True
            return after
        self._axes = axes
        self._joined = self._joined and len(axes) == 1
        glued = tokens[at - 1].kind == PART and tokens[at - 1].end == tokens[at].start
        named = self._label.parts or self._label.words
        self._label.scoped = self._label.scoped or glued or not named
        return after

    def _takes(self, axes: list[str], after: int) -> bool:
        """Say whether the axes belong to the numbers before them, and give them to these."""
        run = self._run
        if run is None or not self._clean or self._joined:
            return False
        following = self.tokens[after + (self.tokens[after].kind == CLOSE)].kind
        leads = following in {NUM, COLON, ABOUT}
        if len(axes) > 1:
            if leads or len(axes) != len(run.terms) or any(term.axis for term in run.terms):
                return False
            run.axes = axes
            return True
        last = run.terms[-1]
        if last.axis or run.axes or (leads and len(run.terms) > 1):
            return False
        last.axis = axes[0]
        return True

    def _part_name(self, at: int) -> int:
        label, token = self._label, self.tokens[at]
        label.parts = one_more(label.parts, token.value)
        self._extend(token)
        return at + 1

    def _plural(self, at: int) -> int:
        token = self.tokens[at]
        self._label.several = True
        if token.value:
            self._label.parts = one_more(self._label.parts, token.value)
        self._extend(token)
        return at + 1

    def _with(self, at: int) -> int:
        token, following = self.tokens[at], self.tokens[at + 1]
        if token.value:
            self._label.counted_in = one_more(self._label.counted_in, token.value)
            self._extend(token)
        elif following.kind == PART:
            self._label.counted_in = one_more(self._label.counted_in, following.value)
            self._extend(following)
            return at + 2
        return at + 1

    def _without(self, at: int) -> int:
        token, following = self.tokens[at], self.tokens[at + 1]
        if token.value or (following.kind == PART):
            self._label.fresh = True
            self._extend(token)
        return at + 1 if token.value else at + 2

    def _each(self, at: int) -> int:
        if self._run is not None and self._clean and self.tokens[at + 1].kind in _ENDS:
            self._run.part.label.each = True
        else:
            self._label.each = True
        return at + 1

    def _variable(self, at: int) -> int:
        self._label.variable = True
        self._axes = []
        return at + 1

    def _fresh(self, at: int) -> int:
        self._label.fresh = self._label.of_size = True
        self._extend(self.tokens[at])
        return at + 1

    def _position(self, at: int) -> int:
        self._label.position = True
        self._extend(self.tokens[at])
        return at + 1

    def _unknown(self, at: int) -> int:
        token = self.tokens[at]
        if len(token.value) > 1 or not token.value.isascii():
            self._label.words = one_more(self._label.words, token.value)
        else:
            self._label.position = True
        self._extend(token)
        return at + 1

    def _extend(self, token: Token) -> None:
        label = self._label
        if label.start < 0:
            label.start = token.start
        label.end = token.end
        self._clean = False

    def _about_it(self, at: int) -> int:
        if self._run is not None and self._clean and not self._joined:
            if self.tokens[at].value == "±" and self.tokens[at + 1].kind == NUM:
                return at + 2  # 30 ± 1 cm: the unit that follows is the run's
            if self.tokens[at + 1].kind in _ENDS:
                for term in self._run.terms:
                    term.about = True
                return at + 1
        self._about = True
        return at + 1

    def _bare_unit(self, at: int) -> int:
        """A unit without a number: it belongs to those before it, or to all that follow."""
        unit = self.tokens[at].value
        waiting = False
        for run in reversed(self.runs):
            if any(term.unit for term in run.terms):
                break
            for term in run.terms:
                term.unit = unit
            waiting = True
        if not waiting:
            self._unit = unit
        return at + 1

    # Brackets and clauses ------------------------------------------------------------------------

    def _open(self, at: int) -> int:
        if len(self._brackets) > MOST_NAMES:
            return at + 1
        if (
            self._run is not None
            and not self._joined
            and (self._clean or (not self._label.names and begins_anew(self.tokens, at)))
        ):
            self._brackets.append((self._label, self._axes, self._run))
            self._label, self._axes = Label(), []
        else:
            self._brackets.append(None)
        return at + 1

    def _close(self, at: int) -> int:
        level = self._brackets.pop() if self._brackets else None
        if level is not None:
            label, axes, run = level
            inner, self._label = self._label, label
            leads = self._run is run and bool(self._axes) and self.tokens[at + 1].kind == NUM
            self._axes = self._axes if leads else axes  # (h) 30 cm (w) 20 cm
            self._run = run
            if run is not None:
                self._afterwards(run.part, inner)
            self._clean = not leads
        return at + 1

    def _afterwards(self, part: Found, label: Label) -> None:
        """Take in what was said after the numbers."""
        if label.variable:
            self.variable_parts.append(part)
        own = part.label
        part.closed = part.closed or label.names
        own.each = own.each or label.each or label.several
        own.position = own.position or label.position
        own.aside = own.aside or bool(label.words)
        if not (own.parts or own.counted_in or own.words) and not part.inside:
            own.parts, own.counted_in = label.parts, label.counted_in
            own.start, own.end = label.start, label.end

    def _comma(self, at: int) -> int:
        self._clean = self._joined and self._clean
        return at + 1

    def _break(self, at: int) -> int:
        if self._joined or (at and self.tokens[at - 1].kind == COLON):
            return at + 1
        self._flush()
        self._clause += 1
        return at + 1

    def _flush(self) -> None:
        label, run = self._label, self._run
        if label.variable:
            if label.of_size or "overall" in label.parts or run is None:
                self.all_variable = True
            else:
                self.variable_parts.append(run.part)
        elif run is not None and run.clause == self._clause and not label.words:
            self._afterwards(run.part, label)
        self._label, self._axes = Label(), []
        self._clean = False


def _axis_of(token: Token, label: Label) -> str:
    value: Any = token.value
    if isinstance(value, tuple):
        label.parts = one_more(label.parts, value[1])
        label.scoped, label.start, label.end = True, token.start, token.end
        return str(value[0])
    return str(value)


_HANDLERS: dict[str, Callable[[Reader, int], int]] = {
    NUM: Reader._number,
    TIMES: Reader._times,
    AXIS: Reader._axis,
    PART: Reader._part_name,
    PLURAL: Reader._plural,
    WITH: Reader._with,
    WITHOUT: Reader._without,
    EACH: Reader._each,
    VARIABLE: Reader._variable,
    FRESH: Reader._fresh,
    POSITION: Reader._position,
    UNKNOWN: Reader._unknown,
    ABOUT: Reader._about_it,
    UNIT: Reader._bare_unit,
    OPEN: Reader._open,
    CLOSE: Reader._close,
    COMMA: Reader._comma,
    SLASH: Reader._comma,
    BREAK: Reader._break,
}
