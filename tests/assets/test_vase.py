"""The rendered vase: picture, depth, outline, camera and profile tell one and the same story."""

import io
import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image, ImageCms
from ruamel.yaml import YAML

ROOT = Path(__file__).parents[2]
VASE = ROOT / "assets/vase"
FACTS = json.loads((VASE / "vase_camera.json").read_text(encoding="utf-8"))
WIDTH, HEIGHT = FACTS["size_px"]


def read_depth(folder: Path) -> npt.NDArray[np.float64]:
    """Metres along the optical axis, infinity beside the vase, exactly as the JSON says."""
    with Image.open(folder / "vase_depth.png") as picture:
        assert picture.mode == "I;16"
        value = np.asarray(picture).astype(np.float64)
    near, far = FACTS["depth"]["near_m"], FACTS["depth"]["far_m"]
    return np.where(value > 0, far - (value - 1) / 65534 * (far - near), np.inf)


def read_mask(folder: Path) -> npt.NDArray[np.float64]:
    with Image.open(folder / "vase_mask.png") as picture:
        assert picture.mode == "L"
        return np.asarray(picture) / 255.0


def camera_axes() -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Position, and rows right, up, forward: rebuilt from position and target alone."""
    eye, target = np.array(FACTS["position_m"]), np.array(FACTS["target_m"])
    forward = (target - eye) / np.linalg.norm(target - eye)
    right = np.cross(forward, FACTS["up"])
    right /= np.linalg.norm(right)
    return eye, np.stack([right, np.cross(right, forward), forward])


def project(points: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Points to (x, y, depth), in pixels and metres."""
    eye, axes = camera_axes()
    seen = (points - eye) @ axes.T
    focal = WIDTH / 2 / np.tan(np.radians(FACTS["fov_x_deg"]) / 2)
    x = WIDTH / 2 + focal * seen[:, 0] / seen[:, 2]
    y = HEIGHT / 2 - focal * seen[:, 1] / seen[:, 2]
    return np.stack([x, y, seen[:, 2]], axis=1)


def surface(turns: int = 720) -> npt.NDArray[np.float64]:
    """Points of the true outside, from the profile in the JSON."""
    profile = np.array(FACTS["outer_profile_m"])
    angle = np.linspace(0, 2 * np.pi, turns, endpoint=False)
    r, a = np.meshgrid(profile[:, 0], angle, indexing="ij")
    y = np.repeat(profile[:, 1], turns)
    return np.stack([(r * np.sin(a)).ravel(), y, (r * np.cos(a)).ravel()], axis=1)


def test_picture_is_large_srgb_and_light() -> None:
    path = VASE / "vase.jpg"
    assert path.stat().st_size < 1_500_000
    with Image.open(path) as picture:
        assert picture.mode == "RGB"
        assert picture.size == (WIDTH, HEIGHT)
        assert min(picture.size) >= 2048
        profile = ImageCms.getOpenProfile(io.BytesIO(picture.info["icc_profile"]))
    assert "sRGB" in ImageCms.getProfileDescription(profile)


def test_camera_facts_agree_with_each_other() -> None:
    focal_px = FACTS["focal_length_mm"] / FACTS["sensor_mm"][1] * HEIGHT
    assert FACTS["focal_px"] == pytest.approx(focal_px, abs=1e-3)
    assert WIDTH / 2 / np.tan(np.radians(FACTS["fov_x_deg"]) / 2) == pytest.approx(
        focal_px, rel=1e-6
    )
    assert HEIGHT / 2 / np.tan(np.radians(FACTS["fov_y_deg"]) / 2) == pytest.approx(
        focal_px, rel=1e-6
    )
    eye, target = np.array(FACTS["position_m"]), np.array(FACTS["target_m"])
    assert np.linalg.norm(eye - target) == pytest.approx(FACTS["distance_m"], abs=1e-5)
    rise = np.degrees(np.arcsin((eye - target)[1] / np.linalg.norm(eye - target)))
    assert rise == pytest.approx(FACTS["elevation_deg"], abs=1e-3)


def test_profile_has_the_stated_size_and_the_catalogue_repeats_it() -> None:
    outer, inner = np.array(FACTS["outer_profile_m"]), np.array(FACTS["inner_profile_m"])
    assert outer[0].tolist() == [0.0, 0.0]
    assert outer[-1].tolist() == inner[0].tolist()
    assert outer[:, 1].max() == pytest.approx(FACTS["height_m"], abs=1e-6)
    assert np.all(np.diff(outer[:, 1]) >= 0)
    assert 2 * outer[:, 0].max() == pytest.approx(FACTS["diameter_m"], abs=2e-5)
    below = inner[1:-1]
    wall = np.interp(below[:, 1], outer[1:, 1], outer[1:, 0]) - below[:, 0]
    assert wall.min() > 0
    items = YAML(typ="safe").load(ROOT / "assets/catalogue.yaml")["items"]
    size = next(item for item in items if item["id"] == "vase")["size"]
    assert size["height_cm"] / 100 == pytest.approx(FACTS["height_m"], abs=1e-9)
    assert size["diameter_mm"] / 1000 == pytest.approx(FACTS["diameter_m"], abs=1e-4)


def test_mask_and_depth_have_the_same_support() -> None:
    mask, depth = read_mask(VASE), read_depth(VASE)
    assert mask.shape == depth.shape == (HEIGHT, WIDTH)
    inside = np.isfinite(depth)
    assert np.all(inside[mask == 1.0])
    assert not np.any(inside[mask == 0.0])
    edge = (mask > 0) & (mask < 1)
    assert 0.0003 < edge.mean() < 0.005
    assert mask.mean() == pytest.approx(inside.mean(), rel=1e-3)


def test_outline_is_the_projection_of_the_true_shape() -> None:
    seen = project(surface())
    rows, columns = (
        np.flatnonzero(read_mask(VASE).max(axis=1) > 0.5),
        np.flatnonzero(read_mask(VASE).max(axis=0) > 0.5),
    )
    assert rows[0] == pytest.approx(seen[:, 1].min(), abs=1.5)
    assert rows[-1] + 1 == pytest.approx(seen[:, 1].max(), abs=1.5)
    assert columns[0] == pytest.approx(seen[:, 0].min(), abs=1.5)
    assert columns[-1] + 1 == pytest.approx(seen[:, 0].max(), abs=1.5)


def test_height_in_pixels_is_the_stated_height() -> None:
    """Foot and lip, found in the picture's mask, give back the height through the camera."""
    mask = read_mask(VASE)
    middle = WIDTH // 2
    column = np.flatnonzero(mask[:, middle - 1 : middle + 1].mean(axis=1) > 0.5)
    eye, axes = camera_axes()
    focal = FACTS["focal_px"]

    def on_axis_plane(y_px: float, z_m: float) -> float:
        ray = axes[2] + (HEIGHT / 2 - y_px) / focal * axes[1]
        return float(eye[1] + (z_m - eye[2]) / ray[2] * ray[1])

    outer = np.array(FACTS["outer_profile_m"])
    foot = on_axis_plane(column[-1] + 1, float(outer[outer[:, 1] < 0.003][:, 0].max()))
    top = on_axis_plane(column[0], -float(outer[-1][0]))
    assert top - foot == pytest.approx(FACTS["height_m"], rel=0.01)
    width_px = (mask.max(axis=0) > 0.5).sum()
    widest = project(np.array([[0.0, outer[outer[:, 0].argmax(), 1], 0.0]]))[0, 2]
    assert width_px * widest / focal == pytest.approx(FACTS["diameter_m"], rel=0.01)


def test_depth_lies_on_the_true_surface() -> None:
    """Every pixel's depth, carried back into the room, lies on the profile."""
    depth = read_depth(VASE)
    rows, columns = np.nonzero(np.isfinite(depth))
    rows, columns = rows[::97], columns[::97]
    eye, axes = camera_axes()
    z = depth[rows, columns]
    right = (columns + 0.5 - WIDTH / 2) / FACTS["focal_px"] * z
    up = (HEIGHT / 2 - rows - 0.5) / FACTS["focal_px"] * z
    point = eye + right[:, None] * axes[0] + up[:, None] * axes[1] + z[:, None] * axes[2]
    radius, height = np.hypot(point[:, 0], point[:, 2]), point[:, 1]
    assert height.min() > -2e-4
    assert height.max() < FACTS["height_m"] + 2e-4
    outer = np.array(FACTS["outer_profile_m"])
    body = (height < 0.315) & (height > 0.003)
    off = np.abs(radius - np.interp(height, outer[1:, 1], outer[1:, 0]))
    assert body.mean() > 0.95
    assert off[body].max() < 3e-4
    assert np.median(off[body]) < 3e-5


def test_vase_stands_out_from_the_backdrop() -> None:
    with Image.open(VASE / "vase.jpg") as picture:
        grey = np.asarray(picture.convert("L")).astype(np.float64)
        rgb = np.asarray(picture).astype(np.float64)
    mask = read_mask(VASE)
    backdrop, porcelain = grey[mask == 0], grey[mask == 1]
    assert backdrop.max() < 190
    assert np.ptp(rgb[mask == 0].mean(axis=0)) < 5  # neutral grey
    assert np.percentile(porcelain, 75) > backdrop.mean() + 60
    assert (porcelain >= 253).mean() < 0.01  # highlights keep their drawing
    blue = rgb[mask == 1]
    assert (blue[:, 2] - blue[:, 0] > 60).mean() > 0.12  # cobalt


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("vase")
    script = ROOT / "assets/make_vase.py"
    call = [sys.executable, str(script), "--out", str(folder), "--width", "256", "--over", "4"]
    subprocess.run(call, check=True, capture_output=True, timeout=240)
    return folder


def shrink(values: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    return values.reshape(320, HEIGHT // 320, 256, WIDTH // 256).mean(axis=(1, 3))


def test_script_makes_the_committed_truth_again(small: Path) -> None:
    mask, committed = read_mask(small), shrink(read_mask(VASE))
    assert np.minimum(mask, committed).sum() / np.maximum(mask, committed).sum() > 0.99
    assert np.abs(mask - committed).max() < 0.15
    depth, truth = read_depth(small), shrink(read_depth(VASE))
    whole = np.isfinite(truth) & np.isfinite(depth)
    off = np.abs(depth[whole] - truth[whole])
    assert whole.mean() > 0.95 * np.isfinite(depth).mean()
    assert np.median(off) < 5e-5
    assert np.quantile(off, 0.98) < 2e-3


def test_script_makes_the_committed_picture_again(small: Path) -> None:
    with Image.open(small / "vase.jpg") as a, Image.open(VASE / "vase.jpg") as b:
        tiny = np.asarray(a.convert("RGB").resize((32, 40), Image.Resampling.BOX)).astype(float)
        large = np.asarray(b.resize((32, 40), Image.Resampling.BOX)).astype(float)
    assert np.abs(tiny - large).max() < 16
    assert np.abs(tiny - large).mean() < 2.5


def test_script_is_deterministic(small: Path, tmp_path: Path) -> None:
    script = ROOT / "assets/make_vase.py"
    for name in ("one", "two"):
        call = [
            sys.executable,
            str(script),
            "--out",
            str(tmp_path / name),
            "--width",
            "96",
            "--over",
            "2",
        ]
        subprocess.run(call, check=True, capture_output=True, timeout=240)
    files = sorted(p.name for p in (tmp_path / "one").iterdir())
    assert files == ["vase.jpg", "vase_camera.json", "vase_depth.png", "vase_mask.png"]
    for name in files:
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()


def test_minimal_pictures_are_what_their_script_makes(tmp_path: Path) -> None:
    script = ROOT / "assets/make_minimal.py"
    call = [sys.executable, str(script), "--out", str(tmp_path)]
    subprocess.run(call, check=True, capture_output=True, timeout=120)
    for name in ("hills.jpg", "vase.jpg"):
        with Image.open(tmp_path / name) as a, Image.open(ROOT / "assets/minimal" / name) as b:
            assert a.size == b.size
            difference = np.abs(np.asarray(a).astype(int) - np.asarray(b).astype(int))
        assert difference.mean() < 0.5
