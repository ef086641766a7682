"""Manifests and collections of our own, in the shape of IIIF Presentation 2.1 and 3.0."""

from __future__ import annotations

from typing import Any

BASE = "https://museum.example/iiif"
CC0 = "https://creativecommons.org/publicdomain/zero/1.0/"
BY_NC = "https://creativecommons.org/licenses/by-nc/4.0/"
IN_COPYRIGHT = "http://rightsstatements.org/vocab/InC/1.0/"

Json = dict[str, Any]


def pair(label: object, value: object) -> Json:
    """One pair of metadata of version 3."""
    as_map = {"en": [label]} if isinstance(label, str) else label
    values = {"en": [value]} if isinstance(value, str) else value
    return {"label": as_map, "value": values}


def service_3(name: str) -> Json:
    return {"id": f"{BASE}/image/{name}", "type": "ImageService3", "profile": "level2"}


def image_3(name: str, **more: object) -> Json:
    url = f"{BASE}/image/{name}/full/max/0/default.jpg"
    body: Json = {"id": url, "type": "Image", "format": "image/jpeg", "width": 4000, "height": 6000}
    return {**body, "service": [service_3(name)], **more}


def canvas_3(number: int, body: object = None, **more: object) -> Json:
    at = f"{BASE}/canvas/{number}"
    annotation = {
        "id": f"{at}/annotation",
        "type": "Annotation",
        "motivation": "painting",
        "body": image_3(f"p{number}") if body is None else body,
        "target": at,
    }
    page = {"id": f"{at}/page", "type": "AnnotationPage", "items": [annotation]}
    size = {"height": 6000, "width": 4000}
    return {"id": at, "type": "Canvas", **size, "items": [page], **more}


def manifest_3(*canvases: Json, **more: object) -> Json:
    return {
        "@context": "http://iiif.io/api/presentation/3/context.json",
        "id": f"{BASE}/1/manifest.json",
        "type": "Manifest",
        "label": {"en": ["Bowl with a lid"], "fr": ["Bol à couvercle"]},
        "items": list(canvases) or [canvas_3(1)],
        **more,
    }


def full_3() -> Json:
    """A manifest that says all that one can say."""
    return manifest_3(
        canvas_3(1, label={"en": ["front"]}, service=[_scale(0.0025, "in")]),
        summary={"en": ["<p>A <i>small</i> bowl.<br>With lid.</p>"]},
        metadata=[
            pair({"en": ["Maker"], "fr": ["Auteur"]}, {"en": ["Unknown maker"], "zh": ["佚名"]}),
            pair("Date:", {"en": ["about 1750"], "fr": ["vers 1750"]}),
            pair("Materials and Technique", {"none": ["porcelain", "enamel"]}),
            pair({"de": ["Maße"]}, {"de": ["H. 12 cm, Dm. 15 cm"]}),
            pair("Physical description", "1 bowl ; 12 x 15 cm"),
            pair(
                "Classification",
                {"none": ['<a href="http://vocab.getty.edu/aat/300203596">bowls</a>', "ceramics"]},
            ),
            pair("Object type", "lidded bowl"),
            pair({"zh": ["館藏編號"]}, {"none": ["1990.12.1"]}),
            pair("Credit line", "Gift of a friend, 1990"),
            pair("Metadata licence", {"none": [f'<a href="{CC0}">CC0</a>']}),
            pair("Content warning", "Shows a burial."),
            pair(
                "Local Contexts",
                {"en": ['<a href="https://localcontexts.org/label/tk-attribution/">TK A</a>']},
            ),
            pair("Found at", {"en": ["River bank"], "fr": ["Rive"]}),
        ],
        requiredStatement=pair("Attribution", "Provided by the Example Museum"),
        rights=BY_NC,
        navDate="1750-01-01T00:00:00Z",
        provider=[
            {
                "id": "https://museum.example/",
                "type": "Agent",
                "label": {"en": ["Example Museum"]},
                "logo": [{"id": f"{BASE}/logo.png", "type": "Image", "format": "image/png"}],
            }
        ],
        homepage=[
            {
                "id": "https://museum.example/objects/1",
                "type": "Text",
                "label": {"en": ["Object page"]},
                "format": "text/html",
            }
        ],
        seeAlso=[{"id": "https://museum.example/1.xml", "type": "Dataset", "format": "text/xml"}],
        rendering=[
            {"id": "https://museum.example/1.pdf", "type": "Text", "label": {"en": ["PDF"]}}
        ],
        thumbnail=[{"id": f"{BASE}/thumb.jpg", "type": "Image", "format": "image/jpeg"}],
    )


def _scale(scale: object, unit: str) -> Json:
    return {
        "@context": "http://iiif.io/api/annex/services/physdim/1/context.json",
        "@id": f"{BASE}/scale",
        "@type": "Service",
        "profile": "http://iiif.io/api/annex/services/physdim",
        "physicalScale": scale,
        "physicalUnits": unit,
    }


def canvas_2(number: int, resource: object = None, **more: object) -> Json:
    at = f"{BASE}/canvas/{number}"
    image = {
        "@id": f"{BASE}/image/p{number}/full/full/0/default.jpg",
        "@type": "dctypes:Image",
        "format": "image/jpeg",
        "width": 2000,
        "height": 3000,
        "service": {
            "@context": "http://iiif.io/api/image/2/context.json",
            "@id": f"{BASE}/image/p{number}/",
            "profile": ["http://iiif.io/api/image/2/level1.json", {"formats": ["png"]}],
        },
    }
    annotation = {
        "@type": "oa:Annotation",
        "motivation": "sc:painting",
        "resource": image if resource is None else resource,
        "on": at,
    }
    return {
        "@id": at,
        "@type": "sc:Canvas",
        "label": f"p. {number}",
        "height": 3000,
        "width": 2000,
        "images": [annotation],
        **more,
    }


def manifest_2(*canvases: Json, **more: object) -> Json:
    return {
        "@context": "http://iiif.io/api/presentation/2/context.json",
        "@id": f"{BASE}/2/manifest",
        "@type": "sc:Manifest",
        "label": "Sketchbook",
        "sequences": [{"@type": "sc:Sequence", "canvases": list(canvases) or [canvas_2(1)]}],
        **more,
    }


def full_2() -> Json:
    return manifest_2(
        canvas_2(1, service=_scale("0.05", "mm")),
        label=[
            {"@value": "Sketchbook", "@language": "en"},
            {"@value": "Carnet", "@language": "fr"},
        ],
        description={"@value": "Forty pages.", "@language": "en"},
        metadata=[
            {"label": "Author", "value": "Unknown maker"},
            {
                "label": [
                    {"@value": "Datierung", "@language": "de"},
                    {"@value": "Date", "@language": "en"},
                ],
                "value": [
                    {"@value": "um 1850", "@language": "de"},
                    {"@value": "about 1850", "@language": "en"},
                ],
            },
            {"label": "Dimensions", "value": ["21 x 30 cm", "8 1/4 x 11 3/4 in."]},
            {"label": "Dimensions", "value": "21 x 30 cm"},
            {"label": "Shelfmark", "value": "MS 17"},
            {"label": "Repository", "value": "Example Library"},
            {"label": "Subject", "value": ["trees", "clouds"]},
        ],
        license=CC0,
        attribution="Example Library, <b>all pages</b>",
        related={"@id": "https://library.example/17", "format": "text/html"},
        within="https://library.example/collection",
    )
