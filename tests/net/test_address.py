"""No request goes where a catalogue may not send one."""

from __future__ import annotations

import socket
import ssl
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import httpcore
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from pipeline.errors import SourceError
from pipeline.net.address import find_fault, parse_address, shown
from pipeline.net.options import NetworkOptions
from pipeline.net.wanted import PICTURE, NotServed

PUBLIC = "93.184.215.14"
"""An address of the public internet; nothing here ever connects to it."""


class Names:
    """What names lead to, and where connections go."""

    def __init__(self, patch: pytest.MonkeyPatch, port: int) -> None:
        self.answers: dict[str, list[list[str]]] = {}
        self.asked: list[str] = []
        self.connected: list[tuple[str, int]] = []
        real = socket.getaddrinfo

        def look_up(host, port, *args, **kwargs):
            if host not in self.answers:
                return real(host, port, *args, **kwargs)
            self.asked.append(host)
            left = self.answers[host]
            found = left.pop(0) if len(left) > 1 else left[0]
            return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (ip, port)) for ip in found]

        def connect(backend, host, wanted_port, *args, **kwargs):
            self.connected.append((host, wanted_port))
            return connect_really(backend, "127.0.0.1", port, *args, **kwargs)

        connect_really = httpcore.SyncBackend.connect_tcp
        patch.setattr(socket, "getaddrinfo", look_up)
        patch.setattr(httpcore.SyncBackend, "connect_tcp", connect)


@pytest.fixture
def names(monkeypatch, web) -> Names:
    """Names lead where the test says; every connection ends at the test's server."""
    return Names(monkeypatch, web.port)


@pytest.mark.parametrize(
    "address",
    [
        *("127.0.0.1", "127.9.9.9", "0.0.0.0", "10.0.0.1", "172.16.0.1", "172.31.255.255"),
        *("192.168.1.1", "169.254.169.254", "100.64.0.1", "192.0.0.8", "198.18.0.1"),
        *("192.0.2.1", "198.51.100.7", "203.0.113.9", "224.0.0.251", "240.0.0.1"),
        *("255.255.255.255", "::", "::1", "fe80::1", "fe80::1%eth0", "fc00::1", "fd12::1"),
        *("fec0::1", "ff02::1", "2001:db8::1", "2001::1", "100::1", "4000::1", "::7f00:1"),
        *("::ffff:127.0.0.1", "::ffff:10.1.2.3", "::ffff:169.254.169.254"),
        *("::ffff:0:127.0.0.1", "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "64:ff9b:1::1"),
        *("2002:7f00:1::1", "2002:a00:1::1", "2002:a9fe:a9fe::1"),
    ],
)
def test_addresses_that_are_not_public_are_refused(address):
    assert find_fault(address, 443, "museum.test", ()) is not None


@pytest.mark.parametrize(
    "address",
    [PUBLIC, "1.1.1.1", "2606:4700::1111", "64:ff9b::5db8:d70e", "2002:5db8:d70e::1"],
)
def test_public_addresses_are_not(address):
    for port in (80, 443, 8182):
        assert find_fault(address, port, "museum.test", ()) is None
    for port in (22, 25, 445):
        assert f"port {port}" in find_fault(address, port, "museum.test", ())


@pytest.mark.parametrize(
    ("host", "port", "allowed", "ok"),
    [
        ("images.lan", 80, ("images.lan",), True),
        ("images.lan", 8182, ("images.lan",), True),
        ("images.lan", 8182, ("images.lan:8182",), True),
        ("images.lan", 80, ("images.lan:8182",), False),
        ("x.images.lan", 80, ("images.lan",), False),
        ("lan", 80, ("images.lan",), False),
        ("other.lan", 80, ("10.0.0.1",), False),
        ("10.0.0.1", 80, ("10.0.0.1",), True),
        ("xn--mnchen-3ya.lan", 8182, ("münchen.lan:8182",), True),
        ("xn--mnchen-3ya.lan", 80, ("MÜNCHEN.LAN",), True),
    ],
)
def test_hosts_that_the_config_names_may_be_private(host, port, allowed, ok):
    allowed = NetworkOptions(allow_hosts=allowed).allow_hosts

    assert (find_fault("10.0.0.1", port, host, allowed) is None) == ok


def test_a_name_never_leads_to_a_cloud_machines_passwords():
    assert find_fault("169.254.169.254", 80, "images.lan", ("images.lan",))
    assert not find_fault("169.254.169.254", 80, "169.254.169.254", ("169.254.169.254",))


@pytest.mark.parametrize("entry", ["http://a.lan", "a.lan/x", "u@a.lan", "", "a b", "a:b:c:d"])
def test_what_is_no_host_is_told_in_the_config(entry):
    with pytest.raises(ValidationError, match="expected a host's name or address"):
        NetworkOptions(allow_hosts=(entry,))


@pytest.mark.parametrize("entry", ["a.lan", "10.0.0.1:80", "[::1]:8080", "::1", "[fd00::2]"])
def test_what_is_a_host_is_taken(entry):
    assert NetworkOptions(allow_hosts=(entry,)).allow_hosts == (entry,)


@pytest.mark.parametrize("contact", ["a@b.example\r\nX: y", "Ä@b.example", "a)b", "a\0"])
def test_a_contact_cannot_add_headers(contact):
    with pytest.raises(ValidationError, match="expected an e-mail address"):
        NetworkOptions(contact=contact)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("file:///etc/passwd", "found file:, expected http"),
        ("ftp://museum.test/a", "found ftp:, expected http"),
        ("javascript:alert(1)", "found javascript:, expected http"),
        ("data:image/png;base64,AA", "found data:, expected http"),
        ("museum.test/a.jpg", "no http:// or https:// before it"),
        ("//museum.test/a.jpg", "no http:// or https:// before it"),
        ("", "no http:// or https:// before it"),
        ("http:///a.jpg", "names no host"),
        ("http://./a.jpg", "names no host"),
        ("https://user:Geheim@museum.test/", "a user name or a password"),
        ("https://user@museum.test/", "a user name or a password"),
        ("http://museum.test:99999/", "the port 99999, expected"),
        ("http://museum.test:0/", "the port 0, expected"),
        ("http://%31%32%37.0.0.1/", "is no name of a host"),
        ("http://muse um.test/", "is no name of a host|cannot be read"),
        ("http://[fe80::1%25eth0]/", "is no name of a host"),
        ("http://[::1/", "cannot be read"),
        ("http://muse\num.test/", "cannot be read"),
        ("http://museum.test/a\0b", "cannot be read"),
        ("http://\ud800/", "cannot be read"),
        ("http://museum.test/" + "a" * 9000, "9,019 characters"),
    ],
)
def test_what_is_no_web_address_is_refused(text, why):
    with pytest.raises(SourceError, match=why) as caught:
        parse_address(text)

    assert "Geheim" not in str(caught.value)
    assert len(str(caught.value)) < 600


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("HTTPS://Museum.Test/A.jpg#x", "https://museum.test/A.jpg"),
        ("http://museum.test./a", "http://museum.test/a"),
        ("http://museum.test:80/a", "http://museum.test/a"),
        ("https://münchen.test/ä", "https://xn--mnchen-3ya.test/%C3%A4"),
        ("https://a.test/iiif/x%2Fy/full/max/0/default.jpg", None),
    ],
)
def test_an_address_has_one_form(text, form):
    from urllib.parse import urlsplit

    url = parse_address(text)
    target = url.raw_path.decode()
    host = url.raw_host.decode()

    whole = f"{url.scheme}://{host}{target}"
    assert whole == (form or text)
    assert urlsplit(str(url)).fragment == ""


def test_one_address_has_one_place_in_the_cache(make):
    fetcher = make()
    forms = ("https://museum.test/a", "HTTPS://MUSEUM.TEST:443/a#x", "https://museum.test./a")

    places = {fetcher.cache.spot(str(parse_address(form)), "picture").folder for form in forms}

    assert len(places) == 1


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("https://u:p@a.test/x?id=7&wskey=abc", "https://a.test/x?id=7&wskey=…"),
        ("https://a.test/?X-Amz-Signature=ab&X-Amz-Date=1", None),
        ("https://a.test/?v=" + "a1" * 20, "https://a.test/?v=…"),
        ("https://a.test/?" + "a1" * 20, "https://a.test/?…"),
        ("https://a.test/?q=a+vase&page=2", "https://a.test/?q=a+vase&page=2"),
        ("a\x1b[31mb", "a�[31mb"),
    ],
)
def test_what_is_shown_holds_no_secret(text, said):
    assert shown(text) == (said or "https://a.test/?X-Amz-Signature=…&X-Amz-Date=1")


@given(st.text() | st.text("htp:/\\@[]%.?#1a٠。ß\r ", max_size=30).map("http://".__add__))
def test_any_text_is_an_address_or_refused(text):
    try:
        url = parse_address(text)
    except SourceError:
        return
    host = url.raw_host.decode("ascii")
    assert url.scheme in {"http", "https"}
    assert host
    assert not set(host) & set("@/\\%?# ")
    assert str(parse_address(str(url))) == str(url)


# Names and connections ---------------------------------------------------------------------------


def test_a_name_that_leads_inside_is_refused(web, make, names):
    names.answers["museum.test"] = [["127.0.0.1"]]

    with pytest.raises(SourceError, match=r"'museum.test' leads to 127.0.0.1, this machine it"):
        make().fetch("http://museum.test/a.jpg", PICTURE)

    assert names.connected == []
    assert web.requests == []


def test_one_private_address_among_public_ones_is_enough(web, make, names):
    names.answers["museum.test"] = [[PUBLIC, "192.168.0.9"]]

    with pytest.raises(SourceError, match=r"leads to 192.168.0.9, an address in a private"):
        make().fetch("http://museum.test/a.jpg", PICTURE)

    assert names.connected == []


def test_the_connection_goes_to_the_address_that_was_judged(web, make, names, tools):
    """Asked a second time, the name would lead inside: it is not asked a second time."""
    names.answers["museum.test"] = [[PUBLIC], ["127.0.0.1"]]
    web.pages["/a.jpg"] = tools.send(tools.jpeg())

    path = make().fetch("http://museum.test/a.jpg", PICTURE)

    assert path.read_bytes() == tools.jpeg()
    assert names.asked == ["museum.test"]
    assert names.connected == [(PUBLIC, 80)]
    assert web.requests[0][1]["host"] == "museum.test"


def test_a_new_connection_is_judged_anew(web, make, names, tools, slept):
    names.answers["museum.test"] = [[PUBLIC], ["127.0.0.1"]]

    def closing(handler):
        tools.send(b"", status=500)(handler)
        handler.close_connection = True

    web.pages["/a.jpg"] = closing

    with pytest.raises(SourceError, match=r"leads to 127.0.0.1"):
        make().fetch("http://museum.test/a.jpg", PICTURE)

    assert names.connected == [(PUBLIC, 80)]


def test_if_one_address_does_not_answer_the_next_is_tried(web, make, names, tools, monkeypatch):
    names.answers["museum.test"] = [[PUBLIC, "93.184.215.15"]]
    web.pages["/a.jpg"] = tools.send(tools.jpeg())
    answer = httpcore.SyncBackend.connect_tcp

    def connect(backend, host, *args, **kwargs):
        if host == PUBLIC:
            raise httpcore.ConnectTimeout
        return answer(backend, host, *args, **kwargs)

    monkeypatch.setattr(httpcore.SyncBackend, "connect_tcp", connect)

    assert make().fetch("http://museum.test/a.jpg", PICTURE).is_file()
    assert names.connected == [("93.184.215.15", 80)]


@pytest.mark.parametrize(
    "host",
    ["127.1", "2130706433", "0x7f000001", "0177.0.0.1", "[::ffff:127.0.0.1]", "localhost", "[::1]"],
)
def test_other_ways_to_write_this_machine(web, make, host):
    with pytest.raises(SourceError, match="leads to|Invalid IPv4 address"):
        make(allow_hosts=("10.0.0.1",)).fetch(f"http://{host}:{web.port}/a.jpg", PICTURE)

    assert web.requests == []


@pytest.mark.parametrize(
    ("error", "said", "times"),
    [
        (socket.gaierror(socket.EAI_NONAME, "Name unknown"), "There is no host 'museum.test'", 1),
        (socket.gaierror(socket.EAI_AGAIN, "Later"), "tried 3 times: .*is this machine conn", 3),
        (UnicodeError("label too long"), "cannot be looked up", 1),
    ],
)
def test_a_name_that_nobody_knows(make, monkeypatch, slept, error, said, times):
    asked = []

    def look_up(host, *args, **kwargs):
        asked.append(host)
        raise error

    monkeypatch.setattr(socket, "getaddrinfo", look_up)

    with pytest.raises(SourceError, match=said):
        make(attempts=3).fetch("http://museum.test/a.jpg", PICTURE)

    assert len(asked) == times


# Redirects ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirects_are_followed(web, make, tools, status):
    web.pages["/a.jpg"] = tools.redirect("b/c.jpg", status)
    web.pages["/b/c.jpg"] = tools.send(tools.jpeg())

    path = make().fetch(f"{web.url}/a.jpg", PICTURE)

    assert path.read_bytes() == tools.jpeg()
    assert f'"final_url": "{web.url}/b/c.jpg"' in path.with_name("picture.json").read_text()


@pytest.mark.parametrize(
    ("target", "said"),
    [
        ("http://localhost/a.jpg", "'localhost' leads to"),
        ("http://127.0.0.2/a.jpg", "leads to 127.0.0.2, this machine itself"),
        ("http://169.254.169.254/latest/meta-data/", "leads to 169.254.169.254, an address that"),
        ("http://10.0.0.1/a.jpg", "leads to 10.0.0.1, an address in a private network"),
        ("http://[::ffff:10.0.0.1]/a.jpg", "an address in a private network"),
        ("file:///etc/passwd", "found file:, expected http"),
        ("ftp://museum.test/a.jpg", "found ftp:"),
        ("//user:pw@museum.test/", "a user name or a password"),
        ("http://[", "is no name of a host"),
        ("", "does not say to which"),
    ],
)
def test_redirects_are_judged_like_any_address(web, make, tools, target, said):
    web.pages["/a.jpg"] = tools.redirect(target)

    with pytest.raises(SourceError, match=said):
        make().fetch(f"{web.url}/a.jpg", PICTURE)

    assert web.paths() == ["/a.jpg"]


def test_a_redirect_in_a_circle_ends(web, make, tools):
    web.pages["/a.jpg"] = tools.redirect("/b.jpg")
    web.pages["/b.jpg"] = tools.redirect("/a.jpg")

    with pytest.raises(SourceError, match="more than 5 times"):
        make().fetch(f"{web.url}/a.jpg", PICTURE)

    assert len(web.requests) == 6


def test_five_redirects_are_enough_and_not_too_many(web, make, tools):
    for number in range(5):
        web.pages[f"/{number}"] = tools.redirect(f"/{number + 1}")
    web.pages["/5"] = tools.send(tools.jpeg())

    assert make().fetch(f"{web.url}/0", PICTURE).read_bytes() == tools.jpeg()


# Certificates ------------------------------------------------------------------------------------


@pytest.fixture
def secure(tools):
    """A server that proves to be museum.test, and what name its callers asked for."""
    asked: list[str | None] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            page = tools.redirect("http://museum.test/b.jpg")
            (page if self.path == "/down" else tools.send(tools.jpeg()))(self)

        def log_message(self, *args):
            pass

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(Path(__file__).with_name("museum_test.pem"))
    context.sni_callback = lambda sock, name, ctx: asked.append(name)
    server = HTTPServer(("127.0.0.1", 0), Handler)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    server.handle_error = lambda *args: None
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    yield server.server_address[1], asked
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def trusting(monkeypatch):
    pem = str(Path(__file__).with_name("museum_test.pem"))
    monkeypatch.setenv("SSL_CERT_FILE", pem)


def test_the_certificate_is_that_of_the_name(secure, make, monkeypatch, trusting):
    port, asked = secure
    names = Names(monkeypatch, port)
    names.answers["museum.test"] = [[PUBLIC]]

    path = make().fetch("https://museum.test/a.jpg", PICTURE)

    assert path.is_file()
    assert names.connected == [(PUBLIC, 443)]
    assert asked == ["museum.test"]


@pytest.mark.parametrize("host", ["other.test", "museum.test"])
def test_a_server_that_cannot_prove_its_name_is_not_believed(
    secure, make, monkeypatch, slept, host, request
):
    port, _ = secure
    if host == "other.test":  # a certificate of good standing, of somebody else
        request.getfixturevalue("trusting")
    names = Names(monkeypatch, port)
    names.answers[host] = [[PUBLIC]]

    with pytest.raises(SourceError, match=f"cannot prove that it is {host}"):
        make().fetch(f"https://{host}/a.jpg", PICTURE)

    assert len(names.connected) == 1


def test_no_way_leads_from_https_to_http(secure, make, monkeypatch, trusting):
    port, _ = secure
    names = Names(monkeypatch, port)
    names.answers["museum.test"] = [[PUBLIC]]

    with pytest.raises(SourceError, match="leads from https to http://museum.test/b.jpg"):
        make().fetch("https://museum.test/down", PICTURE)

    assert len(names.connected) == 1


def test_proxies_of_the_environment_are_not_asked(web, make, tools, monkeypatch):
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    web.pages["/a.jpg"] = tools.send(tools.jpeg())

    assert make().fetch(f"{web.url}/a.jpg", PICTURE).is_file()
    with pytest.raises(NotServed):
        make().fetch(f"{web.url}/b.jpg", PICTURE)


@pytest.mark.parametrize(
    "address",
    [
        "https://user:hush@host/x",
        "https://user:hu@hush@host/x",
        "https://user:hush/er@host/x",
        "https://user:hush?er@host/x",
        "https://user:hush#er@host/x",
        "http:\\\\user:hush@host/x",
        "https://host/x?a=1;token=hush",
        "https://host/x?a=1#access_token=hush",
        "https://host/x?jwt=hush",
    ],
)
def test_no_way_of_writing_a_password_is_told(address):
    assert "hush" not in shown(address)
    if "@" in address:
        with pytest.raises(SourceError) as told:
            parse_address(address)
        assert "hush" not in str(told.value)


def test_ports_and_paths_with_an_at_sign_stay_as_they_are():
    for address in ("https://host:8080/a@b", "http://[::1]:80/a@b", "https://host/a:b@c"):
        assert shown(address) == address
