"""A learner's own series, from a CSV."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from .csv_columns import INFINITE, MISSING, Column, columns, quoted
from .forecasting import Series, parts
from .task import Array

LEAST, MOST = 60, 5_000
MOST_MISSING = 0.2
ALIKE = 1e-9
"""Values whose standard deviation is no larger than this share of the largest are told apart by rounding alone."""
DATE_FORMATS = ("ISO8601", "%Y/%m/%d", "%d.%m.%Y", "%m/%d/%Y", "%d/%m/%Y")
STEPS = {"hour": 1 / 24, "day": 1.0, "week": 7.0, "month": 30.5, "quarter": 91.5, "year": 365.25}
"""Days that a step of each name takes, about."""


def own(text: bytes | str, name: str = "your series") -> Series:
    """The series in a CSV with one column of numbers; a first column of dates, or of rising numbers, is its time.

    With a header or without; cells apart by comma, semicolon or tab; a decimal comma where no comma is between cells.
    Missing cells (empty, NaN, NA) between others are filled in on a straight line: such a value leans on the next
    one, and the note says how many there are. Columns of text are left out. The season is `season_of`
    the training part.

    Raises ValueError with a sentence on what cannot be read, or is too short, too long or constant.
    """
    found, notes = _headed(columns(text)), []
    found = [column for column in found if column.filled]
    if not found:
        raise ValueError("The file has a header, or missing cells, but no values.")
    if len(found[0].cells) > MOST:
        raise ValueError(f"The file has {len(found[0].cells):,} rows of values; at most {MOST:,} are allowed.")
    time, value = _chosen(found)
    left_out = [column.name for column in found if column not in (time, value)]
    if left_out:
        notes.append(f"Left out, as it is not in numbers: column {', '.join(left_out)}.")
    at, every = np.arange(len(value.cells), dtype=float), "step"
    if time is not None:
        if _falls(time):
            time, value = time.backwards(), value.backwards()
            notes.append("The newest value came first; the order was turned round.")
        at, every = _times(time, notes)
    values = value.numbers()
    known = np.flatnonzero(~np.isnan(values))
    whole = slice(known[0], known[-1] + 1)
    values, at = _filled(values[whole], notes), at[whole]
    if len(values) < LEAST:
        raise ValueError(f"The file has {len(values)} values; at least {LEAST} are needed.")
    if not values.std() > ALIKE * np.abs(values).max():
        raise ValueError(f"All values are {values[0]:g}, or as good as that, so there is nothing to forecast.")
    season = season_of(values[parts(len(values)).train])
    return Series("own", name, at, values, "", every, season, "your own file", " ".join(notes))


def season_of(values: Array) -> int:
    """The steps after which a series about repeats: the first high peak of its autocorrelation, straight trend removed,
    beyond the lag where that first falls below 0; 1 where no peak is above 0.3. At most a third of the series.

    values: (n,)
    """
    n = len(values)
    steps = np.arange(n)
    values = (values - values.mean()) / values.std()
    rest = values - np.polyval(np.polyfit(steps, values, 1), steps)
    power = float(rest @ rest) / n
    if power < 1e-9:  # a straight line and rounding
        return 1
    lags = np.arange(n // 3 + 2)
    r = np.correlate(rest, rest, mode="full")[n - 1 :][lags] / power / (n - lags)
    below = np.flatnonzero(r < 0)
    start = max(2, below[0]) if len(below) else len(r)
    peaks = [lag for lag in range(start, len(r) - 1) if r[lag] >= max(r[lag - 1], r[lag + 1], 0.3)]
    highest = max((r[lag] for lag in peaks), default=0.0)
    return next((lag for lag in peaks if r[lag] >= 0.85 * highest), 1)


def _headed(found: list[Column]) -> list[Column]:
    """The columns without the header, if the first row is one: text above numbers or dates."""

    def names(column: Column) -> bool:
        cell, below = column.cells[0], column.below()
        if cell.lower() in MISSING or INFINITE.fullmatch(cell) or Column("", (cell,), (1,), column.commas).numeric:
            return False
        return not below.filled or below.numeric or (_dates([cell]) is None and _dates(below.filled[:50]) is not None)

    if not any(names(column) for column in found):
        return found
    return [replace(column.below(), name=quoted(column.cells[0]) if column.cells[0] else column.name)
            for column in found]  # fmt: skip


def _chosen(found: list[Column]) -> tuple[Column | None, Column]:
    """The column of time, None where there is none, and that of values."""
    first, numeric = found[0], [column for column in found if column.numeric]
    others = [column for column in numeric if column is not first]
    if not numeric:
        raise ValueError(f"The file has no column of numbers; its first value is {quoted(first.filled[0])}.")
    if len(others) == 1 and (_dated(first) or (first.numeric and _one_way(first.numbers()))):
        return first, others[0]
    if len(numeric) == 1:
        return None, numeric[0]
    raise ValueError(
        f"Several columns hold numbers ({', '.join(column.name for column in numeric)}): leave one, and before it at "
        "most one of dates or of rising numbers. Where commas are decimal marks, put semicolons between the cells."
    )


def _dates(cells: list[str]) -> pd.DatetimeIndex | None:
    """None where they are no dates. Day or month first: whichever makes them rise or fall."""
    read = []
    for form in DATE_FORMATS:
        try:
            read.append(pd.DatetimeIndex(pd.to_datetime(cells, format=form, utc=True)).tz_localize(None))
        except (ValueError, OverflowError):
            continue
    ordered = [dates for dates in read if dates.is_monotonic_increasing or dates.is_monotonic_decreasing]
    return next(iter([*ordered, *read]), None)


def _dated(column: Column) -> bool:
    """Whether its cells are dates; 19580329 is one, 1958 a number."""
    if column.numeric and not all(len(cell) == 8 and cell.isdigit() for cell in column.filled):
        return False
    return _dates(column.filled) is not None


def _order(time: Column) -> Array:
    """(rows,) days since the first date, or the numbers. Raises ValueError with the line where one is missing."""
    for line, cell in zip(time.lines, time.cells, strict=True):
        if cell.lower() in MISSING:
            raise ValueError(f"Line {line} has no time in column {time.name}.")
    if not _dated(time):
        return time.numbers()
    dates = _dates(list(time.cells))
    assert dates is not None
    return (dates - dates[0]).total_seconds().to_numpy() / 86_400


def _one_way(values: Array) -> bool:
    steps = np.diff(values[~np.isnan(values)])
    return bool((steps > 0).all() or (steps < 0).all())


def _falls(time: Column) -> bool:
    return bool((np.diff(_order(time)) < 0).all())


def _times(time: Column, notes: list[str]) -> tuple[Array, str]:
    """(rows,) the numbers, or the dates as decimal years; and what a step is."""
    order, dated = _order(time), _dated(time)
    steps = np.diff(order)
    if (steps <= 0).any():
        k = int(np.argmax(steps <= 0)) + 1
        raise ValueError(f"Line {time.lines[k]}: the time {quoted(time.cells[k])} does not come after the one before.")
    usual = float(np.median(steps)) if len(steps) else 1.0
    if len(steps) and steps.max() > 1.5 * usual:
        k = int(steps.argmax()) + 1
        notes.append(
            f"The times are not equally far apart (most of all before line {time.lines[k]}), but count as equal."
        )
    if not dated:
        return order, "step"
    dates = _dates(list(time.cells))
    assert dates is not None
    began = pd.to_datetime(dates.year.astype(str), format="%Y")
    share = (dates - began).total_seconds().to_numpy() / 86_400 / np.where(dates.is_leap_year, 366, 365)
    every = next((name for name, days in STEPS.items() if abs(usual / days - 1) < 0.1), "step")
    return dates.year.to_numpy() + share, every


def _filled(values: Array, notes: list[str]) -> Array:
    missing = np.isnan(values)
    if not missing.any():
        return values
    if missing.mean() > MOST_MISSING:
        raise ValueError(
            f"{missing.sum():,} of {len(values):,} values are missing; at most {MOST_MISSING:.0%} are filled in."
        )
    notes.append(f"Missing, and filled in on a straight line: {missing.sum()} of {len(values):,} values.")
    steps = np.arange(len(values))
    return np.interp(steps, steps[~missing], values[~missing])
