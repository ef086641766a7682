"""Licences and rights statements that museums use: what they are called, and how they are written.

Knows the Creative Commons licences and public domain tools and the twelve statements of
rightsstatements.org, in every way of writing their URIs, and Europeana's own URIs of before 2016
where it is certain which statement took their place. Reads words (`read_rights`) where they leave
no doubt. Knows nothing of uses: what each allows is data in ``permission.yaml``.

A Creative Commons licence without its version names no licence: its text asks that it be linked
to, and there is nothing to link to. So "CC BY" is known, and kept, as a licence of which the
version is not stated, and as such allows no more than an unknown one.

Source: creativecommons.org, "Licenses List", "Retired Legal Tools" and the deeds;
rightsstatements.org, "Statements", version 1.0, the only one; europeana.eu, "Available rights
statements" and its change log. The Chinese names of the licences are those of the Chinese deeds;
those of the statements are translated here.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from pipeline.wordings import HOLDER_FOLLOWS, NOISE, RESERVED, WHOLE, denies, limits_in, plain

UNVERSIONED = "unversioned"
"""Code of every Creative Commons licence whose version is not stated."""


@dataclass(frozen=True)
class Licence:
    """One licence, public domain tool or rights statement."""

    uri: str
    """As its publisher writes it."""
    code: str
    """Its row in ``permission.yaml``: ``by-sa``, ``zero``, ``InC-EDU``."""
    english: str
    chinese: str
    attribution: bool = False
    """Who made it has to be named wherever it is used."""
    share_alike: bool = False
    """What is made of it must carry the same licence."""


@lru_cache(maxsize=4096)
def find_licence(uri: str) -> Licence | None:
    """Return what ``uri`` names, or ``None`` if it names nothing known.

    Scheme, ``www.``, upper case, a slash, a deed or a query at the end do not matter.

    >>> find_licence("creativecommons.org/licenses/by/4.0/deed.de").uri
    'https://creativecommons.org/licenses/by/4.0/'
    """
    text = uri.strip()
    if match := _CC_LICENCE.fullmatch(text):
        place = (match["place"] or "").lower()
        return _cc_licence(match["parts"].lower(), match["version"] or "", place)
    if match := _CC_TOOL.fullmatch(text):
        return _LICENCES[match["tool"].lower()]
    if match := _STATEMENT.fullmatch(text):
        return _by_lower_code().get(match["code"].lower())
    if match := _EUROPEANA.fullmatch(text):
        return _LICENCES.get(_EUROPEANA_CODES.get(match["name"].lower(), ""))
    return None


def licence_name(uri: str, language: str) -> str:
    """Return the name of a licence for people, in Chinese or in English.

    What is not known is returned as it is; it may be anything, so never make a link of it.
    """
    licence = find_licence(uri)
    if licence is None:
        return uri
    return licence.chinese if language.lower().split("-")[0] == "zh" else licence.english


def read_rights(texts: Sequence[str]) -> Licence | None:
    """Return the licence that the statements of one picture name, where that is certain.

    Of several the most binding one holds. Words count where they are a whole statement, such as
    "CC BY 4.0", "Licence: CC BY-NC-SA 3.0 DE @ Museum" or "Gemeinfrei"; within a sentence, which
    may speak of the text or deny what it names, only a reservation of all rights counts. If a
    sentence mentions something more binding than what is certain, or one beside it limits the use
    further ("non-commercial use only", "not without permission"), nothing is certain.

    >>> read_rights(["Foto: Stadtmuseum, CC BY-SA 4.0"]).uri
    'https://creativecommons.org/licenses/by-sa/4.0/'
    >>> read_rights(["not in the public domain"]) is None
    True
    """
    certain: list[Licence] = []
    mentioned: list[Licence] = []
    limits: set[str] = set()
    for text in texts:
        whole, inside = _read_text(text[:_LONGEST])
        if len(text) > _LONGEST and (whole is None or whole.code != "InC"):
            whole = None  # its end could deny its beginning
            limits.add("not read")
        certain += [whole] if whole else []
        mentioned += inside
        limits |= set() if whole else limits_in(text[:_LONGEST])
    if not certain:
        return None
    most = max(certain, key=_binding)
    if any(_binding(licence)[0] > _binding(most)[0] for licence in mentioned):
        return None
    if not most.code.startswith("InC") and not limits <= set(most.code.split("-")):
        return None
    if most.code in _NOBODYS and any("©" in text for text in texts):
        return None  # somebody's and nobody's at once: one of the two is wrong
    return most


@lru_cache(maxsize=4096)
def suggest_uri(text: str) -> str | None:
    """Return the URI that somebody meant who wrote ``CC BY`` or ``inc-edu``."""
    licence = read_rights([text]) or find_licence(text)
    if licence is None:
        words = re.sub(r"[\s_-]+", "-", text.strip().lower())
        if words in {"pd", "publicdomain"}:
            return _LICENCES["mark"].uri
        licence = _by_lower_code().get(words)
    if licence is not None and licence.code == UNVERSIONED:
        return f"{licence.uri}4.0/"
    return licence.uri if licence else None


_LONGEST = 2000
"""Characters of one statement that are read. The longest seen in excerpts has 300."""

_END = r"(?:/(?:deed|legalcode)(?:\.[a-z-]+)?|/rdf)?/?(?:[?#]\S*)?"
_CC = r"(?i:(?:https?://)?(?:www\.)?creativecommons\.org/"
_CC_LICENCE = re.compile(
    _CC + r"licenses/(?P<parts>[a-z-]+)(?:/(?P<version>1\.0|2\.0|2\.1|2\.5|3\.0|4\.0)"
    r"(?:/(?P<place>[a-z]{2,8}))??)?" + _END + ")",
    re.ASCII,  # or upper case of "s" would be "ſ" as well
)
_CC_TOOL = re.compile(_CC + r"publicdomain/(?P<tool>zero|mark)(?:/1\.0)?" + _END + ")", re.ASCII)
_STATEMENT = re.compile(
    r"(?i:(?:https?://)?(?:www\.)?rightsstatements\.org/(?:vocab|page|data)/"
    r"(?P<code>[a-z-]+)(?:/1\.0)?/?(?:[?#]\S*)?)",
    re.ASCII,
)
_EUROPEANA = re.compile(
    r"(?i:(?:https?://)?(?:www\.)?europeana\.eu/(?:portal/)?rights/"
    r"(?P<name>[a-z-]+)(?:\.html)?/?(?:[?#]\S*)?)",
    re.ASCII,
)
_EUROPEANA_CODES = {
    "rr-f": "InC",  # "Rights Reserved - Free Access"
    "rr-p": "InC",  # "… - Paid Access"
    "rr-r": "InC",  # "… - Restricted Access"
    "out-of-copyright-non-commercial": "NoC-NC",
    "orphan-work-eu": "InC-OW-EU",
    "test-orphan-work-test": "InC-OW-EU",
}
"""``rights/unknown`` is not here: it was split into several statements."""

_CC_PARTS = {
    "by": ("Attribution", "署名"),
    "by-sa": ("Attribution-ShareAlike", "署名—相同方式共享"),
    "by-nc": ("Attribution-NonCommercial", "署名—非商业性使用"),
    "by-nc-sa": ("Attribution-NonCommercial-ShareAlike", "署名—非商业性使用—相同方式共享"),
    "by-nd": ("Attribution-NoDerivatives", "署名—禁止演绎"),
    "by-nc-nd": ("Attribution-NonCommercial-NoDerivatives", "署名—非商业性使用—禁止演绎"),
}
_RETIRED_PARTS = {
    "sa": ("by-sa", "ShareAlike", "相同方式共享"),
    "nc": ("by-nc", "NonCommercial", "非商业性使用"),
    "nd": ("by-nd", "NoDerivs", "禁止演绎"),
    "nc-sa": ("by-nc-sa", "NonCommercial-ShareAlike", "非商业性使用—相同方式共享"),
    "nd-nc": ("by-nc-nd", "NoDerivs-NonCommercial", "禁止演绎—非商业性使用"),
}
"""Licences of 2002 that ask for no attribution, by the row that says what they allow."""
_PORTS = """
am ar at au az be bg br ca ch cl cn co cr cz de dk ec ee eg es fi fr ge gr gt hk hr hu ie il igo in
it jp kr lu mk mt mx my nl no nz pe ph pl pr pt ro rs scotland se sg si th tw ug uk us ve vn za
"""
_PLACES = frozenset(_PORTS.split())
"""Jurisdictions that licences up to 3.0 were ported to. Version 4.0 has no ports."""


def _cc_licence(parts: str, version: str, place: str) -> Licence | None:
    parts = {"by-nd-nc": "by-nc-nd", "by-sa-nc": "by-nc-sa", "nc-nd": "nd-nc"}.get(parts, parts)
    if place and place not in _PLACES:
        return None
    place = "" if version == "4.0" else place
    if version == "1.0" and parts in _RETIRED_PARTS:
        code, english, chinese = _RETIRED_PARTS[parts]
    elif parts in _CC_PARTS:
        code, (english, chinese) = parts, _CC_PARTS[parts]
    else:
        return None
    short = f"CC {parts.upper()}" + (f" {version}" if version else "")
    short += f" {place.upper()}" if place else ""
    # Version 1.0 writes the parts of this one licence in another order.
    folder = "by-nd-nc" if (parts, version) == ("by-nc-nd", "1.0") else parts
    ends = [end for end in (version, place) if end]
    stated = version or "version not stated"
    return Licence(
        uri="/".join(["https://creativecommons.org/licenses", folder, *ends, ""]),
        code=code if version else UNVERSIONED,
        english=f"{english} {stated} ({short})",
        chinese=f"{chinese} {version or '未注明版本'} ({short})",
        attribution=parts.startswith("by"),
        share_alike="sa" in parts.split("-"),
    )


_TOOL_URI = "https://creativecommons.org/publicdomain"
_TOOLS = (
    ("mark", f"{_TOOL_URI}/mark/1.0/", "Public Domain Mark 1.0", "公共领域标志 1.0"),
    ("zero", f"{_TOOL_URI}/zero/1.0/", "CC0 1.0 Public Domain Dedication", "CC0 1.0 公共领域贡献"),
)
_STATEMENTS = (
    ("NoC-NC", "No Copyright – Non-Commercial Use Only", "无版权——仅限非商业用途"),
    ("NoC-US", "No Copyright – United States", "无版权——美国"),
    ("NKC", "No Known Copyright", "无已知版权"),
    ("UND", "Copyright Undetermined", "版权未确定"),
    ("CNE", "Copyright Not Evaluated", "版权未评估"),
    ("NoC-OKLR", "No Copyright – Other Known Legal Restrictions", "无版权——受其他已知法律限制"),
    ("NoC-CR", "No Copyright – Contractual Restrictions", "无版权——受合同限制"),
    ("InC-NC", "In Copyright – Non-Commercial Use Permitted", "受版权保护——允许非商业用途"),
    ("InC-EDU", "In Copyright – Educational Use Permitted", "受版权保护——允许教育用途"),
    ("InC-OW-EU", "In Copyright – EU Orphan Work", "受版权保护——欧盟孤儿作品"),
    (
        "InC-RUU",
        "In Copyright – Rights-holder(s) Unlocatable or Unidentifiable",
        "受版权保护——权利人无法找到或无法确认",
    ),
    ("InC", "In Copyright", "受版权保护"),
)
_LICENCES = {
    code: Licence(uri, code, english, chinese) for code, uri, english, chinese in _TOOLS
} | {
    # The statements' own URIs begin with http, and they ask that it be kept so.
    code: Licence(f"http://rightsstatements.org/vocab/{code}/1.0/", code, english, chinese)
    for code, english, chinese in _STATEMENTS
}

CODES = (*_LICENCES, *_CC_PARTS, UNVERSIONED)
"""Every code that a licence can have."""

_FROM_LEAST_BINDING = (
    *("mark", "zero", "by", "by-sa", "NoC-NC", "by-nc", "by-nc-sa", "NoC-US", "NKC", "UND", "CNE"),
    *("NoC-OKLR", "NoC-CR", "by-nd", "by-nc-nd"),
    *("InC-NC", "InC-EDU", "InC-OW-EU", "InC-RUU", "InC"),
)
_RANKS = {code: rank for rank, code in enumerate(_FROM_LEAST_BINDING)}


_NOBODYS = {"mark", "NoC-US", "NoC-NC", "NoC-OKLR", "NoC-CR", "NKC"}
"""Codes of what says that no copyright is known."""


def _binding(licence: Licence) -> tuple[int, bool]:
    """How much a licence binds; of two that differ in the version alone, the stated one wins."""
    stated = licence.code != UNVERSIONED
    return _RANKS[licence.code if stated else licence.uri.split("/")[4]], stated


@lru_cache(maxsize=1)
def _by_lower_code() -> dict[str, Licence]:
    return {code.lower(): licence for code, licence in _LICENCES.items()}


_LINK = re.compile(
    r"(?i:(?:https?://)?(?:www\.)?(?:creativecommons\.org|rightsstatements\.org|europeana\.eu)/"
    r"[^\s<>\"'(){}\[\],;]+)"
)


@lru_cache(maxsize=1)
def _whole_statements() -> dict[str, Licence]:
    found = {plain(licence.english): licence for licence in _LICENCES.values()}
    for code, phrases in WHOLE.items():
        found |= {plain(phrase): _LICENCES[code] for phrase in phrases}
    return found


@lru_cache(maxsize=4096)
def _read_text(text: str) -> tuple[Licence | None, tuple[Licence, ...]]:
    """Return what a text says as a whole, if it is a statement, and what it mentions."""
    if licence := find_licence(text):
        return licence, ()
    linked = [found for link in _LINK.findall(text) if (found := find_licence(link.rstrip(".")))]
    words = plain(_LINK.sub(" ", text))
    if RESERVED.search(words):
        return _LICENCES["InC"], ()
    stated = _without_holder(words.split())
    licence = _whole_statements().get(" ".join(stated))
    if licence is None:
        stated = [token for token in stated if token not in NOISE]
        licence = _whole_statements().get(" ".join(stated))
    groups = _groups(words.split())
    if licence is None and stated and "cc" in stated:
        groups_alone = _groups(stated)
        if sum(length for _, length in groups_alone) == len(stated):
            licence = _agreed([found for found, _ in groups_alone])
    mentioned = (*linked, *(found for found, _ in groups))
    if not stated and linked:
        return _agreed(linked), mentioned
    if licence is None:
        return None, mentioned
    return _agreed([licence, *linked]), mentioned


def _without_holder(tokens: list[str]) -> list[str]:
    """Return the statement without the name of a holder before or after it.

    A name that holds a word which may deny the statement is no name: all stays as it is.
    """
    start = 0
    if tokens and tokens[0] in HOLDER_FOLLOWS and "cc" in tokens:
        start = tokens.index("cc")
    ends = [i for i, token in enumerate(tokens) if i > start and token in HOLDER_FOLLOWS]
    end = ends[0] if ends else len(tokens)
    name = [*tokens[:start], *tokens[end:]]
    if any(denies(token) for token in name):
        return tokens
    return tokens[start:end]


def _groups(tokens: list[str]) -> list[tuple[Licence, int]]:
    """Return every licence that is named, with the number of its words."""
    found = []
    at = 0
    while at < len(tokens):
        licence, length = _group(tokens[at : at + 8])
        if licence is not None:
            found.append((licence, length))
        at += max(length, 1)
    return found


def _group(tokens: list[str]) -> tuple[Licence | None, int]:
    """Read ``cc by nc sa 3.0 de`` or ``cc 0 1.0`` at the beginning of ``tokens``."""
    at = 1 if tokens[0] == "cc" else 0
    if tokens[at : at + 1] in (["0"], ["zero"]):
        at += 1
        return _LICENCES["zero"], at + (tokens[at : at + 1] == ["1.0"])
    parts = []
    while at < len(tokens) and tokens[at] in ("by", "nc", "sa", "nd"):
        parts.append(tokens[at])
        at += 1
    if not parts or (tokens[0] != "cc" and parts[0] != "by"):
        return None, 0
    version, place = "", ""
    if at < len(tokens) and re.fullmatch(r"[1-4]\.\d", tokens[at]):
        version, at = tokens[at], at + 1
        if at < len(tokens) and tokens[at] in _PLACES and tokens[at] != "in":
            place, at = tokens[at], at + 1
    ends = [end for end in (version, place) if end]
    licence = find_licence("/".join(["creativecommons.org/licenses", "-".join(parts), *ends]))
    return licence, at if licence else 0


def _agreed(licences: list[Licence]) -> Licence | None:
    """Return the one that all of them mean, or ``None``; a stated version fills in for none."""
    versioned = {licence.uri: licence for licence in licences if licence.code != UNVERSIONED}
    names = {licence.uri.split("/")[4].lower() for licence in licences}
    if len(names) != 1 or len(versioned) > 1:
        return None
    return next(iter(versioned.values()), licences[0])
