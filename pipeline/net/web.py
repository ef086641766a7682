"""The way to the web that a run has: documents and pictures, by whatever they are wanted for.

No connection is opened before something is asked for: most exhibits never leave their folder. What
was fetched is kept in a cache of the user's, which all exhibits share. Of this package it alone
knows a noun of the catalogue: `Picture`.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.errors import SourceError
from pipeline.net.options import NetworkOptions

if TYPE_CHECKING:
    from pipeline.items import Picture
    from pipeline.net.fetch import Fetcher
    from pipeline.protocols import DocumentKind

_log = logging.getLogger(__name__)

ENVIRONMENT = "VIVANT_CACHE"
"""Names a folder for what is fetched, in the place of the user's cache folder."""


def cache_folder() -> Path:
    """Return where fetched files are kept."""
    from platformdirs import user_cache_path

    named = os.environ.get(ENVIRONMENT)
    return Path(named) if named else user_cache_path("tableau-vivant", appauthor=False) / "web"


@contextmanager
def open_web(options: NetworkOptions) -> Iterator[Online]:
    """Give a way to the web for as long as the body runs."""
    web = Online(options)
    try:
        yield web
    finally:
        web.close()


class Online:
    """Fetches what is asked for; see `pipeline.protocols.Web`. Threads may share it."""

    def __init__(self, options: NetworkOptions) -> None:
        from pipeline.net.fetch import Fetcher

        folder = cache_folder()
        self._ask_again_s = options.ask_again_h * 3600
        self._fetcher = Fetcher(options, folder)
        self._quiet = Fetcher(options.model_copy(update={"offline": True}), folder)

    def document(self, url: str, kind: DocumentKind) -> Path:
        """Return the file that holds the document, asked for again if it is old.

        Where it cannot be asked for again, the old one is used, and that is told.

        Raises:
            SourceError: if it cannot be had.
        """
        from pipeline.net import wanted
        from pipeline.net.address import shown

        kinds = {"json": wanted.JSON, "xml": wanted.XML, "table": wanted.TABLE}
        age_s = self._fetcher.age_s(url, kinds[kind])
        if age_s is None or age_s < self._ask_again_s:
            return self._fetcher.fetch(url, kinds[kind])
        try:
            return self._fetcher.fetch(url, kinds[kind], refresh=True)
        except SourceError as error:
            _log.warning(
                "%s The copy of %.0f hours ago is used for %s.", error, age_s / 3600, shown(url)
            )
            return self._fetcher.fetch(url, kinds[kind])

    def picture(self, picture: Picture, long_side_px: int) -> Path:
        """Return the file of a picture: of a IIIF service the size that is needed.

        Raises:
            SourceError: if it cannot be had.
        """
        return _picture(self._fetcher, picture, long_side_px)

    def stored(self, picture: Picture, long_side_px: int) -> Path | None:
        """Return the file of a picture if it is here; nobody is asked."""
        try:
            return _picture(self._quiet, picture, long_side_px)
        except SourceError:
            return None

    def close(self) -> None:
        """End all waiting and close all connections, for good."""
        self._fetcher.close()


def _picture(fetcher: Fetcher, picture: Picture, long_side_px: int) -> Path:
    from pipeline.net.iiif_image import fetch_image
    from pipeline.net.wanted import PICTURE

    if not picture.service:
        return fetcher.fetch(picture.url, PICTURE)
    try:
        return fetch_image(fetcher, picture.service, long_side_px)
    except SourceError:
        if not picture.url:
            raise
        return fetcher.fetch(picture.url, PICTURE)
