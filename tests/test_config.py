"""Configs: every mistake at once, an object's own values over the general ones."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import pipeline
from pipeline.config import check_objects, json_schema
from pipeline.items import Item, Kind, Rights
from pipeline.records import Photo

ROOT = Path(__file__).parent.parent
HEAD = "exhibit: {id: small, title: Small}\nsource: {name: folder, catalogue: c.csv}\n"


def load(tmp_path: Path, text: str) -> pipeline.ExhibitConfig:
    (tmp_path / "exhibit.yaml").write_text(HEAD + text, encoding="utf-8")
    return pipeline.load_config(tmp_path / "exhibit.yaml")


def item(kind: Kind = Kind.VESSEL, name: str = "vase") -> Item:
    rights = Rights(uri="https://creativecommons.org/publicdomain/zero/1.0/", credit="M")
    return Item(id=name, kind=kind, title={"en": name}, rights=rights)


def test_a_part_is_made_only_when_its_section_is_there(tmp_path):
    recipe = load(tmp_path, "clip:\n").recipe(item())
    assert recipe.clip is not None
    assert recipe.mesh is None
    assert recipe.stories == ()


@pytest.mark.parametrize(
    ("kind", "mask", "depth"),
    [
        (Kind.PAINTING, "whole", "planar"),
        (Kind.VESSEL, "u2netp", "silhouette"),
        (Kind.COIN, "u2netp", "silhouette"),
        (Kind.SCENE, "whole", "planar"),
    ],
)
def test_the_kind_decides_the_engines(tmp_path, kind, mask, depth):
    recipe = load(tmp_path, "clip:\n").recipe(item(kind))
    assert [engine.name for engine in recipe.mask.engines] == [mask]
    assert [engine.name for engine in recipe.depth.engines] == [depth]


def test_an_engine_may_be_named_alone_and_fallbacks_follow(tmp_path):
    config = load(tmp_path, "mask: {engine: u2netp, fallback: [grabcut, whole]}\n")
    names = [engine.name for engine in config.recipe(item()).mask.engines]
    assert names == ["u2netp", "grabcut", "whole"]


def test_an_object_changes_only_what_it_names(tmp_path):
    config = load(
        tmp_path,
        "clip: {duration_s: 8, fps: 24, engine: {name: parallax, move: slide}}\n"
        "mask: {engine: u2netp, fallback: [whole]}\n"
        "objects:\n"
        "  vase:\n"
        "    clip: {fps: 50, engine: {name: parallax, amount: 0.02}}\n"
        "    mask: {engine: grabcut}\n",
    )
    own, other = config.recipe(item()), config.recipe(item(name="other"))
    assert own.clip is not None
    assert other.clip is not None
    assert (own.clip.params.duration_s, own.clip.params.fps) == (8, 50)
    assert (other.clip.params.duration_s, other.clip.params.fps) == (8, 24)
    (engine,) = own.clip.engines
    assert (engine.move, engine.amount) == ("slide", 0.02)
    assert [engine.name for engine in own.mask.engines] == ["grabcut", "whole"]
    assert [engine.name for engine in other.mask.engines] == ["u2netp", "whole"]


def test_an_object_may_have_a_part_that_others_have_not(tmp_path):
    config = load(tmp_path, "objects: {vase: {mesh: {jpeg_quality: 80}}}\n")
    assert config.recipe(item()).mesh is not None
    assert config.recipe(item(name="other")).mesh is None


@pytest.mark.parametrize(
    ("section", "name", "faces"),
    [
        ("", "relief", 60_000),
        ("engine: {faces: 2000}", "relief", 2000),
        ("engine: lathe", "lathe", 60_000),
        ("engine: {name: lathe, faces: 2000}", "lathe", 2000),
    ],
)
def test_a_mesh_engine_without_a_name_is_the_relief(tmp_path, section, name, faces):
    mesh = load(tmp_path, f"mesh: {{{section}}}\n").recipe(item()).mesh
    assert mesh is not None
    assert [(engine.name, engine.faces) for engine in mesh.engines] == [(name, faces)]


def test_where_the_museum_cut_the_object_out_no_engine_is_asked(tmp_path):
    plain = Photo(
        path=tmp_path / "photo.webp",
        width_px=1,
        height_px=1,
        source_sha256="0",
        source_format="PNG",
        source_width_px=1,
        source_height_px=1,
    )
    cut_out = plain.model_copy(update={"alpha": tmp_path / "alpha.png"})
    usual = load(tmp_path, "clip:\n").recipe(item())
    assert usual.mask_of(cut_out).engines == ()
    assert usual.mask_of(plain) == usual.mask
    asked = load(tmp_path, "mask: {use_alpha: false}\n").recipe(item())
    assert asked.mask_of(cut_out) == asked.mask


def test_all_mistakes_are_told_at_once_with_their_places(tmp_path):
    with pytest.raises(pipeline.ConfigError) as told:
        load(
            tmp_path,
            "clip: {duration_s: 900, secnods: 4}\n"
            "mask: {engine: grabcutt}\n"
            "objects:\n"
            "  vase: {clip: {fps: 5}}\n"
            "galery:\n",
        )
    places = [(mistake.line, mistake.column) for mistake in told.value.mistakes]
    assert places == [(3, 20), (3, 25), (4, 16), (6, 22), (7, 1)]
    text = str(told.value)
    assert "found 900, expected at most 120" in text
    assert "did you mean 'grabcut'?" in text
    assert "did you mean 'gallery'?" in text


def test_an_exhibit_id_is_a_folder_name(tmp_path):
    (tmp_path / "exhibit.yaml").write_text(HEAD.replace("small", "../up", 1), encoding="utf-8")
    with pytest.raises(pipeline.ConfigError, match="lower-case letters, digits and hyphens"):
        pipeline.load_config(tmp_path / "exhibit.yaml")


def test_objects_that_the_catalogue_lacks_are_told(tmp_path):
    config = load(tmp_path, "objects:\n  vasse: {clip: {fps: 20}}\n")
    with pytest.raises(pipeline.ConfigError, match=r":4:3: objects\.vasse.*did you mean 'vase'"):
        check_objects(config, ["vase"])


def test_engine_and_fallback_stay_out_of_the_params(tmp_path):
    """Else another fallback would make everything anew."""
    one = load(tmp_path, "mask: {fallback: [whole]}\n").recipe(item())
    two = load(tmp_path, "mask: {fallback: [grabcut]}\n").recipe(item())
    assert one.mask.params == two.mask.params


def test_the_schema_describes_every_section():
    schema = json_schema()
    assert json.loads(json.dumps(schema)) == schema
    assert {"exhibit", "source", "clip", "mesh", "objects"} <= schema["properties"].keys()
    fps = schema["$defs"]["ClipSection"]["properties"]["fps"]
    assert fps["description"]
    assert (fps["minimum"], fps["maximum"]) == (10, 60)


@pytest.mark.parametrize("name", ["demo", "minimal", "photos"])
def test_our_own_configs_load(name):
    config = pipeline.load_config(ROOT / "configs" / f"{name}.yaml")
    assert config.exhibit.id == name
    assert config.path.name == f"{name}.yaml"
