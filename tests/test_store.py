"""The store: nothing twice, nothing lost, nothing half there."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from pipeline.digests import Digests, sha256_file
from pipeline.errors import StoreError
from pipeline.records import EngineId, Mask, Provenance
from pipeline.store import Made, Store, canonical_json, fingerprint, keep, result_folder, show

KEY = "ab" + "0" * 62


def provenance(key: str = KEY) -> Provenance:
    return Provenance(
        key=key,
        stage="cut_mask",
        stage_version="1",
        engine=EngineId(name="whole", version="1"),
        params={},
        inputs=("x",),
        started="2026-01-01T00:00:00+00:00",
        duration_s=0.5,
        peak_memory_bytes=1,
    )


def put(store: Store, content: bytes = b"mask", key: str = KEY) -> Made:
    folder = store.work / "job"
    folder.mkdir()
    (folder / "mask.png").write_bytes(content)
    mask = Mask(path=folder / "mask.png", coverage=0.5, box_px=(0, 0, 1, 1))
    return keep(store.root, folder, Made(mask, provenance(key)))


@pytest.fixture
def store(tmp_path):
    opened = Store(tmp_path / "store")
    yield opened
    opened.close()


def test_a_result_is_found_as_it_was_kept(store):
    made = put(store)
    found = store.find(KEY)
    assert found == made
    assert isinstance(found.result, Mask)
    assert found.result.path == result_folder(store.root, KEY) / "mask.png"
    assert found.result.path.read_bytes() == b"mask"


def test_a_moved_store_still_finds_its_results(tmp_path):
    store = Store(tmp_path / "store")
    put(store)
    store.close()
    moved = Store(store.root.rename(tmp_path / "elsewhere"))
    found = moved.find(KEY)
    assert found is not None
    assert found.result.path.is_relative_to(tmp_path / "elsewhere")
    moved.close()


@pytest.mark.parametrize("damage", ["cut", "edited", "gone", "no record", "half a record"])
def test_a_damaged_result_is_not_used(store, damage):
    folder = put(store).result.path.parent
    picture, record = folder / "mask.png", folder / "record.json"
    for path in (picture, record):
        path.chmod(0o644)
    if damage == "cut":
        picture.write_bytes(b"ma")
    elif damage == "edited":
        picture.write_bytes(b"MASK")
    elif damage == "gone":
        picture.unlink()
    elif damage == "no record":
        record.unlink()
    else:
        record.write_bytes(record.read_bytes()[:40])
    assert store.find(KEY) is None


def test_a_damaged_result_is_replaced(store):
    folder = put(store).result.path.parent
    (folder / "mask.png").chmod(0o644)
    (folder / "mask.png").write_bytes(b"damaged")
    assert store.find(KEY) is None
    put(store, b"mask")
    assert store.find(KEY).result.path.read_bytes() == b"mask"


def test_of_two_runs_with_the_same_work_the_first_result_stays(store):
    """Another run may be reading it at this moment."""
    first = put(store)
    inode = first.result.path.stat().st_ino
    other = Store(store.root)
    assert put(other) == first
    assert first.result.path.stat().st_ino == inode
    other.close()


def test_files_shown_to_people_cannot_be_edited_in_place(store, tmp_path):
    made = put(store)
    show(made.result.path, tmp_path / "seen" / "mask.png")
    seen = tmp_path / "seen" / "mask.png"
    assert seen.samefile(made.result.path)
    assert not seen.stat().st_mode & 0o222
    show(made.result.path, seen)  # a second time changes nothing
    assert [path.name for path in seen.parent.iterdir()] == ["mask.png"]


def test_where_links_are_impossible_files_are_copied(store, tmp_path, monkeypatch):
    def no_link(*_):
        raise OSError("no links here")

    monkeypatch.setattr(os, "link", no_link)
    made = put(store)
    show(made.result.path, tmp_path / "mask.png")
    assert (tmp_path / "mask.png").read_bytes() == b"mask"
    assert not (tmp_path / "mask.png").samefile(made.result.path)


def test_work_of_dead_runs_is_cleared_and_of_living_ones_kept(tmp_path):
    root = tmp_path / "store"
    living = Store(root)
    dead = root / "running" / "dead"
    dead.mkdir()
    (dead / "half.mp4").write_bytes(b"half")
    other = Store(root)
    assert not dead.exists()
    assert living.work.is_dir()
    assert other.work != living.work
    living.close()
    other.close()


def test_a_full_disk_is_said_in_words(store, monkeypatch):
    def full(*_args, **_kwargs):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "rename", full)
    with pytest.raises(StoreError, match="No space left on device.*what is finished is kept"):
        put(store)


def test_a_results_folder_that_cannot_be_written_is_said_in_words(tmp_path):
    (tmp_path / "file").write_text("not a folder")
    with pytest.raises(StoreError, match="cannot be written"):
        Store(tmp_path / "file")


def test_fingerprints_follow_content_not_place(tmp_path):
    one, two = tmp_path / "a" / "m.png", tmp_path / "b" / "other.png"
    for path in (one, two):
        path.parent.mkdir()
        path.write_bytes(b"same")
    masks = [Mask(path=path, coverage=0.5, box_px=(0, 0, 1, 1)) for path in (one, two)]
    prints = [fingerprint(mask, sha256_file) for mask in masks]
    assert prints[0] == prints[1]
    two.write_bytes(b"diff")
    assert fingerprint(masks[1], sha256_file) != prints[0]
    assert fingerprint(one, sha256_file) == sha256_file(one)


def test_canonical_json_has_one_text_for_one_value():
    assert canonical_json({"b": 1, "a": "瓶"}) == '{"a":"瓶","b":1}'
    with pytest.raises(ValueError, match="not JSON compliant"):
        canonical_json(float("nan"))


def test_digests_read_a_resting_file_once(tmp_path, monkeypatch):
    path = tmp_path / "photo.jpg"
    path.write_bytes(b"old")
    os.utime(path, (1_000_000_000, 1_000_000_000))
    digests = Digests(tmp_path / "d.sqlite")
    first = digests.sha256(path)
    reads = []
    monkeypatch.setattr("pipeline.digests.sha256_file", lambda p: reads.append(p) or "read")
    assert digests.sha256(path) == first
    assert not reads
    path.write_bytes(b"new")  # same size, young: always read
    assert digests.sha256(path) == "read"
    assert digests.sha256(path) == "read"
    assert len(reads) == 2
    digests.close()


def test_digests_never_open_a_pipe(tmp_path):
    pipe = tmp_path / "pipe.jpg"
    os.mkfifo(pipe)
    digests = Digests(tmp_path / "d.sqlite")
    with pytest.raises(OSError, match="not a regular file"):
        digests.sha256(pipe)
    digests.close()


def test_the_record_names_files_by_name_and_hash(store):
    folder = put(store).result.path.parent
    record = json.loads((folder / "record.json").read_text("utf-8"))
    assert record["files"] == {"mask.png": {"sha256": sha256_file(folder / "mask.png"), "bytes": 4}}
    assert record["result"]["path"] == "mask.png"
    assert record["provenance"]["engine"]["name"] == "whole"


def test_timings_say_what_is_typical(store):
    assert store.timings.typical("cut_mask", "whole") is None
    store.timings.note("cut_mask", provenance())
    store.timings.note("cut_mask", provenance())
    assert store.timings.typical("cut_mask", "whole") == (0.5, 1)
