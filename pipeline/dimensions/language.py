"""In which language a statement is, as far as its words tell."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from pipeline.dimensions.tokens import AXIS, Token
from pipeline.dimensions.words import AXES


@cache
def _tell_tales() -> dict[str, str]:
    """Return the axis words that only one language has."""
    seen: dict[str, set[str]] = {}
    for by_language in AXES.values():
        for language, text in by_language.items():
            for word in text.split():
                seen.setdefault(word, set()).add(language)
    return {word: next(iter(who)) for word, who in seen.items() if len(who) == 1 and len(word) > 3}


def language_of(tokens: Sequence[Token], text: str) -> str:
    """Return the language of the first word that only one language has, else ``""``."""
    tales = _tell_tales()
    for token in tokens:
        if token.kind == AXIS:
            language = tales.get(text[token.start : token.end].lower().rstrip("."))
            if language:
                return language
    return ""
