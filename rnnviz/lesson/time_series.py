"""What the lesson "Time series" forecasts and judges: the data, the plans, each forecast, errors in the data's unit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha1

import numpy as np

from rnnviz.tasks.forecasting import SERIES, Prepared, Series, mae, persistence, prepare, rmse, seasonal_naive
from rnnviz.training import forecast
from rnnviz.training.job import View
from rnnviz.training.plan import Plan
from rnnviz.training.run import Moment
from rnnviz.training.standard_runs import series_plan

from .controls import Choice, Config, Controls, Number
from .remember import remember
from .training import RATES, Plans
from .words import counted

CELLS = {"Elman": "elman", "GRU": "gru", "LSTM": "lstm", "Convolution": "conv"}
"""Name, as the palette has it -> key of a plan's cell."""
BASELINES = ("persistence", "seasonal naive")
OWN = "own"
DATA = {"sunspots": "sunspots", "CO2": "co2", "sine": "sine"}
FED, FORCED = "its own forecasts", "the truth"
LEAST_WINDOW = 2
TOLD_APART = 0.005
"""By so large a share two errors differ at least, or the one is as good as the other."""
ROUNDING = 1e-9
"""An error no larger than this share of the series' deviation is rounding: there is none."""
LEAST_ORIGINS = 5
"""An error is the mean over so many forecasts at least."""
CONTROLS = Controls(
    Choice("data", (*DATA, OWN), default="sunspots", label="Data"),
    Choice("target", ("value", "change"), default="value", label="Reads and predicts the"),
    Number("horizon", 1, 60, default=20, label="Steps ahead"),
    Choice("reads", (FED, FORCED), default=FED, label="After the window it reads"),
    Choice("part", ("validation", "test"), default="validation", label="Judged on the part", more=True,
           help="Look at the test part once, when all is decided: whoever chooses by it has fitted it, too."),
    Number("window", 1, 200, default=60, label="Window W", more=True),
    Number("hidden", 1, 128, default=16, label="Hidden units", more=True),
    Choice("rate", RATES, default="0.003", label="Learning rate", more=True),
    Number("updates", 1, 3000, default=200, label="Updates", more=True),
    Number("seed", 0, 9999, default=0, label="Seed", more=True),
)  # fmt: skip


def identity(series: Series) -> str:
    """A name for these very numbers."""
    return sha1(series.values.tobytes() + series.time.tobytes(), usedforsecurity=False).hexdigest()[:12]


def chosen(config: Config, own: Series | None) -> tuple[Series, str | None]:
    """The series that is set, and a sentence where it is another one than was asked for. own: what was uploaded"""
    if config.data != OWN:
        return shipped(DATA[config.data]), None
    if own is not None:
        return own, None
    return shipped("sunspots"), (
        "A series of your own stays in your visit and is in no link, so there is none here yet: "
        "choose a CSV file. Until then you see the **sunspots**."
    )


@remember
def shipped(key: str) -> Series:
    return SERIES[key]()


@dataclass(frozen=True, eq=False)
class Task:
    """What is asked. horizon, window: as the series allows   feeds: whether a forecast reads its own output"""

    prepared: Prepared
    key: str
    part: str
    horizon: int
    window: int
    feeds: bool

    @property
    def series(self) -> Series:
        return self.prepared.series

    @cached_property
    def origins(self) -> np.ndarray:
        return self.prepared.origins(self.part, self.horizon, self.window)

    @property
    def span(self) -> slice:
        return getattr(self.prepared.parts, self.part)


def task(config: Config, series: Series) -> tuple[Task, list[str]]:
    """What is asked of this series, and sentences on what it is too short for."""
    prepared = prepare(series, difference=config.target == "change")
    key = f"{identity(series)} {prepared.difference}"
    train, part = (getattr(prepared.parts, name) for name in ("train", config.part))
    said = []
    window = min(max(config.window, LEAST_WINDOW), (train.stop - train.start) // 2)
    if window > config.window:
        said.append(f"A window has {LEAST_WINDOW} values at least, not {config.window}; you see W = {window}.")
    if window < config.window:
        said.append(
            f"The training part has {train.stop - train.start} values: a window of {config.window} leaves too few of "
            f"them to learn from. You see W = {window}."
        )
    horizon = max(1, min(config.horizon, part.stop - part.start - LEAST_ORIGINS + 1))
    if horizon < config.horizon:
        said.append(
            f"The {config.part} part has {part.stop - part.start} values: {config.horizon} steps ahead leave fewer "
            f"than {LEAST_ORIGINS} forecasts to judge. You see {counted(horizon, 'step')} ahead."
        )
    return Task(prepared, key, config.part, horizon, window, config.reads == FED), said


def plans(task: Task, config: Config) -> Plans:
    """What these settings train: cell -> its one plan."""
    return _plans(
        task.key, task.window, config.hidden, config.updates, config.seed, float(config.rate), _prepared=task.prepared
    )


@remember
def _plans(key: str, window: int, hidden: int, updates: int, seed: int, rate: float, *, _prepared: Prepared) -> Plans:
    return {
        name: (
            series_plan(
                _prepared, cell, window=window, hidden_size=hidden, updates=updates, seed=seed, learning_rate=rate
            ),
        )
        for name, cell in CELLS.items()
    }


@dataclass(frozen=True, eq=False)
class Model:
    """A network as far as it is trained. moment: None before anything has arrived, and where its numbers ended"""

    name: str
    plan: Plan
    moment: Moment | None
    died: int | None = None

    @property
    def ready(self) -> bool:
        return self.moment is not None and self.moment.update == self.plan.updates


def models(plans: Plans, views: Mapping[str, Sequence[View | None]]) -> list[Model]:
    """What has arrived of each of these runs."""
    found = []
    for name, (plan,) in plans.items():
        (view,) = views[name]
        died = view.record.updates if view is not None and view.state == "died" else None
        moments = () if view is None or died else view.record.moments
        found.append(Model(name, plan, moments[-1] if moments else None, died))
    return found


@remember
def _forecast(
    run: str, update: int, key: str, part: str, horizon: int, feeds: bool, *, _plan: Plan, _moment: Moment, _task: Task
) -> np.ndarray:
    say = forecast.feed_back if feeds else forecast.teacher_forced
    with np.errstate(all="ignore"):
        made = say(_plan, _moment, _task.prepared, _task.origins, horizon)
    made.setflags(write=False)
    return made


def baselines(task: Task) -> dict[str, np.ndarray]:
    """Name -> (origins, horizon). Where the networks read the truth at each step, the baselines do so too."""
    values, season = task.series.values, task.series.season
    if task.feeds:
        return {
            "persistence": persistence(values, task.origins, task.horizon),
            "seasonal naive": seasonal_naive(values, task.origins, task.horizon, season),
        }
    known = (task.origins[:, None] + np.arange(task.horizon)).ravel()
    shape = len(task.origins), task.horizon
    return {
        "persistence": persistence(values, known, 1).reshape(shape),
        "seasonal naive": seasonal_naive(values, known, 1, season).reshape(shape),
    }


@dataclass(frozen=True, eq=False)
class Judged:
    """Forecasts and what came.

    forecasts: name -> (origins, horizon), the baselines first   truth: (origins, horizon)
    rmse, mae: name -> (horizon,) over all origins
    """

    task: Task
    models: list[Model]
    forecasts: dict[str, np.ndarray]
    truth: np.ndarray
    rmse: dict[str, np.ndarray]
    mae: dict[str, np.ndarray]

    @property
    def ready(self) -> bool:
        return all(model.ready or model.died for model in self.models)

    def better(self, ahead: int) -> str:
        """The baseline whose error so many steps ahead is the smaller one."""
        return min(BASELINES, key=lambda name: self._error(name, ahead))

    def best(self, ahead: int) -> str:
        """Of all, which has the smallest error so many steps ahead."""
        return min(self.rmse, key=lambda name: self._error(name, ahead))

    def _error(self, name: str, ahead: int) -> float:
        """Its error so many steps ahead; infinite where a forecast is no number."""
        error = float(self.rmse[name][ahead - 1])
        return error if np.isfinite(error) else np.inf

    def gain(self, name: str, ahead: int) -> float:
        """By which share its error is smaller than the better baseline's; below 0 where it is larger.

        Where neither makes any error, 0; where only the baseline makes none, minus infinity.
        """
        mine, base = (self.rmse[one][ahead - 1] for one in (name, self.better(ahead)))
        if self.faultless(self.better(ahead), ahead):
            return 0.0 if self.faultless(name, ahead) else -np.inf
        return 1 - mine / base

    def faultless(self, name: str, ahead: int) -> bool:
        """Whether it makes no error at all so many steps ahead, as the season before does in what truly repeats."""
        return bool(self.rmse[name][ahead - 1] <= ROUNDING * self.task.series.values.std())


def judge(task: Task, models: list[Model]) -> Judged:
    """What each model and each baseline forecasts from every origin of the part, and how far off that is."""
    made = baselines(task)
    for model in models:
        if model.moment is not None:
            made[model.name] = _forecast(
                model.plan.key, model.moment.update, task.key, task.part, task.horizon, task.feeds,
                _plan=model.plan, _moment=model.moment, _task=task,
            )  # fmt: skip
    truth = task.prepared.truth(task.origins, task.horizon)
    with np.errstate(all="ignore"):
        return Judged(
            task,
            models,
            made,
            truth,
            {name: rmse(one, truth) for name, one in made.items()},
            {name: mae(one, truth) for name, one in made.items()},
        )
