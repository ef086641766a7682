"""Which source a config asks for, and how each is opened.

One dialect per file: its options and its class. What a dialect finds is concluded in the same way
for all of them (`pipeline.sources.collection`); the house's own format needs no conclusions.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, TypeAlias, assert_never

from pydantic import BeforeValidator, Field

from pipeline.protocols import ItemSource, Web
from pipeline.sources.cmoa import CmoaOptions, CmoaSource
from pipeline.sources.collection import Collection, Dialect, folders_of
from pipeline.sources.documents import Desk
from pipeline.sources.folder import FolderOptions, FolderSource
from pipeline.sources.iiif import IiifOptions, IiifSource
from pipeline.sources.lido import LidoOptions, LidoSource
from pipeline.sources.met import MetOptions, MetSource
from pipeline.sources.nga import NgaOptions, NgaSource
from pipeline.sources.table import TableOptions, TableSource
from pipeline.sources.tate import TateOptions, TateSource

DialectOptions: TypeAlias = (
    TableOptions | LidoOptions | IiifOptions | MetOptions | TateOptions | NgaOptions | CmoaOptions
)
AnySource: TypeAlias = FolderOptions | DialectOptions


def _named(value: object) -> object:
    """A source without a name is the house's own format."""
    return {"name": "folder", **value} if isinstance(value, dict) else value


SourceChoice = Annotated[AnySource, Field(discriminator="name"), BeforeValidator(_named)]


def open_source(options: AnySource, base: Path, web: Web) -> ItemSource:
    """Return the collection that ``options`` describe; relative paths start at ``base``."""
    if isinstance(options, FolderOptions):
        return FolderSource(options, base)
    return Collection(_dialect(options, Desk(base, web)), options, folders_of(options, base))


def _dialect(options: DialectOptions, desk: Desk) -> Dialect:
    match options:
        case TableOptions():
            return TableSource(options, desk)
        case LidoOptions():
            return LidoSource(options, desk)
        case IiifOptions():
            return IiifSource(options, desk)
        case MetOptions():
            return MetSource(options, desk)
        case TateOptions():
            return TateSource(options, desk)
        case NgaOptions():
            return NgaSource(options, desk)
        case CmoaOptions():
            return CmoaSource(options, desk)
        case _:
            assert_never(options)
