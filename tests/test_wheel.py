"""The wheel alone is the product: built, installed into an empty environment, and used.

Timings are printed (``pytest -s``), not judged: they are the network's as much as ours.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
import venv
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

LARGEST_BYTES = 25_000_000
PROGRAMS = "Scripts" if os.name == "nt" else "bin"


@contextmanager
def timed(what: str) -> Iterator[None]:
    start = time.perf_counter()
    yield
    print(f"{what}: {time.perf_counter() - start:.1f} s")


def run(*command: str | Path, cwd: Path) -> subprocess.CompletedProcess[str]:
    # Nothing of this checkout or of the tests' environment may help the wheel.
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("PYTHON", "COV", "VIRTUAL"))}
    done = subprocess.run(command, cwd=cwd, env=kept, capture_output=True, text=True)
    assert done.returncode == 0, f"{command}:\n{done.stdout}\n{done.stderr}"
    return done


@pytest.fixture(scope="module")
def wheel(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    # The tests' own hatchling builds it, so that only what is new is fetched, and that is nothing.
    pip = (sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation")
    with timed("building the wheel"):
        run(*pip, "--wheel-dir", folder, root, cwd=folder)
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def programs(wheel: Path, root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The programs of an environment that holds the wheel and what it depends on, no more."""
    folder = tmp_path_factory.mktemp("installed")
    with timed("installing the wheel"):
        venv.create(folder, with_pip=True)
        pip = (folder / PROGRAMS / "python", "-m", "pip", "--disable-pip-version-check")
        run(*pip, "install", "--quiet", "-c", root / "constraints.txt", wheel, cwd=folder)
    size = sum(p.stat().st_size for p in folder.rglob("*") if p.is_file() and not p.is_symlink())
    print(f"the environment: {size / 1e6:.0f} MB")
    return folder / PROGRAMS


@pytest.fixture(scope="module")
def rendered(
    programs: Path, root: Path, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, dict[str, object]]:
    """What ``vivant render`` made of the smallest example, run from an empty folder."""
    folder = tmp_path_factory.mktemp("elsewhere")
    config = root / "configs" / "minimal.yaml"
    with timed("rendering configs/minimal.yaml"):
        done = run(programs / "vivant", "render", config, "--out", "out", "--json", cwd=folder)
    return folder / "out", json.loads(done.stdout)


def test_wheel_holds_what_the_hook_made(wheel: Path, root: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        sizes = {info.filename: info.file_size for info in archive.infolist()}

    assert sizes["pipeline/models/u2netp.onnx"] == 4_574_861
    made = [p for p in (root / "pipeline" / "web" / "dist").rglob("*") if p.is_file()]
    assert {p.relative_to(root).as_posix() for p in made} <= sizes.keys()
    for name in ("gallery.js", "gallery.css", "model-viewer.js", "LICENSES.txt"):
        assert sizes[f"pipeline/web/dist/{name}"] > 0
    assert sizes["pipeline/web/dist/fonts/noto-serif-sc-400.woff2"] > 1_000_000
    assert sizes["pipeline/web/dist/fonts/noto-serif-sc-700.woff2"] > 1_000_000


def test_wheel_holds_every_module_and_nothing_else(wheel: Path, root: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = {name for name in archive.namelist() if ".dist-info/" not in name}

    assert {name.split("/")[0] for name in names} == {"pipeline"}
    modules = {p.relative_to(root).as_posix() for p in (root / "pipeline").rglob("*.py")}
    assert {name for name in names if name.endswith(".py")} == {
        name for name in modules if "node_modules" not in name
    }
    assert "pipeline/py.typed" in names
    assert not [n for n in names if "node_modules" in n or "test" in n or n.endswith(".ts")]


def test_wheel_carries_its_licences_and_is_small(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        licences = {Path(name).name for name in archive.namelist() if "/licenses/" in name}

    assert licences == {"LICENSE", "THIRD_PARTY.md"}
    assert wheel.stat().st_size < LARGEST_BYTES


def test_wheel_needs_no_test_or_demo_library(programs: Path) -> None:
    found = run(programs / "python", "-m", "pip", "list", "--format=json", cwd=programs).stdout
    names = {package["name"].lower() for package in json.loads(found)}

    assert "tableau-vivant" in names
    assert not names & {"scipy", "scikit-image", "torch", "trimesh", "pytest"}


def test_help_names_every_command(programs: Path, tmp_path: Path) -> None:
    said = run(programs / "vivant", "--help", cwd=tmp_path).stdout

    for command in ("new", "check", "plan", "render", "engines", "doctor", "schema"):
        assert command in said


def test_engines_of_the_base_install_are_usable(programs: Path, tmp_path: Path) -> None:
    said = run(programs / "vivant", "engines", "--json", cwd=tmp_path).stdout
    engines = {(row["section"], row["name"]): row for row in json.loads(said)}

    assert {section for section, _ in engines} >= {"mask", "depth", "clip", "mesh"}
    assert engines["mask", "u2netp"]["usable"]
    assert engines["mask", "u2netp"]["licence"] == "Apache-2.0"


def test_render_makes_every_file(rendered: tuple[Path, dict[str, object]]) -> None:
    out, document = rendered
    exhibit = out / "minimal"

    assert Path(str(document["folder"])).resolve() == exhibit.resolve()
    assert (exhibit / "gallery" / "index.html").stat().st_size > 1000
    assert (exhibit / "exhibit.json").is_file()
    assert (exhibit / "report.json").is_file()
    objects = [folder for folder in (exhibit / "objects").iterdir() if folder.is_dir()]
    assert len(objects) == 2
    for folder in objects:
        made = {path.name for path in folder.iterdir() if path.stat().st_size > 100}
        assert {"photo.webp", "mask.png", "depth.png", "clip.mp4", "mesh.glb"} <= made
        assert (folder / "clip.mp4").read_bytes()[4:8] == b"ftyp"
        assert (folder / "mesh.glb").read_bytes()[:4] == b"glTF"


def test_a_second_render_makes_nothing(
    rendered: tuple[Path, dict[str, object]], programs: Path, root: Path
) -> None:
    out, _ = rendered
    clips = {path: path.stat().st_mtime_ns for path in out.rglob("clip.mp4")}
    config = root / "configs" / "minimal.yaml"

    with timed("rendering again"):
        run(programs / "vivant", "render", config, "--out", out, cwd=out.parent)

    assert clips
    assert {path: path.stat().st_mtime_ns for path in out.rglob("clip.mp4")} == clips
