"""XML of strangers: what is read, where it stands, and what is refused or mended."""

from __future__ import annotations

import contextlib
import time
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.errors import ConfigError
from pipeline.sources.described import Broken
from pipeline.sources.iiiflinks import is_manifest, is_no_picture, web_picture
from pipeline.sources.xmlfile import MOST_ELEMENTS, XmlFile
from pipeline.sources.xmlnode import Node, joined, leftovers, localized

Read = list[str | Broken]


def texts(path: Path) -> Read:
    found: Read = []
    for entry in XmlFile(path, ["{*}e"]).entries():
        found.append(entry if isinstance(entry, Broken) else entry.node.line_of_text())
    return found


@pytest.fixture
def document(tmp_path: Path):
    def write(content: str | bytes, encoding: str = "utf-8") -> Path:
        path = tmp_path / "document.xml"
        path.write_bytes(content if isinstance(content, bytes) else content.encode(encoding))
        return path

    return write


def node(path: Path) -> Node:
    (entry,) = XmlFile(path, ["{*}e"]).entries()
    assert not isinstance(entry, Broken)
    return entry.node


def mistake(path: Path) -> tuple[int, str]:
    with pytest.raises(ConfigError) as caught:
        texts(path)
    (one,) = caught.value.mistakes
    assert one.file == str(path)
    return one.line, one.message


# Entries -----------------------------------------------------------------------------------------


def test_an_entry_has_names_texts_languages_lines(document) -> None:
    path = document(
        '<?xml version="1.0"?>\n<r xmlns:x="http://www.w3.org/2004/02/skos/core#" xml:lang="EN">\n'
        '<e b="1" x:c=" 2 " xml:lang="de_at">\n  one<!-- no --><x:i xml:lang="">two</x:i> three\n'
        "  <?php no ?><y/>four\n</e></r>"
    )
    read = node(path)
    assert (read.name, read.prefix, read.line, read.language) == ("e", "", 3, "de-AT")
    assert read.attributes == {"b": "1", "c": "2"}
    assert read.line_of_text() == "onetwo three four"
    two, empty = read.children
    assert (two.prefix, two.name, two.language, two.line) == ("skos", "i", "", 4)
    assert (empty.line, empty.tail, read.all("i"), read.all("i/j")) == (5, "four ", [two], [])


def test_an_entry_in_an_entry_is_its_part(document) -> None:
    assert texts(document("<r><e>a<x><e>b</e></x></e><e>c</e></r>")) == ["ab", "c"]


def test_lines_beyond_what_libxml2_counts_in_16_bits(document) -> None:
    gap = "\n" * 32_000
    path = document(f"<r>\n<e>1</e>{gap}<e><a>2</a></e>{gap}<e>3</e>{gap}<e><a/>\n4</e></r>")
    lines = [entry.node.line for entry in XmlFile(path, ["{*}e"]).entries()]
    assert lines[:3] == [2, 32_002, 64_002]
    assert abs(lines[3] - 96_002) <= 2


def test_paragraphs_are_kept_and_broken_lines_joined(document) -> None:
    read = node(document("<e>\n  one\n  two\n\n   \n  three <b>bold</b>,\n  four\n</e>"))
    assert read.paragraphs() == "one two\n\nthree bold, four"


def test_mojibake_is_mended_and_told_once(document, caplog) -> None:
    assert texts(document("<r><e>MÃ¼nchen</e><e>KÃ¶ln</e></r>")) == ["München", "Köln"]
    assert len(caplog.records) == 1


# Encodings ---------------------------------------------------------------------------------------

TEXT = "<r><e>Gefäß 缶</e></r>"


@pytest.mark.parametrize(
    ("content", "encoding"),
    [
        (TEXT, "utf-8"),
        (TEXT, "utf-8-sig"),
        (TEXT, "utf-16"),
        (TEXT, "utf-16-be"),
        (TEXT, "utf-16-le"),
        (TEXT, "utf-32"),
        ('<?xml version="1.0" encoding="UTF-16"?>' + TEXT, "utf-8"),
        ('<?xml version="1.0" encoding="UTF-16"?>' + TEXT, "utf-16"),
        ("\n\n <?xml version='1.1' encoding='utf8'?>" + TEXT, "utf-8"),
        ('<?xml version="1.0" encoding="GB2312"?>' + TEXT.replace("äß", "aess"), "gb18030"),
        ('<?xml version="1.0" encoding="Shift_JIS"?>' + TEXT.replace("äß", "aess"), "shift_jis"),
    ],
)
def test_encodings(document, content: str, encoding: str) -> None:
    expected = "Gefäß 缶" if "äß" in content else "Gefaess 缶"
    assert texts(document(content, encoding)) == [expected]


def test_latin_1_means_windows_1252(document) -> None:
    path = document('<?xml version="1.0" encoding="ISO-8859-1"?><e>ü – “x” €</e>', "cp1252")
    assert texts(path) == ["ü – “x” €"]


def test_one_entry_in_another_encoding_does_not_lose_the_others(document, caplog) -> None:
    path = document(b"<r>\n<e>\xc3\xbc</e>\n<e>\xfc \x80 \x81</e><e>\xfc</e>\n<e>z</e></r>")
    assert texts(path) == ["ü", "ü € \ufffd", "ü", "z"]
    assert [record.message for record in caplog.records] == [
        f"{path}:3 has bytes that are not UTF-8. They were read as well as could be; look at the "
        "texts, and save the file again as UTF-8 to be sure."
    ]


@pytest.mark.parametrize("name", ["utf-7", "base64", "x", "iso-8859-99", "unicode_escape"])
def test_encodings_that_nobody_writes(document, name: str) -> None:
    line, message = mistake(document(f'<?xml version="1.0" encoding="{name}"?><e/>'))
    assert line == 1
    assert message == f"found the encoding {name!r}, expected UTF-8; save the file again as UTF-8"


def test_controls_and_entities_of_html(document, caplog) -> None:
    path = document(
        "<r><e>a\x0bb&#11;c&#x1F;d&#xD800;e&#1114112;</e><e>&nbsp;&eacute;&hellip; &amp;&lt;&#228;"
        "</e><e>&amp;nbsp; <![CDATA[&uuml; <b>]]></e></r>"
    )
    assert texts(path) == ["abcde", "é… &<ä", "&nbsp; ü <b>"]
    assert "control characters" in caplog.text


def test_nothing_is_lost_between_two_reads(document) -> None:
    words = [f"&eacute;{i}&#228;&amp;{'x' * (i % 37)}" for i in range(20_000)]
    path = document("<r>" + "".join(f"<e>{word}</e>" for word in words) + "</r>")
    assert texts(path) == [f"é{i}ä&{'x' * (i % 37)}" for i in range(20_000)]


def test_entities_that_nobody_knows(document) -> None:
    line, message = mistake(document("<r>\n<e>a</e>\n<e>&logo;</e></r>"))
    assert line == 3
    assert "Entity 'logo' not defined" in message


# Hostile -----------------------------------------------------------------------------------------

LAUGHS = '<!DOCTYPE e [<!ENTITY a "ha">' + "".join(
    f'<!ENTITY {name} "{f"&{before};" * 10}">' for before, name in pairwise("abcdefghij")
)


@pytest.mark.parametrize(
    "content",
    [
        f"{LAUGHS}]><e>&j;</e>",
        f'{LAUGHS}]><e x="&j;"/>',
        f'{LAUGHS}]><r y="&j;"><e/></r>',
        f"<!DOCTYPE e [<!ENTITY a '{'x' * 100_000}'>]><e>{'&a;' * 10_000}</e>",
        '<!DOCTYPE e [<!ENTITY x SYSTEM "file:///etc/passwd">]><e>&x;</e>',
        '<!DOCTYPE e [<!ENTITY % p SYSTEM "http://localhost:1/x.dtd"> %p;]><e>&x;</e>',
        "<!DOCTYPE e [<!ELEMENT e ANY>]><e/>",
    ],
)
def test_declarations_are_refused(document, content: str) -> None:
    start = time.process_time()
    _, message = mistake(document(content))
    assert time.process_time() - start < 2
    assert "DOCTYPE" in message or "Entity" in message or "entity" in message
    assert "root:" not in message


def test_a_doctype_without_declarations_is_left_alone(document) -> None:
    path = document('<!DOCTYPE e SYSTEM "http://localhost:1/x.dtd"><e>a &logo; b</e>')
    assert texts(path) == ["a &logo; b"]


def test_nothing_is_included(document) -> None:
    path = document(
        '<r xmlns:xi="http://www.w3.org/2001/XInclude"><e>'
        '<xi:include href="/etc/passwd" parse="text"/></e></r>'
    )
    assert texts(path) == [""]


def test_deep_and_long(document) -> None:
    assert "depth" in mistake(document("<r>" + "<e>" * 300 + "</e>" * 300 + "</r>"))[1]
    assert "not XML" in mistake(document(f"<r><e>{'x' * 11_000_000}</e></r>"))[1]
    endless = "<r>" + f"<x>{'y' * 1000}</x>" * 17_000 + "<e/></r>"
    assert "no end of an entry" in mistake(document(endless))[1]


def test_an_entry_of_too_many_parts_is_told_and_the_others_go_on(document) -> None:
    many = "<x/>" * MOST_ELEMENTS
    before, long, after = texts(document(f"<r><e>1</e>\n<e>{many}</e><e>3</e></r>"))
    assert (before, after) == ("1", "3")
    assert isinstance(long, Broken)
    assert long.place == "document.xml:2"
    assert "100,000 elements" in long.message


@pytest.mark.parametrize(
    ("content", "line", "expected"),
    [
        ("", 1, "does not begin with an element"),
        ("   ", 1, "does not begin with an element"),
        ('{"json": true}', 1, "does not begin with an element"),
        ("<r>\n<e>a</e>\n<e>b", 3, "is it cut off?"),
        ("<r><e>a</x></r>", 1, "Opening and ending tag mismatch"),
        ("<r>\n<lido:e/></r>", 2, "prefix lido"),
        ("<r>\n<e a=1/></r>", 2, "AttValue"),
        ("<r><e/></r><r/>", 1, "Extra content"),
    ],
)
def test_damaged(document, content: str, line: int, expected: str) -> None:
    found = mistake(document(content))
    assert found[0] == line
    assert expected in found[1]


def test_what_is_no_file(tmp_path: Path) -> None:
    assert mistake(tmp_path / "none.xml")[1] == "there is no such file, expected XML"
    assert mistake(tmp_path)[1] == "this is not a file, expected XML"


@settings(max_examples=150)
@given(st.binary(max_size=300), st.integers(0, 60))
def test_any_bytes_are_read_or_refused(
    tmp_path_factory: pytest.TempPathFactory, noise: bytes, at: int
) -> None:
    good = b'<?xml version="1.0" encoding="utf-8"?><r xmlns="a"><e a="b">text &amp; more</e></r>'
    path = tmp_path_factory.getbasetemp() / "noise.xml"
    for content in (noise, good[:at] + noise + good[at:]):
        path.write_bytes(content)
        with contextlib.suppress(ConfigError):
            texts(path)


# Nodes and addresses -----------------------------------------------------------------------------


def leaf(name: str, text: str, language: str = "") -> Node:
    return Node(name, "p", 1, text, "", language)


def test_one_text_for_each_language_the_same_again_is_no_other() -> None:
    nodes = [leaf("t", "a", "en"), leaf("t", "b", "en"), leaf("t", " a ", "en"), leaf("t", "c")]
    assert localized(nodes, "fr") == {"en": "a", "fr": "c"}
    assert [one.used for one in nodes] == [True, False, True, True]


def test_names_are_joined_where_all_have_them() -> None:
    assert joined([{"en": "A", "de": "B"}, {"de": "C", "en": "D"}]) == {"en": "A; D", "de": "B; C"}
    assert joined([{"en": "A"}, {"de": "C"}]) == {"en": "A; C"}
    assert joined([{}, {"en": "A"}]) == {"en": "A"}
    assert joined([]) == {}


def test_what_is_left_has_its_way() -> None:
    first, second, third = leaf("a", "1", "de"), leaf("a", "2"), leaf("b", "3")
    second.attributes = {"source": "here", "pref": "x"}
    third.take()
    inner = Node("wrap", "p", 1, children=[first, second, third])
    assert leftovers(Node("r", "p", 1, children=[inner]), hide=["wrap"], quiet=["pref"]) == {
        "p:a[1]@de": "1",
        "p:a[2]": "2",
        "p:a[2]/@source": "here",
    }


@pytest.mark.parametrize(
    ("address", "service"),
    [
        (
            "https://x.example/iiif/2/a%2Fb/full/!800,800/0/default.jpg?t=1",
            "https://x.example/iiif/2/a%2Fb",
        ),
        ("https://x.example/iiif/2/a/full/pct:50/90/native.tif", "https://x.example/iiif/2/a"),
        ("https://x.example/iiif/2/a/info.json", "https://x.example/iiif/2/a"),
        ("https://x.example/iiif/2/a/10,10,20,20/max/0/default.jpg", ""),
        ("https://x.example/full/max/a.jpg", ""),
    ],
)
def test_services_by_their_address(address: str, service: str) -> None:
    assert web_picture(address).service == service


def test_addresses_of_other_things() -> None:
    assert is_manifest("https://x.example/3/manifest")
    assert not is_manifest("https://x.example/3/manifest/full.jpg")
    assert is_no_picture("https://x.example/a.b.MP4?download=1")
    assert not is_no_picture("https://x.example/a.html.jpg")
    assert not is_no_picture("https://x.example/image")
