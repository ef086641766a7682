"""In which language a catalogue's texts are, as far as a few of them tell.

Scripts tell Chinese, Japanese and Korean; little words that only one of six languages has tell
those. Titles are short, so most catalogues tell it only by many of them, and some do not at all.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

_LITTLE = {
    word: language
    for language, words in {
        "en": "the of and with from by for at to his her showing",
        "de": "der die das und mit von vom im aus ein eine einer einem dem am auf für zum zur",
        "fr": "le les du des et avec au aux une sur dans pour chez par",
        "es": "el los las y para por sobre sin",
        "it": "il lo gli di della dei delle nel nella e che",
        "nl": "het een van op uit aan voor naar bij",
    }.items()
    for word in words.split()
}
_WORD = re.compile(r"[^\W\d_]+")
_KANA = re.compile("[\u3041-\u3096\u30a1-\u30fa]")
_HAN = re.compile("[\u3400-\u9fff]")
_HANGUL = re.compile("[\uac00-\ud7a3]")
_LEAST = 3
"""Little words that one language has to have, and twice as many as any other."""
_MOST_CHARACTERS = 2_000
"""Of one text; a description tells its language in the first sentence."""


def language_of(texts: Iterable[str]) -> str:
    """Return the language of most of ``texts``, or ``""``.

    >>> language_of(["Jug with a lid", "View of the town from the south"])
    'en'
    """
    votes: Counter[str] = Counter()
    scripts: Counter[str] = Counter()
    for whole in texts:
        text = whole[:_MOST_CHARACTERS]
        scripts[_script(text)] += 1
        votes.update(_LITTLE[word] for word in _WORD.findall(text.lower()) if word in _LITTLE)
    kana, han, hangul = scripts["ja"], scripts["zh"], scripts["ko"]
    others = scripts.total() - kana - han - hangul
    if hangul > max(kana + han, others):
        return "ko"
    if kana + han > others:
        # Titles of works in Japanese may be in Chinese characters alone; all of them are not.
        return "ja" if kana * 10 >= kana + han else "zh"
    (first, most), (_, second) = [*votes.most_common(2), ("", 0), ("", 0)][:2]
    return first if most >= max(_LEAST, 2 * second) else ""


def settled(by_names: str, by_values: str) -> tuple[str, str]:
    """Return the language of a catalogue, and what says it.

    Args:
        by_names: the language of the names of its columns.
        by_values: that of its titles and descriptions; they are what is shown.
    """
    # Titles in Chinese characters alone are Japanese where everything around them is.
    if by_values == "zh" and by_names == "ja":
        by_values = "ja"
    if by_values:
        return by_values, "as its titles and descriptions say"
    return by_names, "as the names of columns say"


def _script(text: str) -> str:
    if _KANA.search(text):
        return "ja"
    if _HANGUL.search(text):
        return "ko"
    return "zh" if _HAN.search(text) else ""
