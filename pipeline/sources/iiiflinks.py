"""Addresses of pictures: which of them lead to a IIIF service, a manifest, or to no picture.

Knows the forms of addresses and nothing of formats. Without a word of the record an address is
taken for a service only where its form can mean nothing else.

Source: IIIF Image API 2.1 and 3.0, 2 "URI Syntax", 5 "Image Information".
"""

from __future__ import annotations

import re

from pipeline.items import Picture

_REQUEST = re.compile(
    r"(?P<base>https?://.+)/full/(?:full|max|\^?!?\d*,\d*|\^?pct:[\d.]+)/!?[\d.]+/"
    r"(?:default|native|color|colour|gray|grey|bitonal)\.(?:jpe?g|png|tiff?|webp|gif|jp2)",
    re.IGNORECASE,
)
_INFO = re.compile(r"(?P<base>https?://.+)/info\.json", re.IGNORECASE)
_MANIFEST = re.compile(r"https?://.+/(?:manifest|manifest\.json|collection\.json)", re.IGNORECASE)
_IMAGE_API = ("iiif.io/api/image", "library.stanford.edu/iiif/image-api")
"""In profiles, protocols and contexts; the second is that of version 1."""
_PICTURE = re.compile(r"\.(?:jpe?g|png|webp|tiff?|gif|jp2)$", re.IGNORECASE)
_NO_PICTURE = re.compile(
    r"\.(?:mp3|mp4|m4a|m4v|mov|avi|mkv|webm|ogg|ogv|oga|wav|flac|pdf|html?|xml|json|txt|docx?|"
    r"obj|gltf|glb|ply|stl|nxz|nxs|fbx|dae|usdz|zip)(?:[?#].*)?",
    re.IGNORECASE,
)


def web_picture(address: str, width_px: int | None = None, height_px: int | None = None) -> Picture:
    """Return the picture at an address: through its service if it has one, else its file."""
    for form in (_INFO, _REQUEST):
        if match := form.fullmatch(address.partition("?")[0]):
            url = address if form is _REQUEST else ""
            return Picture(url=url, service=match["base"], width_px=width_px, height_px=height_px)
    return Picture(url=address, width_px=width_px, height_px=height_px)


def names_image_api(text: str) -> bool:
    """Whether a profile or another word of a service says that it is of the Image API."""
    return any(api in text for api in _IMAGE_API)


def service_base(address: str) -> str:
    """Return the base address of a service, be it stated so or as that of its ``info.json``."""
    return address.rstrip("/").removesuffix("/info.json").rstrip("/")


def is_picture_name(address: str) -> bool:
    """Whether its ending is that of a picture."""
    return _PICTURE.search(address.partition("?")[0]) is not None


def is_manifest(address: str) -> bool:
    """Whether it is the address of a IIIF manifest, and not of a picture."""
    return _MANIFEST.fullmatch(address.partition("?")[0]) is not None


def is_no_picture(address: str) -> bool:
    """Whether its ending is that of a film, a sound, a model or a page."""
    end = address.rpartition("/")[2]
    dot = end.find(".")
    return (
        dot >= 0
        and any(_NO_PICTURE.fullmatch(end, at) for at in range(dot, len(end)) if end[at] == ".")
        and not _INFO.fullmatch(address.partition("?")[0])
    )
