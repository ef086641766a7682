"""A GPU draws the very frames that the compiled kernels draw; without one nothing is missed.

What is drawn is asked of tensors on the processor: the arithmetic is integer, so a GPU has no
other answer. Those tests skip by name where torch is not installed; `tests/bench/clip_gpu.py`
asks the same of a real GPU.
"""

from __future__ import annotations

import importlib.util
import logging
import subprocess
import sys

import cv2
import numpy as np
import pytest

from pipeline import calls
from pipeline.digests import sha256_file
from pipeline.engines import _gpu, _warp_torch
from pipeline.engines._framing import frame_shot
from pipeline.engines.clip_parallax import ParallaxEngine, ParallaxOptions, _prepared
from pipeline.errors import EngineFailed
from pipeline.items import Kind
from pipeline.media.layers import Layer
from pipeline.media.warp import Ground, Sheet, compose
from pipeline.protocols import Shot
from pipeline.records import Mask, Params
from pipeline.store import read_whole

MOVES = ["push", "pull", "slide", "rise", "orbit", "dolly-zoom"]
FRAME = (322, 186)


@pytest.fixture
def torch():
    return pytest.importorskip(
        "torch",
        reason="torch is not installed: with `pip install torch==2.13.0` drawing on a GPU is "
        "tested with tensors on the processor",
    )


def photo(width=401, height=263, seed=5):
    """Spots of all sizes, a disc before them; an odd number of pixels each way."""
    rng = np.random.default_rng(seed)
    rgb = np.zeros((height, width, 3), np.float32)
    for cells in (5, 24, 110):
        small = rng.uniform(0, 255, (cells, cells, 3)).astype(np.float32)
        rgb += cv2.resize(small, (width, height), interpolation=cv2.INTER_LINEAR) / 3
    mask = np.zeros((height, width), np.float32)
    cv2.circle(mask, (width // 2, height // 2), height // 4, 1, -1)
    slope = np.linspace(0, 0.4, height, dtype=np.float32)[:, None].repeat(width, 1)
    rgb[mask > 0] = 255 - rgb[mask > 0] / 2
    return rgb.astype(np.uint8), mask, np.where(mask > 0, 0.8, slope).astype(np.float32)


def scene_of(move, frame=FRAME, kind=Kind.SCULPTURE, parallax=0.5):
    rgb, mask, depth = photo()
    asked = Shot(*frame, fps=10, frames=20, kind=kind)
    options = ParallaxOptions(move=move, amount=0.2, depth=parallax)
    framing = frame_shot(rgb, mask, depth, asked, options)
    scene = _prepared(rgb, mask, depth, asked, framing)
    return [Sheet(layer, scene.ground) for layer in scene.layers], scene.camera


def four_layers(frame=FRAME):
    """Four sheets, one before the other, with soft edges and depth of their own."""
    width, height = frame[0] // 2 * 2, frame[1] // 2 * 2
    ground = Ground(frame, (1.0, 1.0), (width / 2, height / 2))
    x, y = np.meshgrid(np.arange(width), np.arange(height))
    sheets = []
    for n in range(4):
        rng = np.random.default_rng(n)
        small = rng.uniform(0, 255, (height // 3, width // 3, 3)).astype(np.float32)
        rgb = cv2.resize(small, (width, height), interpolation=cv2.INTER_CUBIC).clip(0, 255)
        away = np.hypot(x - width * (0.3 + 0.15 * n), y - height * (0.35 + 0.1 * n))
        alpha = np.clip((60 - away) / 8, 0, 1).astype(np.float32) if n else None
        depth = (0.2 * n + 0.15 * x / width).astype(np.float32)
        sheets.append(Sheet(Layer(rgb, alpha, depth), ground))
    return sheets


def same(sheets, poses, pivot, frame, bits):
    """Compare tensors with kernels, to the last bit."""
    drawer = _warp_torch.Drawer(sheets, frame, bits, "cpu")
    made = list(drawer.frames(poses, pivot))
    assert len(made) == len(poses)
    for pose, got in zip(poses, made, strict=True):
        expected = compose(sheets, pose, pivot, frame, bits)
        assert got.dtype == expected.dtype
        assert got.shape == expected.shape
        np.testing.assert_array_equal(got, expected)


@pytest.mark.parametrize("bits", [8, 10])
@pytest.mark.parametrize("move", MOVES)
def test_every_move_is_the_same_to_the_last_bit(torch, move, bits):
    sheets, camera = scene_of(move)
    assert len(sheets) >= 2
    poses = [camera.pose(phase) for phase in (0.0, 0.7, 1.9, 3.3, 5.1)]
    same(sheets, poses, camera.pivot, FRAME, bits)


@pytest.mark.parametrize("bits", [8, 10])
@pytest.mark.parametrize("frame", [FRAME, (128, 202), (642, 66), (18, 16)])
def test_four_layers_in_frames_that_cells_do_not_fill(torch, frame, bits):
    sheets = four_layers(frame)
    _, camera = scene_of("orbit", frame)
    poses = [camera.pose(phase) for phase in (0.4, 1.6, 4.0)]
    same(sheets, poses, 0.3, frame, bits)
    backmost, whole = (compose(few, poses[0], 0.3, frame, bits) for few in (sheets[:1], sheets))
    assert (backmost != whole).any(), "what lies before the backmost layer is in these frames"


@pytest.mark.parametrize(("parallax", "layers"), [(0.0, 1), (0.5, 4)])
def test_one_layer_and_four_of_a_photograph(torch, parallax, layers):
    sheets, camera = scene_of("push", kind=Kind.PAINTING, parallax=parallax)
    assert len(sheets) == layers
    same(sheets, [camera.pose(1.1), camera.pose(2.9)], camera.pivot, FRAME, 8)


def test_bands_leave_no_trace(torch, monkeypatch):
    bands = []
    draw = _warp_torch.Drawer._draw_part
    monkeypatch.setattr(
        _warp_torch.Drawer, "_draw_part", lambda *a: (bands.append(a[2]), draw(*a))[1]
    )
    monkeypatch.setattr(_warp_torch, "_BAND_PX", 3000)
    sheets, camera = scene_of("orbit")
    same(sheets, [camera.pose(1.0), camera.pose(4.0)], camera.pivot, FRAME, 8)
    assert len(bands) > 2 * 2 * len(sheets), "it was drawn in bands"


def test_a_layer_that_has_left_the_frame_draws_nothing(torch):
    sheets = four_layers()
    _, camera = scene_of("orbit")
    pose = camera.pose(0.0)
    far = type(pose)(pose.zoom, (900.0, 0.0), pose.shift, pose.dolly)
    same(sheets, [far], 0.3, FRAME, 8)
    plate = compose(sheets[:1], far, 0.3, FRAME)
    np.testing.assert_array_equal(compose(sheets, far, 0.3, FRAME), plate)


def test_only_a_few_frames_are_under_way(torch):
    sheets, camera = scene_of("push")
    asked = []

    class Poses(list):
        def __iter__(self):
            for pose in super().__iter__():
                asked.append(pose)
                yield pose

    frames = _warp_torch.Drawer(sheets, FRAME, 8, "cpu").frames(
        Poses(camera.pose(n / 10) for n in range(40)), camera.pivot
    )
    first = next(frames)
    kept = first.copy()
    assert len(asked) == _warp_torch._AHEAD + 1
    next(frames)
    assert len(asked) == _warp_torch._AHEAD + 2
    np.testing.assert_array_equal(first, kept)


def test_what_it_says_it_needs_holds_all_that_it_keeps(torch, monkeypatch):
    sheets = four_layers()
    drawer = _warp_torch.Drawer(sheets, FRAME, 8, "cpu")
    kept = {
        tensor.data_ptr(): tensor.nbytes
        for planes in drawer._planes
        for plane in planes
        for tensor in (plane.quads, plane.coverage)
        if tensor is not None
    }
    needed = _warp_torch.needed_bytes(sheets, FRAME)
    assert sum(kept.values()) < needed < 4 * sum(kept.values()) + 200 * FRAME[0] * FRAME[1]
    monkeypatch.setattr(_warp_torch, "card_name", lambda: "A card")
    _warp_torch._require(needed, needed)
    with pytest.raises(EngineFailed, match=r"has 0\.0 GiB of memory free .* device: cpu"):
        _warp_torch._require(needed, needed - 1)


def test_a_fault_of_the_device_is_told(torch, monkeypatch):
    sheets, camera = scene_of("push")
    drawer = _warp_torch.Drawer(sheets, FRAME, 8, "cpu")

    def fault(*_):
        raise torch.OutOfMemoryError("CUDA out of memory.\nTried to allocate")

    monkeypatch.setattr(_warp_torch, "_places", fault)
    with pytest.raises(EngineFailed, match=r"could not draw the clip: CUDA out of memory\. Run"):
        next(drawer.frames([camera.pose(0.1)], camera.pivot))


# Which device ------------------------------------------------------------------------------------


def shoot(**options):
    rgb, mask, depth = photo()
    engine = ParallaxEngine(ParallaxOptions(move="orbit", **options))
    shot = Shot(*FRAME, fps=10, frames=8, kind=Kind.SCULPTURE)
    return engine, engine.frames(rgb, mask, depth, shot)


def test_torch_is_not_even_imported_where_there_is_no_driver():
    code = (
        "import sys\n"
        "from pipeline.engines import _gpu\n"
        "_gpu._DRIVERS = ()\n"
        "assert _gpu.chosen_device('auto') == _gpu.chosen_device('cpu') == 'cpu'\n"
        "assert 'torch' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True, env={"PYTHONPATH": ":".join(sys.path)})


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="drivers' files are Linux's")
def test_a_driver_is_found_by_its_files_unless_it_is_hidden(tmp_path, monkeypatch):
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)
    monkeypatch.setattr(_gpu, "_DRIVERS", (str(tmp_path / "nvidiactl"),))
    assert not _gpu.may_have_gpu()
    (tmp_path / "nvidiactl").touch()
    assert _gpu.may_have_gpu()
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "0")
    assert _gpu.may_have_gpu()
    for hidden in ("", "-1"):
        monkeypatch.setenv("CUDA_VISIBLE_DEVICES", hidden)
        assert not _gpu.may_have_gpu()


def test_a_gpu_that_is_asked_for_without_torch_says_what_to_install(monkeypatch):
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    _, frames = shoot(device="cuda")
    with pytest.raises(EngineFailed, match=r"pip install 'tableau-vivant\[gpu\]'.*device: auto"):
        next(frames)


def test_a_gpu_that_is_asked_for_and_not_there_says_so(torch):
    if torch.cuda.is_available():
        pytest.skip("there is a GPU here")
    _, frames = shoot(device="cuda")
    with pytest.raises(EngineFailed, match=r"torch 2\.\S+ finds none.*nvidia-smi"):
        next(frames)


def test_a_driver_without_torch_is_no_reason_to_stop(monkeypatch):
    monkeypatch.setattr(_gpu, "may_have_gpu", lambda: True)
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    assert _gpu.chosen_device("auto") == "cpu"


@pytest.mark.parametrize("fault", [OSError, ImportError, RuntimeError])
def test_a_torch_that_does_not_load_is_no_reason_to_stop(monkeypatch, fault):
    import builtins

    real = builtins.__import__

    def broken(name, *rest):
        if name == "torch":
            raise fault("libcudart.so.13: cannot open shared object file.\nmore")
        return real(name, *rest)

    monkeypatch.setattr(_gpu, "may_have_gpu", lambda: True)
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: object())
    monkeypatch.setattr(builtins, "__import__", broken)
    assert _gpu.chosen_device("auto") == "cpu"
    with pytest.raises(EngineFailed, match=r"torch cannot be loaded: libcudart.* file\. Install"):
        _gpu.chosen_device("cuda")


@pytest.mark.parametrize("call", ["get_device_name", "mem_get_info"])
def test_a_gpu_that_does_not_answer_is_told_and_the_processor_draws(
    torch, monkeypatch, caplog, call
):
    """A driver that is there and broken: every call of torch.cuda raises RuntimeError."""

    def fault(*_):
        raise RuntimeError("CUDA driver initialization failed")

    expected = list(shoot(device="cpu")[1])
    monkeypatch.setattr(_gpu, "chosen_device", lambda asked: "cuda")
    monkeypatch.setattr(torch.cuda, "get_device_name", lambda *_: "A card")
    monkeypatch.setattr(torch.cuda, call, fault)
    monkeypatch.setattr(torch.cuda, "empty_cache", fault)
    engine, frames = shoot()
    got = list(frames)
    assert all(np.array_equal(a, b) for a, b in zip(got, expected, strict=True))
    assert "could not draw the clip: CUDA driver initialization failed." in caplog.text
    assert engine.drawn_on is None
    with pytest.raises(EngineFailed, match="CUDA driver initialization failed"):
        list(shoot(device="cuda")[1])


def with_a_gpu(monkeypatch, fails_at=None):
    """Let the kernels stand for a GPU that fails before a frame."""

    def on_gpu(sheets, poses, *asked):
        for index, frame in enumerate(_gpu.on_cpu(sheets, poses, *asked)):
            if index == fails_at:
                raise EngineFailed("The GPU could not draw the clip: it is full.")
            yield frame

    monkeypatch.setattr(_gpu, "chosen_device", lambda asked: "cpu" if asked == "cpu" else "cuda")
    monkeypatch.setattr(_gpu, "card_name", lambda: "A card")
    monkeypatch.setattr(_gpu, "on_gpu", on_gpu)


@pytest.mark.parametrize("fails_at", [None, 0, 3])
def test_the_processor_goes_on_where_a_gpu_stops(monkeypatch, caplog, fails_at):
    caplog.set_level(logging.INFO)
    engine, frames = shoot(device="cpu")
    expected = list(frames)
    assert engine.drawn_on is None
    assert "Drawn on the processor." in caplog.text
    with_a_gpu(monkeypatch, fails_at)
    engine, frames = shoot()
    got = list(frames)
    assert len(got) == len(expected) == 8
    assert all(np.array_equal(a, b) for a, b in zip(got, expected, strict=True))
    assert "Drawn on the GPU A card." in caplog.text
    assert ("The processor draws the rest." in caplog.text) == (fails_at is not None)
    assert engine.drawn_on == (None if fails_at == 0 else "A card")


def test_a_gpu_that_was_asked_for_by_name_is_not_replaced(monkeypatch):
    with_a_gpu(monkeypatch, fails_at=3)
    _, frames = shoot(device="cuda")
    with pytest.raises(EngineFailed, match="it is full"):
        list(frames)


def test_the_device_decides_nothing_that_is_stored(monkeypatch):
    kinds = [ParallaxOptions(device=device) for device in ("auto", "cpu", "cuda")]
    assert len({options.identity().model_dump_json() for options in kinds}) == 1
    assert "device" not in kinds[0].identity().options
    assert kinds[0].identity().options["amount"] == kinds[0].amount
    monkeypatch.setattr(calls, "_loaded", {})
    loaded = [calls._warm(options, ParallaxEngine) for options in kinds]
    assert [engine._options.device for engine in loaded] == ["auto", "cpu", "cuda"]


@pytest.mark.parametrize("bits", [8, 10])
def test_frames_have_the_bits_that_are_asked_for(bits):
    rgb, mask, depth = photo()
    shot = Shot(*FRAME, fps=10, frames=2, kind=Kind.SCULPTURE, bits=bits)
    frame = next(ParallaxEngine(ParallaxOptions(move="push")).frames(rgb, mask, depth, shot))
    assert frame.dtype == (np.uint8 if bits == 8 else np.uint16)
    assert (255 < frame.max() < 1024) == (bits == 10)


VERSION = "1"


def drawn_mask(params, *, engine, folder):
    """A stage that asks its engine for something."""
    engine.drawn_on = engine.card
    (folder / "mask.png").write_bytes(b"drawn")
    return Mask(path=folder / "mask.png", coverage=1.0, box_px=(0, 0, 1, 1))


@pytest.mark.parametrize("card", ["A card", None])
def test_the_record_says_which_gpu_it_was(tmp_path, monkeypatch, card):
    monkeypatch.setattr(calls, "_loaded", {})

    def load(options):
        engine = ParallaxEngine(options)
        engine.card = card
        return engine

    call = calls.make_call(drawn_mask, (), Params(), ParallaxOptions(), sha256_file)
    made = calls.perform(call, tmp_path, tmp_path / "work", load)
    kept = read_whole(made.result.path.parent, sha256_file)
    assert kept.provenance.drawn_on == card
    assert kept.provenance.key == call.key
