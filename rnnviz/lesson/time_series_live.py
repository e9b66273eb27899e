"""The lesson "Time series" on the screen: training, the fan that a slider moves, the player."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import streamlit as st

from rnnviz import figures, stage
from rnnviz.figures import palette
from rnnviz.figures.forecast import fan_frames, window_frames
from rnnviz.tasks.forecasting import Series
from rnnviz.training import forecast

from . import training_live
from .lesson import Lesson
from .time_series import BASELINES, FED, FORCED, OWN, Judged, Model, Task, models
from .time_series_words import told_at
from .training import Plans
from .training_words import LEVELS
from .turns import in_turn
from .words import counted

LOOK = "LSTM"
"""Whose states the player opens with."""
SCRUBBED = 160
"""The slider moves over so many origins at most; the errors are over all."""
LEAST_BEFORE = 12
"""The fan shows so many values before its first origin at least, and as many as it has steps ahead; all that the window
reads is in the picture of the whole series."""
BEYOND = 3.0
"""The axis of errors ends at so many times the baselines' largest."""


def train(lesson: Lesson, plans: Plans) -> list[Model]:
    """Buttons and progress, where not all is trained; drawn anew twice a second while something trains.

    Returns the networks as far as they are trained; the page runs again whenever one of them has got further.
    """
    place = lesson.on_stage.container()  # also where it stays empty: what follows it is not made anew when it fills
    training_live.begin(plans)
    views = training_live.look(plans)
    found = models(plans, views)
    going = training_live.busy(views, plans)
    if not going and all(model.ready or model.died for model in found):
        return found
    if not going and all(model.moment is None for model in found):
        lesson.note(
            "These settings have not been trained yet, so only the baselines forecast. Press **Train**: some seconds."
        )

    def live() -> None:
        training_live.begin(plans)
        views = training_live.look(plans)
        training_live.buttons(plans, views)
        training_live.reasons(views)
        if training_live.busy(views, plans) != going or stand(models(plans, views)) != stand(found):
            st.rerun()

    with place:
        st.fragment(in_turn(live, by_clock=going), run_every=training_live.EVERY if going else None)()
    return found


def stand(found: list[Model]) -> list[int | None]:
    """How far each of them is."""
    return [model.died or (model.moment.update if model.moment else None) for model in found]


class Scrubbed(NamedTuple):
    """Over which origins the slider moves. stops: what it says   first, end: of the values in view, as indices"""

    origins: np.ndarray
    stops: list[float]
    first: int
    end: int

    @property
    def start(self) -> float:
        return self.stops[len(self.stops) // 2]

    def at(self, value: float | None) -> int:
        """The place of the origin at which the slider rests."""
        value = self.start if value is None else value
        return int(np.abs(np.array(self.stops) - value).argmin())


def scrubbed(task: Task) -> Scrubbed:
    origins = task.origins[:SCRUBBED]
    time = task.series.time[origins]
    rounded = (np.round(time, digits) for digits in (0, 2, 4, 6))
    stops = next((found for found in rounded if len(set(found.tolist())) == len(found)), origins + 1.0)
    return Scrubbed(origins, stops.tolist(), int(origins[0]) - task.window + 1, int(origins[-1]) + task.horizon + 1)


def axis_names(series: Series) -> tuple[str, str]:
    """What the axes of time and of values say."""
    if series.key == OWN:
        return "time" if series.every == "step" else "year", "value"
    return "step t" if series.every == "step" else "year", series.unit or "value"


def fan(lesson: Lesson, judged: Judged, within: Any) -> int:
    """The forecasts from one origin, which a slider moves. Returns the place of the origin where it rests."""
    task, seen = judged.task, scrubbed(judged.task)
    view = slice(seen.first, seen.end)
    values, time = task.series.values[view], task.series.time[view]
    forecasts = {name: one[: len(seen.origins)] for name, one in judged.forecasts.items()}
    limits = ends(values, forecasts)
    time_label, value_label = axis_names(task.series)
    start = seen.at(None)
    figure = figures.forecast_fan(
        values,
        time,
        {name: one[start] for name, one in forecasts.items()},
        at=int(seen.origins[start]) - seen.first,
        window=task.window,
        limits=limits,
        first=max(0, int(seen.origins[0]) - seen.first - max(task.horizon, LEAST_BEFORE)),
        value_label=value_label,
        time_label=time_label,
    )
    h, rest = task.horizon, task.origins.size - seen.origins.size
    rests = lesson.chart(
        figure,
        "fan",
        caption=(
            f"{counted(h, task.series.every)} ahead{f', reading {FED}' if h > 1 else ''}"
            if task.feeds
            else f"{counted(h, 'forecast')} of one {task.series.every}, each reading {FORCED} before it"
        )
        + (f" (the slider: {seen.origins.size} of {task.origins.size} origins)" if rest else ""),
        alt="; ".join(f"{name}: RMSE {error[-1]:.3g} {told_at(task, h)}" for name, error in judged.rmse.items()),
        sweep=stage.Sweep(
            "origin",
            "Forecast from",
            seen.stops,
            seen.start,
            fan_frames(values, time, forecasts, seen.origins - seen.first, task.window, limits),
            play=True,
        ),
        within=within,
    )
    return seen.at(rests)


def ends(values: np.ndarray, forecasts: dict[str, np.ndarray]) -> tuple[float, float]:
    """Of the value axis: all of the truth, and of the forecasts what is no further from it than its own span."""
    low, high = float(values.min()), float(values.max())
    span = high - low or 1.0
    said = np.concatenate([one.ravel() for one in forecasts.values()])
    said = said[np.isfinite(said)].clip(low - span, high + span)
    low, high = min(low, said.min(initial=low)), max(high, said.max(initial=high))
    return low - 0.04 * span, high + 0.04 * span


def errors(lesson: Lesson, judged: Judged, within: Any) -> None:
    """The error at each step ahead, of all baselines and models."""
    known = np.concatenate([one[np.isfinite(one)] for one in judged.rmse.values()])
    base = max(np.nanmax(judged.rmse[name]) for name in BASELINES)
    unit, step = judged.task.series.unit, "steps ahead" if judged.task.feeds else "step, told the one before"
    lesson.chart(
        figures.error_by_horizon(
            judged.rmse,
            highest=float(1.06 * max(min(known.max(), BEYOND * base), 1e-12)),
            value_label=f"RMSE, {unit}" if unit else "RMSE",
            step_label=step,
            height=344,
        ),
        "errors",
        caption=f"RMSE by {step}: {judged.task.part} part, {len(judged.task.origins)} origins",
        alt="; ".join(
            f"{name}: {one[0]:.3g} at the first step, {one[-1]:.3g} at the last" for name, one in judged.rmse.items()
        ),
        within=within,
    )


def parts(lesson: Lesson, task: Task, place: int) -> None:
    """The whole series, its parts and its scaling; the window follows the slider of the fan."""
    series, seen, prepared = task.series, scrubbed(task), task.prepared
    time_label, value_label = axis_names(series)
    read = prepared.scaler.unscaled(prepared.scaled)
    split = {
        "training": prepared.parts.train,
        "validation": prepared.parts.validation,
        "test": prepared.parts.test,
    }
    origin = int(seen.origins[place])
    lesson.chart(
        figures.series_parts(
            read,
            series.time,
            parts={name: (one.start, one.stop) for name, one in split.items()},
            covered=None if task.part == "test" else "test",
            scaling=(prepared.scaler.mean, prepared.scaler.scale),
            window=(origin - task.window + 1, origin + 1),
            value_label=f"change of {value_label}" if prepared.difference else value_label,
            time_label=time_label,
        ),
        "parts",
        caption=f"{series.name}: the {'change in a ' + series.every if prepared.difference else 'value'} that is read; "
        f"grey band: μ ± σ of the training part, {prepared.scaler.mean:.4g} ± {prepared.scaler.scale:.3g}",
        alt=f"{len(series.values)} values, 60 % training, 20 % validation, 20 % test",
        sweep=stage.Sweep(
            "origin",
            "Forecast from",
            seen.stops,
            seen.start,
            window_frames(read, series.time, seen.origins, task.window),
            slider=False,
        ),
        beside_player=True,
    )


def look_inside(lesson: Lesson, judged: Judged, place: int) -> None:
    """The states of one network over the window and the forecast, in the player."""
    task = judged.task
    ready = {
        model.name: (model.plan, model.moment)
        for model in judged.models
        if model.moment is not None and model.plan.cell != "conv"
    }
    if not ready:
        lesson.say("None of these networks is trained yet: press **Train**.")
        return
    lesson.settle()
    origin = int(scrubbed(task).origins[place])

    def shown() -> None:
        recurrent = [model.name for model in judged.models if model.plan.cell != "conv"]
        wanted = st.segmented_control(
            "Network", recurrent, default=LOOK, required=True, key="look", bind="query-params"
        )
        name = wanted if wanted in ready else list(ready)[-1]
        if name != wanted:
            st.markdown(f"{wanted} forecasts nothing yet: you see {name}.")
        seen, ghost = (
            forecast.reading(*ready[name], task.prepared, origin, task.horizon, feeds)
            for feeds in (task.feeds, not task.feeds)
        )
        trace, _, _ = seen
        W = task.window
        stage.player(
            trace,
            tokens(trace.x[:, 0], W, task.feeds),
            said(seen, task),
            key="series-player",
            title=f"{name} over the window of {W} values and the forecast of {task.horizon}",
            palette=palette.PLAYER,
            ghost=stage.Ghost(ghost[0], said(ghost, task), f"reading {FORCED if task.feeds else FED}")
            if task.horizon > 1  # one step ahead, there is nothing else to read yet
            else None,
        )

    st.fragment(in_turn(shown))()


def tokens(x: np.ndarray, window: int, feeds: bool) -> list[str]:
    """(steps,) how high each input stands; what the network feeds itself is marked."""
    heights = [height(value) for value in x]
    return [*heights[:window], *(("↺",) * (len(x) - window) if feeds else heights[window:])]


def height(scaled: float) -> str:
    """How high a value stands among those of the training part: ▁ two deviations below its mean, █ two above."""
    return LEVELS[int(np.clip(4 + 2 * scaled, 0, 7))] if np.isfinite(scaled) else "?"


def said(reading: tuple, task: Task) -> stage.Output:
    """How high what the network says of each next value stands; nothing before the forecast begins."""
    _, inputs, outputs = reading
    prepared = task.prepared
    scaled = prepared.scaler.scaled(outputs - inputs if prepared.difference else outputs)
    told = [[height(one) if step >= task.window - 1 else "·"] for step, one in enumerate(scaled)]
    return stage.Output(told, np.full((len(outputs), 1), np.nan))
