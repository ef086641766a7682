"""What may be done with an object, by name: the uses that licences, labels and consents allow.

Knows the names, how people say them, and what catalogues call them. Decides nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal, get_args

Use = Literal[
    "preview", "derivative_video", "mesh", "print_3d", "generative", "publication", "commercial"
]
"""``preview``: shown inside the museum, as it is. ``derivative_video``: clips. ``mesh``: 3D models.
``print_3d``: models to be printed. ``generative``: given to a model that invents.
``publication``: shown to the public, as it is or what was made of it. ``commercial``: earning."""

Group = Literal["making", "showing"]
GROUPS: dict[Group, tuple[Use, ...]] = {
    "making": ("derivative_video", "mesh", "print_3d", "generative"),
    "showing": ("publication", "commercial"),
}
"""Short names for several uses: whatever makes an adaptation; whatever leaves the museum."""

USES: tuple[Use, ...] = get_args(Use)

WORDS: dict[Use, tuple[str, str]] = {
    "preview": ("a preview inside the museum", "馆内预览"),
    "derivative_video": ("clips", "短片"),
    "mesh": ("meshes", "三维模型"),
    "print_3d": ("3D prints", "三维打印"),
    "generative": ("generative engines", "生成式引擎"),
    "publication": ("publication", "公开发布"),
    "commercial": ("commercial use", "商业用途"),
}
"""In English and Chinese."""

_CALLED: dict[str, tuple[Use, ...]] = {
    "all": USES,
    "any": USES,
    "display": ("preview",),
    "exhibition": ("preview", "publication"),
    "video": ("derivative_video",),
    "clip": ("derivative_video",),
    "clips": ("derivative_video",),
    "film": ("derivative_video",),
    "3d": ("mesh",),
    "3d model": ("mesh",),
    "model": ("mesh",),
    "3d print": ("print_3d",),
    "printing": ("print_3d",),
    "ai": ("generative",),
    "online": ("publication",),
    "web": ("publication",),
    "publish": ("publication",),
    "publishing": ("publication",),
    "merchandise": ("commercial",),
}


def expand(names: Iterable[str]) -> frozenset[Use]:
    """Return the uses that names of uses and groups stand for; what is no name stands for none."""
    found: set[Use] = set()
    for name in names:
        found.update(GROUPS.get(name, ()))  # type: ignore[call-overload]
        found.update(use for use in USES if use == name)
    return frozenset(found)


def covered(scope: Iterable[str]) -> frozenset[Use]:
    """Return the uses that a consent's scope covers, in our words or a catalogue's.

    What is not understood covers nothing.
    """
    found: set[Use] = set()
    for text in scope:
        plain = " ".join(text.replace("_", " ").replace("-", " ").lower().split())
        found.update(_CALLED.get(plain, ()))
        found.update(expand([plain.replace(" ", "_")]))
    return frozenset(found)


def say(uses: Iterable[Use]) -> str:
    """Return uses in words: ``clips and meshes``."""
    words = [WORDS[use][0] for use in USES if use in set(uses)]
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 2 else words)
