"""What the exhibit is for, what its museum has been permitted, and what each licence allows.

Knows the section ``rights:`` of a config and the table ``permission.yaml``, with what the one
changes of the other. Knows no object: `pipeline.permission` decides.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Literal, Self

from pydantic import Field, RootModel, field_validator, model_validator

from pipeline.licences import CODES, find_licence
from pipeline.mistakes import suggest
from pipeline.records import Params
from pipeline.uses import Group, Use, expand
from pipeline.yamlfile import read_yaml

UNKNOWN = "unknown"
"""Row of the table for rights that are not known."""

_LETTER: tuple[Use, ...] = ("derivative_video", "mesh", "publication", "commercial")
"""What a permission covers that names no uses: what this program makes unless asked for more."""


class ConsentParams(Params):
    """A consent on file."""

    document: str = Field(min_length=1)
    """Where it is: letter of the council, 2024-03-01."""
    scope: tuple[Use | Group, ...] = ()
    """The uses that it covers. By default all; a secret object needs each use by its name."""
    until: datetime.date | None = None
    """The last day on which it holds: 2027-12-31."""

    @field_validator("document")
    @classmethod
    def _names_something(cls, value: str) -> str:
        if not value.strip():
            raise ValueError("found nothing, expected where the document is")
        return value.strip()


class PermissionParams(ConsentParams):
    """A permission on file."""

    scope: tuple[Use | Group, ...] = _LETTER
    """The uses that it covers. By default clips, meshes, publication and commercial use."""


class PolicyChange(Params):
    """What a museum allows or forbids differently for one licence or statement."""

    allow: tuple[Use | Group, ...] = ()
    """Uses that are allowed here though the table does not. Needs a reason."""
    deny: tuple[Use | Group, ...] = ()
    """Uses that are forbidden here though the table allows them."""
    reason: str = ""
    """Why the museum may: counsel's memo of 2024-03-01."""

    @model_validator(mode="after")
    def _has_reason(self) -> Self:
        if self.allow and not self.reason.strip():
            names = ", ".join(self.allow)
            raise ValueError(f"found allow: {names} without a reason, expected `reason: …`")
        if both := expand(self.allow) & expand(self.deny):
            raise ValueError(f"found {', '.join(sorted(both))} under both allow and deny")
        return self


class RightsParams(Params):
    """What the exhibit is for, and what its museum has been permitted."""

    purpose: Literal["noncommercial", "commercial"] = "noncommercial"
    """Whether anyone earns by it: entrance fees for it, merchandise, advertising."""
    permissions: dict[str, str | PermissionParams] = Field(default={})
    """Permissions on file, ``{id: "letter of the artist, 2024-03-01"}``; a rights URI in the
    place of an id stands for all objects under it, and ``reel.music`` for the music of the reel.
    With other uses or an end: ``{id: {document: …, scope: [print_3d], until: 2027-12-31}}``."""
    consents: dict[str, ConsentParams] = Field(default={})
    """Consents of communities, artists or sitters on file, by id; they replace the catalogue's."""
    policy: dict[str, PolicyChange] = Field(default={})
    """What is allowed differently here, by licence: ``{by-nc: {deny: [generative]}}``."""

    @field_validator("policy")
    @classmethod
    def _names_licences(cls, value: dict[str, PolicyChange]) -> dict[str, PolicyChange]:
        known = [(_code_of(name), change) for name, change in value.items()]
        if len(known) > len(dict(known)):
            raise ValueError("found two entries for one licence, expected one for each")
        return dict(known)

    @cached_property
    def permissions_by_uri(self) -> Mapping[str, str | PermissionParams]:
        """Permissions by what they are for, every way of writing a rights URI made one."""
        return {one_way(key): permission for key, permission in self.permissions.items()}


class _Row(Params):
    """What one licence allows."""

    allows: tuple[Use | Group, ...]
    because: str = ""


class _Table(RootModel[dict[str, _Row]]):
    """Every row by its licence's code."""


@lru_cache(maxsize=1)
def _table() -> dict[str, tuple[frozenset[Use], str]]:
    rows = read_yaml(Path(__file__).with_name("permission.yaml"), _Table).root
    return {code: (expand(row.allows), row.because) for code, row in rows.items()}


def allows(code: str, allowed: RightsParams) -> frozenset[Use]:
    """Return the uses that a licence allows here."""
    row = _table()[code][0]
    change = allowed.policy.get(code)
    if change is None:
        return row
    return (row | expand(change.allow)) - expand(change.deny)


def licence_allows(code: str, use: Use, allowed: RightsParams) -> bool:
    """Say whether a licence allows a use here: what a commercial exhibit makes is sold as well."""
    row = allows(code, allowed)
    sold = allowed.purpose == "commercial" and use != "preview"
    return use in row and (not sold or "commercial" in row)


def because(code: str, use: Use, allowed: RightsParams) -> str:
    """Return why a licence does not allow a use here."""
    change = allowed.policy.get(code)
    if change is not None and use in expand(change.deny):
        return change.reason.strip() or "the config's `rights: {policy: …}` says so"
    return _table()[code][1] or "the exhibit is commercial"


def _code_of(name: str) -> str:
    """Return the code that a config means by a code or a URI.

    Raises:
        ValueError: if it means none.
    """
    if licence := find_licence(name):
        return licence.code
    known = {code.lower(): code for code in (*CODES, UNKNOWN)}
    known |= {"cc0": "zero", "pdm": "mark"}
    plain = name.strip().lower().removeprefix("cc-")
    if plain not in known:
        hint = suggest(name, list(known.values()))
        raise ValueError(f"found {name}, expected a licence such as by-nc or InC-EDU{hint}")
    return known[plain]


def one_way(uri: str) -> str:
    """Return a rights URI as its publisher writes it; what is none, as it is."""
    licence = find_licence(uri)
    return licence.uri if licence else uri.strip()
