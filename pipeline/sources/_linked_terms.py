"""The terms of the Getty AAT by which Linked Art says what a name, a statement or a size is.

Numbers alone; `pipeline.sources._jsonld.aat` reads them from URIs.

Source: Linked Art 1.0, "Required", "Recommended" and "Optional Vocabulary Terms", and its table of
languages. Where museums use an older term beside the one that is recommended now, both are here.
"""

from __future__ import annotations

PRIMARY_NAME = "300404670"
SORT_NAMES = ("300451544", "300456575")
DISPLAY_NAME = "300404669"
TYPE_OF_WORK = "300435443"
NO_KIND = ("300056273", "300015646", "300379842", "300080438")
"""What a classification that is a shape, a style, a nationality or a colour is classified as."""
BROAD = ("300133025", "300404024")
"""Artwork and collection item: true of all."""
WEB_PAGE = "300264578"
THUMBNAIL_WORDS = ("thumbnail", "thumb")

NUMBERS = ("300312355", "300404621", "300435704")
"""Accession, local and system number: what an object is known by, in this order."""

DESCRIPTION = ("300435416", "300080091")
SUMMARY = ("300026032",)
DIMENSIONS = ("300435430", "300266036")
MATERIALS = ("300435429",)
CREDIT = ("300026687", "300435418")
RIGHTS = ("300435434", "300055547")
PLACED_STATEMENTS = (*DESCRIPTION, *SUMMARY, *DIMENSIONS, *MATERIALS, *CREDIT, *RIGHTS)

AXES = {
    "300055644": "height",
    "300055647": "width",
    "300072633": "depth",
    "300055624": "diameter",
    "300055645": "length",
    "300055646": "thickness",
}
UNITS = {
    "300379097": "mm",
    "300379098": "cm",
    "300379099": "m",
    "300379100": "in",
    "300379101": "ft",
}
"""Of length. A weight in kilograms or a number of parts is no size."""
PIXELS = "300266190"

LANGUAGES = {
    "300387827": "grc",
    "300387843": "ar",
    "300388113": "zh",
    "300388204": "da",
    "300388256": "nl",
    "300388277": "en",
    "300388296": "fa",
    "300389087": "fa",
    "300388299": "fi",
    "300388306": "fr",
    "300388344": "de",
    "300388361": "el",
    "300388401": "he",
    "300388412": "hi",
    "300388449": "is",
    "300388467": "ga",
    "300388474": "it",
    "300388486": "ja",
    "300388633": "ko",
    "300388693": "la",
    "300388818": "mi",
    "300388992": "no",
    "300389109": "pl",
    "300389115": "pt",
    "300389157": "ro",
    "300389168": "ru",
    "300389205": "sa",
    "300389311": "es",
    "300389336": "sv",
    "300389365": "ta",
    "300389405": "th",
    "300389470": "tr",
    "300389502": "ur",
    "300389555": "cy",
    "300388072": "ca",
    "300388191": "cs",
    "300388770": "hu",
    "300388460": "id",
}
"""Those in which museums write most; a language with a ``notation`` needs no table."""
