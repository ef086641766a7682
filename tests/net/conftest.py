"""A web server on this machine that also misbehaves, and a fetcher that may ask it."""

from __future__ import annotations

import io
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from pipeline.net.fetch import Fetcher
from pipeline.net.options import NetworkOptions

Page = Callable[[BaseHTTPRequestHandler], None]


class Web:
    """Pages by path, and all requests in the order in which they came."""

    def __init__(self) -> None:
        self.pages: dict[str, Page] = {}
        self.any: Page | None = None
        self.requests: list[tuple[str, dict[str, str]]] = []
        web = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                headers = {name.lower(): value for name, value in self.headers.items()}
                web.requests.append((self.path, headers))
                page = web.pages.get(self.path) or web.any
                try:
                    if page is None:
                        self.send_error(404)
                    else:
                        page(self)
                except (BrokenPipeError, ConnectionResetError):
                    self.close_connection = True

            def log_message(self, *args: object) -> None:
                pass

        class Server(ThreadingHTTPServer):
            daemon_threads = True

            def handle_error(self, *args: object) -> None:
                pass  # a client that went away

        self.server = Server(("127.0.0.1", 0), Handler)
        self.port = self.server.server_address[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self._thread = threading.Thread(
            target=self.server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True
        )
        self._thread.start()

    def paths(self) -> list[str]:
        return [path for path, _ in self.requests]

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()
        self._thread.join()


def send(
    body: bytes, kind: str = "image/jpeg", status: int = 200, **headers: str
) -> Callable[[BaseHTTPRequestHandler], None]:
    """A page that is in order; in the names of headers ``_`` stands for ``-``."""

    def page(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        handler.send_header("Content-Type", kind)
        named = {name.replace("_", "-").lower(): value for name, value in headers.items()}
        named.setdefault("content-length", str(len(body)))
        for name, value in named.items():
            handler.send_header(name, value)
        handler.end_headers()
        handler.wfile.write(body)
        if int(named["content-length"]) != len(body):
            handler.close_connection = True

    return page


def in_turn(*pages: Page) -> Page:
    """Another page for each request; the last one stays."""
    left = list(pages)

    def page(handler: BaseHTTPRequestHandler) -> None:
        (left.pop(0) if len(left) > 1 else left[0])(handler)

    return page


def redirect(to: str, status: int = 302) -> Page:
    return send(b"", "text/plain", status, location=to)


def jpeg(size: int = 5000, seed: int = 0) -> bytes:
    """Something that begins like a JPEG; only a decoder would notice."""
    block = bytes((seed + i * i) % 251 for i in range(997))
    return (b"\xff\xd8\xff\xe0" + block * (size // len(block) + 1))[:size]


def picture(width: int = 64, height: int = 48, kind: str = "JPEG") -> bytes:
    from PIL import Image

    out = io.BytesIO()
    Image.linear_gradient("L").resize((width, height)).convert("RGB").save(out, kind)
    return out.getvalue()


class Tools:
    """What tests of this folder share; modules of tests cannot import each other."""

    send = staticmethod(send)
    in_turn = staticmethod(in_turn)
    redirect = staticmethod(redirect)
    jpeg = staticmethod(jpeg)
    picture = staticmethod(picture)


@pytest.fixture(scope="session")
def tools() -> type[Tools]:
    return Tools


@pytest.fixture
def web() -> Iterator[Web]:
    server = Web()
    yield server
    server.close()


@pytest.fixture
def slept() -> list[float]:
    """How long the fetcher wanted to wait; it does not."""
    return []


@pytest.fixture
def make(tmp_path: Path, slept: list[float]) -> Iterator[Callable[..., Fetcher]]:
    """Make a fetcher with one cache for the test."""
    made: list[Fetcher] = []

    def make(**options: object) -> Fetcher:
        values: dict[str, object] = {
            "allow_hosts": ("127.0.0.1",),
            "requests_per_s": 100,
            "timeout_s": 2,
            **options,
        }
        fetcher = Fetcher(
            NetworkOptions.model_validate(values), tmp_path / "cache", sleep=slept.append
        )
        made.append(fetcher)
        return fetcher

    yield make
    for fetcher in made:
        fetcher.close()
