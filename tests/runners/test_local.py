"""Workers: one that dies or hangs takes one call with it, never the run."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
import threading
import time
from concurrent.futures import CancelledError, ThreadPoolExecutor
from pathlib import Path

import pytest

from pipeline.errors import Refused, StageFailed
from pipeline.runners.local import InlineRunner, LocalRunner


@pytest.fixture(scope="module")
def runner():
    made = LocalRunner(jobs=2, timeout_s=5)
    yield made
    made.stop()


def test_calls_run_in_another_process(runner):
    assert runner.call(os.getpid) != os.getpid()


def test_a_purposeful_error_arrives_as_it_was_raised(runner):
    with pytest.raises(Refused, match="no permission"):
        runner.call(_refuse, "no permission")


def test_a_bug_fails_one_call_and_says_so(runner):
    with pytest.raises(StageFailed, match="Internal error, ZeroDivisionError"):
        runner.call(divmod, 1, 0)
    assert runner.call(abs, -1) == 1


def test_a_worker_that_dies_takes_one_call_with_it(runner):
    with ThreadPoolExecutor(2) as threads:
        dying = threads.submit(runner.call, os._exit, 9)
        living = threads.submit(runner.call, abs, -3)
        with pytest.raises(StageFailed, match="worker process died.*memory"):
            dying.result()
        assert living.result() == 3


def test_a_call_that_hangs_is_stopped():
    runner = LocalRunner(jobs=1, timeout_s=0.5)
    started = time.monotonic()
    with pytest.raises(StageFailed, match="longer than 0 s|longer than 1 s.*stage_timeout_s"):
        runner.call(time.sleep, 60)
    assert time.monotonic() - started < 20
    runner.stop()


def test_stopping_ends_waiting_calls():
    runner = LocalRunner(jobs=1, timeout_s=60)
    runner.call(abs, 1)
    ended = []

    def wait():
        try:
            runner.call(time.sleep, 30)
        except (CancelledError, StageFailed) as error:
            ended.append(type(error))

    thread = threading.Thread(target=wait)
    thread.start()
    time.sleep(0.5)
    started = time.monotonic()
    runner.stop()
    thread.join(10)
    assert ended
    assert time.monotonic() - started < 2


def test_workers_end_when_the_driver_is_killed(tmp_path):
    script = tmp_path / "driver.py"
    script.write_text(
        textwrap.dedent("""
        import os, time
        from pipeline.runners.local import LocalRunner
        if __name__ == "__main__":
            runner = LocalRunner(jobs=1, timeout_s=60)
            print(runner.call(os.getpid), flush=True)
            runner.call(time.sleep, 60)
        """)
    )
    driver = subprocess.Popen(
        [sys.executable, str(script)], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    assert driver.stdout is not None
    worker = int(driver.stdout.readline())
    driver.kill()
    driver.wait()
    driver.stdout.close()
    deadline = time.monotonic() + 10
    while _alive(worker) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert not _alive(worker)


def test_inline_runs_here():
    runner = InlineRunner()
    assert runner.call(os.getpid) == os.getpid()
    runner.stop()
    runner.close()


def _refuse(why: str) -> None:
    raise Refused(why)


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    stat = Path(f"/proc/{pid}/stat").read_text("ascii")
    return stat.rsplit(")", 1)[1].split()[0] != "Z"
