"""Every error this package raises on purpose.

    PipelineError                 something a museum person can act on; never a stack trace
    ├── CallError                 the command or the config is wrong; nothing was done   exit 2
    │   └── ConfigError           … with file, line and column of every mistake
    ├── Refused                   a licence or an object's care forbids one step         exit 3
    ├── ItemError                 one object failed, the others go on                    exit 1
    │   ├── SourceError           its catalogue entry or picture cannot be read
    │   └── StageFailed           a stage could not make its result
    │       └── EngineFailed      … because its engine could not; a fallback may try
    └── StoreError                the results folder is full, read-only or damaged       exit 1

What an object's rights, consent and care do not allow is no error: that is found beforehand and is
a result (`pipeline.permission.Leave`). `Refused` is what is found only where it would be done: the
reel's music may not be used, or a remote runner would be given what may not leave this machine.

A message says which object and stage, what was found, what was expected and what to do.
Bugs are not in this tree: a ``TypeError`` stays a ``TypeError``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


class PipelineError(Exception):
    """Base of all errors raised on purpose."""

    exit_code = 1
    stage = ""
    """The stage that raised it, filled in where stages are called."""


class CallError(PipelineError):
    """The command or the config is wrong; nothing was done."""

    exit_code = 2


@dataclass(frozen=True)
class Mistake:
    """One mistake in a file. ``line`` and ``column`` count from 1, as editors do."""

    file: str
    line: int
    column: int
    message: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}: {self.message}"


class ConfigError(CallError):
    """A config or catalogue file has mistakes; all of them are listed at once."""

    def __init__(self, mistakes: Sequence[Mistake]) -> None:
        self.mistakes = tuple(mistakes)
        super().__init__("\n".join(str(mistake) for mistake in self.mistakes))

    def __reduce__(self) -> tuple[type[ConfigError], tuple[tuple[Mistake, ...]]]:
        return type(self), (self.mistakes,)


class Refused(PipelineError):
    """Rights or care do not allow this one step; the others go on."""

    exit_code = 3


class ItemError(PipelineError):
    """One object failed; the run goes on with the others."""


class SourceError(ItemError):
    """A catalogue entry or a picture cannot be read."""


class StageFailed(ItemError):
    """A stage could not make its result."""


class EngineFailed(StageFailed):
    """An engine could not do its work; a fallback that the config names may try."""


class StoreError(PipelineError):
    """The results folder cannot be written or is damaged."""
