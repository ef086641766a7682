"""Pictures that describe themselves: where each format keeps it, and whose rights are whose."""

from __future__ import annotations

import io
import random
import struct
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, PngImagePlugin
from pydantic import ValidationError

from pipeline.errors import ConfigError
from pipeline.items import Item
from pipeline.sources._picture_bytes import NoPicture, read_blocks
from pipeline.sources._picture_words import BadXmp, read_xmp
from pipeline.sources.collection import Collection
from pipeline.sources.described import Statement
from pipeline.sources.pictures import PicturesOptions, PicturesSource
from tests.sources.reading import described, desk, one, peak_bytes, split

HEAD = (
    '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF '
    'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" '
    'xmlns:dc="http://purl.org/dc/elements/1.1/" '
    'xmlns:photoshop="http://ns.adobe.com/photoshop/1.0/" '
    'xmlns:xmpRights="http://ns.adobe.com/xap/1.0/rights/" '
    'xmlns:cc="http://creativecommons.org/ns#" '
    'xmlns:plus="http://ns.useplus.org/ldf/xmp/1.0/" '
    'xmlns:crs="http://ns.adobe.com/camera-raw-settings/1.0/" '
    'xmlns:xmpMM="http://ns.adobe.com/xap/1.0/mm/" '
    'xmlns:e="http://iptc.org/std/Iptc4xmpExt/2008-02-29/">'
)
TAIL = "</rdf:RDF></x:xmpmeta>"
BY = "https://creativecommons.org/licenses/by/4.0/"


def packet(body: str, attributes: str = "") -> bytes:
    inner = f'<rdf:Description rdf:about="" {attributes}>{body}</rdf:Description>'
    start = '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>'
    return f'{start}{HEAD}{inner}{TAIL}{" " * 200}<?xpacket end="w"?>'.encode()


def alt(name: str, **texts: str) -> str:
    items = "".join(
        f'<rdf:li xml:lang="{tag.replace("_", "-")}">{text}</rdf:li>' for tag, text in texts.items()
    )
    return f"<{name}><rdf:Alt>{items}</rdf:Alt></{name}>"


def seq(name: str, *texts: str, kind: str = "Seq") -> str:
    items = "".join(f"<rdf:li>{text}</rdf:li>" for text in texts)
    return f"<{name}><rdf:{kind}>{items}</rdf:{kind}></{name}>"


def thing(body: str) -> str:
    return (
        "<e:ArtworkOrObject><rdf:Bag><rdf:li rdf:parseType='Resource'>"
        f"{body}</rdf:li></rdf:Bag></e:ArtworkOrObject>"
    )


WHOLE = packet(
    thing(
        alt("e:AOTitle", x_default="Jar", zh="罐", en="Jar")
        + seq("e:AOCreator", "Unknown maker", "Second maker")
        + "<e:AOCircaDateCreated>about 1640</e:AOCircaDateCreated>"
        + "<e:AODateCreated>1640</e:AODateCreated>"
        + "<e:AOSource>Some museum</e:AOSource>"
        + "<e:AOSourceInvNo>1999.1.45</e:AOSourceInvNo>"
        + "<e:AOSourceInvURL>https://museum.example/45</e:AOSourceInvURL>"
        + alt("e:AOPhysicalDescription", en="Porcelain; H. 32.4 cm", de="Porzellan; H. 32,4 cm")
        + alt("e:AOContentDescription", en="A jar with a <![CDATA[<i>lid</i>]]>")
        + seq("e:AOStylePeriod", "Ming", kind="Bag")
    )
    + alt("dc:title", x_default="IMG_0045")
    + alt("dc:description", x_default="Photograph of a jar")
    + seq("dc:creator", "A photographer")
    + alt("dc:rights", en="© A photographer", de_at="© Eine Fotografin")
    + f'<cc:license rdf:resource="{BY}"/>'
    + alt("xmpRights:UsageTerms", x_default="CC BY 4.0")
    + "<plus:CopyrightOwner><rdf:Seq><rdf:li><rdf:Description>"
    + "<plus:CopyrightOwnerName>Some museum</plus:CopyrightOwnerName></rdf:Description></rdf:li>"
    + "</rdf:Seq></plus:CopyrightOwner>"
    + seq("e:PersonInImage", "A visitor", kind="Bag")
    + "<xmpMM:History><rdf:Seq><rdf:li>saved</rdf:li></rdf:Seq></xmpMM:History>",
    'photoshop:Credit="Photo: Some museum" photoshop:DateCreated="2019-03-04" crs:Exposure="1" '
    'xmpRights:WebStatement="https://museum.example/terms" xmpRights:Marked="True"',
)


# Files of every kind -----------------------------------------------------------------------------

RED = Image.new("RGB", (8, 6), "red")


def segment(marker: int, data: bytes) -> bytes:
    return bytes([0xFF, marker]) + struct.pack(">H", len(data) + 2) + data


def with_segments(*segments: bytes) -> bytes:
    plain = io.BytesIO()
    RED.save(plain, "JPEG")
    return plain.getvalue()[:2] + b"".join(segments) + plain.getvalue()[2:]


def jpeg(xmp: bytes) -> bytes:
    return with_segments(segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + xmp))


def png(xmp: bytes, compressed: bool = False) -> bytes:
    file = io.BytesIO()
    info = PngImagePlugin.PngInfo()
    info.add_itxt("XML:com.adobe.xmp", xmp.decode(), zip=compressed)
    RED.save(file, "PNG", pnginfo=info)
    return file.getvalue()


def webp(xmp: bytes) -> bytes:
    file = io.BytesIO()
    RED.save(file, "WEBP", xmp=xmp)
    return file.getvalue()


def tiff(xmp: bytes, big: bool = False) -> bytes:
    file = io.BytesIO()
    RED.save(file, "TIFF", tiffinfo={700: xmp}, big_tiff=big)
    return file.getvalue()


MAKERS: dict[str, Callable[[bytes], bytes]] = {
    "a.jpg": jpeg,
    "a.JPEG": jpeg,
    "a.png": png,
    "b.png": lambda xmp: png(xmp, compressed=True),
    "a.webp": webp,
    "a.tif": tiff,
    "b.tiff": lambda xmp: tiff(xmp, big=True),
}


def source(folder: Path, **options: Any) -> PicturesSource:
    return PicturesSource(PicturesOptions(catalogue=folder.name, **options), desk(folder.parent))


def put(folder: Path, **files: bytes) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        (folder / name).write_bytes(content)
    return folder


@pytest.mark.parametrize("name", MAKERS)
def test_every_format_says_the_same(tmp_path: Path, name: str) -> None:
    folder = put(tmp_path / "photographs", **{name: MAKERS[name](WHOLE)})
    Image.open(folder / name).load()
    found = one(source(folder).found())
    assert found.id == "1999.1.45"
    assert found.place == name
    assert found.title == {"zh": "罐", "en": "Jar"}
    assert found.description == {"en": "A jar with a lid"}
    assert found.creator == {"en": "Unknown maker; Second maker"}
    assert found.date == {"en": "about 1640"}
    assert found.medium == "Porcelain; H. 32.4 cm"
    assert found.sizes == (
        Statement(text="Porcelain; H. 32.4 cm", language="en"),
        Statement(text="Porzellan; H. 32,4 cm", language="de"),
    )
    assert found.pictures == (name,)
    assert found.rights == (
        BY,
        "https://museum.example/terms",
        "© A photographer",
        "© Eine Fotografin",
        "CC BY 4.0",
    )
    assert found.public_domain is None
    assert found.credit == "Photo: Some museum"
    assert found.holder == "Some museum"
    assert found.source_url == "https://museum.example/45"
    assert found.extra == {
        "Iptc4xmpExt:AODateCreated": "1640",
        "Iptc4xmpExt:AOSource": "Some museum",
        "Iptc4xmpExt:AOStylePeriod[0]": "Ming",
        "photoshop:DateCreated": "2019-03-04",
        "xmpRights:WebStatement": "https://museum.example/terms",
        "xmpRights:Marked": "True",
        "dc:title[0]": "IMG_0045",
        "dc:description[0]": "Photograph of a jar",
        "dc:creator[0]": "A photographer",
        "dc:rights[0]@en": "© A photographer",
        "dc:rights[1]@de-at": "© Eine Fotografin",
        "cc:license": BY,
        "xmpRights:UsageTerms[0]": "CC BY 4.0",
        "plus:CopyrightOwner[0].plus:CopyrightOwnerName": "Some museum",
        "Iptc4xmpExt:PersonInImage[0]": "A visitor",
    }


# IPTC, EXIF, words of PNG ------------------------------------------------------------------------


def dataset(record: int, number: int, value: bytes) -> bytes:
    return bytes([0x1C, record, number]) + struct.pack(">H", len(value)) + value


def resources(iptc: bytes) -> bytes:
    other = b"8BIM\x03\xed\x04abcd\0" + struct.pack(">I", 3) + b"xyz\0"
    name = b"8BIM\x04\x04\0\0" + struct.pack(">I", len(iptc)) + iptc
    return b"Photoshop 3.0\0" + other + name


@pytest.mark.parametrize(
    ("mark", "encoding"), [(b"\x1b%G", "utf-8"), (None, "utf-8"), (None, "cp1252")]
)
def test_iptc_in_a_jpeg(tmp_path: Path, mark: bytes | None, encoding: str) -> None:
    iptc = dataset(1, 90, mark) if mark else b""
    for number, text in {
        5: "Schüssel",
        25: "Krug",
        110: "Foto: X",
        116: "© Jürgen",
        120: "Grün",
    }.items():
        iptc += dataset(2, number, text.encode(encoding))
    iptc += dataset(2, 25, "Ton".encode(encoding)) + dataset(2, 80, b"A photographer")
    folder = put(tmp_path / "p", **{"a.jpg": with_segments(segment(0xED, resources(iptc)))})
    found = one(source(folder).found())
    assert found.id == "a"
    assert found.title == {"en": "Schüssel"}
    assert found.description == {"en": "Grün"}
    assert found.rights == ("© Jürgen",)
    assert found.credit == "Foto: X"
    assert found.creator == {}
    assert found.extra["dc:subject[0]"] == "Krug"
    assert found.extra["dc:subject[1]"] == "Ton"
    assert found.extra["dc:creator"] == "A photographer"


def test_exif_in_all_that_have_it(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[270] = "A jar with a lid"
    exif[315] = "A photographer"
    exif[33432] = "Copyright, a photographer"
    exif[0x9C9B] = "Jar 罐".encode("utf-16-le") + b"\0\0"
    folder = tmp_path / "p"
    folder.mkdir()
    for suffix in ("jpg", "png", "webp", "tif"):
        RED.save(folder / f"{suffix}.{suffix}", exif=exif)
    for found in described(source(folder).found()):
        assert found.title == {"en": "Jar 罐"}, found.place
        assert found.description == {"en": "A jar with a lid"}
        assert found.rights == ("Copyright, a photographer",)
        assert found.extra["dc:creator"] == "A photographer"


def test_what_a_camera_writes_is_no_description(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[270] = "OLYMPUS DIGITAL CAMERA         "
    folder = tmp_path / "p"
    folder.mkdir()
    RED.save(folder / "a.jpg", exif=exif)
    assert one(source(folder).found()).description == {}


def test_words_of_png(tmp_path: Path) -> None:
    info = PngImagePlugin.PngInfo()
    info.add_text("Title", "Jar")
    info.add_text("Copyright", "© X", zip=True)
    info.add_itxt("Description", "罐", "zh", "")
    info.add_text("Software", "some program")
    folder = tmp_path / "p"
    folder.mkdir()
    RED.save(folder / "a.png", pnginfo=info)
    found = one(source(folder).found())
    assert (found.title, found.description) == ({"en": "Jar"}, {"en": "罐"})
    assert found.rights == ("© X",)
    assert found.extra == {"dc:rights": "© X", "PNG Software": "some program"}


def test_xmp_that_continues_in_further_segments(tmp_path: Path) -> None:
    body = packet(alt("dc:description", x_default="long " * 30_000))
    guid = b"0123456789ABCDEF0123456789ABCDEF"
    parts = [(at, body[at : at + 60_000]) for at in range(0, len(body), 60_000)]
    further = [
        segment(
            0xE1,
            b"http://ns.adobe.com/xmp/extension/\0"
            + guid
            + struct.pack(">II", len(body), at)
            + part,
        )
        for at, part in reversed(parts)
    ]
    main = segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + packet(alt("dc:title", en="Jar")))
    folder = put(tmp_path / "p", **{"a.jpg": with_segments(main, *further)})
    found = one(source(folder).found())
    assert found.title == {"en": "Jar"}
    assert found.description["en"].startswith("long long")


# Whose rights are whose --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("of_thing", "of_photo", "rights"),
    [
        ("© The estate", BY, ("© The estate",)),
        ("Public domain", BY, (BY,)),
        ("Public domain", "", ()),
        ("Public domain", "© A photographer", ("© A photographer",)),
        ("", "© A photographer", ("© A photographer",)),
        ("All rights reserved", BY, ("All rights reserved", BY)),
        ("CC BY-NC 4.0", "© A photographer", ("© A photographer",)),
    ],
)
def test_neither_speaks_for_the_other(
    tmp_path: Path, of_thing: str, of_photo: str, rights: tuple[str, ...]
) -> None:
    notice = f"<e:AOCopyrightNotice>{of_thing}</e:AOCopyrightNotice>"
    xmp = packet(thing(notice) + alt("dc:rights", x_default=of_photo), 'xmpRights:Marked="False"')
    found = one(source(put(tmp_path / "p", **{"a.jpg": jpeg(xmp)})).found())
    assert found.rights == rights
    assert found.public_domain is (None if of_thing else True)
    if of_thing:
        assert found.extra["Iptc4xmpExt:AOCopyrightNotice"] == of_thing


def test_creator_and_date_are_the_photographs_unless_it_is_said(tmp_path: Path) -> None:
    xmp = packet(seq("dc:creator", "Unknown maker"), 'photoshop:DateCreated="1640"')
    folder = put(tmp_path / "p", **{"a.jpg": jpeg(xmp)})
    photograph = one(source(folder).found())
    assert (photograph.creator, photograph.date) == ({}, {})
    assert photograph.extra == {"photoshop:DateCreated": "1640", "dc:creator[0]": "Unknown maker"}
    work = one(source(folder, about="object", language="de").found())
    assert (work.creator, work.date) == ({"de": "Unknown maker"}, {"de": "1640"})
    assert work.extra == {}


def test_a_sidecar_wins_and_its_rights_stand_alone(tmp_path: Path) -> None:
    inside = packet(
        alt("dc:title", en="Old")
        + alt("dc:description", en="Inside")
        + f"<cc:license rdf:resource='{BY}'/>"
    )
    beside = packet(alt("dc:title", en="New") + alt("dc:rights", en="© Some museum"))
    for name in ("a.xmp", "a.jpg.xmp", "a.XMP"):
        folder = put(tmp_path / name, **{"a.jpg": jpeg(inside), name: beside})
        found = one(source(folder).found())
        assert found.title == {"en": "New"}
        assert found.description == {"en": "Inside"}
        assert found.rights == ("© Some museum",)


def test_more_words_than_an_entry_holds_are_told(tmp_path: Path) -> None:
    RED.save(tmp_path / "a.jpg")
    (tmp_path / "a.xmp").write_bytes(packet(seq("dc:subject", *map(str, range(800)), kind="Bag")))
    extra = one(source(tmp_path).found()).extra
    assert len(extra) == 500
    assert extra["dc:subject[498]"] == "498"
    assert extra["…"] == "301 further values of the entry were left out"


def test_several_objects_in_one_picture(tmp_path: Path) -> None:
    both = thing(alt("e:AOTitle", en="Cup")).replace(
        "</rdf:Bag>",
        "<rdf:li><rdf:Description e:AOSource='Elsewhere'>"
        + alt("e:AOTitle", en="Saucer")
        + "</rdf:Description></rdf:li></rdf:Bag>",
    )
    found = one(source(put(tmp_path / "p", **{"a.jpg": jpeg(packet(both))})).found())
    assert found.title == {"en": "Cup"}
    assert found.extra == {
        "Iptc4xmpExt:ArtworkOrObject[0].Iptc4xmpExt:AOSource": "Elsewhere",
        "Iptc4xmpExt:ArtworkOrObject[0].Iptc4xmpExt:AOTitle[0]@en": "Saucer",
    }


# Folders and groups ------------------------------------------------------------------------------


def test_ids_are_names_without_suffix_where_that_is_one(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    folder = put(tmp_path / "p", **{name: jpeg(b"") for name in ("b10.jpg", "b2.jpg", "c.jpg")})
    put(folder, **{"C.tif": tiff(packet("")), ".hidden.jpg": b"", "notes.txt": b"", "d.heic": b""})
    put(folder / "room", **{"b2.jpg": jpeg(b"")})
    assert [found.id for found in described(source(folder).found())] == [
        "b2",
        "b10",
        "c.jpg",
        "C.tif",
        "room/b2",
    ]
    assert [record.getMessage() for record in caplog.records] == [
        f"{folder / 'd.heic'} was left out: save it as JPEG or TIFF."
    ]


def test_entries_become_items_with_their_files(tmp_path: Path) -> None:
    folder = put(tmp_path / "p" / "room", **{"a.jpg": jpeg(WHOLE)}).parent
    options = PicturesOptions(catalogue="p")
    collection = Collection(PicturesSource(options, desk(tmp_path)), options, [folder])
    (item,) = collection.items()
    assert isinstance(item, Item)
    assert (item.id, item.image, item.place) == ("1999.1.45", folder / "room/a.jpg", "room/a.jpg")
    assert item.rights.uri == BY
    assert item.size.height_m == pytest.approx(0.324)


def test_there_are_no_other_folders_of_pictures() -> None:
    with pytest.raises(ValidationError, match="the pictures are in `catalogue`"):
        PicturesOptions(catalogue="p", images=("q",))


def test_views_of_one_object(tmp_path: Path) -> None:
    names = ("1936.100.45_02.jpg", "1936.100.45_10.jpg", "1936.100.45.jpg", "1936.100.46.jpg")
    folder = put(tmp_path / "p", **{name: jpeg(b"") for name in names})
    put(
        folder,
        **{
            "coin recto.png": png(packet("")),
            "coin-verso.jpg": jpeg(WHOLE),
            "x (2).jpg": jpeg(b""),
        },
    )
    found = described(source(folder, group="views").found())
    assert {one.id: one.pictures for one in found} == {
        "1936.100.45": ("1936.100.45.jpg", "1936.100.45_02.jpg", "1936.100.45_10.jpg"),
        "1936.100.46": ("1936.100.46.jpg",),
        "coin": ("coin recto.png", "coin-verso.jpg"),
        "x": ("x (2).jpg",),
    }
    coin = found[2]
    assert coin.rights == ()
    assert coin.extra["coin-verso.jpg cc:license"] == BY


def test_a_folder_is_one_object(tmp_path: Path) -> None:
    folder = put(tmp_path / "p" / "99.1", **{"2.jpg": jpeg(b""), "1.jpg": jpeg(b"")}).parent
    put(folder / "99.2" / "details", **{"1.jpg": jpeg(b"")})
    found = described(source(folder, group="folder").found())
    assert [(one.id, one.pictures) for one in found] == [
        ("99.1", ("99.1/1.jpg", "99.1/2.jpg")),
        ("99.2/details", ("99.2/details/1.jpg",)),
    ]


def test_links_that_lead_out_are_left_out(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    put(tmp_path / "secret", **{"s.jpg": jpeg(WHOLE)})
    folder = put(tmp_path / "p", **{"a.jpg": jpeg(b"")})
    (folder / "b.jpg").symlink_to(tmp_path / "secret" / "s.jpg")
    (folder / "inside.jpg").symlink_to(folder / "a.jpg")
    (folder / "loop.jpg").symlink_to(folder / "loop.jpg")
    (folder / "more").symlink_to(tmp_path / "secret")
    (folder / "a.xmp").symlink_to(tmp_path / "secret" / "s.jpg")
    good, broken = split(source(folder).found())
    assert [found.id for found in good] == ["a", "inside"]
    assert [one.place for one in broken] == ["loop.jpg"]
    assert "b.jpg leads out of the folder" in caplog.text
    assert "more is a link to a folder" in caplog.text


def test_no_folder_and_no_pictures(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="no such folder"):
        list(source(tmp_path / "none").found())
    (tmp_path / "empty").mkdir()
    with pytest.raises(ConfigError, match="found no picture here"):
        list(source(tmp_path / "empty").found())


# Hostile files -----------------------------------------------------------------------------------


def test_what_cannot_be_read_is_told_and_the_others_go_on(tmp_path: Path) -> None:
    bomb = b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><x>&b;</x>'
    deep = packet("<e:a rdf:parseType='Resource'>" * 50 + "</e:a>" * 50)
    folder = put(
        tmp_path / "p",
        **{
            "1-good.jpg": jpeg(WHOLE),
            "2-empty.jpg": b"",
            "3-text.jpg": b"this is no picture",
            "4-cut.png": png(WHOLE)[:300],
            "5-entities.jpg": jpeg(bomb),
            "6-deep.jpg": jpeg(deep),
            "7-broken.jpg": jpeg(b"<x:xmpmeta>"),
            "8-beside.jpg": jpeg(WHOLE),
            "8-beside.xmp": b"<not closed",
            "9-good.png": png(WHOLE),
        },
    )
    good, broken = split(source(folder).found())
    assert [found.place for found in good] == ["1-good.jpg", "9-good.png"]
    assert [(one.place, one.id) for one in broken] == [
        ("2-empty.jpg", "2-empty"),
        ("3-text.jpg", "3-text"),
        ("4-cut.png", "4-cut"),
        ("5-entities.jpg", "5-entities"),
        ("6-deep.jpg", "6-deep"),
        ("7-broken.jpg", "7-broken"),
        ("8-beside.jpg", "8-beside"),
    ]
    words = (
        "empty",
        "no JPEG",
        "ends early",
        "document type",
        "deep",
        "well-formed",
        "8-beside.xmp",
    )
    for one_broken, word in zip(broken, words, strict=True):
        assert word in one_broken.message


def test_a_sidecar_repairs_what_is_broken_inside(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    beside = packet(alt("dc:title", en="Jar"))
    folder = put(tmp_path / "p", **{"a.jpg": jpeg(b"<broken"), "a.xmp": beside})
    assert one(source(folder).found()).title == {"en": "Jar"}
    assert "a.xmp beside it is used" in caplog.text


def test_a_bomb_of_zeros_stays_small(tmp_path: Path) -> None:
    bomb = zlib.compress(b" " * 100_000_000)
    chunk = b"XML:com.adobe.xmp\0\1\0\0\0" + bomb
    plain = png(packet(""))
    data = struct.pack(">I", len(chunk)) + b"iTXt" + chunk
    data += struct.pack(">I", zlib.crc32(b"iTXt" + chunk))
    folder = put(tmp_path / "p", **{"a.png": plain[:33] + data + plain[33:]})
    count, peak = peak_bytes(source(folder).found)
    assert count == 1
    assert peak < 20_000_000


def test_tags_that_point_anywhere(tmp_path: Path) -> None:
    for order, form in (("<", b"II*\0"), (">", b"MM\0*")):
        for offset in (8, 7, 2**31, 2**32 - 1):
            entries = struct.pack(f"{order}H", 2)
            entries += struct.pack(f"{order}HHII", 700, 7, 2**32 - 1, offset)
            entries += struct.pack(f"{order}HHII", 270, 2, 100, offset)
            path = tmp_path / "a.tif"
            path.write_bytes(form + struct.pack(f"{order}I", 8) + entries)
            with pytest.raises(NoPicture):
                read_blocks(path)
    path.write_bytes(b"II+\0\x08\0\0\0" + struct.pack("<Q", 2**64 - 1))
    with pytest.raises(NoPicture):
        read_blocks(path)


@pytest.mark.parametrize("name", MAKERS)
def test_damage_never_raises_anything_else(tmp_path: Path, name: str) -> None:
    whole = MAKERS[name](WHOLE)
    noise = random.Random(name)
    path = tmp_path / name
    for _ in range(60):
        damaged = bytearray(whole)
        for _ in range(noise.randrange(1, 8)):
            damaged[noise.randrange(len(damaged))] = noise.randrange(256)
        path.write_bytes(damaged[: noise.randrange(20, len(damaged) + 1)])
        for found in source(tmp_path).found():
            assert found.place == name


def test_xmp_in_other_encodings_and_forms() -> None:
    namespaces = HEAD.partition("rdf:RDF ")[2]
    text = f"<rdf:RDF {namespaces}<rdf:Description dc:title='Krug'/></rdf:RDF>"
    for encoding in ("utf-8", "utf-16", "utf-16-be"):
        assert read_xmp(text.encode(encoding)) == {"dc:title": "Krug"}
    assert read_xmp(b"") == read_xmp(b"\0" * 100) == {}
    with pytest.raises(BadXmp):
        read_xmp("<!DOCTYPE x><x/>".encode("utf-16"))
    qualified = "<dc:source rdf:parseType='Resource'><rdf:value>Book</rdf:value></dc:source>"
    assert read_xmp(packet(qualified)) == {"dc:source": "Book"}


def test_memory_does_not_grow_with_the_pictures(tmp_path: Path) -> None:
    folder = tmp_path / "p"
    folder.mkdir()
    first = put(folder, **{"0.jpg": jpeg(WHOLE)}) / "0.jpg"
    for number in range(1, 200):
        (folder / f"{number}.jpg").hardlink_to(first)
    assert next(source(folder).found())
    count, peak = peak_bytes(source(folder).found)
    assert count == 200
    assert peak < 1_000_000
