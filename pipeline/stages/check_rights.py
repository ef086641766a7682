"""Item -> leave to go on, or a refusal.

The first stage: nothing is read, computed or shown of an object before it. Knows what the
exhibit is for and which permissions the museum holds. What each licence allows is in
`pipeline.licences`.
"""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from pipeline.errors import Refused
from pipeline.items import Item
from pipeline.licences import Licence, find_licence, suggest_uri
from pipeline.records import Params
from pipeline.reels import MUSIC_ID

VERSION = "1"


class RightsParams(Params):
    """What the exhibit is for, and what its museum has been permitted."""

    purpose: Literal["noncommercial", "commercial"] = "noncommercial"
    """Whether anyone earns by it: entrance fees for it, merchandise, advertising."""
    permissions: dict[str, str] = Field(default={})
    """Permissions on file, ``{id: "letter of the artist, 2024-03-01"}``; a rights URI in the
    place of an id stands for all objects under it, and ``reel.music`` for the music of the reel."""


def check_rights(item: Item, allowed: RightsParams) -> str:
    """Return what allows clips and meshes of this object: its licence, or a permission.

    Raises:
        Refused: if its rights do not allow them, or are not known, and no permission is on file.
    """
    uri = item.rights.uri.strip()
    licence, leave = _leave(item.id, uri, allowed)
    if leave:
        return leave
    if licence is None:
        raise Refused(_unknown(item.id, uri))
    why = licence.why
    if licence.adaptations == "noncommercial":
        why += ", and this exhibit says `purpose: commercial`"
    raise Refused(
        f"{item.id}: found the rights {uri} ({licence.english}), which do not allow clips and "
        f"meshes because {why}. Expected a licence that does; or, if the rights holder has "
        f"permitted it, name the permission in the config: {_how(item.id)}"
    )


def check_music(credit: str, uri: str, allowed: RightsParams) -> str:
    """Return what allows music to be laid under moving pictures: its licence, or a permission.

    Music in a film is an adaptation of it. Source: Creative Commons licences 4.0, section 1.a.

    Raises:
        Refused: if its rights do not allow it, or are not known, and no permission is on file.
    """
    uri = uri.strip()
    licence, leave = _leave(MUSIC_ID, uri, allowed)
    if leave:
        return leave
    if licence is None:
        meant = suggest_uri(uri)
        why = "are not known" + (f"; did you mean {meant}?" if meant else "")
    else:
        commerce = " in a commercial exhibit" * (licence.adaptations == "noncommercial")
        why = f"({licence.english}) do not allow it{commerce}: {licence.why}"
    raise Refused(
        f"The reel's music ({credit}): music under pictures is an adaptation, and its rights "
        f"{uri!r} {why}. Choose other music, or name the permission in the config: {_how(MUSIC_ID)}"
    )


def _leave(identifier: str, uri: str, allowed: RightsParams) -> tuple[Licence | None, str]:
    """Return the licence, where it is known, and what allows adaptations, or ``""``."""
    licence = find_licence(uri)
    free = {"free", "noncommercial"} if allowed.purpose == "noncommercial" else {"free"}
    if licence is not None and licence.adaptations in free:
        return licence, licence.english
    permission = _permission(identifier, licence, uri, allowed.permissions)
    return licence, f"permission: {permission}" if permission else ""


def _permission(
    identifier: str, licence: Licence | None, uri: str, permissions: dict[str, str]
) -> str:
    """Return the permission for one object, or for all under its rights, or ``""``."""
    if own := permissions.get(identifier, "").strip():
        return own
    for key, text in permissions.items():
        named = find_licence(key)
        if text.strip() and (key == uri or (named is not None and named == licence)):
            return text.strip()
    return ""


def _unknown(identifier: str, uri: str) -> str:
    found = f"found {uri!r}" if uri else "found none"
    meant = suggest_uri(uri)
    hint = f" Did you mean {meant}?" if meant else ""
    return (
        f"{identifier}: its rights are not known: {found}, expected the URI of a Creative Commons "
        "licence, such as https://creativecommons.org/licenses/by/4.0/, or of a statement of "
        f"rightsstatements.org.{hint} Correct the catalogue; or, if the rights holder has "
        f"permitted clips and meshes, name the permission in the config: {_how(identifier)}"
    )


def _how(identifier: str) -> str:
    return f'`rights: {{permissions: {{"{identifier}": "letter of …"}}}}`.'
