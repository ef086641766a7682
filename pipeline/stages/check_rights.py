"""Item -> leave to go on, as far as it goes.

The first stage: nothing is read, computed or shown of an object before it. What each use needs is
in `pipeline.permission`; whether an exhibit shows an object at all is asked here first.
"""

from __future__ import annotations

import datetime
from collections.abc import Collection

from pipeline.errors import Refused
from pipeline.items import Access, Item
from pipeline.licences import find_licence, suggest_uri
from pipeline.permission import Leave, decide_all, how_to_permit, permission_for, withheld
from pipeline.policy import RightsParams, allows, because, licence_allows
from pipeline.reels import MUSIC_ID
from pipeline.uses import Use, expand

VERSION = "2"


def check_rights(
    item: Item,
    asked: Collection[Use],
    allowed: RightsParams,
    shown: Collection[Access],
    today: datetime.date | None = None,
) -> Leave:
    """Return the uses to which an exhibit may put an object, and why not others asked for.

    Args:
        item: the object.
        asked: what the config asks for.
        allowed: what the exhibit is for, and what its museum has been permitted.
        shown: classes of access that the exhibit shows beside public ones. Of what is not shown
            nothing is made.
        today: consents and permissions end.
    """
    if why := withheld(item, shown):
        return Leave(frozenset(), (why,), nothing_allowed=True, withheld=True)
    return decide_all(item, asked, allowed, today)


def check_music(
    credit: str, uri: str, allowed: RightsParams, today: datetime.date | None = None
) -> str:
    """Return what allows music to be laid under moving pictures: its licence, or a permission.

    Music in a film is an adaptation of it. Source: Creative Commons licences 4.0, section 1.a.

    Raises:
        Refused: if its rights do not allow it, or are not known, and no permission is on file.
    """
    uri, today = uri.strip(), today or datetime.date.today()
    licence = find_licence(uri)
    if licence and licence_allows(licence.code, "derivative_video", allowed):
        return licence.english
    permission = permission_for(MUSIC_ID, uri, allowed)
    ended = ""
    if permission is not None and "derivative_video" in expand(permission.scope):
        if permission.until is None or permission.until >= today:
            return f"permission: {permission.document}"
        ended = f" and its permission {permission.document!r} ended on {permission.until}"
    if licence is None:
        meant = suggest_uri(uri)
        why = "are not known" + (f"; did you mean {meant}?" if meant else "")
    else:
        otherwise = "derivative_video" in allows(licence.code, allowed)
        commerce = " in a commercial exhibit" if otherwise else ""
        reason = because(licence.code, "derivative_video", allowed)
        why = f"({licence.english}) do not allow it{commerce}: {reason}"
    raise Refused(
        f"The reel's music ({credit}): music under pictures is an adaptation, and its rights "
        f"{uri!r} {why}{ended}. Choose other music, or name the permission in the config: "
        f"{how_to_permit(MUSIC_ID)}"
    )
