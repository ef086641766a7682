"""The layers hold, and what must be quick to import is."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

# Each costs a tenth of a second to several; `vivant --help` and `vivant check` need none.
HEAVY = {
    "PIL", "accelerate", "av", "cv2", "diffusers", "jinja2", "numpy", "onnxruntime", "scipy",
    "skimage", "torch", "transformers", "trimesh",
}  # fmt: skip


def test_imports_go_down_only(root: Path) -> None:
    program = Path(sys.executable).with_name("lint-imports")

    done = subprocess.run(
        [program, "--no-logo", "--no-cache"], cwd=root, capture_output=True, text=True
    )

    assert done.returncode == 0, done.stdout + done.stderr
    assert "4 kept, 0 broken" in done.stdout


@pytest.mark.parametrize(
    "module", ["pipeline", "pipeline.cli", "pipeline.config", "pipeline.protocols"]
)
def test_light_modules_stay_light(module: str, root: Path) -> None:
    code = f"import sys, {module}; print(*sorted({{m.split('.')[0] for m in sys.modules}}))"

    done = subprocess.run(
        [sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True
    )

    assert not HEAVY & set(done.stdout.split())


def test_public_names_exist_and_are_sorted() -> None:
    import pipeline

    assert list(pipeline.__all__) == sorted(pipeline.__all__)
    assert not [name for name in pipeline.__all__ if not hasattr(pipeline, name)]
    assert set(pipeline.__all__) <= set(dir(pipeline))
