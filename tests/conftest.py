"""What every test has: no unexpected errors in the log, repeatable examples, shared data."""

from __future__ import annotations

import json
import logging
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import hypothesis
import pytest

from pipeline.media import decode

ROOT = Path(__file__).parent.parent

# The same examples on every machine and every run: a failure is found by whoever made it.
hypothesis.settings.register_profile(
    "repeatable", derandomize=True, deadline=None, database=None, print_blob=True
)
hypothesis.settings.load_profile("repeatable")


@pytest.fixture(autouse=True)
def _no_errors_in_the_log(
    request: pytest.FixtureRequest, caplog: pytest.LogCaptureFixture
) -> Iterator[None]:
    """Fail a test that passed while something logged an error nobody looked at."""
    yield
    if request.node.get_closest_marker("logs_errors"):
        return
    records = [*caplog.get_records("setup"), *caplog.get_records("call")]
    errors = [f"{r.name}: {r.getMessage()}" for r in records if r.levelno >= logging.ERROR]
    assert not errors, f"logged without the mark `logs_errors`: {errors}"


@pytest.fixture(scope="session", autouse=True)
def _coverage_follows_the_decoder() -> Iterator[None]:
    """Let coverage into the decoder's child, which gets nothing else of the environment."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(decode, "_KEPT", (*decode._KEPT, "COVERAGE_PROCESS_CONFIG"))
        yield


@pytest.fixture(scope="session")
def root() -> Path:
    """The checkout."""
    return ROOT


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Real catalogues and photographs of museums, which lie beside the checkout and not in it."""
    folder = ROOT.parent / "shared" / "data"
    if not folder.is_dir():
        pytest.skip("shared/data is not beside this checkout")
    return folder


@pytest.fixture(scope="session")
def gltf_issues(root: Path) -> Callable[..., list[dict[str, Any]]]:
    """What Khronos' validator says of GLB files. Missing, it fails the test: no judge, no pass."""
    folder = root / "tests" / "node"
    if shutil.which("node") is None or not (folder / "node_modules" / "gltf-validator").is_dir():
        pytest.fail(
            "The glTF validator is not there. Install Node.js 20 or newer and run "
            "`npm --prefix tests/node ci`; `make test` does both."
        )

    def judge(*files: Path) -> list[dict[str, Any]]:
        done = subprocess.run(
            ["node", folder / "gltf_validate.mjs", *files],
            capture_output=True,
            text=True,
            check=True,
        )
        reports: list[dict[str, Any]] = json.loads(done.stdout)
        assert len(reports) == len(files)
        return reports

    return judge
