"""How a stage says how far it is, without knowing who listens.

A runner sets the listener in the process where the stage runs; elsewhere nobody listens.
"""

from __future__ import annotations

from collections.abc import Callable
from contextvars import ContextVar

Listener = Callable[[int, int], None]

_listener: ContextVar[Listener | None] = ContextVar("progress_listener", default=None)


def report(done: int, total: int) -> None:
    """Say that ``done`` of ``total`` steps of the stage that runs here are done."""
    listener = _listener.get()
    if listener is not None:
        listener(done, total)


def listen(listener: Listener | None) -> None:
    """Let ``listener`` hear every `report` in this context; ``None`` for silence."""
    _listener.set(listener)
