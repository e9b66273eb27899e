"""What the lesson "Time series" says of its numbers: verdicts, the table, the formulas with live numbers."""

from __future__ import annotations

import numpy as np
import pandas as pd

from rnnviz.tasks.forecasting import Series

from .time_series import BASELINES, OWN, Judged, Model, Task, more_than, table
from .words import counted, decimal, verbatim

SAID = {"persistence": "repeating the last value", "seasonal naive": "repeating the last season"}


def number(value: float) -> str:
    """Three digits, as they are read."""
    if not np.isfinite(value):
        return "no number" if np.isnan(value) else "∞"
    return f"{value:,.0f}" if 1000 <= abs(value) < 1e6 else f"{value:#.3g}".rstrip(".")


def with_unit(value: float, task: Task) -> str:
    """An error in the unit of the data."""
    unit = {"sunspot number": "sunspots"}.get(task.series.unit, task.series.unit)
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


def verdict(judged: Judged, ahead: int) -> str:
    """Who is ahead so many steps ahead, and by how much (markdown)."""
    base, best = judged.better(ahead), leader(judged, ahead)
    every = judged.task.series.every
    when = f"{counted(ahead, every)} ahead" if judged.task.feeds else f"Step {ahead}, told the {every} before"
    first = f"{when}, {base} ({SAID[base]}) errs by **{with_unit(judged.rmse[base][ahead - 1], judged.task)}**"
    if best is None:
        return f"{first}, and no network is trained yet."
    gain = judged.gain(best, ahead)
    errs = with_unit(judged.rmse[best][ahead - 1], judged.task)
    if abs(gain) < 0.005:
        return f"{first}, and so does the best network, {best}."
    if gain > 0:
        lost = [name for name in networks(judged) if not judged.gain(name, ahead) > 0]
        more = "" if not lost else f", while {' and '.join(lost)} {'does' if len(lost) == 1 else 'do'} not beat it"
        return f"{first}; the best network, {best}, by **{errs}**: {gain:.0%} less{more}."
    return f"{first}; the best network, {best}, by **{errs}**: {more_than(gain)}. **The baseline wins.**"


def summary(judged: Judged) -> str:
    """The verdict one step ahead and at the horizon; where each step is told the truth before it, they are alike."""
    ahead = dict.fromkeys((1, judged.task.horizon)) if judged.task.feeds else (judged.task.horizon,)
    return " ".join(verdict(judged, k) for k in ahead)


def markdown(judged: Judged) -> str:
    """The table as markdown."""
    rows = table(judged)
    told = rows.assign(parameters=rows["parameters"].map(lambda count: f"{count:,}" if count else "–"))
    for name in rows.columns[rows.columns.str.contains("RMSE|MAE")]:
        told[name] = rows[name].map(lambda error: "–" if pd.isna(error) else number(error))
    lines = [list(told.columns), ["---"] * len(told.columns), *told.astype(str).to_numpy().tolist()]
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
    name = leader(judged, 1)
    value = (lambda k: rf" = {decimal(judged.forecasts[name][place, k])}") if name else (lambda k: "")
    window = rf"\tilde {symbol}_{{o-{W - 1}}}, \ldots, \tilde {symbol}_o"
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
