"""Which source a config asks for, and how each is opened.

One dialect per file: its options and its class. What a dialect finds is concluded in the same way
for all of them (`pipeline.sources.collection`); the house's own format needs no conclusions.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any, TypeAlias

from pydantic import BeforeValidator, Field

from pipeline.protocols import ItemSource, Web
from pipeline.sources.cleveland import ClevelandOptions, ClevelandSource
from pipeline.sources.cmoa import CmoaOptions, CmoaSource
from pipeline.sources.collection import Collection, Dialect, folders_of
from pipeline.sources.documents import Desk
from pipeline.sources.edm import EdmOptions, EdmSource
from pipeline.sources.folder import FolderOptions, FolderSource
from pipeline.sources.iiif import IiifOptions, IiifSource
from pipeline.sources.jsonlines import JsonLinesOptions, JsonLinesSource
from pipeline.sources.lido import LidoOptions, LidoSource
from pipeline.sources.linked_art import LinkedArtOptions, LinkedArtSource
from pipeline.sources.met import MetOptions, MetSource
from pipeline.sources.moma import MomaOptions, MomaSource
from pipeline.sources.nga import NgaOptions, NgaSource
from pipeline.sources.pictures import PicturesOptions, PicturesSource
from pipeline.sources.rijksmuseum import RijksmuseumOptions, RijksmuseumSource
from pipeline.sources.smithsonian import SmithsonianOptions, SmithsonianSource
from pipeline.sources.table import TableOptions, TableSource
from pipeline.sources.tate import TateOptions, TateSource

DialectOptions: TypeAlias = (
    TableOptions
    | JsonLinesOptions
    | LidoOptions
    | IiifOptions
    | LinkedArtOptions
    | EdmOptions
    | MetOptions
    | MomaOptions
    | TateOptions
    | NgaOptions
    | ClevelandOptions
    | SmithsonianOptions
    | RijksmuseumOptions
    | CmoaOptions
    | PicturesOptions
)
AnySource: TypeAlias = FolderOptions | DialectOptions


def _named(value: object) -> object:
    """A source without a name is the house's own format."""
    return {"name": "folder", **value} if isinstance(value, dict) else value


SourceChoice = Annotated[AnySource, Field(discriminator="name"), BeforeValidator(_named)]

DIALECTS: dict[type[DialectOptions], Callable[[Any, Desk], Dialect]] = {
    TableOptions: TableSource,
    JsonLinesOptions: JsonLinesSource,
    LidoOptions: LidoSource,
    IiifOptions: IiifSource,
    LinkedArtOptions: LinkedArtSource,
    EdmOptions: EdmSource,
    MetOptions: MetSource,
    MomaOptions: MomaSource,
    TateOptions: TateSource,
    NgaOptions: NgaSource,
    ClevelandOptions: ClevelandSource,
    SmithsonianOptions: SmithsonianSource,
    RijksmuseumOptions: RijksmuseumSource,
    CmoaOptions: CmoaSource,
    PicturesOptions: PicturesSource,
}


def open_source(options: AnySource, base: Path, web: Web) -> ItemSource:
    """Return the collection that ``options`` describe; relative paths start at ``base``."""
    if isinstance(options, FolderOptions):
        return FolderSource(options, base)
    dialect = DIALECTS[type(options)](options, Desk(base, web))
    return Collection(dialect, options, folders_of(options, base))
