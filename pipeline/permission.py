"""What may be done with an object, and why not: rights, consent and care, weighed in one place.

Knows the table of what each licence allows (``permission.yaml``), what the config changes of it,
the permissions and consents on file, and the order in which a use can fail: the object may not
leave this machine; its class; its labels; its consent; its licence; its credit line. `decide` says
one use of one object, `decide_all` what a run asks for. Does nothing itself.

A permission on file lifts what the licence forbids, and nothing of what a community asks for; a
consent lifts what a community asks for, and nothing of what the licence forbids.
"""

from __future__ import annotations

import datetime
from collections.abc import Collection
from typing import NamedTuple

from pipeline.care import access_of, asks_for_credit, obstacle
from pipeline.items import Access, Consent, Item, Picture
from pipeline.licences import Licence, find_licence, read_rights, suggest_uri
from pipeline.policy import (
    UNKNOWN,
    PermissionParams,
    RightsParams,
    allows,
    because,
    licence_allows,
    one_way,
)
from pipeline.records import Record
from pipeline.uses import GROUPS, USES, Use, covered, expand, say


class Decision(Record):
    """Whether one use of one object is allowed."""

    id: str
    use: Use
    allowed: bool
    sentence: str
    """What allows it; or, in full, what stands in its way and what to do."""
    licence: str = ""
    """URI of the licence or statement; ``""``: not known."""


class Leave(NamedTuple):
    """What may be done with one object."""

    uses: frozenset[Use]
    """All that are allowed, also those that nobody asked for."""
    refusals: tuple[str, ...] = ()
    """What of that which was asked for is refused: one sentence for each cause."""
    nothing_allowed: bool = False
    """Of what was asked for nothing may be made."""
    withheld: bool = False
    """It is not to be shown, nor its title."""


def decide(
    item: Item, use: Use, allowed: RightsParams, today: datetime.date | None = None
) -> Decision:
    """Say whether ``item`` may be put to ``use`` in an exhibit with these rights."""
    today = today or datetime.date.today()
    licence = licence_of(item)
    cause = _cause(item, use, allowed, today)
    sentence = cause.sentence(item.id, [use]) if cause else _leave(item, use, allowed)
    return Decision(
        id=item.id,
        use=use,
        allowed=cause is None,
        sentence=sentence,
        licence=licence.uri if licence else "",
    )


def decide_all(
    item: Item, asked: Collection[Use], allowed: RightsParams, today: datetime.date | None = None
) -> Leave:
    """Say which uses are allowed, and why not those of them that are ``asked`` for.

    Refusals with one cause become one sentence.
    """
    today = today or datetime.date.today()
    causes: dict[_Cause, list[Use]] = {}
    free: set[Use] = set()
    for use in USES:
        cause = _cause(item, use, allowed, today)
        if cause is None:
            free.add(use)
        elif use in asked:
            causes.setdefault(cause, []).append(use)
    said = tuple(cause.sentence(item.id, stopped) for cause, stopped in causes.items())
    made = set(asked) - {"preview"} or set(asked)
    return Leave(frozenset(free), said, nothing_allowed=bool(said) and not made & free)


def licence_of(item: Item) -> Licence | None:
    """Return the licence that binds what is made of an object, if it is known.

    That of its photograph. What has none is a text, and under the licence of the entry as well.
    """
    rights = item.rights
    if item.image is None and rights.record_uri:
        stated = [text for text in (rights.uri or rights.stated, rights.record_uri) if text]
        read = [read_rights([text]) for text in stated]
        return None if None in read else read_rights(stated)
    return find_licence(rights.uri)


def derivative_licence(item: Item, allowed: RightsParams) -> Licence | None:
    """Return the licence under which clips and meshes of an object stand.

    That of the photograph, as they show it: a share-alike licence asks for it, and the others
    still bind whoever shows the photograph's pixels. ``None`` where a permission allowed them.
    """
    licence = licence_of(item)
    if licence is None or not allows(licence.code, allowed) & {"derivative_video", "mesh"}:
        return None
    return licence


def may_leave(item: Item) -> bool:
    """Say whether an object may be known beyond this machine: to a remote source or runner."""
    return access_of(item.care) in ("public", "internal")


def withheld(item: Item, shown: Collection[Access]) -> str:
    """Return why nothing is made or shown of an object in this exhibit; empty if it may be.

    Names no title, so that it can be shown to everyone.
    """
    access = access_of(item.care)
    if access == "public" or access in shown:
        return ""
    also = ", ".join(dict.fromkeys([*(one for one in shown if one != "public"), access]))
    reason = f" ({item.care.reason})" if item.care.reason else ""
    return (
        f"{item.id}: it is {access}{reason}, and this exhibit shows no {access} objects, so "
        "nothing is made of it. Those who may see it can have it with "
        f"`gallery: {{show: [{also}]}}`."
    )


class _Cause(NamedTuple):
    """Why a use is refused: the sentence around the use."""

    before: str
    after: str

    def sentence(self, identifier: str, uses: Collection[Use]) -> str:
        return f"{identifier}: {self.before} {say(uses)}{self.after}"


def _cause(item: Item, use: Use, allowed: RightsParams, today: datetime.date) -> _Cause | None:
    """Return what stands in the way of a use, the first thing of several."""
    return (
        _far_away(item)
        or _cared_for(item, use, allowed, today)
        or _not_for_sale(item, use, allowed, today)
        or _forbidden(item, use, allowed, today)
        or _uncredited(item, use)
    )


def _far_away(item: Item) -> _Cause | None:
    """A restricted object's photograph is not asked for over the web: the asking tells of it."""
    if not isinstance(item.image, Picture) or may_leave(item):
        return None
    access = access_of(item.care)
    return _Cause(
        f"it is {access}, and its photograph is on the web, where asking for it would tell of it; "
        "so there can be no",
        ". Put the photograph into a folder of this machine and name it in the catalogue.",
    )


def _cared_for(item: Item, use: Use, allowed: RightsParams, today: datetime.date) -> _Cause | None:
    """What its class, its labels and its consent say."""
    care, consent = item.care, consent_of(item, allowed)
    access = access_of(care)
    if access == "public" and consent is None and not care.notices and not care.season:
        return None
    how = f". {_how_to_consent(item)}"
    named = covered(consent.scope) if consent else frozenset()
    says = f"it is {access} ({care.reason or 'as its labels say'})"
    bounds = use != "preview" or access == "secret"
    if consent and bounds and (beyond := _beyond(consent, use, today)):
        return _Cause(beyond, how)
    if access == "secret" and use not in named:
        return _Cause(f"{says}, and no consent on file names", how)
    if access != "public" and use in GROUPS["showing"] and use not in named:
        return _Cause(f"{says}, which stops", how)
    if consent:
        return None
    if stop := obstacle(care, use):
        return _Cause(f"{stop.what}, which stops", f" because {stop.because}{how}")
    if access == "restricted" and use == "generative":
        return _Cause(f"{says}, which stops", how)
    return None


def _not_for_sale(
    item: Item, use: Use, allowed: RightsParams, today: datetime.date
) -> _Cause | None:
    """What a commercial exhibit makes is sold: labels and consents must allow that as well."""
    if allowed.purpose != "commercial" or use in {"preview", "commercial"}:
        return None
    cause = _cared_for(item, "commercial", allowed, today)
    if cause is None:
        return None
    sold = f"{say(['commercial'])}, so in an exhibit with `purpose: commercial` there can be no"
    return _Cause(f"{cause.before} {sold}", cause.after)


def _beyond(consent: Consent, use: Use, today: datetime.date) -> str:
    """Say how a use goes beyond a consent; empty if it does not."""
    if consent.until is not None and consent.until < today:
        return f"the consent {consent.document!r} ended on {consent.until}, so there can be no"
    named = covered(consent.scope)
    if consent.scope and use not in named:
        return (
            f"the consent {consent.document!r} covers {say(named) or 'no use known here'}, and no"
        )
    return ""


def _forbidden(item: Item, use: Use, allowed: RightsParams, today: datetime.date) -> _Cause | None:
    """What its licence says, and the permissions on file."""
    licence = licence_of(item)
    if licence_allows(licence.code if licence else UNKNOWN, use, allowed):
        return None
    permission = permission_for(item.id, item.rights.uri, allowed)
    ended = ""
    if permission is not None and use in expand(permission.scope):
        if permission.until is None or permission.until >= today:
            return None
        ended = f"the permission {permission.document!r} ended on {permission.until}, and "
    how = f"name the permission in the config: {how_to_permit(item.id)}"
    words = item.rights.stated
    stated = f"; the catalogue says {words!r}" if words and find_licence(words) is None else ""
    if licence is None:
        return _Cause(*_unknown(item, ended, how))
    why = because(licence.code, use, allowed)
    if use in allows(licence.code, allowed):
        why += ", and this exhibit says `purpose: commercial`"
    return _Cause(
        f"{ended}found the rights {licence.uri} ({licence.english}{stated}), which do not allow",
        f" because {why}. Expected a licence that does; or, if the rights holder has permitted "
        f"it, {how}",
    )


def _unknown(item: Item, ended: str, how: str) -> tuple[str, str]:
    said = item.rights.stated or item.rights.uri
    found = f"found {said!r}" if said else "found none"
    meant = suggest_uri(item.rights.uri) or suggest_uri(item.rights.stated)
    hint = f" Did you mean {meant}?" if meant else ""
    return (
        f"{ended}its rights are not known: {found}, expected the URI of a Creative Commons "
        "licence, such as https://creativecommons.org/licenses/by/4.0/, or of a statement of "
        "rightsstatements.org. So there can be no",
        f".{hint} Correct the catalogue; or, if the rights holder has permitted it, {how}",
    )


def _uncredited(item: Item, use: Use) -> _Cause | None:
    """Whoever has to be named can only be named where the catalogue names them."""
    if use == "preview" or item.rights.credit.strip():
        return None
    licence = licence_of(item)
    if licence is not None and licence.attribution:
        asks = f"its licence {licence.uri} ({licence.english})"
    elif notice := asks_for_credit(item.care):
        asks = f"its label {notice.title}"
    else:
        return None
    return _Cause(
        f"{asks} asks that whoever made it be named, and the catalogue has no credit line, so "
        "there can be no",
        ". Write who is to be named into `credit`.",
    )


def _leave(item: Item, use: Use, allowed: RightsParams) -> str:
    """Say what allows a use that nothing stands in the way of."""
    licence = licence_of(item)
    permission = permission_for(item.id, item.rights.uri, allowed)
    if permission and not licence_allows(licence.code if licence else UNKNOWN, use, allowed):
        said = f"permission: {permission.document}"
    elif licence is None:
        said = "its rights are not known, which allows this much"
    else:
        said = licence.english
    consent = consent_of(item, allowed)
    return f"{said}; consent: {consent.document}" if consent else said


def permission_for(identifier: str, uri: str, allowed: RightsParams) -> PermissionParams | None:
    """Return the permission on file for one object, or for all under its rights."""
    for found in (
        allowed.permissions.get(identifier),
        allowed.permissions_by_uri.get(one_way(uri)) if uri else None,
    ):
        if isinstance(found, PermissionParams):
            return found
        if found and found.strip():
            return PermissionParams(document=found)
    return None


def how_to_permit(identifier: str) -> str:
    """Return how a permission is written into a config."""
    return f'`rights: {{permissions: {{"{identifier}": "letter of …"}}}}`.'


def _how_to_consent(item: Item) -> str:
    whom = f"Ask {item.care.contact}" if item.care.contact else "Ask those whom it comes from"
    return (
        f"{whom}; a consent on file is named in the catalogue, or in the config: "
        f'`rights: {{consents: {{"{item.id}": {{document: "letter of …", scope: [mesh]}}}}}}`.'
    )


def consent_of(item: Item, allowed: RightsParams) -> Consent | None:
    """Return the consent that holds: the config's, which stands for the catalogue's own."""
    own = allowed.consents.get(item.id)
    if own is None:
        return item.care.consent
    scope = tuple(sorted(expand(own.scope)))
    return Consent(document=own.document, scope=scope, until=own.until)
