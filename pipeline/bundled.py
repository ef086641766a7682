"""Files that travel in the wheel but not in git: the web viewer, the fonts, the weights.

``hatch_build.py`` makes them from pinned packages when the project is installed or built.
"""

from __future__ import annotations

from pathlib import Path

from pipeline.errors import CallError

_PACKAGE = Path(__file__).parent


def bundled(name: str) -> Path:
    """Return the path of a bundled file, such as ``web/dist/fonts/noto-serif-sc-400.woff2``.

    Raises:
        CallError: if it was not built.
    """
    path = _PACKAGE / name
    if not path.is_file():
        raise CallError(
            f"The installed package lacks {name}. It is made when tableau-vivant is installed: "
            "install again with `pip install tableau-vivant`, or in a checkout with `make setup`."
        )
    return path
