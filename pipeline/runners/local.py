"""Runs stage calls on this machine: in worker processes, or in this one.

A worker that dies takes one call with it and not the run; a call that takes too long is
stopped. Workers keep their engines warm. They are started with ``spawn`` on every system,
because the driver has threads, and with the first call, so that a run that finds everything in
the store starts none.
"""

from __future__ import annotations

import logging
import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Callable
from concurrent.futures import CancelledError
from typing import Any, TypeVar

from pebble import ProcessExpired, ProcessFuture, ProcessPool

from pipeline.errors import CallError, PipelineError, StageFailed

T = TypeVar("T")

_LOOK_FOR_PARENT_S = 1.0


class LocalRunner:
    """Worker processes on this machine."""

    is_remote = False

    def __init__(self, jobs: int, timeout_s: float) -> None:
        if multiprocessing.parent_process() is not None:
            raise CallError(
                "A run cannot be started from inside a worker process. In a script, put the call "
                'below `if __name__ == "__main__":`.'
            )
        self._timeout_s = timeout_s
        self._waiting: set[ProcessFuture[Any]] = set()
        self._pool = ProcessPool(
            max_workers=jobs,
            initializer=_start_worker,
            initargs=(logging.getLogger().getEffectiveLevel(),),
            context=multiprocessing.get_context("spawn"),
        )

    def call(self, function: Callable[..., T], /, *args: Any) -> T:
        """Run ``function(*args)`` in a worker and wait for what it returns.

        Raises:
            PipelineError: what the function raised, or that its worker died or was too slow.
        """
        future = self._pool.schedule(function, args=args, timeout=self._timeout_s)
        self._waiting.add(future)
        try:
            error = future.exception()
        finally:
            self._waiting.discard(future)
        if error is None:
            return future.result()
        if isinstance(error, (PipelineError, CancelledError)):
            raise error
        if isinstance(error, TimeoutError):
            raise StageFailed(
                f"It took longer than {self._timeout_s:.0f} s and was stopped. "
                "Allow more with limits.stage_timeout_s, or ask for a smaller result."
            ) from error
        if isinstance(error, ProcessExpired):
            raise StageFailed(
                f"The worker process died (exit code {error.exitcode}), most often because memory "
                "ran out. Ask for a smaller result or for fewer limits.jobs."
            ) from error
        raise StageFailed(
            f"Internal error, {type(error).__name__}: {error}. This is a bug of the program; "
            "run again with --verbose for its trace."
        ) from error

    def stop(self) -> None:
        """Stop all workers now; calls that wait for them raise ``CancelledError``."""
        for future in tuple(self._waiting):  # the pool itself would leave them waiting for ever
            future.cancel()
        self._pool.stop()
        self._pool.join()

    def close(self) -> None:
        """Let the workers go."""
        self._pool.close()
        self._pool.join()


class InlineRunner:
    """Runs calls in this process, one after the other: for debugging and small scripts."""

    is_remote = False

    def __init__(self) -> None:
        self._lock = threading.Lock()

    def call(self, function: Callable[..., T], /, *args: Any) -> T:
        """Run ``function(*args)`` here."""
        with self._lock:
            return function(*args)

    def stop(self) -> None:
        """Nothing runs that could be stopped."""

    def close(self) -> None:
        """Nothing is held."""


def _start_worker(level: int) -> None:
    # Nothing here needs tidying up: half-written work lies in running/. The pool's own handler
    # would unwind the stage first, and that may mean to encode what is left of a clip.
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    logging.basicConfig(level=level, format="%(levelname)s %(name)s: %(message)s")
    parent = os.getppid()
    threading.Thread(target=_end_with, args=(parent,), daemon=True).start()


def _end_with(parent: int) -> None:
    """End this worker when the driver is gone, however it went."""
    while os.getppid() == parent:
        time.sleep(_LOOK_FOR_PARENT_S)
    os._exit(1)
