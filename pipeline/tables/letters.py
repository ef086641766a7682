"""Guesses an encoding by the letters that it yields.

Letters beyond ASCII stand alone among plain ones in Latin script, so the question is which code
page yields the letters of one language and none within words that are no letters. Everywhere else
they come in runs, and charset-normalizer decides among what spreadsheets write; on a few words
only, the commonest characters of GB 2312, Big 5 and Shift JIS do. Measured on 21 tables of two to
four rows in 13 languages (tests/tables/test_letters.py): all are read as they were meant, and 50 of
55 with one row. charset-normalizer alone reads 13 and 28 of them: it takes Polish for French and a
Mac's Spanish for Czech.

Source: the alphabets are those of Unicode CLDR ("exemplar characters").
"""

from __future__ import annotations

import re
from collections.abc import Mapping

_LETTERS = {
    language: frozenset(letters + letters.upper())
    for language, letters in {
        "de": "äöüß",
        "fr": "éèêëàâîïôùûçœæ",
        "es": "áéíóúñü",
        "it": "àèéìòù",
        "pt": "ãõáéíóúâêôçà",
        "nl": "ëïéèüö",
        "da": "æøåé",
        "sv": "åäöé",
        "pl": "ąćęłńóśźż",
        "cs": "áčďéěíňóřšťúůýž",
        "sk": "áäčďéíĺľňóôŕšťúýž",
        "hu": "áéíóöőúüű",
        "hr": "čćđšž",
        "ro": "ăâîşţ",
        "tr": "çğıöşüâİ",
    }.items()
}
_WEST = ("de", "fr", "es", "it", "pt", "nl", "da", "sv")
_EAST = ("pl", "cs", "sk", "hu", "hr", "ro", "de")
_LATIN: Mapping[str, tuple[str, ...]] = {
    "cp1252": _WEST,
    "cp1250": _EAST,
    "mac_roman": _WEST,
    "cp1254": ("tr",),
    "iso8859_2": _EAST,
    "cp850": _WEST,
}
"""Code pages of Windows, the Mac, Unix and DOS; of equals the first."""
_RUNS = ("gb18030", "big5", "shift_jis", "euc_kr", "cp1251", "cp1253")
_CODECS = {"big5": "cp950", "shift_jis": "cp932", "euc_kr": "cp949"}
"""What Windows writes under these names."""
_COMMON: Mapping[str, tuple[str, tuple[tuple[int, int], ...]]] = {
    "gb18030": ("gb2312", ((0xA1, 0xA3), (0xB0, 0xD7))),
    "big5": ("cp950", ((0xA1, 0xA3), (0xA4, 0xC6))),
    "shift_jis": ("cp932", ((0x81, 0x83), (0x88, 0x97))),
}
"""First bytes of signs, kana and the commonest characters. Source: GB 2312 (level 1), Big 5
(frequently used characters), JIS X 0208 (level 1)."""

_PAIR = re.compile(rb"[\x80-\xff]{2}")
_LAST_HANGUL = 0xC8
"""First byte of the last Korean syllables, which have the bytes of common Chinese characters.
Source: KS X 1001. Of Chinese ones more than a third lie behind it."""
_TELLING = 8
"""Characters of which none lies there, after which it is not Chinese."""

_SIGNS = frozenset("–—‘’“”„«»‹›…×·°½¼¾²³€£©®§±¿¡ºª†•\xa0")
_HIGH_RUN = re.compile(rb"[\x80-\xff]+")
_LONG_RUN = 4
_FEW = 60
"""Bytes beyond ASCII on which charset-normalizer says little."""
_ABSURD = re.compile(
    r"(?<=[^\W\d_])(?:[^\w\s\x00-\x7f’]|[À-ÞŠŽŒŁŚ])(?=[a-zß-ÿ])|(?<=\d )[^\W\d_a-z](?= \d)"
    r"|(?<!\w)[ŠŽ](?= )"
)
"""A sign, or a capital, within a word; a letter where a multiplication sign stands, or © or ®."""


def guess_encoding(sample: bytes) -> str:
    """Return the encoding in which ``sample``, which is not Unicode, makes most sense."""
    runs = _HIGH_RUN.findall(sample)
    high = sum(len(run) for run in runs)
    long = sum(len(run) for run in runs if len(run) >= _LONG_RUN)
    scores = {encoding: _latin(sample, encoding) for encoding in _LATIN}
    best = max(scores, key=lambda encoding: round(scores[encoding], 6))
    if long < 0.4 * high:
        return best
    return _by_runs(sample, high) or best


def _latin(sample: bytes, encoding: str) -> float:
    """Return how much of what is not ASCII is letters of one language, less what is absurd."""
    try:
        text = sample.decode(encoding)
    except UnicodeDecodeError:
        return -1.0
    high = [character for character in text if character > "\x7f"]
    signs = 0.9 * sum(character in _SIGNS for character in high)
    letters = max(
        sum(character in _LETTERS[language] for character in high) for language in _LATIN[encoding]
    )
    return (letters + signs - len(_ABSURD.findall(text))) / max(1, len(high))


def _by_runs(sample: bytes, high: int) -> str:
    pairs = _PAIR.findall(sample)
    korean = len(pairs) >= _TELLING and max(pair[0] for pair in pairs) <= _LAST_HANGUL
    if high < _FEW and not korean:
        for encoding in _COMMON:
            if _all_common(sample, encoding):
                return _CODECS.get(encoding, encoding)
    from charset_normalizer import from_bytes

    found = from_bytes(sample, cp_isolation=list(_RUNS)).best()
    return _CODECS.get(found.encoding, found.encoding) if found else ""


def _all_common(sample: bytes, encoding: str) -> bool:
    codec, ranges = _COMMON[encoding]
    try:
        text = sample.decode(_CODECS.get(encoding, encoding))
        firsts = [c.encode(codec)[0] for c in text if c > "\x7f"]
    except UnicodeError:
        return False
    return all(any(low <= first <= top for low, top in ranges) for first in firsts)
