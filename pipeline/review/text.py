"""Text from catalogues made fit for a page: cleaned, chosen by language, in people's units.

Everything that a museum wrote is foreign here: it may hold markup, addresses that run scripts,
or signs that turn the line around. Escaping itself is the template engine's; this file decides
what is shown, in which language, and which addresses may become links.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from pipeline.items import Size
from pipeline.records import Localized

if TYPE_CHECKING:
    from markupsafe import Markup

_UNWANTED = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufeff]")
"""Control characters, and those that turn the direction of what follows.

Direction marks for single letters (U+200E, U+200F, U+061C) stay: right-to-left titles need them.
Source: Unicode Standard Annex 9, explicit directional embeddings, overrides and isolates.
"""

_TAG = re.compile(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*")
"""Shape of a language tag. Source: RFC 5646 section 2.1, without the rare private-use forms."""

_RIGHT_TO_LEFT = {"ar", "dv", "fa", "he", "ps", "sd", "ug", "ur", "yi"}


def clean(text: str) -> str:
    """Return the text without control characters and without signs that turn the line around."""
    if text.isascii() and text.isprintable():
        return text.strip()
    whole = text.encode("utf-8", "replace").decode() if not text.isascii() else text
    return _UNWANTED.sub("", whole.replace("\r\n", "\n").replace("\r", "\n")).strip()


def web_address(url: str) -> str | None:
    """Return ``url`` where it is a plain web address, else ``None``: to be shown, not linked."""
    if re.search(r"[\s\x00-\x1f\x7f]", url):
        return None
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    return url if parts.scheme in ("http", "https") and parts.hostname else None


def is_tag(tag: str) -> bool:
    """``tag`` has the shape of a language tag."""
    return _TAG.fullmatch(tag) is not None


@dataclass(frozen=True)
class Variant:
    """One wording, the language it is written in, and the gallery languages that show it."""

    tag: str
    text: str
    shown_in: tuple[str, ...]


class Languages:
    """The languages that a gallery can be read in, the first one first."""

    def __init__(self, wanted: tuple[str, ...], always: tuple[str, ...]) -> None:
        tags = [tag for tag in wanted if is_tag(tag)]
        bases = {tag.lower().split("-")[0] for tag in tags}
        self._spans: dict[tuple[tuple[str, str], ...], Markup] = {}
        """What was set before: a title appears on its card, its page and its neighbours' pages."""
        self.offered = tuple(dict.fromkeys([*tags, *(tag for tag in always if tag not in bases)]))

    @property
    def first(self) -> str:
        """The language in which the gallery opens."""
        return self.offered[0]

    def pick(self, text: Localized, language: str) -> str | None:
        """Return the key of ``text`` that a reader of ``language`` should see, if any has words.

        The language itself, else a sister (``zh-Hant`` for ``zh``), else the first language
        of the gallery that it has, else any.
        """
        keys = [key for key, words in text.items() if clean(words)]
        for wanted in (language, *self.offered):
            for same in (str.lower, _base):
                for key in keys:
                    if same(key) == same(wanted):
                        return key
        return keys[0] if keys else None

    def variants(self, text: Localized) -> list[Variant]:
        """Return every wording that some gallery language shows, each once."""
        shown: dict[str, list[str]] = {}
        for language in self.offered:
            key = self.pick(text, language)
            if key is not None:
                shown.setdefault(key, []).append(language)
        return [
            Variant(_tag(key), clean(text[key]), tuple(languages))
            for key, languages in shown.items()
        ]

    def others(self, text: Localized) -> list[Variant]:
        """Return the wordings that no gallery language shows."""
        seen = {self.pick(text, language) for language in self.offered}
        return [
            Variant(_tag(key), clean(words), ())
            for key, words in text.items()
            if key not in seen and clean(words)
        ]

    def spans(self, text: Localized) -> Markup:
        """Return the text as markup: one ``span`` for each wording, one of them visible."""
        key = tuple(text.items())
        if key not in self._spans:
            self._spans[key] = self._set(text)
        return self._spans[key]

    def _set(self, text: Localized) -> Markup:
        from markupsafe import Markup

        span = Markup('<span lang="%s" dir="%s" data-l="%s"%s>%s</span>')
        return Markup("").join(
            span
            % (
                one.tag,
                direction(one.tag),
                " ".join(one.shown_in),
                "" if self.first in one.shown_in else " hidden",
                one.text,
            )
            for one in self.variants(text)
        )

    def attributes(self, **texts: Localized | tuple[Localized, ...]) -> Markup:
        """Return attributes in the first language, and all languages in ``data-attrs``.

        A tuple is read one after the other; ``lang`` is that of its first text. The name
        ``text`` stands for the element's own text and becomes no attribute. Underscores become
        hyphens: ``aria_label``.
        """
        from markupsafe import Markup

        table = {language: self._row(texts, language) for language in self.offered}
        first = Markup(" ").join(
            Markup('%s="%s"') % (name, value)
            for name, value in table[self.first].items()
            if name != "text"
        )
        if all(row == table[self.first] for row in table.values()):
            return first
        data = json.dumps(table, ensure_ascii=False, separators=(",", ":"))
        return first + Markup(' data-attrs="%s"') % data

    def first_text(self, *texts: Localized) -> str:
        """Return the texts in the first language, as ``attributes(text=texts)`` would."""
        return self._row({"text": texts}, self.first)["text"]

    def _row(
        self, texts: Mapping[str, Localized | tuple[Localized, ...]], language: str
    ) -> dict[str, str]:
        row: dict[str, str] = {}
        for name, given in texts.items():
            parts = given if isinstance(given, tuple) else (given,)
            keys = [(text, self.pick(text, language)) for text in parts]
            said = [clean(text[key]) for text, key in keys if key is not None]
            row[name.replace("_", "-")] = " — ".join(map(shorten, said))
            row.setdefault("lang", _tag(keys[0][1] or ""))
        return row


def shorten(text: str, most: int = 240) -> str:
    """Return one line of at most ``most`` characters, ended at a word where words have spaces."""
    line = " ".join(text.split())
    if len(line) <= most:
        return line
    cut = line[:most]
    return (cut.rsplit(" ", 1)[0] if " " in cut[most // 2 :] else cut) + "…"


def direction(tag: str) -> str:
    """Return the direction of writing; ``auto`` where the language does not say."""
    if not tag:
        return "auto"
    return "rtl" if _base(tag) in _RIGHT_TO_LEFT else "ltr"


def _base(tag: str) -> str:
    return tag.lower().split("-")[0]


def _tag(key: str) -> str:
    """Return a ``lang`` value; the empty one says that the language is not known."""
    return key if is_tag(key) and key != "und" else ""


_M_PER_INCH = 0.0254
_M_PER_FOOT = 0.3048
"""Source: International yard and pound agreement, 1959."""

_LARGE_M = 3.0
"""From here on people speak of metres and feet."""


def size_words(size: Size, *, both: bool = True) -> Localized | None:
    """Return a true size as people say it, or ``None`` where the catalogue says nothing.

    In metric units, and in feet or inches if ``both``.

    >>> size_words(Size(height_m=0.762, width_m=1.118))["en"]
    'H 76.2 × W 111.8 cm (30 × 44 in)'
    """
    measures = [
        ("H ", "高 ", size.height_m),
        ("W ", "宽 ", size.width_m),
        ("D ", "深 ", size.depth_m),
        ("Ø ", "直径 ", size.diameter_m),
    ]
    known = [(english, chinese, value) for english, chinese, value in measures if value is not None]
    if not known:
        return None
    large = max(value for _, _, value in known) >= _LARGE_M
    metric, metric_zh, m_per = ("m", "米", 1.0) if large else ("cm", "厘米", 0.01)
    other, other_zh, m_per_other = (
        ("ft", "英尺", _M_PER_FOOT) if large else ("in", "英寸", _M_PER_INCH)
    )
    # What the catalogue measured keeps a tenth of a millimetre; what we convert claims no more.
    others = " × ".join(_number(value / m_per_other, 1) for _, _, value in known)
    english = " × ".join(f"{name}{_number(value / m_per, 2)}" for name, _, value in known)
    chinese = " × ".join(f"{name}{_number(value / m_per, 2)}" for _, name, value in known)
    return {
        "en": f"{english} {metric}" + (f" ({others} {other})" if both else ""),
        "zh": f"{chinese} {metric_zh}" + (f"（{others} {other_zh}）" if both else ""),
    }


def _number(value: float, digits: int) -> str:
    """``digits`` decimals, more where there would be nothing but zeros."""
    while digits < 6 and value < 10.0**-digits * 5:
        digits += 1
    text = f"{value:.{digits}f}"
    return text.rstrip("0").rstrip(".")


def bytes_words(size_bytes: int) -> str:
    """Return a file size as people say it. Source: SI prefixes (powers of 1000)."""
    value, unit = float(size_bytes), "B"
    for unit in ("B", "kB", "MB", "GB"):
        if value < 1000 or unit == "GB":
            break
        value /= 1000
    return f"{value:.0f} {unit}" if unit in ("B", "kB") or value >= 100 else f"{value:.1f} {unit}"
