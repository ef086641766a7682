"""A run asks the store first, falls back only where it may, and writes down how it went."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import ClassVar, Literal

import pytest

from pipeline import run as run_module
from pipeline.errors import EngineFailed, Refused, SourceError, StageFailed
from pipeline.exhibits import Entry
from pipeline.items import Care, Item, Kind, Notice, Picture, Rights
from pipeline.net.options import NetworkOptions
from pipeline.net.web import Online
from pipeline.progress import report
from pipeline.protocols import EngineOptions
from pipeline.recipes import Step
from pipeline.records import Mask, Params
from pipeline.run import MakingRun, NotStored, PlanningRun
from pipeline.runners.local import InlineRunner
from pipeline.store import Store

VERSION = "1"
CALLS: list[str] = []


class ToyOptions(EngineOptions):
    VERSION: ClassVar[str] = "1"
    name: Literal["toy", "broken"] = "toy"
    level: int = 1


class ToyParams(Params):
    size: int = 1


class ToyEngine:
    def __init__(self, options: ToyOptions) -> None:
        self.options = options


def toy_stage(photo: Path, params: ToyParams, *, engine: ToyEngine, folder: Path) -> Mask:
    CALLS.append(engine.options.name)
    if engine.options.name == "broken":
        raise EngineFailed("The toy is broken.")
    if photo.read_bytes() == b"bad":
        raise StageFailed("The photograph is bad.")
    report(1, 2)
    (folder / "mask.png").write_bytes(b"%d" % engine.options.level)
    return Mask(path=folder / "mask.png", coverage=0.5, box_px=(0, 0, params.size, 1))


def plain_stage(mask: Mask, params: ToyParams, *, folder: Path) -> Mask:
    CALLS.append("plain")
    (folder / "mask.png").write_bytes(mask.path.read_bytes() * params.size)
    return mask.model_copy(update={"path": folder / "mask.png"})


@pytest.fixture
def store(tmp_path):
    opened = Store(tmp_path / "store")
    yield opened
    opened.close()


@pytest.fixture
def photo(tmp_path):
    path = tmp_path / "photo.jpg"
    path.write_bytes(b"photo")
    return path


@pytest.fixture(autouse=True)
def toys(monkeypatch):
    CALLS.clear()
    monkeypatch.setattr(run_module, "load_engine", ToyEngine)
    monkeypatch.setattr("pipeline.calls._loaded", {})


def entry(name: str = "vase") -> Entry:
    rights = Rights(uri="https://creativecommons.org/publicdomain/zero/1.0/", credit="Museum")
    return Entry(item=Item(id=name, kind=Kind.VESSEL, title={"en": name}, rights=rights))


def making(store: Store) -> MakingRun:
    return MakingRun(store, WEB, InlineRunner(), 1)


WEB = Online(NetworkOptions(offline=True))
TOY = Step(ToyParams(), (ToyOptions(),))


def test_the_same_work_is_done_once(store, photo):
    first, second = entry(), entry()
    made = making(store).maker(first)(toy_stage, photo, how=TOY)
    run = making(store)
    again = run.maker(second)(toy_stage, photo, how=TOY)
    assert made == again
    assert CALLS == ["toy"]
    assert run.tally.reused == {"toy_stage": 1}
    assert not run.tally.made
    assert first.provenance == second.provenance
    how = first.provenance["toy_stage"]
    assert (how.stage, how.stage_version, how.engine.name) == ("toy_stage", "1", "toy")
    assert how.duration_s >= 0
    assert how.peak_memory_bytes > 1_000_000
    assert not how.generated


@pytest.mark.parametrize(
    "change",
    [
        Step(ToyParams(size=2), (ToyOptions(),)),
        Step(ToyParams(), (ToyOptions(level=2),)),
    ],
    ids=["params", "engine options"],
)
def test_other_work_is_done_anew(store, photo, change):
    make = making(store).maker(entry())
    make(toy_stage, photo, how=TOY)
    make(toy_stage, photo, how=change)
    assert CALLS == ["toy", "toy"]


def test_another_version_of_a_stage_is_other_work(store, photo, monkeypatch):
    make = making(store).maker(entry())
    make(toy_stage, photo, how=TOY)
    monkeypatch.setattr(sys.modules[__name__], "VERSION", "2")
    make(toy_stage, photo, how=TOY)
    assert CALLS == ["toy", "toy"]


def test_what_follows_from_equal_results_is_not_done_again(store, photo, tmp_path):
    """Another photograph with the same mask: the next stage sees no difference."""
    other = tmp_path / "other.jpg"
    other.write_bytes(b"another photo")
    make = making(store).maker(entry())
    step = Step(ToyParams(size=3))
    for path in (photo, other):
        make(plain_stage, make(toy_stage, path, how=TOY), how=step)
    assert CALLS == ["toy", "plain", "toy"]


def test_a_fallback_is_tried_only_where_it_is_allowed(store, photo):
    broken, toy = ToyOptions(name="broken"), ToyOptions()
    with pytest.raises(EngineFailed, match="toy is broken"):
        making(store).maker(entry())(toy_stage, photo, how=Step(ToyParams(), (broken,)))
    fallen = entry()
    making(store).maker(fallen)(toy_stage, photo, how=Step(ToyParams(), (broken, toy)))
    how = fallen.provenance["toy_stage"]
    assert how.engine.name == "toy"
    assert [(attempt.engine, attempt.error) for attempt in how.tried] == [
        ("broken", "The toy is broken.")
    ]
    again = entry()
    making(store).maker(again)(toy_stage, photo, how=Step(ToyParams(), (broken, toy)))
    assert again.provenance["toy_stage"].tried == how.tried


def test_a_stage_that_fails_is_named(store, photo):
    photo.write_bytes(b"bad")
    with pytest.raises(StageFailed) as failed:
        making(store).maker(entry())(toy_stage, photo, how=TOY)
    assert failed.value.stage == "toy_stage"


def test_the_failed_one_of_several_clips_is_named(store, photo):
    photo.write_bytes(b"bad")
    with pytest.raises(StageFailed) as failed:
        making(store).maker(entry())(toy_stage, photo, how=TOY._replace(variant="tall"))
    assert failed.value.stage == "toy_stage:tall"
    photo.unlink()
    with pytest.raises(SourceError) as failed:
        making(store).maker(entry())(toy_stage, photo, how=TOY._replace(variant="tall"))
    assert failed.value.stage == "toy_stage:tall"


def test_a_missing_photograph_fails_its_object_in_words(store, tmp_path):
    with pytest.raises(SourceError, match="gone.jpg cannot be read.*Check the name"):
        making(store).maker(entry())(toy_stage, tmp_path / "gone.jpg", how=TOY)


def test_what_may_not_leave_is_not_given_to_a_remote_runner(store, photo):
    class FarRunner(InlineRunner):
        is_remote = True

    run = MakingRun(store, WEB, FarRunner(), 1)
    careful = entry()
    label = Notice(title="TK Clan")
    careful.item = careful.item.model_copy(update={"care": Care(notices=(label,))})
    with pytest.raises(Refused, match="may not leave this machine"):
        run.maker(careful)(toy_stage, photo, how=TOY)
    assert CALLS == []
    run.maker(entry())(toy_stage, photo, how=TOY)
    assert CALLS == ["toy"]


def test_a_plan_makes_nothing(store, photo):
    plan = PlanningRun(store, WEB)
    with pytest.raises(NotStored):
        plan.maker(entry("vase"))(toy_stage, photo, how=TOY)
    assert not CALLS
    making(store).maker(entry())(toy_stage, photo, how=TOY)
    found = entry()
    PlanningRun(store, WEB).maker(found)(toy_stage, photo, how=TOY)
    assert CALLS == ["toy"]
    assert "toy_stage" in found.provenance


def test_a_plan_fetches_nothing(store, photo):
    plan = PlanningRun(store, WEB)
    assert plan.picture(photo, 2048) == photo
    with pytest.raises(NotStored, match="still on the web"):
        plan.picture(Picture(url="https://museum.example/vase.jpg"), 2048)


def test_objects_keep_their_order_and_an_error_of_the_run_ends_it(store):
    run = making(store)
    names = [f"object-{number}" for number in range(20)]
    items = [entry(name).item for name in names]
    done = run.side_by_side(lambda item: Entry(item=item), items)
    assert [made.item.id for made in done] == names
    assert (run.tally.total, run.tally.finished, run.tally.failed) == (20, 20, 0)

    def stop(item: Item) -> Entry:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run.side_by_side(stop, items)
