"""Which device draws, and that there is always one that does.

Asking torch costs more than a second of import, so it is asked only where a GPU's driver is there.
Frames are the same on every device (`pipeline.engines._warp_torch`): where a GPU was not asked for
by name and cannot go on, the processor goes on from the next frame.
"""

from __future__ import annotations

import importlib.util
import logging
import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from pipeline.errors import EngineFailed

if TYPE_CHECKING:
    from pipeline.media.camera import Pose
    from pipeline.media.warp import Sheet
    from pipeline.protocols import Frame

Device = Literal["auto", "cpu", "cuda"]

_log = logging.getLogger(__name__)

_DRIVERS = ("/dev/nvidiactl", "/dev/nvidia0", "/dev/nvhost-ctrl-gpu", "/dev/dxg", "/dev/kfd")
"""Linux: NVIDIA's driver, on a server, on a Jetson; Windows' own under WSL 2; AMD's."""


def may_have_gpu() -> bool:
    """Return whether it is worth asking torch, whose import alone takes more than a second.

    Only what is certain is said: no driver, or one that is hidden from this process.
    """
    hidden = os.environ.get("CUDA_VISIBLE_DEVICES")
    if hidden is not None and hidden.strip() in ("", "-1"):
        return False
    if sys.platform == "darwin":
        return False
    if sys.platform == "win32":
        system = Path(os.environ.get("SYSTEMROOT", r"C:\Windows")) / "System32"
        return (system / "nvcuda.dll").exists()
    return any(Path(driver).exists() for driver in _DRIVERS)


def chosen_device(asked: Device) -> Literal["cpu", "cuda"]:
    """Return what draws.

    Raises:
        EngineFailed: if a GPU was asked for by name and there is none to be used.
    """
    if asked == "cpu" or (asked == "auto" and not may_have_gpu()):
        return "cpu"
    lacking = _lacking()
    if lacking is None:
        return "cuda"
    if asked == "cuda":
        raise EngineFailed(
            f"The clip is to be drawn on a GPU (device: cuda), and {lacking} Or write "
            "device: auto: then the processor draws the same frames where there is no GPU."
        )
    return "cpu"


def _lacking() -> str | None:
    """Say what is missing for drawing on a GPU and what to do about it."""
    if importlib.util.find_spec("torch") is None:
        return (
            "torch is not installed. Install it with `pip install 'tableau-vivant[gpu]'`, built "
            "for this GPU's driver (pytorch.org tells which)."
        )
    try:
        import torch
    except (ImportError, OSError, RuntimeError) as error:  # a library of the GPU's is not there
        return f"torch cannot be loaded: {_first_line(error)}. Install it anew (pytorch.org)."
    if torch.cuda.is_available():
        return None
    return (
        f"torch {torch.__version__} finds none. `nvidia-smi` tells whether the driver runs; if it "
        "does, install a torch that is built for it (pytorch.org tells which)."
    )


def card_name() -> str:
    """Return what the GPU calls itself.

    Raises:
        EngineFailed: if it does not answer.
    """
    import torch

    with told():
        return str(torch.cuda.get_device_name())


@contextmanager
def told() -> Iterator[None]:
    """Say in words what goes wrong on a device.

    Raises:
        EngineFailed: for a RuntimeError, which is what torch raises for all of it.
    """
    try:
        yield
    except RuntimeError as error:
        raise EngineFailed(
            f"The GPU could not draw the clip: {_first_line(error)}. Run the same command again; "
            "if it happens every time, write device: cpu: the frames are the same."
        ) from error


def _first_line(error: Exception) -> str:
    lines = str(error).strip().splitlines() or ["no reason is given"]
    return lines[0].rstrip(".")


def on_gpu(
    sheets: list[Sheet], poses: Iterable[Pose], pivot: float, frame_px: tuple[int, int], bits: int
) -> Iterator[Frame]:
    """Yield a frame for each pose, drawn on the GPU.

    Raises:
        EngineFailed: if it has too little memory, or fails.
    """
    from pipeline.engines._warp_torch import Drawer

    drawer = Drawer(sheets, frame_px, bits, "cuda")
    try:
        yield from drawer.frames(poses, pivot)
    finally:
        drawer.close()


def on_cpu(
    sheets: list[Sheet], poses: Iterable[Pose], pivot: float, frame_px: tuple[int, int], bits: int
) -> Iterator[Frame]:
    """Yield the same frames, drawn by the processor."""
    from pipeline.media.warp import compose

    for pose in poses:
        yield compose(sheets, pose, pivot, frame_px, bits)
