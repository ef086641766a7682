"""From a collection on the web to a clip: fetched once, at the size that is needed, or told."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import pipeline
from pipeline.checking import check_exhibit
from pipeline.errors import SourceError
from pipeline.items import Picture
from pipeline.net.options import NetworkOptions
from pipeline.net.web import ENVIRONMENT, Online, cache_folder, open_web

CC0 = "https://creativecommons.org/publicdomain/zero/1.0/"
OPEN = NetworkOptions(allow_hosts=("127.0.0.1",), requests_per_s=100, timeout_s=2, attempts=1)


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch) -> Path:
    monkeypatch.setenv(ENVIRONMENT, str(tmp_path / "cache"))
    return tmp_path / "cache"


def level_0(tools, web, name: str, sizes=((160, 120), (320, 240))) -> str:
    """A picture cut into ready sizes, as a folder of files serves it."""
    base = f"{web.url}/iiif/{name}"
    info = {
        "@context": "http://iiif.io/api/image/3/context.json",
        "id": base,
        "type": "ImageService3",
        "protocol": "http://iiif.io/api/image",
        "profile": "level0",
        "width": sizes[-1][0],
        "height": sizes[-1][1],
        "sizes": [{"width": w, "height": h} for w, h in sizes],
    }
    web.pages[f"/iiif/{name}/info.json"] = tools.send(json.dumps(info).encode(), "application/json")
    for width, height in sizes:
        page = tools.send(tools.picture(width, height))
        web.pages[f"/iiif/{name}/full/{width},{height}/0/default.jpg"] = page
    return base


def manifest(web, name: str, service: str, rights: str = CC0) -> dict:
    return {
        "@context": "http://iiif.io/api/presentation/3/context.json",
        "id": f"{web.url}/{name}.json",
        "type": "Manifest",
        "label": {"en": ["A vase"], "zh": ["花瓶"]},
        "rights": rights,
        "requiredStatement": {"label": {"en": ["Credit"]}, "value": {"en": ["The museum"]}},
        "metadata": [
            {"label": {"en": ["Object type"]}, "value": {"en": ["Etching"]}},
            {"label": {"en": ["Dimensions"]}, "value": {"en": ["30 x 40 cm"]}},
            {"label": {"en": ["Accession number"]}, "value": {"en": [name]}},
        ],
        "items": [
            {
                "id": f"{web.url}/{name}/canvas",
                "type": "Canvas",
                "width": 320,
                "height": 240,
                "items": [
                    {
                        "id": f"{web.url}/{name}/page",
                        "type": "AnnotationPage",
                        "items": [
                            {
                                "id": f"{web.url}/{name}/annotation",
                                "type": "Annotation",
                                "motivation": "painting",
                                "target": f"{web.url}/{name}/canvas",
                                "body": {
                                    "id": f"{service}/full/max/0/default.jpg",
                                    "type": "Image",
                                    "format": "image/jpeg",
                                    "service": [{"id": service, "type": "ImageService3"}],
                                },
                            }
                        ],
                    }
                ],
            }
        ],
    }


def exhibit(folder: Path, web, rights: str = CC0) -> Path:
    folder.mkdir()
    path = folder / "exhibit.yaml"
    path.write_text(
        f"exhibit: {{id: web, title: Web}}\n"
        f"source: {{name: iiif, catalogue: '{web.url}/1900.1.json'}}\n"
        "network: {allow_hosts: [127.0.0.1], requests_per_s: 100, attempts: 1, timeout_s: 2}\n"
        "ingest: {long_side_px: 256}\n"
        "clip: {duration_s: 1, fps: 12, long_side_px: 128}\n",
        encoding="utf-8",
    )
    return path


def serve(tools, web, rights: str = CC0) -> None:
    service = level_0(tools, web, "vase")
    said = json.dumps(manifest(web, "1900.1", service, rights)).encode()
    web.pages["/1900.1.json"] = tools.send(said, "application/ld+json")


def test_a_manifest_becomes_a_clip_and_is_asked_for_once(tmp_path, tools, web):
    serve(tools, web)
    config = exhibit(tmp_path / "show", web)
    checked = check_exhibit(config)
    assert (checked.objects, checked.ready) == (1, 1)
    assert web.paths() == ["/1900.1.json"], "checking fetches no picture"
    outcome = pipeline.render(config, tmp_path / "out", jobs=0)
    (entry,) = outcome.exhibit.entries
    assert not entry.problems
    assert entry.clip is not None
    assert (entry.item.id, entry.item.kind) == ("1900.1", "print")
    assert (entry.item.size.height_m, entry.item.size.width_m) == (0.3, 0.4)
    assert entry.item.rights.credit == "The museum"
    assert entry.photo is not None
    assert (entry.photo.source_width_px, entry.photo.source_height_px) == (320, 240)
    assert web.paths()[-1] == "/iiif/vase/full/320,240/0/default.jpg"
    asked = len(web.paths())
    again = pipeline.render(config, tmp_path / "out", jobs=0)
    assert again.report["stages"]["render_clip"]["reused"] == 1
    assert len(web.paths()) == asked, "nothing is asked for twice"


def test_what_may_not_be_made_is_not_even_fetched_as_a_clip(tmp_path, tools, web):
    serve(tools, web, "http://rightsstatements.org/vocab/InC/1.0/")
    config = exhibit(tmp_path / "show", web)
    outcome = pipeline.render(config, tmp_path / "out", jobs=0)
    (entry,) = outcome.exhibit.entries
    assert entry.clip is None
    assert [problem.reason for problem in entry.problems] == ["refused"]


def test_a_picture_that_cannot_be_had_fails_its_object_alone(tmp_path, tools, web):
    serve(tools, web)
    web.pages["/iiif/vase/info.json"] = tools.send(b"<html>down</html>", "text/html", 500)
    web.pages["/iiif/vase/full/max/0/default.jpg"] = tools.send(b"", "text/html", 404)
    outcome = pipeline.render(exhibit(tmp_path / "show", web), tmp_path / "out", jobs=0)
    (problem,) = outcome.exhibit.entries[0].problems
    assert (problem.stage, problem.reason) == ("ingest_photo", "failed")
    assert "127.0.0.1" in problem.message
    assert outcome.exit_code == 1


def test_a_service_that_fails_leaves_the_files_own_address(tools, web):
    web.pages["/a.jpg"] = tools.send(tools.picture())
    with open_web(OPEN) as online:
        found = Picture(url=f"{web.url}/a.jpg", service=f"{web.url}/gone")
        assert online.picture(found, 512).read_bytes() == tools.picture()
        with pytest.raises(SourceError):
            online.picture(Picture(service=f"{web.url}/gone"), 512)


def test_a_plan_knows_what_is_here_and_asks_nobody(tools, web):
    web.pages["/a.jpg"] = tools.send(tools.picture())
    found = Picture(url=f"{web.url}/a.jpg")
    with open_web(OPEN) as online:
        assert online.stored(found, 512) is None
        assert web.paths() == []
        path = online.picture(found, 512)
        assert online.stored(found, 512) == path
        assert web.paths() == ["/a.jpg"]


def test_a_plan_asks_no_service_that_failed_before(tools, web):
    web.pages["/a.jpg"] = tools.send(tools.picture())
    found = Picture(url=f"{web.url}/a.jpg", service=f"{web.url}/gone")
    with open_web(OPEN) as online:
        path = online.picture(found, 512)
        asked = web.paths()
        assert online.stored(found, 512) == path
        assert web.paths() == asked


def test_what_is_closed_fetches_nothing_more(tools, web):
    web.pages["/a.jpg"] = tools.send(tools.picture())
    with open_web(OPEN) as online:
        pass
    with pytest.raises(SourceError, match="stopped"):
        online.picture(Picture(url=f"{web.url}/a.jpg"), 512)
    assert web.paths() == []


def test_a_catalogue_is_asked_for_again_when_it_is_old_and_a_picture_never(tools, web, caplog):
    web.pages["/a.json"] = tools.send(b'{"n": 1}', "application/json", etag='"1"')
    web.pages["/a.jpg"] = tools.send(tools.picture())
    url, found = f"{web.url}/a.json", Picture(url=f"{web.url}/a.jpg")
    for hours, asked in ((24, 1), (24, 1), (0, 2)):
        with open_web(OPEN.model_copy(update={"ask_again_h": hours})) as online:
            assert online.document(url, "json").read_bytes() == b'{"n": 1}'
            online.picture(found, 512)
        assert web.paths().count("/a.json") == asked
    assert dict(web.requests[-1:])["/a.json"]["if-none-match"] == '"1"'
    assert web.paths().count("/a.jpg") == 1
    web.pages["/a.json"] = tools.send(b'{"n": 2}', "application/json", etag='"2"')
    with open_web(OPEN.model_copy(update={"ask_again_h": 0})) as online:
        assert online.document(url, "json").read_bytes() == b'{"n": 2}'
        web.pages["/a.json"] = tools.send(b"", "text/html", 500)
        assert online.document(url, "json").read_bytes() == b'{"n": 2}'
    assert "The copy of 0 hours ago is used" in caplog.text


def test_hosts_of_this_machine_are_refused_unless_they_are_named(tools, web):
    web.pages["/a.json"] = tools.send(b"{}", "application/json")
    closed = Online(NetworkOptions(attempts=1))
    with pytest.raises(SourceError, match="allow_hosts"):
        closed.document(f"{web.url}/a.json", "json")
    closed.close()
    assert web.paths() == []


def test_the_cache_is_the_users_unless_a_folder_is_named(monkeypatch, cache):
    assert cache_folder() == cache
    monkeypatch.delenv(ENVIRONMENT)
    assert cache_folder().parts[-2:] == ("tableau-vivant", "web")
