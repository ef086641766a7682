"""Moves that are more than a camera's: things that are turned, unrolled, lit from the side.

Knows which kinds of object they are for and what the options of the engine mean for them; drawing
is in `pipeline.media.turn`, `pipeline.media.unroll` and `pipeline.media.rake`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Literal, TypeAlias

from pipeline.items import Kind
from pipeline.protocols import Shot

if TYPE_CHECKING:
    from pipeline.engines.clip_parallax import ParallaxOptions
    from pipeline.protocols import RGB, DepthArray, Frame, MaskArray

SurfaceMove: TypeAlias = Literal["tilt-and-spin", "unroll", "raking-light"]

_MOVES: dict[Kind, SurfaceMove] = {
    Kind.COIN: "tilt-and-spin",
    Kind.MEDAL: "tilt-and-spin",
    Kind.RELIEF: "raking-light",
    Kind.PLAQUE: "raking-light",
    Kind.SCROLL: "unroll",
}
"""Kinds that are looked at in such a way unless the config says otherwise."""


def surface_move(mask: MaskArray, shot: Shot, options: ParallaxOptions) -> SurfaceMove | None:
    """Return which of these moves it is, ``None`` if it is a camera's."""
    match options.move:
        case "tilt-and-spin" | "unroll" | "raking-light":
            return options.move
        case "auto":
            move = _MOVES.get(shot.kind)
        case _:
            return None
    if move == "tilt-and-spin":
        from pipeline.media.turn import can_turn

        # What cannot be cut out in one piece is lit from the side where it lies.
        return move if can_turn(mask, shot) else "raking-light"
    return move


def shown(
    move: SurfaceMove,
    view: tuple[RGB, MaskArray, DepthArray],
    shot: Shot,
    options: ParallaxOptions,
) -> Iterator[Frame]:
    """Yield the frames of a move; what is drawn is scaled from what the options are by default.

    Raises:
        EngineFailed: if the photograph cannot carry it.
    """
    from pipeline.media import rake, turn, unroll

    usual = {name: field.default for name, field in type(options).model_fields.items()}
    shot = replace(shot, pace=shot.pace * options.speed_per_s / usual["speed_per_s"])
    far, deep = options.amount / usual["amount"], options.depth / usual["depth"]
    match move:
        case "tilt-and-spin":
            turning = turn.Turning()
            turning = replace(turning, tilt_deg=turning.tilt_deg * far)
            yield from turn.frames(*view, shot, turning)
        case "unroll":
            yield from unroll.frames(*view, shot)
        case "raking-light":
            raking = rake.Raking()
            raking = replace(raking, drift=raking.drift * far, strength=deep)
            yield from rake.frames(*view, shot, raking)
