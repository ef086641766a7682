"""Reads blocks of metadata into words: XMP as it is meant, IPTC and EXIF under XMP's names.

Knows namespaces, languages, lists and structures of XMP, the datasets of IPTC and the tags of
EXIF that are texts. Knows nothing of museums. What programs write for themselves (edit history,
settings of a camera or a raw converter) is no description, and is passed over.

Source: ISO 16684-1 (XMP); IPTC-NAA Information Interchange Model 4.2; IPTC Photo Metadata
Standard 2024.1, which says what of IPTC is what in XMP; Exif 2.32.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from pipeline.sources._picture_bytes import Blocks
from pipeline.sources.texts import clean_text

if TYPE_CHECKING:
    from lxml.etree import _Element

Words = dict[str, object]
"""By XMP's usual names (``dc:title``). A value is a text, a list of pairs of language (``""`` for
none) and value, or a structure, which is `Words` again."""

_MOST_DEPTH = 16
_MOST_MEMBERS = 1000
_RDF = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"
_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
_PREFIXES = {
    "http://purl.org/dc/elements/1.1/": "dc",
    "http://ns.adobe.com/photoshop/1.0/": "photoshop",
    "http://ns.adobe.com/xap/1.0/rights/": "xmpRights",
    "http://ns.adobe.com/xap/1.0/": "xmp",
    "http://creativecommons.org/ns#": "cc",
    "http://web.resource.org/cc/": "cc",
    "http://iptc.org/std/Iptc4xmpCore/1.0/xmlns/": "Iptc4xmpCore",
    "http://iptc.org/std/Iptc4xmpExt/2008-02-29/": "Iptc4xmpExt",
    "http://ns.useplus.org/ldf/xmp/1.0/": "plus",
    "http://ns.adobe.com/tiff/1.0/": "tiff",
    "http://ns.adobe.com/exif/1.0/": "exif",
}
_TECHNICAL = re.compile(
    "http://(?:ns.adobe.com/(?:xap/1.0/(?:mm|sType|g|t)/|camera-raw|exif/1.0|lightroom/1.0/settings"
    "|xmp/note|TransmitReference|photoshop/1.0/DocumentAncestors|illustrator|pdf)|cipa.jp/exif)"
)
_TECHNICAL_NAMES = re.compile(
    "photoshop:(?:DocumentAncestors|History|ICCProfile|ColorMode|SidecarForExtension|LegacyIPTC"
    "Digest)|dc:format|tiff:(?!Artist$|Copyright$|ImageDescription$).*|xmp:(?:Modify|Metadata)Date"
    "|xmp:(?:CreatorTool|Thumbnails|Rating)"
)
_PADDING = b"\0 \t\r\n"
_WIDE = (
    (b"\xff\xfe", "utf-16-le"),
    (b"\xfe\xff", "utf-16-be"),
    (b"<\0", "utf-16-le"),
    (b"\0<", "utf-16-be"),
)
_DECLARATION = re.compile(r"<\?xml\s[^>]{0,200}>")
_PACKET = re.compile(rb"<\?xpacket end=.{0,40}\Z", re.DOTALL)

_DATASETS = {
    5: "dc:title",
    25: "dc:subject",
    55: "photoshop:DateCreated",
    80: "dc:creator",
    85: "photoshop:AuthorsPosition",
    90: "photoshop:City",
    95: "photoshop:State",
    101: "photoshop:Country",
    103: "photoshop:TransmissionReference",
    105: "photoshop:Headline",
    110: "photoshop:Credit",
    115: "photoshop:Source",
    116: "dc:rights",
    120: "dc:description",
    122: "photoshop:CaptionWriter",
}
_TAGS = {270: "dc:description", 315: "dc:creator", 33432: "dc:rights"}
_WINDOWS_TAGS = {0x9C9B: "dc:title", 0x9C9C: "dc:description", 0x9C9D: "dc:creator"}
_KEYWORDS = {
    "Title": "dc:title",
    "Author": "dc:creator",
    "Description": "dc:description",
    "Copyright": "dc:rights",
    "Disclaimer": "xmpRights:UsageTerms",
    "Source": "dc:source",
}
"""Source: PNG 3rd edition, 11.3.3.1."""
_OF_CAMERAS = re.compile(
    r"(?:olympus|konica minolta|minolta|samsung|kodak|sony|pentax)?\s*(?:digital camera|dsc)?"
    r"|exif[_ ]jpeg[_ ]picture|created with (?:the )?gimp|screenshot|default|untitled",
    re.IGNORECASE,
)
"""What cameras and programs write where a description belongs."""


class BadXmp(Exception):
    """A block of XMP that cannot be read; with the reason."""


def picture_words(blocks: Blocks) -> Words:
    """Return all that is said in a picture; XMP wins over IPTC, and IPTC over EXIF.

    Raises:
        BadXmp: if there is XMP that cannot be read.
    """
    words: Words = {}
    for packet in blocks.xmp:
        _add(words, read_xmp(packet))
    _add(words, _read_iptc(blocks.iptc))
    _add(words, _read_tags(blocks.tags))
    _add(words, {_KEYWORDS.get(name, f"PNG {name}"): v for name, v in blocks.words.items()})
    return words


def _add(words: Words, more: Mapping[str, object]) -> None:
    for name, value in more.items():
        if value and not words.get(name):
            words[name] = value


# XMP ---------------------------------------------------------------------------------------------


def read_xmp(packet: bytes) -> Words:
    """Return the properties of a packet of XMP, or of a whole sidecar file.

    Raises:
        BadXmp: if it is not well-formed XML, or is made to do harm.
    """
    from lxml import etree

    plain = _PACKET.sub(b"", _utf8(packet)).rstrip(_PADDING)
    if not plain:
        return {}
    if b"<!DOCTYPE" in plain:
        raise BadXmp("found a document type in its XMP, expected none")
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False
    )
    try:
        root = etree.fromstring(plain, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise BadXmp(f"its XMP is not well-formed: {error}") from None
    words: Words = {}
    for description in root.iter(f"{_RDF}Description"):
        above = description.getparent()
        if above is None or above.tag == f"{_RDF}RDF":
            _add(words, _structure(description, 0))
    return words


def _utf8(packet: bytes) -> bytes:
    """Return the packet without its padding; one in UTF-16 as UTF-8, without its declaration."""
    for mark, encoding in _WIDE:
        if packet.startswith(mark):
            text = _DECLARATION.sub("", packet.decode(encoding, "replace"))
            return text.strip("\ufeff\0 \t\r\n").encode()
    return packet.strip(_PADDING)


def _structure(element: _Element, depth: int) -> Words:
    """Return the properties that an element has as attributes and as children."""
    words: Words = {}
    for tag, text in element.attrib.items():
        if not str(tag).startswith((_RDF, "{http://www.w3.org/XML/")) and _is_kept(str(tag)):
            words[_name(str(tag))] = clean_text(str(text))
    for child in _children(element):
        if _is_kept(child.tag) and len(words) < _MOST_MEMBERS:
            words.setdefault(_name(child.tag), _value(child, depth + 1))
    return words


def _children(element: _Element) -> Iterator[_Element]:
    return (child for child in element if isinstance(child.tag, str))


def _value(element: _Element, depth: int) -> object:
    """Return a property: a text, a list with languages, or a structure."""
    if depth > _MOST_DEPTH:
        raise BadXmp(f"its XMP is nested more than {_MOST_DEPTH} levels deep, expected fewer")
    resource = element.get(f"{_RDF}resource")
    if resource is not None:
        return clean_text(resource)
    inner = next(_children(element), None)
    if inner is not None and inner.tag in {f"{_RDF}{kind}" for kind in ("Alt", "Seq", "Bag")}:
        members = [one for one in _children(inner) if one.tag == f"{_RDF}li"][:_MOST_MEMBERS]
        return [(one.get(_LANG, ""), _value(one, depth + 1)) for one in members]
    if inner is not None and inner.tag == f"{_RDF}Description":
        return _structure(inner, depth + 1)
    if inner is not None or element.get(f"{_RDF}parseType") == "Resource":
        qualified = _structure(element, depth + 1)
        return qualified.get("rdf:value", qualified)
    attributes = _structure(element, depth + 1)
    return attributes or clean_text(element.text or "")


def _is_kept(tag: str) -> bool:
    space = tag[1:].partition("}")[0]
    return not _TECHNICAL.match(space) and not _TECHNICAL_NAMES.fullmatch(_name(tag))


def _name(tag: str) -> str:
    space, _, name = tag[1:].partition("}")
    if space == _RDF[1:-1]:
        return f"rdf:{name}"
    prefix = _PREFIXES.get(space) or space.rstrip("/#").rpartition("/")[2]
    return clean_text(f"{prefix}:{name}")


# IPTC --------------------------------------------------------------------------------------------


def _read_iptc(data: bytes) -> Words:
    encoding = "utf-8"
    words: dict[str, list[tuple[str, object]]] = {}
    for record, dataset, value in _datasets(data):
        if (record, dataset) == (1, 90) and value != b"\x1b%G":
            encoding = "cp1252"
        if record == 2 and dataset in _DATASETS:
            words.setdefault(_DATASETS[dataset], []).append(("", _decoded(value, encoding)))
    return {name: values if len(values) > 1 else values[0][1] for name, values in words.items()}


def _datasets(data: bytes) -> Iterator[tuple[int, int, bytes]]:
    at, count = 0, 0
    while at + 5 <= len(data) and data[at] == 0x1C and count < _MOST_MEMBERS:
        record, dataset = data[at + 1], data[at + 2]
        length = int.from_bytes(data[at + 3 : at + 5], "big")
        at += 5
        if length & 0x8000:
            digits = length & 0x7FFF
            if digits > 4:
                return
            length = int.from_bytes(data[at : at + digits], "big")
            at += digits
        yield record, dataset, data[at : at + length]
        at += length
        count += 1


def _decoded(value: bytes, encoding: str) -> str:
    """Return text that is UTF-8, as it may be without saying so, or else Western."""
    value = value.split(b"\0\0")[0].rstrip(b"\0")
    try:
        return clean_text(value.decode("utf-8"))
    except UnicodeDecodeError:
        fallback = "cp1252" if encoding == "utf-8" else encoding
        return clean_text(value.decode(fallback, "replace"))


# EXIF --------------------------------------------------------------------------------------------


def _read_tags(tags: Mapping[int, bytes]) -> Words:
    words: Words = {}
    for tag, name in _TAGS.items():
        # Of a copyright the part after the NUL is the editor's; both are one notice.
        parts = [_decoded(part, "utf-8") for part in tags.get(tag, b"").split(b"\0")]
        text = "; ".join(part for part in parts if part)
        if not (name == "dc:description" and _OF_CAMERAS.fullmatch(text)):
            words[name] = text
    for tag, name in _WINDOWS_TAGS.items():
        text = clean_text(tags.get(tag, b"").decode("utf-16-le", "ignore"))
        if text and not words.get(name):
            words[name] = text
    return words


# Looking at values -------------------------------------------------------------------------------


def members(value: object) -> list[tuple[str, object]]:
    """Return the members of a list with their languages; of what is none, itself."""
    if isinstance(value, list):
        return [one for one in value if one[1]]
    return [("", value)] if value else []


def flat(value: object, way: str = "") -> Iterator[tuple[str, str]]:
    """Yield every text with its way: ``plus:CopyrightOwner[0].plus:Name``."""
    if isinstance(value, Mapping):
        for name, one in value.items():
            yield from flat(one, f"{way}.{name}" if way else str(name))
    elif isinstance(value, list):
        for number, (language, one) in enumerate(value):
            mark = f"@{language}" if language and language != "x-default" else ""
            yield from flat(one, f"{way}[{number}]{mark}")
    else:
        yield way, str(value)
