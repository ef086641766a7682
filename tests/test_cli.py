"""The command line: what it prints, where, and with which status it ends."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from pipeline import cli
from pipeline.errors import PipelineError

ROOT = Path(__file__).parent.parent
MINIMAL = str(ROOT / "configs" / "minimal.yaml")
CC0 = "https://creativecommons.org/publicdomain/zero/1.0/"


def vivant(*arguments: str):
    return CliRunner().invoke(cli.app, list(arguments))


def test_importing_costs_nothing():
    """`import pipeline` and help load none of the heavy libraries."""
    heavy = [
        "torch",
        "cv2",
        "numba",
        "av",
        "numpy",
        "scipy",
        "PIL",
        "onnxruntime",
        "trimesh",
        "pydantic",
    ]
    code = (
        "import sys, pipeline\n"
        f"print([name for name in {heavy!r} if name in sys.modules])\n"
        "import pipeline.cli\n"
        f"print([name for name in {heavy!r} if name in sys.modules])\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n[]\n"


def test_reading_a_config_loads_no_library_of_an_engine():
    code = (
        "import sys, pipeline\n"
        f"pipeline.load_config({MINIMAL!r})\n"
        "print([n for n in ('torch', 'cv2', 'numba', 'av', 'onnxruntime') if n in sys.modules])\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_help_names_every_command():
    text = vivant("--help").output
    for command in ("new", "check", "plan", "render", "engines", "doctor", "schema"):
        assert command in text


def test_render_prints_one_json_document(tmp_path):
    done = vivant("render", MINIMAL, "--out", str(tmp_path), "--jobs", "0", "--json")
    assert done.exit_code == 0, done.output
    document = json.loads(done.stdout)
    assert document["objects"] == 2
    assert Path(document["gallery"]).is_file()
    assert document["problems"] == []
    again = vivant("render", MINIMAL, "--out", str(tmp_path), "--jobs", "0")
    assert "0 results made, 10 found in the store." in again.stdout
    planned = vivant("plan", MINIMAL, "--out", str(tmp_path))
    assert "all in the store" in planned.stdout


def test_plan_names_work_models_and_licences(tmp_path):
    done = vivant("plan", MINIMAL, "--out", str(tmp_path), "--json")
    document = json.loads(done.stdout)
    assert [model["licence"] for model in document["models"]] == ["Apache-2.0"]
    steps = {entry[0]: [step[0] for step in entry[2]] for entry in document["objects"]}
    assert steps["vase"] == [
        "ingest_photo",
        "cut_mask",
        "estimate_depth",
        "render_clip",
        "build_mesh",
    ]
    assert "never ran on this machine" in vivant("plan", MINIMAL, "--out", str(tmp_path)).stdout


def test_plan_names_the_model_that_looks_for_faces(tmp_path):
    section = "faces: {engine: yunet}\nclip:\nobjects: {o0: {kind: scene}}\n"
    config = rows(tmp_path, CC0, section=section)
    done = vivant("plan", str(config), "--out", str(tmp_path / "renders"), "--json")
    models = json.loads(done.stdout)["models"]
    assert [(model["engine"], model["licence"]) for model in models] == [("yunet", "MIT")]


def test_a_new_exhibit_from_a_catalogue_renders(tmp_path):
    from PIL import Image

    museum = tmp_path / "museum"
    museum.mkdir()
    Image.new("RGB", (64, 48), (90, 60, 30)).save(museum / "p.png")
    (museum / "catalogue.csv").write_text(
        f"id,image,title,kind,rights,credit\n1969_12,p.png,Print,print,{CC0},Museum\n", "utf-8"
    )
    made = vivant("new", str(tmp_path / "My Show"), "--from", str(museum / "catalogue.csv"))
    assert made.exit_code == 0, made.output
    config = tmp_path / "My Show" / "exhibit.yaml"
    assert json.loads((config.parent / "exhibit.schema.json").read_text("utf-8"))["properties"]
    assert vivant("check", str(config)).exit_code == 0
    done = vivant("render", str(config), "--out", str(tmp_path / "renders"), "--jobs", "0")
    assert done.exit_code == 0, done.output
    assert (tmp_path / "renders" / "my-show" / "objects" / "1969_12" / "mesh.glb").is_file()
    again = CliRunner().invoke(cli.app, ["new", str(tmp_path / "My Show")])
    assert isinstance(again.exception, PipelineError)
    assert "is there already" in str(again.exception)


def test_a_new_exhibit_without_a_catalogue_has_an_empty_one(tmp_path):
    made = vivant("new", str(tmp_path / "show"))
    assert "write your objects into" in made.stdout
    head = (tmp_path / "show" / "catalogue.csv").read_text("utf-8")
    assert head.startswith("id,image,title")
    checked = vivant("check", str(tmp_path / "show" / "exhibit.yaml"))
    assert "expected at least one object" in str(checked.exception)


def test_check_tells_what_is_in_the_way(tmp_path):
    (tmp_path / "catalogue.csv").write_text(
        "id,image,title,kind,rights,credit\n"
        f"a,gone.png,A,print,{CC0},M\n"
        "b,gone.png,B,print,http://rightsstatements.org/vocab/InC/1.0/,M\n",
        "utf-8",
    )
    config = tmp_path / "exhibit.yaml"
    config.write_text(
        "exhibit: {id: x}\nsource: {name: folder, catalogue: catalogue.csv}\nclip:\n", "utf-8"
    )
    done = vivant("check", str(config), "--json")
    assert done.exit_code == 1
    found = json.loads(done.stdout)
    assert (found["objects"], found["ready"], found["refused"], found["unreadable"]) == (2, 0, 1, 2)
    assert found["closed"] == 1


INC = "http://rightsstatements.org/vocab/InC/1.0/"


def rows(tmp_path, *rights, section="clip:\nmesh:\n"):
    """Write an exhibit with one object for each of ``rights`` and return its config."""
    from PIL import Image

    Image.new("RGB", (64, 48), (90, 60, 30)).save(tmp_path / "p.png")
    lines = [f"o{n},p.png,Title {n},print,{uri},M" for n, uri in enumerate(rights)]
    text = "\n".join(["id,image,title,kind,rights,credit", *lines, ""])
    (tmp_path / "catalogue.csv").write_text(text, "utf-8")
    config = tmp_path / "exhibit.yaml"
    source = "exhibit: {id: x}\nsource: {name: folder, catalogue: catalogue.csv}\n"
    config.write_text(source + section, "utf-8")
    return config


@pytest.mark.parametrize(
    ("rights", "section", "status"),
    [
        ([CC0, CC0], "clip:\n", 0),
        ([CC0, INC], "clip:\n", 1),
        ([INC, INC], "clip:\n", 3),
        ([INC, "© M"], "gallery:\n", 0),
        ([INC], "clip:\nrights: {permissions: {o0: letter of the artist}}\n", 0),
    ],
)
def test_the_status_of_check_and_plan_says_what_is_allowed(tmp_path, rights, section, status):
    config = rows(tmp_path, *rights, section=section)
    assert vivant("check", str(config)).exit_code == status
    planned = vivant("plan", str(config), "--out", str(tmp_path / "renders"))
    assert planned.exit_code == (3 if status == 3 else 0)


def test_check_and_plan_tell_each_refusal_with_its_sentence(tmp_path):
    config = rows(tmp_path, CC0, INC, section="clip:\nmesh:\n")
    said = vivant("check", str(config)).stdout
    assert "o1: found the rights http://rightsstatements.org/vocab/InC/1.0/ (In Copyright" in said
    assert "do not allow clips and meshes because the work is in copyright" in said
    assert "1 refused by rights (1 of them whole)" in said
    planned = vivant("plan", str(config), "--out", str(tmp_path / "renders")).stdout
    (line,) = (line for line in planned.splitlines() if line.startswith("o1: "))
    assert line.startswith("o1: reading photograph. But found the rights"), "it is still looked at"
    assert "because the work is in copyright" in line


def test_what_is_refused_in_part_is_planned_in_part(tmp_path):
    policy = "rights: {policy: {zero: {deny: [mesh]}}}\n"
    config = rows(tmp_path, CC0, section=f"clip:\nmesh:\n{policy}")
    done = vivant("plan", str(config), "--out", str(tmp_path / "renders"), "--json")
    (planned,) = json.loads(done.stdout)["objects"]
    stages = [stage for stage, _ in planned[2]]
    assert stages == ["ingest_photo", "cut_mask", "estimate_depth", "render_clip"]
    assert "do not allow meshes because" in planned[3]
    assert done.exit_code == 0


def test_a_policy_that_loosens_without_a_reason_is_a_mistake_with_its_line(tmp_path):
    config = rows(tmp_path, CC0, section="clip:\nrights:\n  policy:\n    InC: {allow: [mesh]}\n")
    done = vivant("check", str(config))
    assert "exhibit.yaml:6:" in str(done.exception)
    assert "found allow: mesh without a reason" in str(done.exception)


@pytest.mark.parametrize(
    ("arguments", "status"),
    [
        (["render", "gone.yaml"], 2),
        (["check", "gone.yaml"], 2),
        (["render"], 2),
        (["paint"], 2),
        (["render", MINIMAL, "--only", "nothing"], 2),
        (["engines"], 0),
    ],
)
def test_the_status_says_how_it_ended(tmp_path, arguments, status):
    command = [sys.executable, "-m", "pipeline.cli", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path)
    assert done.returncode == status
    assert "Traceback" not in done.stderr
    assert bool(done.stderr) == bool(status)


def test_engines_and_doctor_find_everything_usable():
    rows = json.loads(vivant("engines", "--json").stdout)
    assert {row["name"] for row in rows} >= {"u2netp", "silhouette", "parallax", "relief"}
    assert all(row["usable"] for row in rows)
    done = vivant("doctor", "--json")
    assert done.exit_code == 0, done.output
    assert all(row["ok"] for row in json.loads(done.stdout))


def test_schema_is_printed_or_written(tmp_path):
    assert json.loads(vivant("schema").stdout)["title"] == "Tableau Vivant exhibit"
    vivant("schema", "--out", str(tmp_path / "schema.json"))
    assert json.loads((tmp_path / "schema.json").read_text("utf-8"))["properties"]


def test_a_script_gets_errors_as_json_too(tmp_path):
    command = [sys.executable, "-m", "pipeline.cli", "check", "gone.yaml", "--json"]
    done = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path)
    assert done.returncode == 2
    told = json.loads(done.stdout)
    assert told["exit_code"] == 2
    assert "gone.yaml" in told["error"]


def test_a_terminal_gets_no_commands_out_of_a_catalogue(tmp_path, capsys, monkeypatch):
    (tmp_path / "export.csv").write_text("\x1b[31mNr;\u202eTitel\na1;Jug\n", encoding="utf-8")
    config = tmp_path / "exhibit.yaml"
    columns = "{name: table, catalogue: export.csv, columns: {id: Number}}"
    config.write_text(f"exhibit: {{id: house}}\nsource: {columns}\nclip:\n", encoding="utf-8")
    monkeypatch.setattr(sys, "argv", ["vivant", "check", str(config)])
    with pytest.raises(SystemExit):
        cli.main()
    told = capsys.readouterr()
    assert "found no column 'Number'" in told.err
    assert not set("\x1b\u202e") & set(told.err + told.out)
