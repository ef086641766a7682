"""Draws what `pipeline.media.warp` draws on a graphics processor, byte for byte the same frames.

Where the corners of the cells look is found by the same compiled kernel, ahead of what is drawn
(measured: two layers at 3840 x 2160, 1.5 to 3.4 ms a frame on one busy core; the number of corners
does not grow with the frame); everything for each pixel is done with tensors. It is the integer
arithmetic of `pipeline.media.kernels` in the same order, so a clip does not depend on the machine
it was drawn on, and `ParallaxOptions.device` is no part of its key in the store.

`torch.nn.functional.grid_sample` would be fewer calls. Measured with tensors on the processor: it
is one level off in 0.4 % of the samples (the mean is 0.004 levels), because the kernels keep eight
bits of a place between two samples, and a store would hold other bytes for every card. The four
samples around each place are packed into one number, so that a pixel is one load.

Memory is bounded: a frame is drawn in bands of `_BAND_PX`, and `_AHEAD` frames wait to be taken.
Knows nothing of cameras or of kinds of object. Imports torch when it draws, not before.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pipeline.engines._gpu import card_name, told
from pipeline.errors import EngineFailed

if TYPE_CHECKING:
    from pipeline.media.camera import Pose
    from pipeline.media.kernels import Plane
    from pipeline.media.warp import Sheet
    from pipeline.protocols import Frame

_AHEAD = 3
"""Frames that are drawn or copied back while the encoder has the one before."""
_BAND_PX = 1 << 22
"""Pixels of luma that are worked on at once."""
_BAND_BYTES = 80
"""Working memory for each of them: twenty tensors of int32 at most are alive at once."""
_EVEN = 0x00FF00FF


def needed_bytes(sheets: list[Sheet], frame_px: tuple[int, int]) -> int:
    """Return how much of the device's memory a clip takes, whatever its length."""
    sizes = [
        samples.size
        for sheet in sheets
        for luma, colour in [sheet.planes]
        for samples in (luma.samples, luma.alpha, colour.samples, colour.samples, colour.alpha)
    ]
    band = min(_BAND_PX, 2 * frame_px[0] * frame_px[1])
    frame = 3 * frame_px[0] * frame_px[1]
    # While one is packed, it is there as it was and once more as a part.
    packing = 5 * int(max(sizes))
    return 4 * int(sum(sizes)) + packing + _BAND_BYTES * band + (_AHEAD + 2) * frame


def _require(needed: int, free: int) -> None:
    if needed > free:
        raise EngineFailed(
            f"The GPU {card_name()} has {free / 2**30:.1f} GiB of memory free and this clip needs "
            f"{needed / 2**30:.1f} GiB. Close other programs that use it, let fewer workers run at "
            "a time, ask for a smaller clip, or write device: cpu."
        )


@dataclass(frozen=True)
class _Plane:
    """Luma, or one colour, of a layer as it lies in the device's memory."""

    quads: Any
    """int32, flat: ``a | b << 8 | c << 16 | d << 24`` of the four samples from there on."""
    coverage: Any
    """The same of what covers it; ``None``: all is covered."""
    pitch: int


class Drawer:
    """Draws frames of one scene on one device.

    Args:
        sheets: the layers, the backmost first, which covers all.
        frame_px: width and height.
        bits: of a sample, 8 or 10.
        device: as torch calls it.

    Raises:
        EngineFailed: if the device has too little memory for it, or fails.
    """

    def __init__(
        self, sheets: list[Sheet], frame_px: tuple[int, int], bits: int, device: str
    ) -> None:
        import torch

        from pipeline.media.dither import ROWS
        from pipeline.media.warp import cell_px, dither_rows

        self._torch, self._device = torch, device
        self._pinned = device != "cpu"
        self._sheets, self._frame_px, self._bits = sheets, frame_px, bits
        self._step = cell_px(frame_px)
        self._dtype = torch.uint8 if bits == 8 else torch.int16
        rows = dither_rows(frame_px[0], bits).reshape(ROWS, -1).astype("int32")
        with told():
            if self._pinned:
                _require(needed_bytes(sheets, frame_px), torch.cuda.mem_get_info()[0])
            self._dither = torch.from_numpy(rows).to(device)
            self._planes = [self._stored(sheet) for sheet in sheets]

    def frames(self, poses: Iterable[Pose], pivot: float) -> Iterator[Frame]:
        """Yield a frame for each pose; the next ones are on their way meanwhile.

        Raises:
            EngineFailed: if the device cannot go on.
        """
        waiting: deque[tuple[Any, Any]] = deque()
        with told():
            for pose in poses:
                waiting.append(self._started(pose, pivot))
                if len(waiting) > _AHEAD:
                    yield self._finished(*waiting.popleft())
            while waiting:
                yield self._finished(*waiting.popleft())

    def close(self) -> None:
        """Give the device's memory back, for those who work beside this process too."""
        self._planes.clear()
        with suppress(RuntimeError):  # what failed before says why
            if self._pinned:
                self._torch.cuda.empty_cache()

    def _started(self, pose: Pose, pivot: float) -> tuple[Any, Any]:
        """Order a frame; return where it will be, and what says that it is there."""
        from pipeline.media.warp import looked

        torch, (width, height) = self._torch, self._frame_px
        canvas = torch.empty((height * 3 // 2, width), dtype=self._dtype, device=self._device)
        wants = looked(self._sheets, pose, pivot)
        for sheet, planes, want in zip(self._sheets, self._planes, wants, strict=True):
            self._draw(sheet, planes, want, canvas)
        if not self._pinned:
            return canvas, None
        host = torch.empty(canvas.shape, dtype=self._dtype, pin_memory=True)
        host.copy_(canvas, non_blocking=True)
        there = torch.cuda.Event()
        there.record()
        return host, there

    def _finished(self, host: Any, there: Any) -> Frame:
        if there is not None:
            there.synchronize()
        frame: Frame = host.numpy()
        return frame if self._bits == 8 else frame.view("uint16")

    def _draw(self, sheet: Sheet, planes: list[_Plane], want: Any, canvas: Any) -> None:
        """Draw one layer where it is wanted, band by band."""
        import numpy as np

        from pipeline.media.kernels import SKIP

        rows = np.flatnonzero((want != SKIP).any(axis=1))
        columns = np.flatnonzero((want != SKIP).any(axis=0))
        if not len(rows):
            return
        left, right = int(columns[0]), int(columns[-1]) + 1
        # What lies outside a layer's part was not looked at; nothing is shown of it, but it is
        # loaded, so it must be a place.
        nodes = self._sent(sheet.nodes).clamp(min=65536)
        wanted = self._sent(want)
        most = max(1, _BAND_PX // (self._step**2 * (right - left)))
        for top in range(int(rows[0]), int(rows[-1]) + 1, most):
            bottom = min(top + most, int(rows[-1]) + 1)
            part = nodes[:, top : bottom + 1, left : right + 1]
            kinds = None if planes[0].coverage is None else wanted[top:bottom, left:right]
            self._draw_part(sheet, planes, (part, kinds, top, left), canvas)

    def _draw_part(self, sheet: Sheet, planes: list[_Plane], cells: Any, canvas: Any) -> None:
        """Draw a rectangle of cells: ``(corners, what is wanted, first row, first column)``."""
        nodes, kinds, top, left = cells
        outs = self._views(canvas)
        for stored, out, source in zip(
            planes, outs, (sheet.planes[0], sheet.planes[1], sheet.planes[1]), strict=True
        ):
            count = self._step >> source.coarse
            target = out[top * count :, left * count :]
            x, y = _places(nodes, source, self._step)
            rows, columns = min(x.shape[0], target.shape[0]), min(x.shape[1], target.shape[1])
            target, x, y = (each[:rows, :columns] for each in (target, x, y))
            dither = self._dither_at(top * count, left * count, (rows, columns))
            made = _sampled(stored, x, y)
            shift = 24 - self._bits
            if kinds is None:
                target.copy_((made[0] + dither) >> shift)
            else:
                kind = _enlarged(kinds, count)[:rows, :columns]
                target.copy_(_laid(made, target, kind, dither, shift))

    def _dither_at(self, top: int, left: int, size: tuple[int, int]) -> Any:
        """Return the dither of a rectangle; its rows come round."""
        rows = self._torch.arange(top, top + size[0], device=self._device) % len(self._dither)
        return self._dither[:, left : left + size[1]].index_select(0, rows)

    def _views(self, canvas: Any) -> tuple[Any, Any, Any]:
        """Return Y, U and V of a planar frame."""
        width, height = self._frame_px
        small = (height // 2, width // 2)
        luma, u, v = canvas.view(-1).split([width * height, *[small[0] * small[1]] * 2])
        return luma.view(height, width), u.view(small), v.view(small)

    def _sent(self, array: Any) -> Any:
        """Return an array on the device, without waiting until it is there."""
        tensor = self._torch.from_numpy(array)
        if not self._pinned:
            return tensor
        return tensor.pin_memory().to(self._device, non_blocking=True)

    def _stored(self, sheet: Sheet) -> list[_Plane]:
        """Return Y, U and V of a layer."""
        luma, colour = sheet.planes
        covered = self._quads(luma.alpha, luma.pitch)
        small = self._quads(colour.alpha, colour.pitch)
        u, v = (colour.samples & 255).astype("uint8"), (colour.samples >> 8).astype("uint8")
        return [
            _Plane(self._quads(luma.samples, luma.pitch), covered, luma.pitch),
            _Plane(self._quads(u, colour.pitch), small, colour.pitch),
            _Plane(self._quads(v, colour.pitch), small, colour.pitch),
        ]

    def _quads(self, samples: Any, pitch: int) -> Any:
        """Pack each sample with those right of it, below it, and both."""
        if samples.size < pitch:
            return None
        flat = self._torch.from_numpy(samples).to(self._device)
        quads = flat.to(self._torch.int32)
        for bits, ahead in ((8, 1), (16, pitch), (24, pitch + 1)):
            quads[:-ahead] |= flat[ahead:].to(self._torch.int32).bitwise_left_shift_(bits)
        return quads


def _places(nodes: Any, plane: Plane, step: int) -> tuple[Any, Any]:
    """Return where the pixels of a rectangle of cells lie in a plane; see `kernels._steps`."""
    import torch

    whole = step.bit_length() - 1
    small, count = whole - plane.coarse, step >> plane.coarse
    k = torch.arange(count, dtype=torch.int32, device=nodes.device)
    down = (4 * k if plane.coarse == 0 else 8 * k + 2)[:, None]
    half = 0 if plane.coarse == 0 else 32768
    ends = []
    for corner, aside in zip(nodes, (plane.aside, -half), strict=True):
        slope = (corner[1:] - corner[:-1]) >> whole
        edge = corner[:-1, None] + ((slope[:, None] * down) >> 2)
        edge = (edge + aside) >> plane.coarse
        along = (edge[..., 1:] - edge[..., :-1]) >> small
        at = edge[..., :-1, None] + along[..., None] * k
        ends.append(at.reshape(at.shape[0] * count, -1))
    return ends[0], ends[1]


def _sampled(plane: _Plane, x: Any, y: Any) -> tuple[Any, Any]:
    """Return samples with 16 bits after the point, and how much they cover, 0 to 256."""
    index = (y >> 16) * plane.pitch + (x >> 16)
    fx, fy = (x >> 8) & 255, (y >> 8) & 255
    made = _between(plane.quads, index, fx, fy)
    if plane.coverage is None:
        return made, None
    part = (_between(plane.coverage, index, fx, fy) + 32768) >> 16
    return made, part + (part >> 7)  # 255 becomes 256, so that full is full


def _between(quads: Any, index: Any, fx: Any, fy: Any) -> Any:
    """Interpolate between four samples; see `kernels._between`."""
    quad = quads.index_select(0, index.reshape(-1)).view(index.shape)
    rows = (quad & _EVEN) * (256 - fx) + ((quad >> 8) & _EVEN) * fx
    # int32 has a sign, and a shift brings it down.
    return (rows & 0xFFFF) * (256 - fy) + ((rows >> 16) & 0xFFFF) * fy


def _laid(made: tuple[Any, Any], under: Any, kind: Any, dither: Any, shift: int) -> Any:
    """Return samples laid on those of the frame; see `kernels._mixed`."""
    import torch

    from pipeline.media.kernels import BLEND, COVER

    over, part = made
    under, rest = under.to(torch.int32), 256 - part
    spread = (dither * part + (rest << (shift - 1))) >> 8
    mixed = ((over >> 8) * part + (under << (shift - 8)) * rest + spread) >> shift
    mixed = torch.where(kind == BLEND, mixed, under)
    return torch.where(kind == COVER, (over + dither) >> shift, mixed)


def _enlarged(cells: Any, count: int) -> Any:
    """Return what is said of cells, for each of their pixels."""
    rows, columns = cells.shape
    whole = cells[:, None, :, None].expand(rows, count, columns, count)
    return whole.reshape(rows * count, columns * count)
