"""The registry of weights, and that no other bytes than it names are ever used."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from pathlib import Path

import pytest

from pipeline import weights
from pipeline.errors import EngineFailed
from pipeline.weights import find_weights, model_record, registry

BYTES = b"weights"


@pytest.fixture
def small(monkeypatch, tmp_path: Path) -> Path:
    """A registry of one tiny file, and the empty package folder where it should be."""
    folder = tmp_path / "package"
    folder.mkdir()
    entry = weights.Weights(
        id="tiny",
        file="tiny.onnx",
        sha256=hashlib.sha256(BYTES).hexdigest(),
        bytes=len(BYTES),
        licence="MIT",
        licence_url="https://example.org/licence",
        source_url="https://example.org",
        revision="1",
        paper="none",
    )
    monkeypatch.setattr(weights, "MODELS_FOLDER", folder)
    monkeypatch.setattr(weights, "registry", lambda: {"tiny": entry})
    monkeypatch.delenv("VIVANT_MODELS", raising=False)
    return folder


def test_every_entry_is_complete_and_free_to_use():
    for name, entry in registry().items():
        assert entry.id == name
        assert entry.licence in {"Apache-2.0", "MIT", "BSD-3-Clause"}
        assert entry.paper
        assert entry.revision
        for url in (entry.licence_url, entry.source_url):
            assert url.startswith("https://")


def test_shipped_weights_are_the_registered_ones():
    path = find_weights("u2netp")

    assert path.stat().st_size == registry()["u2netp"].bytes
    assert hashlib.sha256(path.read_bytes()).hexdigest() == registry()["u2netp"].sha256


def test_record_says_what_provenance_needs():
    record = model_record("u2netp")

    assert record.id == "u2netp"
    assert record.licence == "Apache-2.0"
    assert record.sha256 == registry()["u2netp"].sha256
    assert record.source_url == "https://github.com/xuebinqin/U-2-Net"


def test_unknown_weights_are_named_with_the_known_ones():
    with pytest.raises(EngineFailed, match=r"'u3net'.*u2netp"):
        find_weights("u3net")
    with pytest.raises(EngineFailed, match=r"'u3net'.*u2netp"):
        model_record("u3net")


def test_package_comes_first_then_the_named_folder(small: Path, tmp_path: Path, monkeypatch):
    other = tmp_path / "other"
    other.mkdir()
    (other / "tiny.onnx").write_bytes(BYTES)
    monkeypatch.setenv("VIVANT_MODELS", str(other))

    assert find_weights("tiny") == other / "tiny.onnx"

    (small / "tiny.onnx").write_bytes(BYTES)
    assert find_weights("tiny") == small / "tiny.onnx"


def test_missing_file_says_where_it_was_looked_for_and_what_to_do(small: Path):
    with pytest.raises(EngineFailed) as failed:
        find_weights("tiny")

    message = str(failed.value)
    for part in (
        str(small),
        "VIVANT_MODELS is not set",
        "7 bytes",
        hashlib.sha256(BYTES).hexdigest(),
    ):
        assert part in message


@pytest.mark.parametrize(
    ("found", "complaint"), [(b"weightz", "SHA-256"), (b"w", "1 bytes instead of 7")]
)
def test_other_bytes_are_never_used(small: Path, found: bytes, complaint: str):
    (small / "tiny.onnx").write_bytes(found)

    with pytest.raises(EngineFailed, match=complaint):
        find_weights("tiny")


def test_damaged_package_is_passed_over_for_the_named_folder(small, tmp_path, monkeypatch):
    (small / "tiny.onnx").write_bytes(b"weightz")
    other = tmp_path / "other"
    other.mkdir()
    (other / "tiny.onnx").write_bytes(BYTES)
    monkeypatch.setenv("VIVANT_MODELS", str(other))

    assert find_weights("tiny") == other / "tiny.onnx"


def test_file_is_hashed_once_and_again_when_it_changed(small: Path, monkeypatch):
    hashed = []
    real = hashlib.file_digest
    monkeypatch.setattr(hashlib, "file_digest", lambda *a: hashed.append(a) or real(*a))
    path = small / "tiny.onnx"
    path.write_bytes(BYTES)

    find_weights("tiny")
    find_weights("tiny")
    assert len(hashed) == 1

    path.write_bytes(b"weightz")
    os.utime(path, ns=(1, 1))
    with pytest.raises(EngineFailed):
        find_weights("tiny")
    assert len(hashed) == 2


def test_importing_reads_nothing_and_loads_no_yaml():
    code = "import sys, pipeline.weights; print('ruamel.yaml' in sys.modules)"

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "False"
