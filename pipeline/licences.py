"""What the licences and rights statements that museums use allow, and what they are called.

Knows the Creative Commons licences and public domain tools, and the twelve statements of
rightsstatements.org, in every way of writing their URIs. Knows nothing of exhibits, purposes or
permissions: `pipeline.stages.check_rights` decides.

A clip or a mesh is an adaptation of the photograph. A rights statement is not a licence: where
it does not say that adaptations are free it counts as saying that they are not.

Source: creativecommons.org, "Licenses List" and the licences' deeds; rightsstatements.org,
"Statements", version 1.0. The Chinese names of the licences are those of the Chinese deeds;
those of the statements are translated here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

Share = Literal["free", "noncommercial", "no"]


@dataclass(frozen=True)
class Licence:
    """One licence, public domain tool or rights statement."""

    uri: str
    """As its publisher writes it."""
    english: str
    chinese: str
    adaptations: Share
    """Whether clips and meshes may be made of a photograph under it and shown."""
    why: str = ""
    """What it says that forbids or limits them, to be put after ``because``."""
    share_alike: bool = False
    """What is made of it must carry the same licence."""


def find_licence(uri: str) -> Licence | None:
    """Return what ``uri`` names, or ``None`` if it names nothing known.

    Scheme, ``www.``, upper case, a slash or a deed at the end, and a jurisdiction do not matter.

    >>> find_licence("creativecommons.org/licenses/by/4.0/deed.de").uri
    'https://creativecommons.org/licenses/by/4.0/'
    """
    text = uri.strip()
    if match := _CC_LICENCE.fullmatch(text):
        return _cc_licence(match["parts"].lower(), match["version"], (match["place"] or "").lower())
    if match := _CC_TOOL.fullmatch(text):
        return _TOOLS.get(match["tool"].lower())
    if match := _STATEMENT.fullmatch(text):
        return _STATEMENTS.get(match["code"].lower())
    return None


def licence_name(uri: str, language: str) -> str:
    """Return the name of a licence for people, in Chinese or in English.

    What is not known is returned as it is; it may be anything, so never make a link of it.
    """
    licence = find_licence(uri)
    if licence is None:
        return uri
    return licence.chinese if language.lower().split("-")[0] == "zh" else licence.english


def suggest_uri(text: str) -> str | None:
    """Return the URI that somebody meant who wrote ``CC BY 4.0`` or ``Public domain``."""
    words = re.sub(r"[\s_-]+", "-", text.strip().lower())
    if words in {"cc0", "cc0-1.0", "cc-0"}:
        return _TOOLS["zero"].uri
    if words in {"pdm", "public-domain", "publicdomain", "pd", "public-domain-mark"}:
        return _TOOLS["mark"].uri
    match = re.fullmatch(r"cc-?(?P<parts>by[a-z-]*?)-?(?P<version>\d\.\d)?", words)
    if match and match["parts"] in _CC_PARTS:
        return f"https://creativecommons.org/licenses/{match['parts']}/{match['version'] or '4.0'}/"
    statement = _STATEMENTS.get(words)
    return statement.uri if statement else None


_END = r"(?:/(?:deed|legalcode)(?:\.[a-z-]+)?|/rdf)?/?"
_CC = r"(?i:(?:https?://)?(?:www\.)?creativecommons\.org/"
_CC_LICENCE = re.compile(
    _CC + r"licenses/(?P<parts>[a-z-]+)/(?P<version>1\.0|2\.0|2\.1|2\.5|3\.0|4\.0)"
    r"(?:/(?P<place>[a-z]{2,8}))??" + _END + ")"
)
_CC_TOOL = re.compile(_CC + r"publicdomain/(?P<tool>zero|mark)/1\.0" + _END + ")")
_STATEMENT = re.compile(
    r"(?i:(?:https?://)?(?:www\.)?rightsstatements\.org/(?:vocab|page|data)/"
    r"(?P<code>[a-z-]+)/1\.0/?(?:\?language=[a-z-]+)?)"
)

_CC_PARTS = {
    "by": ("Attribution", "署名"),
    "by-sa": ("Attribution-ShareAlike", "署名—相同方式共享"),
    "by-nc": ("Attribution-NonCommercial", "署名—非商业性使用"),
    "by-nc-sa": ("Attribution-NonCommercial-ShareAlike", "署名—非商业性使用—相同方式共享"),
    "by-nd": ("Attribution-NoDerivatives", "署名—禁止演绎"),
    "by-nc-nd": ("Attribution-NonCommercial-NoDerivatives", "署名—非商业性使用—禁止演绎"),
}
_NO_DERIVATIVES = "it allows no adaptations (NoDerivatives), and a clip or a mesh is one"
_NO_COMMERCE = "it allows non-commercial use only"


def _cc_licence(parts: str, version: str, place: str) -> Licence | None:
    parts = {"by-nd-nc": "by-nc-nd"}.get(parts, parts)
    if parts not in _CC_PARTS:
        return None
    english, chinese = _CC_PARTS[parts]
    short = f"CC {parts.upper()} {version}" + (f" {place.upper()}" if place else "")
    # Version 1.0 writes the parts of this one licence in another order.
    folder = "by-nd-nc" if (parts, version) == ("by-nc-nd", "1.0") else parts
    end = f"{place}/" if place else ""
    share: Share = "free"
    why = ""
    if parts.endswith("nd"):
        share, why = "no", _NO_DERIVATIVES
    elif "nc" in parts:
        share, why = "noncommercial", _NO_COMMERCE
    return Licence(
        uri=f"https://creativecommons.org/licenses/{folder}/{version}/{end}",
        english=f"{english} {version} ({short})",
        chinese=f"{chinese} {version} ({short})",
        adaptations=share,
        why=why,
        share_alike=parts.endswith("sa"),
    )


_TOOLS = {
    "zero": Licence(
        "https://creativecommons.org/publicdomain/zero/1.0/",
        "CC0 1.0 Public Domain Dedication",
        "CC0 1.0 公共领域贡献",
        "free",
    ),
    "mark": Licence(
        "https://creativecommons.org/publicdomain/mark/1.0/",
        "Public Domain Mark 1.0",
        "公共领域标志 1.0",
        "free",
    ),
}


def _statement(code: str, english: str, chinese: str, why: str, share: Share = "no") -> Licence:
    # The statements' own URIs begin with http, and they ask that it be kept so.
    uri = f"http://rightsstatements.org/vocab/{code}/1.0/"
    return Licence(uri, english, chinese, share, why)


_PROTECTED = "the work is in copyright"
_STATEMENTS = {
    "inc": _statement("InC", "In Copyright", "受版权保护", _PROTECTED),
    "inc-ow-eu": _statement(
        "InC-OW-EU",
        "In Copyright – EU Orphan Work",
        "受版权保护——欧盟孤儿作品",
        f"{_PROTECTED}, and an orphan work may be shown but not adapted",
    ),
    "inc-edu": _statement(
        "InC-EDU",
        "In Copyright – Educational Use Permitted",
        "受版权保护——允许教育用途",
        f"{_PROTECTED}, and only educational use is permitted",
    ),
    "inc-nc": _statement(
        "InC-NC",
        "In Copyright – Non-Commercial Use Permitted",
        "受版权保护——允许非商业用途",
        f"{_PROTECTED}, and the statement does not say that it may be adapted",
    ),
    "inc-ruu": _statement(
        "InC-RUU",
        "In Copyright – Rights-holder(s) Unlocatable or Unidentifiable",
        "受版权保护——权利人无法找到或无法确认",
        f"{_PROTECTED}, and nobody who could permit it was found",
    ),
    "noc-cr": _statement(
        "NoC-CR",
        "No Copyright – Contractual Restrictions",
        "无版权——受合同限制",
        "a contract restricts its use",
    ),
    "noc-nc": _statement(
        "NoC-NC",
        "No Copyright – Non-Commercial Use Only",
        "无版权——仅限非商业用途",
        _NO_COMMERCE,
        "noncommercial",
    ),
    "noc-oklr": _statement(
        "NoC-OKLR",
        "No Copyright – Other Known Legal Restrictions",
        "无版权——受其他已知法律限制",
        "other laws restrict its use, such as those for cultural heritage",
    ),
    "noc-us": _statement(
        "NoC-US",
        "No Copyright – United States",
        "无版权——美国",
        "it is known to be free in the United States only",
    ),
    "cne": _statement(
        "CNE", "Copyright Not Evaluated", "版权未评估", "nobody has looked whether it is free"
    ),
    "und": _statement(
        "UND",
        "Copyright Undetermined",
        "版权未确定",
        "it could not be found out whether it is free",
    ),
    "nkc": _statement(
        "NKC",
        "No Known Copyright",
        "无已知版权",
        "it is believed but not established that it is free",
    ),
}
