"""What the lesson "Time series" says of its numbers: verdicts, the table, the formulas with live numbers."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pandas as pd

from rnnviz.tasks.forecasting import Series
from rnnviz.training.convolution import receptive_field

from .time_series import BASELINES, OWN, TOLD_APART, Judged, Model, Task
from .words import counted, decimal, verbatim

SAID = {"persistence": "repeating the last value", "seasonal naive": "repeating the last season"}


def number(value: float) -> str:
    """Three digits, as they are read."""
    if not np.isfinite(value):
        return "no number" if np.isnan(value) else "∞"
    return f"{value:,.0f}" if 1000 <= abs(value) < 1e6 else f"{value:#.3g}".rstrip(".")


def with_unit(value: float, task: Task) -> str:
    """An error in the unit of the data."""
    unit = {"sunspot number": "in sunspot number"}.get(task.series.unit, task.series.unit)
    return f"{number(value)} {unit}".strip()


def name_of(series: Series) -> str:
    """The name in a sentence (markdown); that of a file is foreign text."""
    return verbatim(series.name) if series.key == OWN else series.name


def networks(judged: Judged) -> list[str]:
    """Those that forecast anything."""
    return [model.name for model in judged.models if model.name in judged.rmse]


def leader(judged: Judged, ahead: int) -> str | None:
    """The network with the smallest error so many steps ahead; None where none has one."""
    known = [name for name in networks(judged) if np.isfinite(judged.rmse[name][ahead - 1])]
    return min(known, key=lambda name: judged.rmse[name][ahead - 1], default=None)


def example(judged: Judged) -> str | None:
    """Whose numbers the formulas show: the last trained network that reads the whole window, else the convolution."""
    known = [name for name in networks(judged) if np.isfinite(judged.rmse[name][0])]
    return next((name for name in reversed(known) if name != "Convolution"), known[0] if known else None)


def seen_by_convolution(window: int) -> int:
    """So many values of a window the convolution reads: the last ones."""
    return min(window, receptive_field())


def verdict(judged: Judged, ahead: int) -> str:
    """Who is ahead so many steps ahead, on which part, and by how much (markdown)."""
    base, best = judged.better(ahead), leader(judged, ahead)
    every = judged.task.series.every
    when = f"{counted(ahead, every)} ahead" if judged.task.feeds else f"Step {ahead}, told the {every} before"
    when = f"{when} on the {judged.task.part} part"
    if judged.faultless(base, ahead):
        first = f"{when}, {base} ({SAID[base]}) **makes no error at all**"
    else:
        first = f"{when}, {base} ({SAID[base]}) errs by **{with_unit(judged.rmse[base][ahead - 1], judged.task)}**"
    if best is None:
        died = any(model.died for model in judged.models)
        return f"{first}, and no network {'says a number' if died else 'is trained yet'}."
    gain, the_best = judged.gain(best, ahead), f"the best network, {best}"
    if judged.task.part == "test":
        the_best += " (the best by this very error: you would have had to pick it before)"
    errs = with_unit(judged.rmse[best][ahead - 1], judged.task)
    if abs(gain) < TOLD_APART:
        return f"{first}, and so does {the_best}."
    if gain > 0:
        lost = [name for name in networks(judged) if not judged.gain(name, ahead) > 0]
        more = "" if not lost else f", while {' and '.join(lost)} {'does' if len(lost) == 1 else 'do'} not beat it"
        return f"{first}; {the_best}, by **{errs}**: {gain:.0%} less{more}."
    if not np.isfinite(gain):
        return f"{first}; {the_best}, errs by **{errs}**. **The baseline wins.**"
    return f"{first}; {the_best}, by **{errs}**: {more_than(gain)}. **The baseline wins.**"


def summary(judged: Judged) -> str:
    """The verdict one step ahead and at the horizon; where each step is told the truth before it, they are alike."""
    ahead = dict.fromkeys((1, judged.task.horizon)) if judged.task.feeds else (judged.task.horizon,)
    return " ".join(verdict(judged, k) for k in ahead)


def table(judged: Judged) -> pd.DataFrame:
    """A row a forecaster; errors in the data's unit."""
    return pd.DataFrame(rows_of(judged))


def rows_of(judged: Judged) -> list[dict[str, Any]]:
    """The table's rows: column -> value."""
    h = judged.task.horizon
    sizes = {model.name: model.plan.parameters for model in judged.models}
    rows = []
    for name in (*BASELINES, *sizes):
        known = name in judged.rmse
        rows.append(
            {
                "forecast by": name,
                "parameters": sizes.get(name, 0),
                f"RMSE {told_at(judged.task, 1)}": judged.rmse[name][0] if known else np.nan,
                f"RMSE {told_at(judged.task, h)}": judged.rmse[name][-1] if known else np.nan,
                f"MAE {told_at(judged.task, h)}": judged.mae[name][-1] if known else np.nan,
                **{
                    f"better than the better baseline, {told_at(judged.task, k)}?": beats(judged, name, k)
                    for k in dict.fromkeys((1, h))
                },
            }
        )
    return rows


def told_at(task: Task, step: int) -> str:
    """How far an error looks ahead. Told the truth at each step, every error is one of a single step."""
    return f"{step} ahead" if task.feeds else f"1 ahead, at step {step}"


def beats(judged: Judged, name: str, ahead: int) -> str:
    """In words, so many steps ahead."""
    if name in BASELINES:
        if judged.better(ahead) == name:
            return "it is that one"
        gain = judged.gain(name, ahead)
        return "as good as it" if abs(gain) < TOLD_APART else f"no, {more_than(gain)}"
    model = next(model for model in judged.models if model.name == name)
    if model.died:
        return f"no number from update {model.died:,} on"
    if model.moment is None:
        return "not trained yet"
    gain = judged.gain(name, ahead)
    if not np.isfinite(judged.rmse[name][ahead - 1]):
        told = "no, beyond all numbers"
    elif abs(gain) < TOLD_APART:
        told = "as good as it"
    else:
        told = f"yes, {gain:.0%} less" if gain > 0 else f"no, {more_than(gain)}"
    return told if model.ready else f"{told} (after {model.moment.update:,} of {model.plan.updates:,} updates)"


def more_than(gain: float) -> str:
    """How much larger an error is. gain: see `Judged.gain`, below 0"""
    if not np.isfinite(gain):
        return "the baseline makes no error at all"
    return f"{-gain:.0%} more" if gain > -2 else f"{1 - gain:.3g} times as much"


def errors(judged: Judged) -> pd.DataFrame:
    """Every error at every step: columns forecast by, steps ahead (told the truth at each step: step), RMSE, MAE,
    forecasts."""
    step = "steps ahead" if judged.task.feeds else "step"
    return pd.concat(
        [
            pd.DataFrame(
                {
                    "forecast by": name,
                    step: np.arange(1, judged.task.horizon + 1),
                    "RMSE": judged.rmse[name],
                    "MAE": judged.mae[name],
                    "forecasts": len(judged.task.origins),
                }
            )
            for name in judged.rmse
        ],
        ignore_index=True,
    )


def markdown(judged: Judged) -> str:
    """The table as markdown."""

    def told(name: str, value: Any) -> str:
        if name == "parameters":
            return f"{value:,}" if value else "–"
        if name.startswith(("RMSE", "MAE")):
            return "–" if np.isnan(value) else number(value)
        if name.startswith("better"):  # a share stays on one line, on a phone too
            return re.sub(r"^(yes|no), (\S+) (less|more)", "\\1,\u00a0\\2\u00a0\\3", value)
        return value

    rows = rows_of(judged)
    lines = [list(rows[0]), ["---"] * len(rows[0]), *([told(*one) for one in row.items()] for row in rows)]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def moment(task: Task, origin: int) -> str:
    """Where the slider stands, as the axis counts."""
    time = task.series.time[origin]
    return f"{time:.0f}" if float(time).is_integer() else f"{time:.2f}"


def formulas(judged: Judged, place: int) -> str:
    """Scaling, forecast and error (LaTeX), each with the numbers at the origin where the slider rests."""
    task = judged.task
    prepared, origin = task.prepared, int(task.origins[place])
    v, mu, sigma = task.series.values, prepared.scaler.mean, prepared.scaler.scale
    W, h = task.window, task.horizon
    now, mean, read = decimal(v[origin]), decimal(mu, brackets=True), decimal(prepared.scaled[origin])
    rows = []
    if prepared.difference:
        rows.append(
            r"\tilde d_o &= \frac{v_o - v_{o-1} - \mu}{\sigma}"
            rf" = \frac{{{now} - {decimal(v[origin - 1], brackets=True)} - {mean}}}{{{decimal(sigma)}}} = {read}"
        )
        symbol, known, more = "d", "v_o + ", r"\hat v_{o+1} + "
    else:
        rows.append(
            r"\tilde v_o &= \frac{v_o - \mu}{\sigma}"
            rf" = \frac{{{now} - {mean}}}{{{decimal(sigma)}}} = {read}"
        )
        symbol, known, more = "v", "", ""
    name = example(judged)
    value = (lambda k: rf" = {decimal(judged.forecasts[name][place, k])}") if name else (lambda k: "")
    reads = seen_by_convolution(W) if name == "Convolution" else W
    window = rf"\tilde {symbol}_{{o-{reads - 1}}}, \ldots, \tilde {symbol}_o"
    rows.append(rf"\hat v_{{o+1}} &= {known}\mu + \sigma\, f({window}){value(0)}")
    if h > 1:
        fed = rf"\hat{{\tilde {symbol}}}_{{o+1}}" if task.feeds else rf"\tilde {symbol}_{{o+1}}"
        if not task.feeds and prepared.difference:
            more = "v_{o+1} + "
        rows.append(rf"\hat v_{{o+2}} &= {more}\mu + \sigma\, f({window}, {fed}){value(1)}")
    ahead = dict.fromkeys((1, h))
    found = rf",\quad n = {len(task.origins)}"
    if name:
        found += "".join(rf",\; \mathrm{{RMSE}}({k}) = {decimal(judged.rmse[name][k - 1])}" for k in ahead)
    rows.append(rf"\mathrm{{RMSE}}(k) &= \sqrt{{\tfrac1n \textstyle\sum_o (\hat v_{{o+k}} - v_{{o+k}})^2}}{found}")
    return r"\begin{aligned}" + r"\\[4pt]".join(rows) + r"\end{aligned}"


def unread(task: Task) -> str:
    """How far the part that is judged leaves what training has seen (markdown)."""
    prepared = task.prepared
    seen, now = prepared.scaled[prepared.parts.train], prepared.scaled[task.span]
    outside = float(((now > seen.max()) | (now < seen.min())).mean())
    what = "changes" if prepared.difference else "values"
    if outside < 0.02:
        return f"Hardly any of the {task.part} part's {what} lie outside the range that training saw ({outside:.0%})."
    return (
        f"**{outside:.0%}** of the {task.part} part's {what} lie outside the range that training saw: there a network "
        "has learned nothing."
    )


def died(models: list[Model]) -> str | None:
    """Which runs ended without numbers, and when."""
    told = [f"{model.name} at update {model.died:,}" for model in models if model.died]
    if not told:
        return None
    return (
        f"No number any more: {', '.join(told)}. The learning rate made the weights overflow, and a network "
        "without numbers forecasts nothing."
    )


def options(judged: Judged) -> list[str]:
    """Who may be ahead: the baselines, and the networks that forecast anything."""
    return [*BASELINES, *networks(judged)]
