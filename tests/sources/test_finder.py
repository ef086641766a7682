"""Pictures are found by the names that catalogues have for them, and only in their folders."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.errors import ConfigError, SourceError
from pipeline.sources.finder import Finder, picture_folders


@pytest.fixture
def folders(tmp_path: Path) -> list[Path]:
    made = []
    for name, files in {
        "a": ["I11.jpg", "sub/Vase_01.JPG", "twice.png"],
        "b": [
            "I11.jpg",
            "deep/er/only.tif",
            "deep/TWICE.png",
            "master.tif",
            "master.jpg",
            "1963.504.png",
        ],
    }.items():
        for file in files:
            path = tmp_path / name / file
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(b"x")
        made.append(tmp_path / name)
    return made


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("I11.jpg", "a/I11.jpg"),
        (" I11.jpg ", "a/I11.jpg"),
        ("sub/Vase_01.JPG", "a/sub/Vase_01.JPG"),
        (r"sub\Vase_01.JPG", "a/sub/Vase_01.JPG"),
        ("vase_01.jpg", "a/sub/Vase_01.JPG"),
        ("only.tif", "b/deep/er/only.tif"),
        ("ONLY", "b/deep/er/only.tif"),
        ("master", "b/master.jpg"),
        ("1963.504", "b/1963.504.png"),
        ("twice", "a/twice"),
        (r"D:\Fotos 2019\Neu\Only.TIF", "b/deep/er/only.tif"),
        ("/Volumes/Server/I11.jpg", "a/I11.jpg"),
        ("file:///C:/Bilder/i11.JPG", "a/i11.JPG"),
        ("Twice.png", "a/Twice.png"),
        ("gone.jpg", "a/gone.jpg"),
        ("a" * 5000, "a/" + "a" * 5000),
    ],
)
def test_a_picture_is_found_or_the_place_where_it_should_be(folders, tmp_path, name, expected):
    found = Finder(folders).find(name)
    exists = (tmp_path / expected).is_file() if len(expected) < 200 else False
    assert found == tmp_path / expected
    assert found.is_file() == exists if len(expected) < 200 else True


@pytest.mark.parametrize("name", ["../x.jpg", "a/../../b.jpg", r"..\x", "", "  ", "a\0.jpg", "/"])
def test_a_name_that_climbs_out_is_refused(folders, name):
    with pytest.raises(SourceError, match="leads out of the folders"):
        Finder(folders).find(name)


def test_a_link_out_of_the_folder_is_refused_and_one_inside_is_followed(folders, tmp_path):
    (tmp_path / "secret.jpg").write_bytes(b"x")
    (folders[0] / "out.jpg").symlink_to(tmp_path / "secret.jpg")
    (folders[0] / "in.jpg").symlink_to(folders[0] / "I11.jpg")
    with pytest.raises(SourceError, match=r"'out\.jpg' is a link that leads out of the folder"):
        Finder(folders).find("out.jpg")
    assert Finder(folders).find("in.jpg") == folders[0] / "in.jpg"


def test_folders_that_are_not_there_are_all_named(tmp_path):
    with pytest.raises(ConfigError) as caught:
        picture_folders(["gone", "package:no_such_package/x", "package:../x"], tmp_path)
    assert len(caught.value.mistakes) == 3
    assert picture_folders(["."], tmp_path) == [tmp_path]
