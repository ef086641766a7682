"""Catalogue files as museums have them, and as they go wrong."""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline.errors import ConfigError
from pipeline.items import Item, Kind, Rights, Size
from pipeline.sources.folder import FolderOptions, FolderSource

HEADER = "id,image,title,kind,rights,credit"
CC0 = "https://creativecommons.org/publicdomain/zero/1.0/"

Read = Callable[..., list[Item]]


@pytest.fixture
def read(tmp_path: Path) -> Read:
    """Read a catalogue of this content."""

    def reader(content: str | bytes, name: str = "catalogue.csv", **options: object) -> list[Item]:
        raw = content if isinstance(content, bytes) else content.encode()
        (tmp_path / name).write_bytes(raw)
        source = FolderSource(FolderOptions(catalogue=Path(name), **options), tmp_path)
        return list(source.items())

    return reader


@pytest.fixture
def wrong(read: Read, tmp_path: Path) -> Callable[..., list[str]]:
    """What is wrong in a catalogue, without the file's name."""

    def reader(content: str | bytes, name: str = "catalogue.csv", **options: object) -> list[str]:
        with pytest.raises(ConfigError) as caught:
            read(content, name, **options)
        start = f"{tmp_path / name}:"
        assert all(str(m).startswith(start) for m in caught.value.mistakes)
        return [str(m).removeprefix(start) for m in caught.value.mistakes]

    return reader


# CSV ---------------------------------------------------------------------------------------------


def test_a_table_becomes_items(read: Read, tmp_path: Path) -> None:
    table = (
        "id;title;title_zh;kind;image;rights;credit;holder;height_cm;width_mm;diameter_m;date;"
        "description;description_zh;creator;creator_id;source_url;Room\n"
        f'1963.504;"Head of ""Buddha""\ntwo lines";佛头;sculpture;sub/a.jpg;{CC0};CMA;"A; B";30,6;'
        "166;0.5;400s;Stone.;石。;unknown;99;https://museum.example/1;7\n"
        f"song;Song;;intangible;;{CC0};The village;;;;;;;;;;;\n"
    )
    first, second = read(table)
    assert first == Item(
        id="1963.504",
        kind=Kind.SCULPTURE,
        title={"en": 'Head of "Buddha"\ntwo lines', "zh": "佛头"},
        image=tmp_path / "sub/a.jpg",
        description={"en": "Stone.", "zh": "石。"},
        creator={"en": "unknown"},
        date={"en": "400s"},
        rights=Rights(uri=CC0, credit="CMA", holder="A; B"),
        size=Size(height_m=0.306, width_m=0.166, diameter_m=0.5),
        source_url="https://museum.example/1",
        extra={"creator_id": "99", "Room": "7"},
    )
    assert second.image is None
    assert second.kind is Kind.INTANGIBLE
    assert second.size == Size()


@pytest.mark.parametrize("mark", [",", ";", "\t"])
@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_every_separator_and_newline(read: Read, mark: str, newline: str) -> None:
    rows = [HEADER.split(","), ["a", "a.jpg", "A, B; C", "coin", CC0, "x"]]
    lines = [mark.join(f'"{cell}"' for cell in row) for row in rows]
    (item,) = read(newline.join(lines) + newline)
    assert (item.id, item.title, item.rights.credit) == ("a", {"en": "A, B; C"}, "x")
    assert read(newline.join(lines)) == [item]


@pytest.mark.parametrize(
    ("encoding", "title", "warned"),
    [
        ("utf-8", "Déesse 观音", ""),
        ("utf-8-sig", "Déesse 观音", ""),
        ("utf-16", "Déesse 观音", ""),
        ("gb18030", "观音菩萨立像", "GB 18030"),
        ("cp1252", "Déesse à l’œuvre", "Windows-1252"),
        ("cp1252", "Käthe Kruse, Löwe", "Windows-1252"),
    ],
)
def test_encodings(
    read: Read, caplog: pytest.LogCaptureFixture, encoding: str, title: str, warned: str
) -> None:
    table = f'{HEADER}\na,a.jpg,"{title}",coin,{CC0},x\n'
    with caplog.at_level(logging.WARNING):
        (item,) = read(table.encode(encoding))
    assert item.title == {"en": title}
    assert [warned in r.getMessage() for r in caplog.records] == ([True] if warned else [])


def test_bytes_of_no_encoding_are_refused_where_they_stand(wrong: Callable[..., list[str]]) -> None:
    (said,) = wrong(HEADER.encode() + b"\na,a.jpg,\xe9\x81,coin,r,c\n")
    assert said.startswith("2:10: found the byte 0x81, which is not CP1252; expected UTF-8")


def test_every_mistake_of_a_table_at_once(wrong: Callable[..., list[str]]) -> None:
    table = (
        f"{HEADER},height_cm,width_mm,width_cm,source_url\n"
        ',../b.jpg,x,vase,,me,0,"1,234",,javascript:x\n'
        f'"1963\n.1",a.jpg,y,coin,{CC0},c,2 cm,5,5,\n'
        f"b,C:\\x.jpg,y,coin,{CC0},c,-3,,,\n"
        f"b,,,coin,{CC0},c,,,,\n"
    )
    kinds = (
        "'painting', 'print', 'photograph', 'relief', 'plaque', 'coin', 'medal', 'vessel', "
        "'sculpture', 'textile', 'scroll', 'scene', 'intangible' or 'other'"
    )
    assert wrong(table) == [
        "2:1: id: missing, and it must be there",
        "2:2: image: found '../b.jpg', expected a file inside the folders of `images`",
        f"2:13: kind: found vase, expected {kinds}; did you mean 'vessel'?",
        "2:18: rights: missing, and it must be there",
        "2:22: height_cm: found 0, expected more than 0",
        "2:24: width_mm: found 1,234, which can mean 1.234 or 1234; write one of these",
        "2:33: source_url: found 'javascript:x', expected a web address: https://…",
        "3:1: id: found a line break or control character, expected an accession number",
        "4:71: height_cm: found '2 cm', expected a number alone; its unit is in the name",
        "5:3: image: found 'C:\\\\x.jpg', expected a file inside the folders of `images`",
        "5:72: height_cm: found -3, expected more than 0",
        "6:1: found the id 'b' twice, first in line 5; expected it once",
        "6:4: title: missing, and it must be there",
    ]


def test_two_units_and_a_missing_image(wrong: Callable[..., list[str]]) -> None:
    table = f"{HEADER},width_mm,width_cm\na,a.jpg,x,coin,{CC0},c,50,5\nb,,x,coin,{CC0},c,,\n"
    assert wrong(table) == [
        "2:"
        + str(len(f"a,a.jpg,x,coin,{CC0},c,") + 1)
        + ": size: found width_cm and width_mm, expected the width in one unit",
        "3:1: `image` is missing, and only the kind 'intangible' can be without; this is a coin",
    ]


def test_ids_that_look_the_same_are_the_same(wrong: Callable[..., list[str]]) -> None:
    row = f"a.jpg,x,coin,{CC0},c"
    assert len(wrong(f"{HEADER}\nvasé,{row}\nvase\u0301,{row}\n")) == 1


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ("", "1:1: the table is empty, expected a row of names"),
        ("\n , \n", "1:1: the table is empty"),
        ("id,image,title,kind,credit\n", "1:1: the column 'rights' is missing"),
        ("id,image,titel,kind,rights,credit\n", "the column 'title' is missing; did you mean 'tit"),
        (HEADER + ",credit\n", "1:35: found the name 'credit' twice"),
        (HEADER + ",title_en\n", "1:35: found 'title_en' beside 'title', which mean the same"),
        (HEADER + ",,x\n", "1:35: found a column without a name"),
        (HEADER + "\na,b,c,coin,r,c,d,e\n", "2:16: found 8 cells, expected 6"),
        (HEADER + '\na,b,"c,coin,r,c\n', '2:5: found a quote (") without its end'),
        (HEADER + '\na,b,"c"d,coin,r,c\n', "2:5: found 'd' after a closing quote"),
        (HEADER + f'\na,b,"{"c" * 100_001}",coin,r,c\n', "2:5: a cell has 100,001 characters"),
        (HEADER + "\na,b,c\x00,coin,r,c\n", "2:6: found the control character U+0000"),
        (HEADER + "\n", "1:1: found an empty list, expected at least one object"),
    ],
    ids=lambda value: repr(value)[-40:],
)
def test_tables_that_cannot_be_read(wrong: Callable[..., list[str]], table: str, said: str) -> None:
    assert said in wrong(table)[0]


def test_empty_rows_are_skipped_and_lines_still_right(wrong: Callable[..., list[str]]) -> None:
    table = f"{HEADER}\n\n,,,,,\na,a.jpg,x,vase,{CC0},c\n"
    assert wrong(table)[0].startswith("4:11: kind: found vase")


# YAML --------------------------------------------------------------------------------------------

YAML = f"""\
language: zh
items:
  - id: "1969_12"
    kind: scroll
    title: 千里江山图
    image: a.jpg
    description: {{en: A scroll, zh: 长卷}}
    date: "1113"
    credit: Palace
    rights: {CC0}
    size: {{height_cm: 51.5, width_m: 11.915}}
    extra: {{dynasty: Song}}
"""


def test_a_yaml_catalogue(read: Read, tmp_path: Path) -> None:
    (item,) = read(YAML, "c.yaml")
    assert item == Item(
        id="1969_12",
        kind=Kind.SCROLL,
        title={"zh": "千里江山图"},
        image=tmp_path / "a.jpg",
        description={"en": "A scroll", "zh": "长卷"},
        date={"zh": "1113"},
        rights=Rights(uri=CC0, credit="Palace"),
        size=Size(height_m=0.515, width_m=11.915),
        extra={"dynasty": "Song"},
    )


def test_the_same_catalogue_in_both_formats_gives_the_same_items(read: Read) -> None:
    table = (
        f"{HEADER},height_cm,width_m,dynasty,date,title_en,description,description_en\n"
        f'1969_12,a.jpg,千里江山图,scroll,{CC0},Palace,"51,5",11.915,Song,1113,Rivers,长卷,'
        "A scroll\n"
    )
    text = YAML.replace("title: 千里江山图", "title: {zh: 千里江山图, en: Rivers}")
    assert read(table, language="zh") == read(text, "c.yaml")


def test_every_mistake_of_a_yaml_catalogue_at_once(wrong: Callable[..., list[str]]) -> None:
    text = """\
items:
  - id: 1963.1
    kind: paintng
    title: {en: A, "z z": b}
    image: /etc/passwd
    credit: c
    size: {height_cm: 3, height_mm: 30}
    sorce_url: x
  - {id: a, kind: intangible, title: "", credit: c, rights: r, date: 1889}
  - {id: a, kind: intangible, title: x, credit: " ", rights: r, size: {height: 3}}
"""
    found = wrong(text, "c.yaml")
    assert [said.split(": found")[0].split(": this")[0] for said in found] == [
        "2:5: items.0.rights: missing, and it must be there",
        "2:9: items.0.id",
        "3:11: items.0.kind",
        "4:12: items.0.title",
        "5:12: items.0.image",
        "7:11: items.0.size",
        "8:5: items.0.sorce_url",
        "9:38: items.1.title",
        "9:70: items.1.date",
        "10:10",
        "10:49: items.2.credit",
        "10:72: items.2.size.height",
    ]
    assert found[6].endswith("this key is not known; did you mean 'source_url'?")
    assert found[9].endswith("found the id 'a' twice, first in line 9; expected it once")


def test_no_items_and_no_list(wrong: Callable[..., list[str]]) -> None:
    assert wrong("items: []\n", "c.yaml") == [
        "1:8: items: found an empty list, expected at least one object"
    ]
    assert wrong("items: {a: 1}\n", "c.yaml") == ["1:8: items: found a mapping, expected a list"]
    assert wrong("language: zh\n", "c.yaml") == ["1:1: items: missing, and it must be there"]
    assert wrong("items: [1]\n", "c.yaml") == ["1:9: items.0: found 1, expected `key: value` lines"]


def test_another_kind_of_file_is_refused(wrong: Callable[..., list[str]]) -> None:
    assert "expected .csv or .yaml" in wrong("x", "c.xlsx")[0]


def test_a_missing_catalogue_is_a_mistake(tmp_path: Path) -> None:
    for name in ("no.csv", "no.yaml"):
        source = FolderSource(FolderOptions(catalogue=Path(name)), tmp_path)
        with pytest.raises(ConfigError, match="there is no such file"):
            list(source.items())


# Pictures ----------------------------------------------------------------------------------------


def test_the_first_folder_that_has_the_picture_wins(read: Read, tmp_path: Path) -> None:
    for folder, names in {"one": ["a.jpg"], "two": ["a.jpg", "sub/b.jpg"]}.items():
        for name in names:
            (tmp_path / folder / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / folder / name).write_bytes(b"x")
    table = HEADER + "".join(
        f"\n{i},{name},x,coin,{CC0},c"
        for i, name in enumerate(["a.jpg", "sub\\b.jpg", "missing.jpg", "n" * 300])
    )
    items = read(table, images=("one", str(tmp_path / "two")))
    assert [item.image for item in items] == [
        tmp_path / "one/a.jpg",
        tmp_path / "two/sub/b.jpg",
        tmp_path / "one/missing.jpg",
        tmp_path / "one" / ("n" * 300),
    ]


def test_a_folder_inside_an_installed_package(
    read: Read, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = tmp_path / "site" / "with_pictures"
    (package / "data").mkdir(parents=True)
    (package / "__init__.py").write_text("raise RuntimeError('imported')")
    (package / "data" / "a.png").write_bytes(b"x")
    monkeypatch.syspath_prepend(tmp_path / "site")
    (item,) = read(f"{HEADER}\na,a.png,x,coin,{CC0},c\n", images=("package:with_pictures/data",))
    assert item.image == package / "data/a.png"
    assert "with_pictures" not in sys.modules


@pytest.mark.parametrize(
    ("folder", "said"),
    [
        ("package:no_such_package/data", r"pip install tableau-vivant\[demo\]"),
        ("package:json/nope", "there is no folder"),
        ("package:sys", "not installed"),
        ("package:json/../..", "expected package:NAME/FOLDER"),
        ("package:a.b/c", "expected package:NAME/FOLDER"),
        ("nowhere", "there is no folder"),
    ],
)
def test_folders_that_are_not_there(read: Read, folder: str, said: str) -> None:
    with pytest.raises(ConfigError, match=said) as caught:
        read(f"{HEADER}\na,a.jpg,x,coin,{CC0},c\n", images=(folder,))
    assert "source.images" in str(caught.value)


def test_a_real_catalogue_of_1200_rows(read: Read, shared_data: Path) -> None:
    table = (shared_data / "catalogues/nga/objects_dimensions_28.csv").read_bytes()
    with pytest.raises(ConfigError) as caught:
        read(table)
    assert {m.message.split(" is missing")[0] for m in caught.value.mistakes} == {
        f"the column '{name}'" for name in ("id", "kind", "title", "rights", "credit")
    }


# Details -----------------------------------------------------------------------------------------

DETAILED = """\
items:
  - id: a
    kind: painting
    image: a.jpg
    title: A
    credit: c
    rights: r
    details:
"""


def test_details_are_named_regions_in_percent_or_pixels(read: Read) -> None:
    (item,) = read(
        DETAILED
        + """\
      - {region: "pct:41,7,20,20", title: {en: Moon, zh: 月}}
      - {region: "pct:90.5,.5,20,10"}
      - {region: "10,20,300,400", title: Village}
""",
        "catalogue.yaml",
    )
    moon, edge, village = item.details
    assert (moon.box, moon.unit, moon.title) == (
        (0.41, 0.07, 0.61, 0.27),
        "part",
        {"en": "Moon", "zh": "月"},
    )
    assert edge.box == (0.905, 0.005, 1.0, 0.105), "cut at the photograph's edge"
    assert (village.box, village.unit) == ((10, 20, 310, 420), "px")
    assert village.title == {"en": "Village"}
    assert item.subject == item.model_copy(update={"details": ()}).subject, "no file says them"


def test_every_mistake_of_details_stands_where_it_is(wrong: Callable[..., list[str]]) -> None:
    said = wrong(
        DETAILED
        + """\
      - {region: full}
      - {region: square, title: x}
      - {region: "pct:10,10,0,10"}
      - {region: "pct:100,0,10,10"}
      - {region: "10,20,300"}
      - {region: "-1,0,5,5", name: y}
      - title: z
""",
        "catalogue.yaml",
    )
    starts = [message.split(": ", 1)[0] for message in said]
    assert starts == ["9:18", "10:18", "11:18", "12:18", "13:18", "14:18", "14:30", "15:9"]
    assert "found 'full', which is no detail" in said[0]
    assert "found 'square', which is no detail" in said[1]
    assert "a width and a height of more than 0" in said[2]
    assert "begins beyond the photograph's edge" in said[3]
    assert "expected pct:x,y,w,h in percent of the photograph or x,y,w,h in its pixels" in said[4]
    assert "found '-1,0,5,5'" in said[5]
    assert "this key is not known" in said[6]
    assert "missing" in said[7]


def test_what_asks_for_care_is_never_set_aside(read: Read, wrong: Callable[..., list[str]]) -> None:
    table = f"{HEADER},Access,sensitivity\na,a.jpg,A,coin,{CC0},M,secret,\n"
    table += f"b,a.jpg,B,coin,{CC0},M,,human remains\nc,a.jpg,C,coin,{CC0},M,,\n"
    assert [one.care.access for one in read(table)] == ["secret", "restricted", "public"]
    said = wrong(f"{HEADER},access\na,a.jpg,A,coin,{CC0},M,geheim\n")
    assert "access" in said[0]
    for name in ("notices", "season"):
        said = wrong(f"{HEADER},{name}\na,a.jpg,A,coin,{CC0},M,x\n")
        assert f"found the column '{name}'" in said[0]
