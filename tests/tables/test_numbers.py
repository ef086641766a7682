"""Numbers and dates of workbooks are read as the sheet shows them."""

from __future__ import annotations

import datetime

import pytest

from pipeline.tables.numbers import plain_number, shown_date, shown_number


@pytest.mark.parametrize(
    ("value", "code", "shown"),
    [
        (1963.504, "General", "1963.504"),
        (1963.5, "0.000", "1963.500"),
        (1963.5, "0.00", "1963.50"),
        (123, "00000", "00123"),
        (123, "@", "123"),
        (123.0, "General", "123"),
        (0.1 + 0.2, "General", "0.3"),
        (1e15, "General", "1000000000000000"),
        (1.5e-7, "General", "0.00000015"),
        (1e300, "General", "1e+300"),
        (1234567, "0000\\-000", "1234-567"),
        (12, '"Inv. "00000', "Inv. 00012"),
        (30.5, '0.0" cm"', "30.5 cm"),
        (30.5, '0" cm"', "31 cm"),
        (30.5, "0.###", "30.5"),
        (30, "0.###", "30"),
        (0, "0.0", "0.0"),
        (0, "#", ""),
        (-3.25, "0.0", "-3.3"),
        (1234.5, "#,##0.00", "1234.5"),
        (0.5, "0%", "0.5"),
        (12.5, "# ?/?", "12.5"),
        (12.5, "0.00E+00", "12.5"),
        (5, "[Red]0.0;-0.0", "5.0"),
        (5, "0.0_);(0.0)", "5.0"),
        (2.675, "0.00", "2.68"),
        (float("nan"), "0.00", ""),
        (float("-inf"), "General", ""),
        (1e20, "0." + "0" * 30, "1" + "0" * 20 + "." + "0" * 30),
        (1.5, "0." + "0" * 200, "1.5"),
    ],
)
def test_numbers(value, code, shown):
    assert shown_number(value, code) == shown


def test_whole_numbers_of_any_length_stay_exact():
    assert plain_number(12345678901234567890) == "12345678901234567890"


@pytest.mark.parametrize(
    ("value", "code", "shown"),
    [
        (datetime.datetime(1910, 5, 3), "dd.mm.yyyy", "1910-05-03"),
        (datetime.datetime(1910, 5, 1), "mm/yyyy", "1910-05"),
        (datetime.datetime(1910, 1, 1), "yyyy", "1910"),
        (datetime.datetime(1910, 5, 3, 12, 30), "dd.mm.yyyy hh:mm", "1910-05-03T12:30:00"),
        (datetime.datetime(1910, 5, 3, 12, 30), "dd.mm.yyyy", "1910-05-03"),
        (datetime.date(1910, 5, 3), "General", "1910-05-03"),
        (datetime.time(12, 30), "hh:mm", "12:30:00"),
        (datetime.timedelta(hours=30), "[h]:mm", "1 day, 6:00:00"),
        (datetime.datetime(1910, 5, 3), '[$-407]d. mmmm yyyy;@"day"', "1910-05-03"),
    ],
)
def test_dates(value, code, shown):
    assert shown_date(value, code) == shown
