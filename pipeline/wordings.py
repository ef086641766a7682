"""The words in which catalogues state rights, in several languages, as data.

Knows how licences' names are shortened, what a whole statement can say, and which words deny
what they stand beside. Knows no licence: `pipeline.licences` reads statements with it.
"""

from __future__ import annotations

import re
import unicodedata


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_TAG = re.compile(r"<[^<>]{0,300}>")
_TOKEN = re.compile(r"\d+(?:\.\d+)?|[^\W\d_]+|[@©]")
_PHRASES = {
    "cc": ("creative commons", "creativecommons", "知识共享", "知識共享", "创用"),
    "by": ("attribution", "namensnennung", "reconocimiento", "attribuzione", "署名", "姓名標示"),
    "nc": (
        *("non commercial", "noncommercial", "nicht kommerziell", "pas d utilisation commerciale"),
        *("nocomercial", "no comercial", "non commerciale", "niet commercieel"),
        *("非商业性使用", "非商業性"),
    ),
    "sa": (
        *("share alike", "sharealike", "weitergabe unter gleichen bedingungen", "compartir igual"),
        *("partage dans les mêmes conditions", "condividi allo stesso modo", "gelijk delen"),
        *("相同方式共享", "相同方式分享"),
    ),
    "nd": (
        *("no derivatives", "noderivatives", "no derivs", "noderivs", "keine bearbeitungen"),
        *("keine bearbeitung", "pas de modification", "sin obra derivada", "non opere derivate"),
        *("禁止演绎", "禁止改作"),
    ),
    "zero": ("public domain dedication",),
}
_PHRASE = {phrase: f" {part} " for part, phrases in _PHRASES.items() for phrase in phrases}
_ANY_PHRASE = re.compile(
    "|".join(p if not p.isascii() and len(p) < 7 else rf"\b{p}\b" for p in _PHRASE)
)
NOISE = _words(
    "license licence licenses licences lizenz lizenziert licencia licenza licentie licensed "
    "available under unter sous the a an this dieses work werk image bild is ist international "
    "unported generic universal rights rechte droits statement 许可协议 许可 授权"
)
HOLDER_FOLLOWS = _words("@ © foto photo photograph fotografie credit")
_DENIES = _words(
    # What may speak of something else than the picture, or deny what follows.
    "metadata metadaten métadonnées metadatos metadati metagegevens data daten datensatz record "
    "text texts texte textes description beschreibung catalogue katalog thumbnail vorschau "
    "not no nor never nicht kein keine ohne pas non sans sin senza geen niet except excluding "
    "excepto sauf ausser außer ausgenommen unless until before after bis only nur seulement "
    "formerly previously früher bisher ehemals pending proposed may but aber"
)
_DENIES_CJK = re.compile("[不非除未限无無仅]")
_LIMITS = _words(
    "nc nd commercial kommerziell kommerzielle commerciale comercial commercieel "
    "prohibited forbidden restricted permission reproduce reproduced reproduction "
    "untersagt verboten genehmigung erlaubnis zustimmung interdit interdite autorisation "
    "prohibido prohibida permiso autorización vietato vietata autorizzazione "
    "verboden toestemming proibido proibida autorização"
)
_LIMITS_CJK = re.compile("禁止|不得|未经|未經|許可なく|非商业|非商業")
RESERVED = re.compile(
    r"(?<!not )(?<!nicht )(?<!einige )(?<!keine )\b(?:all rights reserved|rechte vorbehalten|"
    r"tous droits réservés|todos los derechos reservados|tutti i diritti riservati|"
    r"alle rechten voorbehouden|todos os direitos reservados)\b|"
    "版权所有|版權所有|保留所有权利|保留所有權利|保留一切权利"
)
WHOLE = {
    "mark": (
        *("public domain", "in the public domain", "in public domain"),
        *("public domain mark", "public domain mark 1.0"),
        *("gemeinfrei", "domaine public", "dominio público", "dominio pubblico", "publiek domein"),
        *("domínio público", "公有领域", "公共领域", "公有領域", "公共領域", "パブリックドメイン"),
    ),
    "NKC": ("no known copyright restrictions", "no known restrictions"),
    "InC": (
        *("rights reserved", "copyrighted", "copyright protected", "protected by copyright"),
        *("urheberrechtlich geschützt", "受版权保护", "受著作权保护", "受版權保護"),
        *("rights reserved free access", "rights reserved restricted access"),
        *("rechte vorbehalten freier zugang",),
    ),
}


def plain(text: str) -> str:
    """Return the words alone, in small letters, the parts of licences in their short forms."""
    text = unicodedata.normalize("NFKC", _TAG.sub(" ", text)).lower().replace("(c)", " © ")
    words = " ".join(_TOKEN.findall(text))
    return " ".join(_ANY_PHRASE.sub(lambda match: _PHRASE[match[0]], words).split())


def denies(token: str) -> bool:
    """Say whether a word may deny the statement that it stands beside, or limit it to a text."""
    return token in _DENIES or _DENIES_CJK.search(token) is not None


def limits_in(text: str) -> set[str]:
    """Return the words of a statement that may limit a use: ``nc``, ``nd``, ``permission``."""
    tokens = plain(text).split()
    return {token for token in tokens if token in _LIMITS or _LIMITS_CJK.search(token)}
