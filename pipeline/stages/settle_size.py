"""Item + Photo -> Item: height and width of a flat work, where the photograph knows better.

Catalogues mix up the axes of flat works, some in every entry. Where they are not stated beyond
doubt, the photograph's proportions tell which number is the height; where they fit neither way,
the size stays as the catalogue has it, and a note says so.
"""

from __future__ import annotations

from pipeline.items import Item, Size
from pipeline.records import Photo

VERSION = "1"


def settle_size(item: Item, photo: Photo) -> Item:
    """Return the item with the size that its photograph confirms, and what is doubtful about it.

    Only of works that fill their photograph: of a vase, height and width may be anything.
    """
    stated = item.dimensions
    if stated is None or not item.kind.fills_photograph:
        return item
    from pipeline.dimensions import settle

    settled, note = settle(stated, (photo.width_px, photo.height_px))
    notes = (*item.size_notes, note) if note else item.size_notes
    size = Size(
        height_m=settled.height_m,
        width_m=settled.width_m,
        depth_m=settled.depth_m,
        diameter_m=settled.diameter_m,
    )
    return item.model_copy(update={"size": size, "dimensions": settled, "size_notes": notes})
