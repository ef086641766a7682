"""Files come whole, of the right kind, once; whatever the server does."""

from __future__ import annotations

import errno
import gzip
import hashlib
import json
import logging
import os
import signal
import subprocess
import sys
import threading
import time
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest

from pipeline.errors import SourceError, StoreError
from pipeline.net.fetch import Fetcher
from pipeline.net.options import NetworkOptions
from pipeline.net.wanted import JSON, PICTURE, TABLE, XML, NotServed


def record(path: Path) -> dict:
    return json.loads(path.with_name(f"{path.name}.json").read_text("utf-8"))


def files(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


# In order ----------------------------------------------------------------------------------------


def test_a_picture_is_fetched_once(web, make, tools):
    body = tools.jpeg(200_000)
    web.pages["/a.jpg"] = tools.send(body, etag='"1"')
    fetcher = make()

    path = fetcher.fetch(f"{web.url}/a.jpg", PICTURE)
    again = fetcher.fetch(f"{web.url}/a.jpg", PICTURE)

    assert path == again
    assert path.read_bytes() == body
    assert web.paths() == ["/a.jpg"]
    key = hashlib.sha256(f"{web.url}/a.jpg".encode()).hexdigest()
    assert path.parent == fetcher.cache.root / key[:2] / key
    assert files(path.parent) == [".lock", "picture", "picture.json"]
    known = record(path)
    assert known["sha256"] == hashlib.sha256(body).hexdigest()
    assert (known["length"], known["etag"]) == (len(body), '"1"')
    assert known["content_type"] == "image/jpeg"
    assert known["url"] == known["final_url"] == f"{web.url}/a.jpg"


def test_requests_say_who_asks_and_carry_nothing_else(web, make, tools):
    web.pages["/a.jpg"] = tools.send(tools.jpeg(), set_cookie="id=1")
    web.pages["/b.jpg"] = tools.send(tools.jpeg())
    fetcher = make(contact="desk@museum.example")

    fetcher.fetch(f"{web.url}/a.jpg", PICTURE)
    fetcher.fetch(f"{web.url}/b.jpg", PICTURE)

    for _, headers in web.requests:
        assert set(headers) == {"host", "user-agent", "accept", "accept-encoding"}
        assert headers["host"] == f"127.0.0.1:{web.port}"
        assert headers["user-agent"].startswith("tableau-vivant/")
        assert headers["user-agent"].endswith(" (+desk@museum.example)")
        assert headers["accept-encoding"] == "identity"


def test_one_address_can_hold_several_kinds(web, make, tools):
    web.any = lambda handler: (
        tools.send(b'{"a": 1}', "application/ld+json")(handler)
        if "json" in handler.headers["Accept"]
        else tools.send(b"<?xml version='1.0'?><a/>", "application/rdf+xml")(handler)
    )
    fetcher = make()

    assert fetcher.fetch_json(f"{web.url}/id/1") == {"a": 1}
    assert fetcher.fetch(f"{web.url}/id/1", XML).read_bytes().startswith(b"<?xml")
    assert fetcher.fetch_json(f"{web.url}/id/1") == {"a": 1}
    assert len(web.requests) == 2


def test_packed_documents_are_unpacked(web, make, tools):
    text = json.dumps({"items": list(range(5000))}).encode()
    web.pages["/a"] = tools.send(gzip.compress(text), "application/json", content_encoding="gzip")
    fetcher = make()

    path = fetcher.fetch(f"{web.url}/a", JSON)

    assert path.read_bytes() == text
    assert web.requests[0][1]["accept-encoding"] == "gzip"


def test_an_address_with_spaces_and_other_scripts(web, make, tools):
    web.pages["/my%20picture%20%E8%8A%B1.jpg"] = tools.send(tools.jpeg())

    path = make().fetch(f" {web.url}/my picture 花.jpg#part ", PICTURE)

    assert path.is_file()


def test_refresh_asks_whether_it_changed(web, make, tools):
    def page(handler):
        if handler.headers["If-None-Match"] == '"1"':
            handler.send_response(304)
            handler.end_headers()
        else:
            tools.send(tools.jpeg(), etag='"1"')(handler)

    web.pages["/a.jpg"] = page
    fetcher = make()
    path = fetcher.fetch(f"{web.url}/a.jpg", PICTURE)
    before = path.stat().st_mtime_ns

    assert fetcher.fetch(f"{web.url}/a.jpg", PICTURE, refresh=True) == path
    assert path.stat().st_mtime_ns == before
    web.pages["/a.jpg"] = tools.send(tools.jpeg(seed=7), etag='"2"')
    fetcher.fetch(f"{web.url}/a.jpg", PICTURE, refresh=True)

    assert path.read_bytes() == tools.jpeg(seed=7)
    assert record(path)["etag"] == '"2"'
    assert len(web.requests) == 3


def test_a_damaged_file_is_not_confirmed(web, make, tools):
    """Asked "is it still this one?", the server would say yes of a file that is another here."""
    web.pages["/a.jpg"] = tools.send(tools.jpeg(), etag='"1"')
    fetcher = make()
    path = fetcher.fetch(f"{web.url}/a.jpg", PICTURE)
    path.write_bytes(tools.jpeg()[:-1] + b"?")

    fetcher.fetch(f"{web.url}/a.jpg", PICTURE, refresh=True)

    assert path.read_bytes() == tools.jpeg()
    assert "if-none-match" not in web.requests[1][1]


def test_a_damaged_file_in_the_cache_is_fetched_again(web, make, tools):
    web.pages["/a.jpg"] = tools.send(tools.jpeg())
    fetcher = make()
    path = fetcher.fetch(f"{web.url}/a.jpg", PICTURE)

    path.write_bytes(tools.jpeg()[:-1])
    fetcher.fetch(f"{web.url}/a.jpg", PICTURE)
    assert path.read_bytes() == tools.jpeg()

    path.write_bytes(tools.jpeg()[:-1] + b"?")
    fetcher.fetch(f"{web.url}/a.jpg", PICTURE)
    assert path.read_bytes() != tools.jpeg()  # as long as it should be: not looked at
    make(verify=True).fetch(f"{web.url}/a.jpg", PICTURE)
    assert path.read_bytes() == tools.jpeg()


def test_a_stated_checksum_is_held(web, make, tools):
    web.pages["/a.jpg"] = tools.send(tools.jpeg())
    right = hashlib.sha256(tools.jpeg()).hexdigest()

    with pytest.raises(SourceError, match="expected " + "0" * 64):
        make().fetch(f"{web.url}/a.jpg", PICTURE, sha256="0" * 64)
    path = make().fetch(f"{web.url}/a.jpg", PICTURE, sha256=right.upper())

    assert path.read_bytes() == tools.jpeg()


def test_a_cached_file_with_another_checksum_is_replaced(web, make, tools):
    web.pages["/a.jpg"] = tools.send(tools.jpeg())
    fetcher = make()
    path = fetcher.fetch(f"{web.url}/a.jpg", PICTURE)
    web.pages["/a.jpg"] = tools.send(tools.jpeg(seed=5))

    fetcher.fetch(f"{web.url}/a.jpg", PICTURE, sha256=hashlib.sha256(path.read_bytes()).hexdigest())
    assert len(web.requests) == 1
    new = hashlib.sha256(tools.jpeg(seed=5)).hexdigest()
    fetcher.fetch(f"{web.url}/a.jpg", PICTURE, sha256=new)

    assert path.read_bytes() == tools.jpeg(seed=5)


# The server misbehaves ---------------------------------------------------------------------------


def test_busy_servers_are_asked_again(web, make, tools, slept):
    web.pages["/a.jpg"] = tools.in_turn(
        tools.send(b"", status=500),
        tools.send(b"", status=503),
        tools.send(b"", status=502),
        tools.send(tools.jpeg()),
    )

    path = make().fetch(f"{web.url}/a.jpg", PICTURE)

    assert path.read_bytes() == tools.jpeg()
    assert len(slept) == 3
    for number, wait in enumerate(slept):
        assert 2**number / 2 <= wait <= 2**number


@pytest.mark.parametrize("form", ["seconds", "date"])
def test_retry_after_is_honoured(web, make, tools, slept, form):
    date = format_datetime(datetime.now(UTC) + timedelta(seconds=40), usegmt=True)
    web.pages["/a.jpg"] = tools.in_turn(
        tools.send(b"", status=429, retry_after="40" if form == "seconds" else date),
        tools.send(tools.jpeg()),
    )

    make().fetch(f"{web.url}/a.jpg", PICTURE)

    assert max(slept) == pytest.approx(40, abs=2)


def test_at_once_is_not_taken_literally(web, make, tools, slept):
    busy = tools.send(b"", status=503, retry_after="0")
    web.pages["/a.jpg"] = tools.in_turn(busy, busy, busy, tools.send(tools.jpeg()))

    make().fetch(f"{web.url}/a.jpg", PICTURE)

    assert sum(slept) > 3


@pytest.mark.parametrize("seconds", [301, 7200])
def test_a_server_that_wants_a_long_rest_is_left_alone(web, make, tools, slept, seconds):
    web.pages["/a.jpg"] = tools.send(b"", status=429, retry_after=str(seconds))

    with pytest.raises(SourceError, match=f"left alone for {seconds} s"):
        make().fetch(f"{web.url}/a.jpg", PICTURE)

    assert slept == []
    assert len(web.requests) == 1


def test_it_is_given_up_after_so_many_attempts(web, make, tools, slept):
    web.pages["/a.jpg"] = tools.send(b"", status=500)

    with pytest.raises(SourceError, match=r"tried 3 times: the server answered 500 \(Internal"):
        make(attempts=3).fetch(f"{web.url}/a.jpg", PICTURE)

    assert len(web.requests) == 3


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410, 418, 451, 204, 299, 599])
def test_other_answers_fail_at_once(web, make, tools, slept, status):
    web.pages["/a.jpg"] = tools.send(b"", status=status)

    with pytest.raises(NotServed, match=rf"answered {status}.*expected a picture") as caught:
        make().fetch(f"{web.url}/a.jpg", PICTURE)

    assert caught.value.status == status
    assert len(web.requests) == 1


def test_a_silent_server_is_not_waited_for(web, make, tools, slept):
    web.pages["/a.jpg"] = lambda handler: time.sleep(1)
    begun = time.monotonic()

    with pytest.raises(SourceError, match="tried 2 times: .*timed out"):
        make(timeout_s=0.2, attempts=2).fetch(f"{web.url}/a.jpg", PICTURE)

    assert time.monotonic() - begun < 2


def trickle(tools, head: bool):
    """One byte each 20 ms, so that no single read times out."""

    def page(handler):
        raw = b"HTTP/1.1 200 OK\r\nContent-Type: image/jpeg\r\nContent-Length: 5000\r\n"
        if head:
            raw += b"X-Filler: " + b"x" * 3000
        else:
            raw += b"\r\n"
            handler.wfile.write(raw)
            raw = tools.jpeg()
        for byte in raw:
            handler.wfile.write(bytes([byte]))
            time.sleep(0.02)

    return page


def test_a_body_that_trickles_is_given_up(web, make, tools, slept):
    web.pages["/a.jpg"] = trickle(tools, head=False)
    begun = time.monotonic()

    with pytest.raises(SourceError, match=r"sends only \d+ bytes a second"):
        make(timeout_s=0.4, attempts=1).fetch(f"{web.url}/a.jpg", PICTURE)

    assert time.monotonic() - begun < 2


def test_a_head_that_trickles_is_given_up(web, make, tools, slept):
    web.pages["/a.jpg"] = trickle(tools, head=True)
    begun = time.monotonic()

    with pytest.raises(SourceError, match="the server takes too long|timed out"):
        make(timeout_s=0.2, attempts=1).fetch(f"{web.url}/a.jpg", PICTURE)

    assert time.monotonic() - begun < 2


def with_ranges(tools, body: bytes, etag: str = '"1"', cut: int = 0, **headers: str):
    """A page that knows ranges; the first answer breaks off after ``cut`` bytes."""
    cuts = [cut] if cut else []

    def page(handler):
        wanted = handler.headers["Range"]
        if wanted and handler.headers["If-Range"] == etag:
            start = int(wanted.removeprefix("bytes=").rstrip("-"))
            last = f"bytes {start}-{len(body) - 1}/{len(body)}"
            tools.send(body[start:], status=206, etag=etag, content_range=last)(handler)
            return
        sent = body[: cuts.pop()] if cuts else body
        length = headers.get("content_length", str(len(body)))
        tools.send(sent, **{"etag": etag, **headers, "content_length": length})(handler)

    return page


def test_a_cut_body_is_continued(web, make, tools, slept):
    body = tools.jpeg(300_000)
    web.pages["/a.jpg"] = with_ranges(tools, body, cut=100_000)

    path = make().fetch(f"{web.url}/a.jpg", PICTURE)

    assert path.read_bytes() == body
    assert "range" not in web.requests[0][1]
    assert web.requests[1][1]["range"] == "bytes=100000-"
    assert web.requests[1][1]["if-range"] == '"1"'
    assert files(path.parent) == [".lock", "picture", "picture.json"]


def test_a_file_that_changed_meanwhile_begins_anew(web, make, tools, slept):
    old, new = tools.jpeg(300_000), tools.jpeg(280_000, seed=9)
    web.pages["/a.jpg"] = tools.in_turn(
        with_ranges(tools, old, cut=100_000), with_ranges(tools, new, etag='"2"')
    )

    path = make().fetch(f"{web.url}/a.jpg", PICTURE)

    assert path.read_bytes() == new
    assert record(path)["etag"] == '"2"'
    assert len(web.requests) == 2


def test_a_server_that_lies_about_if_range_is_found_out(web, make, tools, slept):
    """It sends a part of the new file although the old one was asked for."""
    old, new = tools.jpeg(300_000), tools.jpeg(300_000, seed=9)

    def wrong(handler):
        start = int(handler.headers["Range"].removeprefix("bytes=").rstrip("-"))
        last = f"bytes {start}-{len(new) - 1}/{len(new)}"
        tools.send(new[start:], status=206, etag='"2"', content_range=last)(handler)

    web.pages["/a.jpg"] = tools.in_turn(
        with_ranges(tools, old, cut=100_000), wrong, with_ranges(tools, new, etag='"2"')
    )

    assert make().fetch(f"{web.url}/a.jpg", PICTURE).read_bytes() == new
    assert "range" not in web.requests[2][1]


@pytest.mark.parametrize(
    ("content_range", "start", "stop"),
    [
        ("bytes 0-299999/300000", 0, 300_000),
        ("bytes 50000-249999/300000", 50_000, 250_000),  # as many bytes as are missing
        ("bytes 100000-299999/400000", 100_000, 300_000),
        ("bytes 100000-399999/400000", 100_000, 400_000),  # a longer file, to its end
        ("bytes */300000", 100_000, 300_000),
        ("nonsense", 100_000, 300_000),
        ("", 100_000, 300_000),
    ],
)
def test_a_wrong_part_begins_anew(web, make, tools, slept, content_range, start, stop):
    body = tools.jpeg(300_000)
    other = tools.jpeg(400_000, seed=9)
    web.pages["/a.jpg"] = tools.in_turn(
        with_ranges(tools, body, cut=100_000),
        tools.send(other[start:stop], status=206, content_range=content_range),
        tools.send(body),
    )

    assert make().fetch(f"{web.url}/a.jpg", PICTURE).read_bytes() == body


def test_a_server_that_ignores_ranges_sends_the_whole(web, make, tools, slept):
    body = tools.jpeg(300_000)
    web.pages["/a.jpg"] = tools.in_turn(
        with_ranges(tools, body, cut=100_000), tools.send(body, etag='"1"')
    )

    assert make().fetch(f"{web.url}/a.jpg", PICTURE).read_bytes() == body
    assert web.requests[1][1]["range"] == "bytes=100000-"


def test_range_not_satisfiable_begins_anew(web, make, tools, slept):
    body = tools.jpeg(300_000)
    web.pages["/a.jpg"] = tools.in_turn(
        with_ranges(tools, body, cut=100_000),
        tools.send(b"", status=416, content_range="bytes */50"),
        tools.send(body),
    )

    assert make().fetch(f"{web.url}/a.jpg", PICTURE).read_bytes() == body


@pytest.mark.parametrize(
    ("headers", "continued"),
    [
        ({"etag": 'W/"1"'}, False),
        ({"etag": ""}, False),
        (
            {
                "etag": "",
                "last_modified": "Sat, 01 Mar 2025 10:00:00 GMT",
                "date": "Sat, 01 Mar 2025 10:00:30 GMT",
            },
            False,
        ),
        (
            {
                "etag": "",
                "last_modified": "Sat, 01 Mar 2025 10:00:00 GMT",
                "date": "Sat, 01 Mar 2025 12:00:00 GMT",
            },
            True,
        ),
    ],
)
def test_only_what_is_surely_the_same_is_continued(web, make, tools, slept, headers, continued):
    body = tools.jpeg(300_000)

    def first(handler):
        lines = {"Content-Type": "image/jpeg", "Content-Length": str(len(body))}
        lines |= {k.replace("_", "-").title(): v for k, v in headers.items() if v}
        handler.send_response_only(200)
        for name, value in lines.items():
            handler.send_header(name, value)
        handler.end_headers()
        handler.wfile.write(body[:100_000])
        handler.close_connection = True

    web.pages["/a.jpg"] = tools.in_turn(first, tools.send(body))

    assert make().fetch(f"{web.url}/a.jpg", PICTURE).read_bytes() == body
    assert ("range" in web.requests[1][1]) == continued


@pytest.mark.parametrize("chunked", [False, True])
def test_a_body_shorter_than_said_is_never_taken(web, make, tools, slept, chunked):
    def page(handler):
        handler.send_response(200)
        handler.send_header("Content-Type", "image/jpeg")
        if chunked:
            handler.send_header("Transfer-Encoding", "chunked")
        else:
            handler.send_header("Content-Length", "6000")
        handler.end_headers()
        body = tools.jpeg()
        handler.wfile.write(b"%x\r\n%b\r\n" % (len(body), body) if chunked else body)
        handler.close_connection = True

    web.pages["/a.jpg"] = page
    fetcher = make(attempts=2)

    with pytest.raises(SourceError, match="tried 2 times: the connection broke off"):
        fetcher.fetch(f"{web.url}/a.jpg", PICTURE)

    assert not list(fetcher.cache.root.rglob("picture"))
    assert not list(fetcher.cache.root.rglob("picture.json"))


def test_a_body_longer_than_said_spoils_no_other_answer(web, make, tools, slept):
    """What is too much lies in the open connection when the next answer is awaited."""

    def page(handler):
        tools.send(tools.jpeg())(handler)
        handler.wfile.write(b"rubbish" * 99)

    web.pages["/a.jpg"] = page
    web.pages["/b.jpg"] = tools.send(tools.jpeg(seed=3))
    fetcher = make()

    first = fetcher.fetch(f"{web.url}/a.jpg", PICTURE)
    second = fetcher.fetch(f"{web.url}/b.jpg", PICTURE)

    assert first.read_bytes() == tools.jpeg()
    assert second.read_bytes() == tools.jpeg(seed=3)


def test_a_checksum_that_the_server_sends_is_held(web, make, tools, slept):
    import base64

    def digest(body: bytes) -> str:
        return f"sha-256=:{base64.b64encode(hashlib.sha256(body).digest()).decode()}:"

    web.pages["/a.jpg"] = tools.in_turn(
        tools.send(tools.jpeg(seed=1), repr_digest=digest(tools.jpeg())),
        tools.send(tools.jpeg(), repr_digest=digest(tools.jpeg())),
    )

    assert make().fetch(f"{web.url}/a.jpg", PICTURE).read_bytes() == tools.jpeg()
    assert len(web.requests) == 2


def test_a_long_download_on_a_bad_line_arrives(web, make, tools, slept):
    """Eight cuts with two attempts: each brings more than a MiB."""
    body = tools.jpeg(9 * 1_200_000)

    def page(handler):
        start = int((handler.headers["Range"] or "bytes=0-")[6:-1])
        rest = body[start:]
        headers = {"etag": '"1"', "content_length": str(len(rest))}
        if start:
            headers["content_range"] = f"bytes {start}-{len(body) - 1}/{len(body)}"
        tools.send(rest[:1_200_000], status=206 if start else 200, **headers)(handler)

    web.pages["/a.jpg"] = page

    path = make(attempts=2).fetch(f"{web.url}/a.jpg", PICTURE)

    assert hashlib.sha256(path.read_bytes()).digest() == hashlib.sha256(body).digest()
    assert len(web.requests) == 9


# What is not wanted ------------------------------------------------------------------------------

PAGE = b"<!DOCTYPE html><html><body>Not found</body></html>"


@pytest.mark.parametrize(
    ("body", "kind", "wanted", "found"),
    [
        (PAGE, "image/jpeg", PICTURE, "found a web page, expected a picture"),
        (PAGE, "text/html; charset=utf-8", PICTURE, "sent 'text/html', expected a picture"),
        (PAGE, "application/json", JSON, "found a web page, expected a JSON document"),
        (PAGE, "text/html", JSON, "found a web page, expected a JSON document"),
        (PAGE, "text/html", XML, "sent 'text/html', expected an XML document"),
        (PAGE, "text/xml", XML, "found a web page, expected an XML document"),
        (PAGE, "text/csv", TABLE, "found a web page, expected a table"),
        (b"", "image/jpeg", PICTURE, r"found nothing \(0 bytes\), expected a picture"),
        (b"%PDF-1.7", "image/jpeg", PICTURE, "found a PDF document"),
        (b'{"error": 1}', "image/jpeg", PICTURE, "found JSON"),
        (b"<svg xmlns='x'/>", "image/svg+xml", PICTURE, r"sent 'image/svg\+xml'"),
        (b"\xef\xbb\xbf \n<html>", "text/plain", TABLE, "found a web page"),
        ("<html>".encode("utf-16"), "application/json", JSON, "found a web page"),
    ],
)
def test_another_kind_of_file_is_refused(web, make, tools, body, kind, wanted, found):
    web.pages["/a"] = tools.send(body, kind)
    fetcher = make()

    with pytest.raises(SourceError, match=found):
        fetcher.fetch(f"{web.url}/a", wanted)

    assert len(web.requests) == 1
    assert files(next(fetcher.cache.root.glob("*/*"))) == [".lock"]


def test_a_long_page_is_refused_by_its_beginning(web, make):
    """Nobody waits for the rest."""

    def page(handler):
        handler.send_response(200)
        handler.send_header("Content-Type", "image/jpeg")
        handler.send_header("Content-Length", "50000000")
        handler.end_headers()
        handler.wfile.write(PAGE + b" " * 5000)
        handler.wfile.flush()
        time.sleep(1)

    web.pages["/a.jpg"] = page
    begun = time.monotonic()

    with pytest.raises(NotServed, match="found a web page"):
        make().fetch(f"{web.url}/a.jpg", PICTURE)

    assert time.monotonic() - begun < 0.9


@pytest.mark.parametrize(
    ("body", "kind", "wanted"),
    [
        (b"\x89PNG\r\n\x1a\n0000", "application/octet-stream", PICTURE),
        (b"II*\0....", "binary/octet-stream", PICTURE),
        (b"RIFF\x10\0\0\0WEBPVP8 ", "", PICTURE),
        (b"\xff\xd8\xff", "IMAGE/JPG", PICTURE),
        (b"[]", "text/plain", JSON),
        (b' {"a": 1}', "text/html; charset=UTF-8", JSON),
        (b'{"a": 1}\n{"a": 2}', "application/x-ndjson", JSON),
        (b"id,title", "application/force-download", TABLE),
        (b"\xef\xbb\xbf{}", 'application/ld+json;profile="x"', JSON),
        ('{"a": 1}'.encode("utf-16"), "application/json", JSON),
        (b"<lido:lido/>", "application/xml", XML),
        ("id,titel\n1,Krug".encode("utf-16"), "text/csv", TABLE),
        ("id;größe".encode("latin-1"), "text/csv;charset=latin-1", TABLE),
        (b"PK\x03\x04rest\0", "application/vnd.ms-excel", TABLE),
    ],
)
def test_what_is_called_otherwise_but_right_is_taken(web, make, tools, body, kind, wanted):
    web.pages["/a"] = tools.send(body, kind)

    assert make().fetch(f"{web.url}/a", wanted).read_bytes() == body


def test_too_large_is_refused_as_soon_as_it_is_said(web, make):
    def page(handler):
        handler.send_response(200)
        handler.send_header("Content-Type", "image/jpeg")
        handler.send_header("Content-Length", "100001")
        handler.end_headers()
        time.sleep(1)

    web.pages["/a.jpg"] = page
    begun = time.monotonic()

    with pytest.raises(SourceError, match=r"more than 100,000 bytes.*`max_picture_bytes`"):
        make(max_picture_bytes=100_000).fetch(f"{web.url}/a.jpg", PICTURE)

    assert time.monotonic() - begun < 0.9


def test_too_large_is_refused_when_it_comes(web, make, tools):
    def page(handler):
        handler.send_response(200)
        handler.send_header("Content-Type", "image/jpeg")
        handler.end_headers()
        for _ in range(200):
            handler.wfile.write(tools.jpeg(1000))
        handler.close_connection = True

    web.pages["/a.jpg"] = page
    fetcher = make(max_picture_bytes=100_000)

    with pytest.raises(SourceError, match=r"more than 100,000 bytes.*`max_picture_bytes`"):
        fetcher.fetch(f"{web.url}/a.jpg", PICTURE)

    assert not list(fetcher.cache.root.rglob("picture.part"))


def test_as_large_as_allowed_is_taken(web, make, tools):
    web.pages["/a.jpg"] = tools.send(tools.jpeg(100_000))

    assert make(max_picture_bytes=100_000).fetch(f"{web.url}/a.jpg", PICTURE).is_file()


def test_a_bomb_is_refused_while_it_unpacks(web, make, tools):
    bomb = gzip.compress(b"[" + b" " * 50_000_000, 1)
    assert len(bomb) < 300_000
    web.pages["/a"] = tools.send(bomb, "application/json", content_encoding="gzip")
    fetcher = make(max_document_bytes=1_000_000)

    with pytest.raises(SourceError, match="more than 1,000,000 bytes"):
        fetcher.fetch(f"{web.url}/a", JSON)

    assert not list(fetcher.cache.root.rglob("json*"))


def test_what_unpacks_to_nothing_without_end_is_refused(web, make, tools):
    """Empty blocks of deflate: megabytes on the way, not one byte in the file."""
    import zlib

    packer = zlib.compressobj(wbits=31)
    body = packer.compress(b"") + packer.flush(zlib.Z_FULL_FLUSH) + b"\0\0\0\xff\xff" * 400_000
    web.pages["/a"] = tools.send(body, "application/json", content_encoding="gzip")

    with pytest.raises(SourceError, match="more than 1,000,000 bytes"):
        make(max_document_bytes=1_000_000).fetch(f"{web.url}/a", JSON)


@pytest.mark.parametrize(
    "raw",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: " + b"9" * 5000 + b"\r\n\r\nx",
        b"HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\nx",
        b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nx",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffffffffff\r\n",
        b"HTTP/1.1 2000 OK\r\n\r\n",
        b"HTTP/1.1 100 Continue\r\n\r\n" * 5000,
        b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 50_000 + b"\r\n",
        b"SSH-2.0-OpenSSH_9.6\r\n",
        b"\x16\x03\x01",
        b"",
    ],
)
def test_what_is_no_http_is_told(web, make, slept, raw):
    def page(handler):
        handler.wfile.write(raw)
        handler.close_connection = True

    web.pages["/a.jpg"] = page

    with pytest.raises(SourceError, match="the connection broke off"):
        make(attempts=2).fetch(f"{web.url}/a.jpg", PICTURE)

    assert len(web.requests) == 2


def test_certificates_that_cannot_be_read_are_told(web, make, monkeypatch, tmp_path):
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "none.pem"))

    with pytest.raises(SourceError, match=r"SSL_CERT_FILE \(.*none.pem\) or .* cannot be read"):
        make().fetch(f"{web.url}/a.jpg", PICTURE)


@pytest.mark.parametrize("coding", ["br", "zstd", "gzip, gzip", "x" * 300])
def test_unknown_packing_is_refused(web, make, tools, coding):
    web.pages["/a"] = tools.send(b"{}", "application/json", content_encoding=coding)

    with pytest.raises(SourceError, match="which was not asked for"):
        make().fetch(f"{web.url}/a", JSON)


@pytest.mark.parametrize(
    "body", [gzip.compress(b"{}" * 999)[:-9], b"{}", gzip.compress(b"{}") + b"rubbish"]
)
def test_damaged_packing_is_refused(web, make, tools, body):
    web.pages["/a"] = tools.send(body, "application/json", content_encoding="gzip")

    with pytest.raises(SourceError, match="cannot be unpacked|ends early"):
        make().fetch(f"{web.url}/a", JSON)


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b'{"a": 1', "is no JSON document"),
        (b'{"a": "\xff"}', "is no JSON document"),
        (b"[" * 100_000, "nested too deeply"),
        (b"[" + b"9" * 10_000 + b"]", "is no JSON document"),
    ],
)
def test_damaged_json_is_told(web, make, tools, body, said):
    web.pages["/a"] = tools.send(body, "application/json")

    with pytest.raises(SourceError, match=said):
        make().fetch_json(f"{web.url}/a")


# Side by side, offline, interrupted --------------------------------------------------------------


def test_two_threads_fetch_once(web, make, tools):
    def slow(handler):
        time.sleep(0.3)
        tools.send(tools.jpeg())(handler)

    web.pages["/a.jpg"] = slow
    fetcher, other = make(), make()
    found = []

    def work(which):
        found.append(which.fetch(f"{web.url}/a.jpg", PICTURE).read_bytes())

    threads = [threading.Thread(target=work, args=(f,)) for f in (fetcher, other) * 4]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert found == [tools.jpeg()] * 8
    assert web.paths() == ["/a.jpg"]


def test_many_threads_fetch_many(web, make, tools):
    web.any = lambda handler: tools.send(tools.jpeg(3000, seed=len(handler.path)))(handler)
    fetcher = make()
    errors = []

    def work(first):
        try:
            for number in range(12):
                path = f"/{'x' * (first * 12 + number)}"
                body = fetcher.fetch(web.url + path, PICTURE).read_bytes()
                assert body == tools.jpeg(3000, seed=len(path))
        except Exception as error:  # noqa: BLE001
            errors.append(error)

    threads = [threading.Thread(target=work, args=(i,)) for i in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert errors == []
    assert len(web.requests) == 72


def test_offline_uses_the_cache_alone(web, make, tools):
    web.pages["/a.jpg"] = tools.send(tools.jpeg())
    path = make().fetch(f"{web.url}/a.jpg", PICTURE)
    offline = make(offline=True)

    assert offline.fetch(f"{web.url}/a.jpg", PICTURE) == path
    assert offline.fetch(f"{web.url}/a.jpg", PICTURE, refresh=True) == path
    with pytest.raises(SourceError, match="not in the cache, and the config says `offline"):
        offline.fetch(f"{web.url}/b.jpg", PICTURE)

    assert web.paths() == ["/a.jpg"]


KILLED = """
import sys
from pathlib import Path
from pipeline.net.fetch import Fetcher
from pipeline.net.options import NetworkOptions
from pipeline.net.wanted import PICTURE, NotServed

fetcher = Fetcher(NetworkOptions(allow_hosts=("127.0.0.1",)), Path(sys.argv[2]))
fetcher.fetch(sys.argv[1], PICTURE)
"""


@pytest.mark.skipif(os.name != "posix", reason="SIGKILL")
def test_a_killed_download_is_continued(web, make, tools, tmp_path):
    body = tools.jpeg(400_000)
    served = []

    def page(handler):
        start = int((handler.headers["Range"] or "bytes=0-")[6:-1])
        served.append(start)
        if start:
            last = f"bytes {start}-{len(body) - 1}/{len(body)}"
            tools.send(body[start:], status=206, etag='"1"', content_range=last)(handler)
            return
        handler.send_response(200)
        handler.send_header("Content-Type", "image/jpeg")
        handler.send_header("Content-Length", str(len(body)))
        handler.send_header("ETag", '"1"')
        handler.end_headers()
        handler.wfile.write(body[:150_000])
        time.sleep(20)

    web.pages["/a.jpg"] = page
    cache = tmp_path / "cache"
    command = [sys.executable, "-c", KILLED, f"{web.url}/a.jpg", str(cache)]
    child = subprocess.Popen(command)
    until = time.monotonic() + 15
    while not any(p.stat().st_size == 150_000 for p in cache.rglob("picture.part")):
        assert time.monotonic() < until, "the child wrote nothing"
        time.sleep(0.02)
    child.send_signal(signal.SIGKILL)
    child.wait()
    assert not list(cache.rglob("picture"))

    path = make().fetch(f"{web.url}/a.jpg", PICTURE)

    assert path.read_bytes() == body
    assert served == [0, 150_000]


def test_killed_just_before_the_file_was_put_in_place(web, make, tools, monkeypatch):
    from pipeline.net.cache import Spot

    class Killed(BaseException):
        pass

    def kill(self, answer):
        raise Killed

    body = tools.jpeg(300_000)
    web.pages["/a.jpg"] = with_ranges(tools, body)
    fetcher = make()
    with monkeypatch.context() as patch:
        patch.setattr(Spot, "finish", kill)
        with pytest.raises(Killed):
            fetcher.fetch(f"{web.url}/a.jpg", PICTURE)

    assert fetcher.fetch(f"{web.url}/a.jpg", PICTURE).read_bytes() == body
    assert web.requests[1][1]["range"] == "bytes=299999-"


def test_a_full_disk_is_told_and_what_came_is_kept(web, make, tools, monkeypatch):
    body = tools.jpeg(300_000)
    web.pages["/a.jpg"] = with_ranges(tools, body)
    fetcher = make()
    opened = Path.open

    class Full:
        def __init__(self, stream):
            self._stream = stream
            self._left = 100_000

        def __enter__(self):
            return self

        def __exit__(self, *args):
            self._stream.close()

        def write(self, data):
            fits = data[: self._left]
            self._stream.write(fits)
            self._left -= len(fits)
            if len(fits) < len(data):
                self._stream.flush()
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

        def flush(self):
            self._stream.flush()

    def full(path, mode="r", *args, **kwargs):
        stream = opened(path, mode, *args, **kwargs)
        return Full(stream) if mode == "ab" else stream

    with monkeypatch.context() as patch:
        patch.setattr(Path, "open", full)
        with pytest.raises(StoreError, match="No space left on device. Free some space"):
            fetcher.fetch(f"{web.url}/a.jpg", PICTURE)

    assert fetcher.fetch(f"{web.url}/a.jpg", PICTURE).read_bytes() == body
    assert web.requests[1][1]["range"] == "bytes=100000-"


def test_a_cache_that_cannot_be_written_is_told(web, tools, tmp_path):
    (tmp_path / "cache").write_text("a file")
    options = NetworkOptions(allow_hosts=("127.0.0.1",))

    with (
        Fetcher(options, tmp_path / "cache") as fetcher,
        pytest.raises(StoreError, match="cannot be written"),
    ):
        fetcher.fetch(f"{web.url}/a.jpg", PICTURE)


def test_closing_ends_the_waiting(web, tools, tmp_path):
    web.pages["/a.jpg"] = tools.send(b"", status=503, retry_after="120")
    fetcher = Fetcher(NetworkOptions(allow_hosts=("127.0.0.1",)), tmp_path / "cache")
    said = []

    def work():
        try:
            fetcher.fetch(f"{web.url}/a.jpg", PICTURE)
        except SourceError as error:
            said.append(str(error))

    thread = threading.Thread(target=work)
    thread.start()
    while not web.requests:
        time.sleep(0.01)
    time.sleep(0.1)
    fetcher.close()
    thread.join(5)

    assert said == ["Fetching was stopped; run again to continue."]


def test_keys_are_neither_logged_nor_written_down(web, make, tools, slept, caplog):
    caplog.set_level(logging.DEBUG, logger="pipeline")
    caplog.set_level(logging.INFO)
    web.pages["/a.jpg?wskey=Geheim&id=7"] = tools.in_turn(
        tools.send(b"", status=500), tools.redirect("/b.jpg?X-Amz-Signature=Geheim")
    )
    web.pages["/b.jpg?X-Amz-Signature=Geheim"] = tools.send(tools.jpeg())
    fetcher = make()

    path = fetcher.fetch(f"{web.url}/a.jpg?wskey=Geheim&id=7", PICTURE)
    with pytest.raises(SourceError) as caught:
        fetcher.fetch(f"{web.url}/c.jpg?token=Geheim", PICTURE)

    assert "token=…" in str(caught.value)
    assert "wskey=…&id=7" in caplog.text
    written = "".join(p.read_text("latin-1") for p in path.parent.rglob("*.json"))
    assert "Geheim" not in caplog.text + str(caught.value) + written


def test_a_host_that_does_not_answer_is_soon_believed(make, slept):
    import socket

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
        fetcher = make(attempts=3)
        with pytest.raises(SourceError, match=rf"tried 3 times: no connection to port {port}"):
            fetcher.fetch(f"http://127.0.0.1:{port}/a.jpg", PICTURE)
        with pytest.raises(SourceError, match="tried once: no connection"):
            fetcher.fetch(f"http://127.0.0.1:{port}/b.jpg", PICTURE)


def test_a_long_download_says_how_far_it_is(web, make, tools, monkeypatch, caplog):
    caplog.set_level(logging.INFO, logger="pipeline")
    monkeypatch.setattr("pipeline.net.receive._TELL_EVERY_S", 0)
    web.pages["/a.jpg"] = tools.send(tools.jpeg(2**20))

    make().fetch(f"{web.url}/a.jpg", PICTURE)

    assert f"fetching {web.url}/a.jpg: 1.0 of 1.0 MiB" in caplog.text


def test_a_place_that_another_run_holds_is_not_waited_for_for_ever(web, make, tools):
    fetcher = make()
    spot = fetcher.cache.spot(f"{web.url}/a.jpg", "picture")

    with (
        spot.alone("a", 1),
        pytest.raises(SourceError, match="is being fetched by another run for more than 0.2 s"),
        fetcher.cache.spot(f"{web.url}/a.jpg", "picture").alone("a.jpg", 0.2),
    ):
        pytest.fail("two hold one place")


@pytest.mark.parametrize("digest", ["sha-256=:rubbish:", "sha-256=:" + "=" * 44 + ":", "md5=x"])
def test_a_checksum_that_is_none_is_not_believed(web, make, tools, digest):
    web.pages["/a.jpg"] = tools.send(tools.jpeg(), digest=digest)

    assert make().fetch(f"{web.url}/a.jpg", PICTURE).read_bytes() == tools.jpeg()


@pytest.mark.parametrize("name", ["picture.json", "picture.part.json"])
@pytest.mark.parametrize("text", ["", "{", "[]", '{"length": "x"}', "\0" * 99])
def test_a_damaged_record_counts_as_none(web, make, tools, name, text):
    web.pages["/a.jpg"] = tools.send(tools.jpeg())
    fetcher = make()
    path = fetcher.fetch(f"{web.url}/a.jpg", PICTURE)
    path.with_name("picture.json").unlink()
    path.with_name("picture.part").write_bytes(b"old")
    path.with_name(name).write_text(text)

    fetcher.fetch(f"{web.url}/a.jpg", PICTURE)

    assert path.read_bytes() == tools.jpeg()
    assert len(web.requests) == 2
