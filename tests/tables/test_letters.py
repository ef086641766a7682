"""Encodings are found by the letters that they yield, in one row and in five."""

from __future__ import annotations

import codecs

import pytest

from pipeline.tables.letters import guess_encoding

ROWS = {
    ("de", "cp1252"): ["Große Vase aus Köln;30 × 20 cm", "Schüssel – “blau”", "Öl auf Leinwand"],
    ("de", "mac_roman"): ["Gemälde mit Früchten", "Süßwasserfischer", "Kreide über Rötel"],
    ("de", "cp850"): ["Gemälde mit Früchten;Öl", "Süßwasserfischer", "Große Vase aus Köln"],
    ("fr", "cp1252"): ["L'été à la forêt;huile", "Tête d’évêque;pierre", "Musée Städel; œuvre"],
    ("fr cr", "cp1252"): ["Vue du port;légende;© Musée", "XVIIIe siècle;faïence;© Musée"],
    ("fr", "mac_roman"): ["L'été à la forêt;huile", "Tête d’évêque;pierre", "Pêcheur;chêne"],
    ("es", "cp1252"): ["Niño con pájaro;óleo", "Cerámica;loza", "Señora, ¿siglo XVII?"],
    ("es", "mac_roman"): ["Niño con pájaro;óleo", "Cerámica;loza", "Señora, ¿siglo XVII?"],
    ("da", "cp1252"): ["Skål af sølv; udført i København", "Kærlighed på Ærø"],
    ("sv", "cp1252"): ["Målning av sjö;olja på duk", "Träskål från Ångermanland"],
    ("pl", "cp1250"): ["Święta Anna;olej na płótnie", "Łódź na jeziorze;żelazo"],
    ("pl", "iso8859_2"): ["Święta Anna;olej na płótnie", "Łódź na jeziorze;żelazo"],
    ("cs", "cp1250"): ["Žena s růží;olej na plátně", "Číše z českého skla", "Děvče;dřevo"],
    ("hu", "cp1250"): ["Nő kendővel;olaj, vászon", "Ördögűző szobor;fa", "Kőszobor"],
    ("ru", "cp1251"): ["Ваза большая;фарфор", "Икона;дерево"],
    ("el", "cp1253"): ["Αμφορέας;πηλός", "Κύλικας μεγάλη"],
    ("tr", "cp1254"): ["İznik çinisi;seramik", "Gümüş kılıç; Osmanlı"],
    ("zh", "gb18030"): ["青花瓷瓶,瓷", "山水图卷,纸本设色", "铜镜,青铜", "清 粉彩花鸟纹瓶"],
    ("zh", "cp950"): ["青花瓷瓶,瓷", "山水圖卷,紙本設色", "銅鏡,青銅"],
    ("ja", "cp932"): ["富嶽三十六景 神奈川沖浪裏,木版画", "茶碗,陶器", "かきつばた,絹本着色"],
    ("ko", "cp949"): ["청자 매병,도자", "산수도,종이"],
}


def read(rows, encoding):
    """Whether it is read as it was meant: two code pages may have the same letters."""
    text = "id;titel\n" + "".join(f"{i};{row}\n" for i, row in enumerate(rows))
    raw = text.encode(encoding)
    return raw.decode(guess_encoding(raw), "replace") == text


@pytest.mark.parametrize(("language", "encoding"), list(ROWS))
def test_a_few_rows_are_enough(language, encoding):
    assert read(ROWS[language, encoding], encoding)


def test_of_single_rows_most_are_read(record_property):
    """No better is promised: one row of Polish may have French letters only."""
    results = [read([row], encoding) for (_, encoding), rows in ROWS.items() for row in rows]
    record_property("read", f"{sum(results)} of {len(results)}")
    assert sum(results) >= 0.85 * len(results)


def test_it_is_better_than_charset_normalizer_alone():
    """The reason why this module is there. If it fails, take the module away."""
    from charset_normalizer import from_bytes

    known = ["gb18030", "big5", "shift_jis", "euc_kr", "cp1252", "cp1250", "cp1251", "cp1253"]
    known += ["cp1254", "mac_roman", "iso8859_2", "cp850"]
    theirs = 0
    for (_, encoding), rows in ROWS.items():
        text = "id;titel\n" + "".join(f"{i};{row}\n" for i, row in enumerate(rows))
        best = from_bytes(text.encode(encoding), cp_isolation=known).best()
        theirs += str(best) == text
    ours = sum(read(rows, encoding) for (_, encoding), rows in ROWS.items())
    assert theirs < ours == len(ROWS)


@pytest.mark.parametrize("raw", [b"\xff", b"\x81", b"\xe9\n", b"\x80\x81\x8d\x8f\x90\x9d" * 99])
def test_anything_has_an_answer(raw):
    """One that can be looked up and reads these very bytes."""
    encoding = guess_encoding(raw)
    assert codecs.lookup(encoding)
    assert raw.decode(encoding)
