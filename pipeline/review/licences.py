"""What a licence is called, by the URI that the catalogue names.

Knows Creative Commons and rightsstatements.org. It judges nothing: whether something may be made
is decided before a gallery exists.
"""

from __future__ import annotations

import re

from pipeline.records import Localized

_CC = re.compile(
    r"https?://creativecommons\.org/(licenses|publicdomain)/([a-z+-]+)/(\d\.\d)(/[a-z]{2,3})?\b"
)
_CC_PARTS = {
    "by": ("Attribution", "署名"),
    "nc": ("NonCommercial", "非商业性使用"),
    "nd": ("NoDerivatives", "禁止演绎"),
    "sa": ("ShareAlike", "相同方式共享"),
}
"""Source: creativecommons.org, English and Chinese licence deeds."""

_RS = re.compile(r"https?://rightsstatements\.org/(?:vocab|page)/([A-Za-z-]+)/1\.0\b")
_RS_NAMES = {
    "InC": ("In Copyright", "受版权保护"),
    "InC-OW-EU": ("In Copyright – EU Orphan Work", "受版权保护（欧盟孤儿作品）"),
    "InC-EDU": ("In Copyright – Educational Use Permitted", "受版权保护（允许教育使用）"),
    "InC-NC": ("In Copyright – Non-Commercial Use Permitted", "受版权保护（允许非商业使用）"),
    "InC-RUU": (
        "In Copyright – Rights-holder(s) Unlocatable or Unidentifiable",
        "受版权保护（权利人无法找到或无法确认）",
    ),
    "NoC-CR": ("No Copyright – Contractual Restrictions", "无版权（有合同限制）"),
    "NoC-NC": ("No Copyright – Non-Commercial Use Only", "无版权（仅限非商业使用）"),
    "NoC-OKLR": (
        "No Copyright – Other Known Legal Restrictions",
        "无版权（有其他已知法律限制）",
    ),
    "NoC-US": ("No Copyright – United States", "在美国无版权"),
    "CNE": ("Copyright Not Evaluated", "版权状况未评估"),
    "UND": ("Copyright Undetermined", "版权状况未确定"),
    "NKC": ("No Known Copyright", "无已知版权"),
}
"""Source: rightsstatements.org, the twelve statements of version 1.0. Chinese: ours."""


def licence_name(uri: str) -> Localized:
    """Return what people call the licence ``uri``; the URI itself where it is neither of the two.

    >>> licence_name("http://creativecommons.org/licenses/by-sa/4.0/")["en"]
    'Creative Commons Attribution-ShareAlike 4.0 (CC BY-SA 4.0)'
    """
    if (found := _CC.match(uri)) is not None:
        name = _creative_commons(found[1], found[2], found[3])
    elif (found := _RS.match(uri)) is not None and found[1] in _RS_NAMES:
        english, chinese = _RS_NAMES[found[1]]
        name = {"en": english, "zh": chinese}
    else:
        name = None
    return name or {"und": uri}


def _creative_commons(family: str, code: str, version: str) -> Localized | None:
    if family == "publicdomain":
        return {
            "zero": {
                "en": f"Public domain dedication (CC0 {version})",
                "zh": f"公共领域贡献（CC0 {version}）",
            },
            "mark": {
                "en": f"Public domain (Public Domain Mark {version})",
                "zh": f"公共领域（公共领域标识 {version}）",
            },
        }.get(code)
    parts = code.split("-")
    if any(part not in _CC_PARTS for part in parts):
        return None
    english = "-".join(_CC_PARTS[part][0] for part in parts)
    chinese = "-".join(_CC_PARTS[part][1] for part in parts)
    short = f"CC {code.upper()} {version}"
    return {
        "en": f"Creative Commons {english} {version} ({short})",
        "zh": f"知识共享 {chinese} {version}（{short}）",
    }
