"""A learner's CSV: what a person would understand is understood, and what is not gets a sentence with its line."""

from __future__ import annotations

import time

import numpy as np
import pandas as pd
import pytest

from rnnviz.tasks.own_series import own, season_of

VALUES = np.round(2 + np.sin(np.arange(100) / 3), 3)
DAYS = pd.date_range("2001-01-07", periods=100, freq="7D")
COLUMN = "\n".join(map(str, VALUES))


def pairs(first, values=VALUES, mark=","):
    return "\n".join(f"{a}{mark}{b}" for a, b in zip(first, values, strict=True))


def replaced(k, cell):
    """The column with another cell in place k, on line k + 2 below a header."""
    return "\n".join(["value", *(cell if i == k else str(value) for i, value in enumerate(VALUES))])


READ = {
    "no header": COLUMN,
    "header": f"value\n{COLUMN}",
    "BOM and CRLF": b"\xef\xbb\xbfvalue\r\n" + COLUMN.replace("\n", "\r\n").encode() + b"\r\n",
    "quotes": '"a, b"\n' + "\n".join(f'"{value}"' for value in VALUES),
    "spaces": "\n".join(f"  {value} " for value in VALUES),
    "empty lines around": f"\n\nvalue\n{COLUMN}\n\n\n",
    "decimal comma alone": f"Wert\n{COLUMN.replace('.', ',')}",
    "decimal comma, semicolon": "Tag;Wert\n" + pairs(range(100), [str(v).replace(".", ",") for v in VALUES], ";"),
    "tab": "t\tvalue\n" + pairs(range(100), mark="\t"),
    "as pandas writes it": pd.Series(VALUES, name="value").to_csv(),
    "a column of text": "place,value\n" + pairs(["Ulm"] * 100),
    "a comma at each end": "value,\n" + COLUMN.replace("\n", ",\n") + ",",
    "exponents": "\n".join(f"{value:+.4e}" for value in VALUES),
}


@pytest.mark.parametrize("text", READ.values(), ids=READ)
def test_the_values_are_read(text):
    one = own(text)
    np.testing.assert_allclose(one.values, VALUES, rtol=1e-9)
    assert (one.key, one.name, one.every, one.season) == ("own", "your series", "step", 19)
    np.testing.assert_array_equal(one.time, np.arange(100))


DATES = {
    "ISO": DAYS.strftime("%Y-%m-%d"),
    "with the time of day": DAYS.strftime("%Y-%m-%dT%H:%M:%SZ"),
    "German": DAYS.strftime("%d.%m.%Y"),
    "American": DAYS.strftime("%m/%d/%Y"),
    "British": DAYS.strftime("%d/%m/%Y"),
    "eight digits": DAYS.strftime("%Y%m%d"),
}


@pytest.mark.parametrize("dates", DATES.values(), ids=DATES)
@pytest.mark.parametrize("turned", [1, -1], ids=["oldest first", "newest first"])
def test_a_first_column_of_dates_is_the_time(dates, turned):
    one = own("date,value\n" + pairs(dates[::turned], VALUES[::turned]))
    np.testing.assert_array_equal(one.values, VALUES)
    np.testing.assert_allclose(one.time, DAYS.year + (DAYS.day_of_year - 1) / 365)
    assert one.every == "week" and ("turned round" in one.note) == (turned < 0)


@pytest.mark.parametrize(("freq", "every"), [("h", "hour"), ("D", "day"), ("MS", "month"), ("QS", "quarter"),
                                             ("YS", "year"), ("3D", "step")])  # fmt: skip
def test_a_step_is_named_after_the_dates(freq, every):
    assert own(pairs(pd.date_range("1901-01-01", periods=100, freq=freq))).every == every


def test_a_first_column_of_rising_numbers_is_the_time():
    one = own("year,value\n" + pairs(range(1900, 2000)))
    np.testing.assert_array_equal(one.values, VALUES)
    np.testing.assert_array_equal(one.time, np.arange(1900, 2000))
    assert one.note == ""


def test_unequal_steps_are_said():
    years = [*range(1900, 1950), *range(1960, 2010)]
    assert "most of all before line 52" in own("year,value\n" + pairs(years)).note


@pytest.mark.parametrize("missing", ["", "NaN", "NA", "n/a", "null", '""'])
def test_missing_values_are_filled_on_a_straight_line_and_counted(missing):
    cells = [str(value) for value in VALUES]
    for k in (0, 10, 50, 51, 99):
        cells[k] = missing
    one = own("value\n" + "\n".join(cells))
    expected = VALUES.copy()
    expected[10] = (VALUES[9] + VALUES[11]) / 2
    expected[50], expected[51] = VALUES[49] + (VALUES[52] - VALUES[49]) / 3 * np.array([1, 2])
    np.testing.assert_allclose(one.values, expected[1:-1])
    assert one.note == "Missing, and filled in on a straight line: 3 of 98 values."


REFUSED = {
    "empty": ("", "The file is empty"),
    "only space": (b"\xef\xbb\xbf \r\n\r\n", "The file is empty"),
    "only a header": ("date,value\n", "no values"),
    "only missing cells": ("value\n" + "NA\n" * 100, "no values"),
    "text among numbers": (replaced(7, "seven"), "Line 9 holds “seven” where a number belongs"),
    "a formula": (replaced(7, "=cmd()"), r"Line 9 holds “=cmd\(\)” where a number belongs"),
    "a formula first": (replaced(0, "=1+2"), r"Line 2 holds “=1\+2” where a number belongs"),
    "two numbers in one": (replaced(3, "1.2.3"), "Line 5 holds “1.2.3” where a number belongs"),
    "thousands": ('day,value\n1,"1,234"\n' + pairs(range(2, 102)), "Line 2 holds “1,234” where a number belongs"),
    "point and comma": ("v;w\n1,5;a\n" + pairs(VALUES, ["a"] * 100, ";"), "Line 2 holds “1,5” where a number"),
    "infinite": (replaced(4, "-inf"), "Line 6 holds “-inf”: every value must be a finite number"),
    "beyond floats": (replaced(4, "1e999"), "Line 6 holds “1e999”: numbers up to 1e\\+100"),
    "long text": (replaced(4, "x" * 500), f"Line 6 holds “{'x' * 39}…” where"),
    "two columns": (pairs(VALUES[::-1]), "Several columns hold numbers \\(number 1, number 2\\)"),
    "three columns": ("t,a,b\n" + pairs(range(100), [f"{v},{v}" for v in VALUES]), "\\(“t”, “a”, “b”\\)"),
    "no numbers": ("\n".join(["one line", *["of text"] * 99]), "no column of numbers; its first value is “one line”"),
    "a web page": ("<!doctype html>\n<html>\n" + "<p>1, 2</p>\n" * 99, "Line 3 has more cells than line 1"),
    "a longer row": (pairs(DAYS.date) + "\n2003-01-01,5,6", "Line 101 has more cells than line 1, which has 2"),
    "time twice": ("day,value\n2001-01-07,2\n" + pairs(DAYS.date), "Line 3: the time “2001-01-07” does not come"),
    "no time": ("day,value\n2000-01-01,2\n,3\n" + pairs(DAYS.date), "Line 3 has no time in column “day”"),
    "short": ("\n".join(map(str, VALUES[:59])), "The file has 59 values; at least 60 are needed"),
    "long": ("1\n2\n" * 2501, "The file has 5,002 rows of values; at most 5,000"),
    "many missing": ("value\n" + "\n".join("NA" if k % 4 == 1 else str(k) for k in range(100)), "25 of 100 values are"),
    "constant": ("value\n" + "3.5\n" * 100, "All values are 3.5, or as good as that"),
    "10 MB": (b"1.5\n" * 2_500_000, "The file has 10.0 MB; at most 1 MB"),
    "a picture": (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" * 30, "no UTF-8 text from line 1 on"),
    "UTF-16": (COLUMN.encode("utf-16"), "no UTF-8 text"),
    "Latin 1": ("Stra\xdfe\n1\n".encode("latin-1"), "no UTF-8 text from line 1"),
    "zero bytes": (b"\0" * 500, "zero bytes"),
    "an open quote": ('value\n"1.5\n' + COLUMN, "Line 102 cannot be read as CSV"),
}


@pytest.mark.parametrize(("text", "words"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_read_gets_a_sentence(text, words):
    start = time.perf_counter()
    with pytest.raises(ValueError, match=words) as refusal:
        own(text)
    assert len(str(refusal.value)) < 300 and str(refusal.value).endswith(".")
    assert time.perf_counter() - start < 2


def test_five_thousand_values_are_allowed():
    assert len(own("\n".join(f"{value:.3f}" for value in np.sin(np.arange(5000) / 7))).values) == 5000


@pytest.mark.parametrize("period", [4, 7, 12, 52])
@pytest.mark.parametrize("noise", [0.0, 0.5])
def test_a_season_is_found_under_a_trend_and_noise(period, noise):
    steps = np.arange(max(120, 8 * period))
    values = np.sin(2 * np.pi * steps / period) + 0.1 * steps + np.random.default_rng(1).normal(0, noise, len(steps))
    assert abs(season_of(values) - period) <= (0 if noise == 0 else period // 12)


@pytest.mark.parametrize("values", [np.arange(100.0), np.arange(100.0) ** 2, np.random.default_rng(0).normal(size=300)])
def test_what_has_no_season_gets_none(values):
    assert season_of(values) == 1


def test_the_season_is_that_of_the_training_part():
    """What comes later is not to be known, also where it repeats after another number of steps."""
    first = np.sin(2 * np.pi * np.arange(120) / 12)
    later = [np.sin(2 * np.pi * np.arange(80) / period) for period in (12, 30)]
    texts = ["\n".join(f"{value:.6f}" for value in np.concatenate([first, rest])) for rest in later]
    assert [own(text).season for text in texts] == [12, 12]
