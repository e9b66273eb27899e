"""Forecasting a time series honestly: split in time, scaled by the training part alone, against naive forecasts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd

from . import series as measured
from .task import Array, Batch, Option, Task

LONGEST_WINDOW = 500
PARTS = ("train", "validation", "test")


@dataclass(frozen=True, eq=False)
class Series:
    """One number after another, at equal steps.

    key: "sunspots", "co2", "sine" or "own"   time: (n,) float64, rising   values: (n,) float64, finite
    unit: of the values, "" where they have none   every: what a step is   season: steps after which it about repeats,
    1 where nothing does   note: what was mended, as sentences, or ""
    """

    key: str
    name: str
    time: Array
    values: Array
    unit: str
    every: str
    season: int
    source: str
    note: str = ""

    def __post_init__(self) -> None:
        for value in (self.time, self.values):
            value.setflags(write=False)


def _measured(table: pd.DataFrame, key: str, name: str, **about: Any) -> Series:
    """table: columns time, value"""
    time, values = (table[column].to_numpy(copy=True) for column in ("time", "value"))
    return Series(key, name, time, values, **about)


@cache
def sunspots() -> Series:
    source = "US National Geophysical Data Center"
    return _measured(
        measured.sunspots(), "sunspots", "Sunspots", unit="sunspot number", every="year", season=11, source=source
    )


@cache
def co2() -> Series:
    source = "Keeling & Whorf, Carbon Dioxide Information Analysis Center"
    return _measured(measured.co2(), "co2", "CO₂ at Mauna Loa", unit="ppm", every="week", season=52, source=source)


@cache
def sine(steps: int = 400, period: int = 25, noise: float = 0.15, seed: int = 0) -> Series:
    """A sine of amplitude 1 under normal noise, rounded to 4 places as a measurement would be."""
    time = np.arange(steps)
    wave = np.sin(2 * np.pi * time / period)
    values = np.round(wave + np.random.default_rng(seed).normal(0, noise, steps), 4)
    source = f"made here: sin(2πt/{period}) and normal noise of standard deviation {noise:g}, seed {seed}"
    return Series("sine", "Noisy sine", time.astype(float), values, "", "step", period, source)


SERIES: Mapping[str, Callable[[], Series]] = MappingProxyType({"sunspots": sunspots, "co2": co2, "sine": sine})
"""Key, as in a link -> what gives the series."""


@dataclass(frozen=True)
class Parts:
    """What is learned from, what is chosen by, and what is only ever judged by: one after the other in time."""

    train: slice
    validation: slice
    test: slice


def parts(n: int) -> Parts:
    """60, 20 and 20 % of n values."""
    return Parts(slice(0, n * 3 // 5), slice(n * 3 // 5, n * 4 // 5), slice(n * 4 // 5, n))


@dataclass(frozen=True)
class Scaler:
    r""":math:`s = (v - \mu) / \sigma`, with the mean and the standard deviation of what it was fitted to."""

    mean: float
    scale: float

    @classmethod
    def fit(cls, values: Array) -> Scaler:
        """values: (n,). What is constant but for rounding is left at its scale."""
        values = np.asarray(values, dtype=float)
        spread = float(values.std())
        return cls(float(values.mean()), spread if spread > 1e-9 * np.abs(values).max() else 1.0)

    def scaled(self, values: Array) -> Array:
        return (values - self.mean) / self.scale

    def unscaled(self, scaled: Array) -> Array:
        return scaled * self.scale + self.mean


@dataclass(frozen=True, eq=False)
class Prepared:
    """A series as a network reads it.

    difference: whether it reads, and forecasts, the change from the step before, not the value
    scaled: (n,) what it reads at each step; the first change, which nobody knows, counts as a change of 0
    """

    series: Series
    difference: bool
    parts: Parts
    scaler: Scaler
    scaled: Array

    def __post_init__(self) -> None:
        self.scaled.setflags(write=False)

    @property
    def training(self) -> Array:
        """(n,) the part of `scaled` that is learned from, without the first change."""
        return self.scaled[self.parts.train][int(self.difference) :]

    def values(self, said: Array, before: Array) -> Array:
        """What a network says, as values in the data's unit. before: the values one step earlier, of the same shape."""
        change_or_value = self.scaler.unscaled(said)
        return before + change_or_value if self.difference else change_or_value

    def origins(self, part: str, horizon: int, window: int) -> Array:
        """(origins,) every index whose value may be the last that a forecast knows: the `window` values up to it are
        there, and the `horizon` values after it lie within the part.

        part: "train", "validation" or "test"   Raises ValueError where there is none.
        """
        if part not in PARTS:
            raise ValueError(f"part must be one of {', '.join(PARTS)}, not {part!r}")
        within: slice = getattr(self.parts, part)
        for name, value in (("horizon", horizon), ("window", window)):
            if isinstance(value, bool) or not isinstance(value, (int, np.integer)) or value < 1:
                raise ValueError(f"{name} must be a whole number of at least 1, not {value!r}")
        found = np.arange(max(within.start, window) - 1, within.stop - horizon)
        if not len(found):
            raise ValueError(
                f"No forecast of {horizon} steps from {window} values fits into the {part} part, "
                f"values {within.start + 1} to {within.stop}: shorten the horizon or the window."
            )
        return found

    def truth(self, origins: Array, horizon: int) -> Array:
        """(origins, horizon) what came after each origin, in the data's unit."""
        return self.series.values[after(origins, horizon)]


def prepare(series: Series, difference: bool = False) -> Prepared:
    """The series, split in time and scaled by its training part alone."""
    changes = np.diff(series.values, prepend=series.values[0])
    read = changes if difference else series.values
    split = parts(len(read))
    scaler = Scaler.fit(read[split.train][int(difference) :])
    return Prepared(series, difference, split, scaler, scaler.scaled(read))


def after(origins: Array, horizon: int) -> Array:
    """(origins, horizon) the indices of the steps after each origin."""
    return np.asarray(origins)[:, None] + np.arange(1, horizon + 1)


def persistence(values: Array, origins: Array, horizon: int) -> Array:
    """(origins, horizon) the last known value, for every step."""
    return np.repeat(values[np.asarray(origins)][:, None], horizon, axis=1)


def seasonal_naive(values: Array, origins: Array, horizon: int, season: int) -> Array:
    r"""(origins, horizon) the value of one season before, or of the last season that is known; NaN where there is none.

    .. math::
        \hat v_{o+k} = v_{o + k - m \lceil k / m \rceil}
    """
    k = np.arange(1, horizon + 1)
    known = after(origins, horizon) - season * -(-k // season)
    return np.where(known >= 0, values[np.maximum(known, 0)], np.nan)


def rmse(forecast: Array, truth: Array) -> Array:
    """(horizon,) the root of the mean squared error over origins, in the data's unit. Both (origins, horizon)."""
    with np.errstate(over="ignore", invalid="ignore"):
        return np.sqrt(np.mean((forecast - truth) ** 2, axis=0))


def mae(forecast: Array, truth: Array) -> Array:
    """(horizon,) the mean absolute error over origins, in the data's unit. Both (origins, horizon)."""
    with np.errstate(over="ignore", invalid="ignore"):
        return np.mean(np.abs(forecast - truth), axis=0)


@lru_cache(maxsize=32)
def task_of(values: tuple[float, ...]) -> Task:
    """The task of forecasting these (scaled) values by one step: random windows, the next value asked at each step."""
    known = np.array(values, dtype=np.float32)
    variance = float(known.astype(float).var())

    def draw(generator: np.random.Generator, batch: int, length: int) -> Batch:
        starts = generator.integers(0, len(known) - length, batch)
        pieces = known[starts[:, None] + np.arange(length + 1)]
        asked = np.ones((batch, length), dtype=bool)
        return Batch(pieces[:, :-1, None], pieces[:, 1:], asked, asked.copy())

    longest = min(LONGEST_WINDOW, len(known) - 1)
    return Task(
        name="Time series",
        asks="A series comes in, a value at a time. What is its next value?",
        needs="where in its rise and fall the series is",
        hard="The same value comes before a rise and before a fall, and the training part is short.",
        source="Yule 1927, who foretold sunspots from the years before",
        inputs=1,
        classes=None,
        length=Option("Window", 2, longest, min(40, longest)),
        draw=draw,
        chance=lambda length: variance,
        chance_formula=r"\mathrm{Var}(v)",
        chance_metric=lambda length: float(np.sqrt(variance)),
    )
