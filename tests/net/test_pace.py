"""Servers are asked at their own pace."""

from __future__ import annotations

import threading
import time
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.net.pace import Pace, back_off, retry_after

NOW = datetime(2025, 3, 1, 12, 0, 0, tzinfo=UTC)


def test_a_burst_then_the_rate_for_all_threads_together():
    pace = Pace(40, time.sleep)
    begun = time.monotonic()
    threads = [
        threading.Thread(target=lambda: [pace.wait("a.test") for _ in range(6)]) for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert (24 - 4) / 40 <= time.monotonic() - begun < 2


def test_hosts_do_not_wait_for_each_other():
    slept: list[float] = []
    pace = Pace(1, slept.append)

    for host in ("a.test", "b.test"):
        for _ in range(4):
            pace.wait(host)
    assert slept == []
    pace.wait("a.test")

    assert slept == [pytest.approx(1, abs=0.1)]


def test_a_host_that_wants_rest_gets_it_from_all():
    slept: list[float] = []
    pace = Pace(10, slept.append)
    pace.pause("a.test", 30)

    pace.wait("a.test")
    pace.wait("b.test")

    assert slept == [pytest.approx(30, abs=0.1)]


@given(st.text(), st.integers(1, 30))
def test_waiting_doubles_is_spread_and_repeatable(address, attempt):
    wait = back_off(address, attempt)

    whole = min(60, 2 ** (attempt - 1))
    assert whole / 2 <= wait <= whole
    assert wait == back_off(address, attempt)


def test_not_all_come_back_at_once():
    assert len({back_off(f"https://a.test/{number}", 3) for number in range(50)}) == 50


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("0", 0),
        (" 120 ", 120),
        ("9" * 60, 999_999_999),
        ("Sat, 01 Mar 2025 12:01:30 GMT", 90),
        ("Saturday, 01-Mar-25 12:01:30 GMT", 90),
        ("Sat, 01 Mar 2025 12:01:30", 90),
        ("Sat, 01 Mar 2025 11:00:00 GMT", 0),
        ("", None),
        ("soon", None),
        ("-5", None),
        ("1.5", None),
        ("٣", None),
        ("Sat, 99 Mar 2025 99:01:30 GMT", None),
    ],
)
def test_retry_after(header, seconds):
    assert retry_after(header, NOW) == seconds


@given(st.text())
def test_retry_after_can_be_anything(header):
    found = retry_after(header, NOW)

    assert found is None or found >= 0
