"""The repository keeps the rules that no linter knows."""

from __future__ import annotations

import ast
import json
import re
import subprocess
import tomllib
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parent.parent

LARGEST_BYTES = 2_000_000
LONGEST_FILE_LINES = 400
LONGEST_FUNCTION_LINES = 60
MOST_PARAMETERS = 6

# Written so that this file does not match itself.
MACHINE_PATH = re.compile(
    r"(?<![\w.~-])/(?:wor[k]|farm|roo[t]|hom[e]|User[s]|tm[p])/\w|[A-Z]:\\Users"
)
REGISTRY_HOST = re.compile(
    r"(?:py[p]i|files\.python[h]osted|registry\.npm[j]s|deb\.deb[i]an|npm[m]irror)\.\w+", re.I
)
UNFINISHED = re.compile(r"\b(?:TODO|FIXME|XXX|HACK)\b|raise NotImplementedError")
MARKDOWN_LINK = re.compile(r"\[[^\]]*\]\(\s*<?([^)>\s]+)>?[^)]*\)")


def tracked(*patterns: str) -> list[Path]:
    """Files in git, or that will be: neither ignored nor deleted."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", *patterns]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    if done.returncode != 0:
        pytest.skip("not a git checkout")
    return [ROOT / name for name in done.stdout.split("\0") if name and (ROOT / name).is_file()]


def texts() -> dict[str, str]:
    found = {}
    for path in tracked():
        try:
            found[path.relative_to(ROOT).as_posix()] = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
    return found


def product_modules() -> dict[str, ast.Module]:
    paths = tracked("pipeline/*.py", "hatch_build.py")
    return {p.relative_to(ROOT).as_posix(): ast.parse(p.read_text("utf-8")) for p in paths}


def test_no_file_is_large() -> None:
    large = {path.name: path.stat().st_size for path in tracked()}

    assert {name: size for name, size in large.items() if size > LARGEST_BYTES} == {}


def test_nothing_names_a_machine_or_a_registry() -> None:
    found = [
        f"{name}: {match.group()}"
        for name, text in texts().items()
        for pattern in (MACHINE_PATH, REGISTRY_HOST)
        for match in pattern.finditer(text)
    ]

    assert found == []


@pytest.mark.parametrize("folder", ["work", "root", "home", "Users", "tmp"])
def test_a_machine_path_would_be_found(folder: str) -> None:
    assert MACHINE_PATH.search("in " + "/".join(["", folder, "x"]))
    assert not MACHINE_PATH.search("/".join(["objects", folder, "x"]))


def test_nothing_is_left_unfinished() -> None:
    found = [
        f"{name}: {match.group()}"
        for name, text in texts().items()
        if name.startswith("pipeline/") and not name.endswith(".json")
        for match in UNFINISHED.finditer(text)
    ]

    assert found == []


def test_lock_files_name_no_host() -> None:
    locks = tracked("*package-lock.json")
    resolved = [
        f"{lock.parent.name}: {name}"
        for lock in locks
        for name, package in json.loads(lock.read_text("utf-8"))["packages"].items()
        if "://" in package.get("resolved", "")
    ]
    unproven = [
        f"{lock.parent.name}: {name}"
        for lock in locks
        for name, package in json.loads(lock.read_text("utf-8"))["packages"].items()
        if name and not package.get("link") and not package.get("integrity")
    ]

    assert locks
    assert resolved == []
    assert unproven == []


def test_links_between_documents_lead_somewhere() -> None:
    broken = []
    for path in tracked("*.md"):
        for target in MARKDOWN_LINK.findall(path.read_text("utf-8")):
            if "://" in target or target.startswith(("#", "mailto:")):
                continue
            if not (path.parent / target.split("#")[0]).exists():
                broken.append(f"{path.relative_to(ROOT)}: {target}")

    assert broken == []


def test_public_modules_classes_and_functions_say_what_they_are() -> None:
    silent = []
    for name, module in product_modules().items():
        if ast.get_docstring(module) is None:
            silent.append(name)
        silent += [
            f"{name}: {node.name}"
            for node in module.body
            if isinstance(node, ast.FunctionDef | ast.ClassDef)
            and not node.name.startswith("_")
            and ast.get_docstring(node) is None
        ]

    assert silent == []


def test_files_and_functions_stay_short() -> None:
    long = []
    for name, module in product_modules().items():
        lines = (ROOT / name).read_text("utf-8").count("\n")
        if lines > LONGEST_FILE_LINES:
            long.append(f"{name}: {lines} lines")
        for node in ast.walk(module):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                lines = (node.end_lineno or node.lineno) - node.lineno + 1
                if lines > LONGEST_FUNCTION_LINES:
                    long.append(f"{name}: {node.name}: {lines} lines")

    assert long == []


def test_functions_take_few_parameters() -> None:
    wide = [
        f"{name}: {node.name}: {count} parameters"
        for name, module in product_modules().items()
        for node in ast.walk(module)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (count := _parameters(node)) > MOST_PARAMETERS
        # A command's parameters are its options.
        and name != "pipeline/cli.py"
    ]

    assert wide == []


def _parameters(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    names = [a.arg for a in (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs)]
    return len([name for name in names if name not in ("self", "cls")])


def test_every_runtime_dependency_and_its_licence_are_listed() -> None:
    listed = (ROOT / "THIRD_PARTY.md").read_text("utf-8")
    names = {canonicalize_name(name) for name in re.findall(r"^\| ([\w.-]+) \|", listed, re.M)}

    assert _closure() - names == set()


def test_everything_bundled_and_its_licence_are_listed() -> None:
    listed = (ROOT / "THIRD_PARTY.md").read_text("utf-8")
    texts_in_wheel = (ROOT / "pipeline" / "web" / "dist" / "LICENSES.txt").read_text("utf-8")
    bundled = re.findall(r"^=+\n\S+: (\S+) (\S+) \((.+)\)$", texts_in_wheel, re.M)

    assert len(bundled) >= 8
    missing = [
        name
        for name, version, licence in bundled
        if not any(
            name in line and f"| {version} |" in line and f"| {licence} |" in line
            for line in listed.splitlines()
        )
    ]
    assert missing == []


def test_what_is_pinned_is_within_what_is_declared() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    extras = project["optional-dependencies"]
    pins = {
        canonicalize_name(r.name): r
        for line in (ROOT / "constraints.txt").read_text("utf-8").splitlines()
        if line and not line.startswith("#")
        for r in [Requirement(line)]
    }
    declared = [Requirement(d) for d in project["dependencies"] + extras["demo"] + extras["dev"]]

    assert all(str(pin.specifier).startswith("==") for pin in pins.values())
    assert [r.name for r in declared if canonicalize_name(r.name) not in pins] == []
    for requirement in declared:
        version = str(pins[canonicalize_name(requirement.name)].specifier).removeprefix("==")
        assert requirement.specifier.contains(version), requirement


def _closure() -> set[str]:
    """Everything that a base install brings, on this machine."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    waiting = [Requirement(text) for text in project["dependencies"]]
    seen: set[str] = set()
    while waiting:
        requirement = waiting.pop()
        name = canonicalize_name(requirement.name)
        if name in seen or (requirement.marker and not requirement.marker.evaluate({"extra": ""})):
            continue
        seen.add(name)
        try:
            waiting += [Requirement(text) for text in distribution(name).requires or []]
        except PackageNotFoundError:
            pytest.fail(f"{name} is not installed: run make setup")
    return seen
