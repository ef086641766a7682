"""The ``vivant`` command: parses, calls the API, prints. It decides nothing.

Results go to stdout, as one JSON document with ``--json``; everything else to stderr. Exit
status: 0 all made · 1 some objects failed or were refused, the rest is there · 2 the config or the
call is wrong, nothing done · 3 rights, consent or licence allow none of it · 130 interrupted, run
again to go on.
"""

from __future__ import annotations

import json as _json
import logging
import re
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from pipeline.api import Outcome

app = typer.Typer(
    name="vivant",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,  # plain help is read as well, and twice as fast
    context_settings={"help_option_names": ["-h", "--help"]},
    help="Turn a museum's photographs into clips, 3D meshes and a gallery for the curator.",
)

Config = Annotated[Path, typer.Argument(help="The exhibit's YAML file.", show_default=False)]
Out = Annotated[Path, typer.Option("--out", help="Results folder.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document to stdout.")]
Verbose = Annotated[bool, typer.Option("--verbose", "-v", help="Say more on stderr.")]

RENDERS = Path("renders")
_TOLD = 20
"""Entries of which nothing could be made that are told to people one by one."""


@app.callback()
def _main() -> None:
    """Turn a museum's photographs into clips, 3D meshes and a gallery for the curator."""


@app.command()
def new(
    directory: Annotated[Path, typer.Argument(help="Folder to make.", show_default=False)],
    catalogue: Annotated[
        Path | None,
        typer.Option("--from", help="A table, JSON, XML, YAML or a folder of pictures."),
    ] = None,
    json: AsJson = False,
) -> None:
    """Make a folder with a commented exhibit.yaml, ready to render."""
    from pipeline.scaffold import new_exhibit

    path = new_exhibit(directory, catalogue)
    own = f"write your objects into {directory / 'catalogue.csv'}"
    first = "look at each line of it" if catalogue else own
    _say(json, {"config": str(path)}, f"Made {path}\nNext: {first}, then vivant check {path}")


@app.command()
def check(config: Config, json: AsJson = False) -> None:
    """Find mistakes, missing pictures, unknown sizes, refused rights."""
    from pipeline.checking import check_exhibit

    found = check_exhibit(config)
    if json:
        print(found.model_dump_json(indent=1))  # leaner than `_say` with many remarks
    else:
        _say(json, None, f"{found.as_text()}\n{found.next_step(config)}")
    raise typer.Exit(found.exit_code)


@app.command()
def plan(config: Config, out: Out = RENDERS, json: AsJson = False) -> None:
    """Say what would run, for how long, and under which licences."""
    from pipeline.survey import plan_exhibit

    planned = plan_exhibit(config, out)
    _say(json, planned.model_dump(mode="json"), planned.as_text())
    raise typer.Exit(planned.exit_code)


@app.command()
def render(
    config: Config,
    out: Out = RENDERS,
    only: Annotated[list[str] | None, typer.Option(help="Work on this object alone.")] = None,
    jobs: Annotated[
        int | None, typer.Option(min=0, help="Worker processes; 0 works in this one.")
    ] = None,
    verbose: Verbose = False,
    json: AsJson = False,
) -> None:
    """Make what is missing: clips, meshes, and the gallery."""
    _log(verbose)
    from rich.console import Console

    from pipeline.api import render as run_render
    from pipeline.display import live

    console = Console(stderr=True)
    signal.signal(signal.SIGTERM, _interrupt)
    try:
        outcome = run_render(
            config, out, only=only or (), jobs=jobs, watch=lambda run: live(run, console)
        )
    except KeyboardInterrupt:
        again = f"vivant render {config}" + ("" if out == RENDERS else f" --out {out}")
        print(f"\nStopped. What is finished is kept; go on with: {again}", file=sys.stderr)
        raise typer.Exit(130) from None
    document = {"folder": str(outcome.folder), "gallery": str(outcome.gallery), **outcome.report}
    _say(json, document, _outcome_text(outcome))
    raise typer.Exit(outcome.exit_code)


@app.command()
def engines(json: AsJson = False) -> None:
    """List the engines, their licences, and whether they work here."""
    from pipeline.survey import survey_engines

    rows = survey_engines()
    text = "\n".join(
        f"{row.section:6} {row.name:12} {'usable' if row.usable else 'not usable':11}"
        f"{row.licence or 'no weights'}{'' if row.usable else ': ' + row.reason}"
        for row in rows
    )
    _say(json, [row.model_dump() for row in rows], text)


@app.command()
def doctor(json: AsJson = False) -> None:
    """Look at this machine and say what is missing."""
    from pipeline.survey import examine_machine

    found = examine_machine()
    lines = [f"{'ok ' if row.ok else 'BAD'} {row.name}: {row.found}" for row in found]
    _say(json, [row.model_dump() for row in found], "\n".join(lines))
    raise typer.Exit(0 if all(row.ok for row in found) else 1)


@app.command()
def schema(
    out: Annotated[Path | None, typer.Option("--out", help="Write it to this file.")] = None,
) -> None:
    """Print the JSON Schema of an exhibit's YAML file, for editors."""
    from pipeline.config import json_schema

    text = _json.dumps(json_schema(), ensure_ascii=False, indent=1)
    if out is None:
        print(text)
        return
    from pipeline.store import write_whole

    write_whole(out, text + "\n")
    print(f"Wrote {out}", file=sys.stderr)


def _outcome_text(outcome: Outcome) -> str:
    from pipeline.display import stage_words, took

    report = outcome.report
    made = sum(stage["made"] for stage in report["stages"].values())
    reused = sum(stage["reused"] for stage in report["stages"].values())
    lines = [
        f"{problem['id']}: {stage_words(problem['stage'])} "
        f"{problem['reason']}: {problem['message'].removeprefix(problem['id'] + ': ')}"
        for problem in report["problems"]
        if problem["reason"] != "pending"
    ]
    unusable = report["unusable"]
    lines += [f"{row['place']}: {row['id']}: {row['message']}" for row in unusable[:_TOLD]]
    if len(unusable) > _TOLD:
        lines.append(f"… and {len(unusable) - _TOLD} more entries; report.json lists them all")
    lines.append(
        f"{report['objects']} objects in {took(report['duration_s'])}: {made} results made, "
        f"{reused} found in the store."
    )
    lines.append(f"Gallery: {outcome.gallery or outcome.folder}")
    return "\n".join(lines)


_COMMANDS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
"""What a terminal obeys, and what turns the line around: a catalogue's text may hold both."""


def _harmless(text: str) -> str:
    return _COMMANDS.sub("\ufffd", text)


class _Harmless(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        return _harmless(super().format(record))


def _say(json: bool, document: Any, text: str) -> None:
    print(_json.dumps(document, ensure_ascii=False, indent=1) if json else _harmless(text))


def _log(verbose: bool) -> None:
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_Harmless("%(levelname)s: %(message)s"))
    logging.basicConfig(level=logging.DEBUG if verbose else logging.WARNING, handlers=[handler])


def _interrupt(_number: int, _frame: object) -> None:
    raise KeyboardInterrupt


def main() -> None:
    """Run the command and exit with its status."""
    from pipeline.errors import PipelineError

    try:
        app()
    except PipelineError as error:
        print(_harmless(str(error)), file=sys.stderr)
        if "--json" in sys.argv:
            print(_json.dumps({"error": str(error), "exit_code": error.exit_code}))
        sys.exit(error.exit_code)


if __name__ == "__main__":
    main()
