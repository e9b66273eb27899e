"""A page for tests of what moves in place: figures with all that can move, in numbers that a seed draws."""

import numpy as np
import plotly.graph_objects as go
import streamlit as st

from rnnviz import stage
from rnnviz.figures import palette

POINTS, VALUES = 9, 5
LOOK = {"dark": palette.DARK, "line": palette.LINE["light"], "accent": palette.ACCENT["light"]}
COLOURS = [f"#{k}0{9 - k}0c0" for k in range(POINTS)]
MARKS = (
    ("circle", {}), ("circle", {"width": 2, "color": COLOURS[::-1]}), ("square", {"width": 2, "color": "#123456"}),
    ("square-open", {"width": 2, "color": COLOURS[::-1]}), ("diamond-open", {}),
)  # fmt: skip
"""symbol, line"""
WIDE, TALL = [0.5, POINTS + 0.5], [0, 10]

seed = st.number_input("Seed", value=int(st.query_params.get("seed", 0)), min_value=0, key="seed")
random = np.random.default_rng(seed)
x = np.arange(1.0, POINTS + 1)


def numbers(*, gaps=True, zeros=False, low=0.5, high=9.5):
    """(values, points). With gaps, some are missing, another one in each row; with zeros, some are 0."""
    found = random.uniform(low, high, (VALUES, POINTS))
    for row in found:
        places = random.permutation(POINTS)
        row[places[: 2 * gaps]] = np.nan
        row[places[2 : 2 + zeros]] = 0
    return found


def late():
    """(values, points) of which none stands at first."""
    found = numbers()
    found[0] = np.nan
    return found


def arrows():
    """(values, 3 · points): from 0 to a tip, and a gap."""
    tips = random.normal(size=(VALUES, POINTS))
    return np.stack([0 * tips, tips, np.nan * tips], axis=2).reshape(VALUES, -1)


def show(name, traces, frames, **layout):
    sweep = stage.Sweep("at", "At", list(range(VALUES)), 0, frames, slider=name == "lines")
    for (trace, attribute), values in frames.items():
        traces[trace][attribute] = values[0]
    figure = go.Figure(traces, layout={"height": 260, "margin": {"l": 40, "r": 10, "t": 10, "b": 30}, **layout})
    stage.chart(figure, key=name, caption=name, alt=name, sweep=sweep, **LOOK)


low = numbers(gaps=False, high=5)
told = numbers(gaps=False)
pairs = np.stack([told, np.roll(told, -1, axis=0)], axis=2)  # what is said second is said first by the next
left, right = st.columns(2)
with left:
    show(
        "lines",
        [go.Scatter(x=x, mode="lines"), go.Scatter(x=x, mode="lines+markers"), go.Scatter(x=x, mode="lines"),
         go.Scatter(x=x, mode="lines", fill="tonexty")],
        {(0, "y"): numbers(), (1, "y"): numbers(low=-3), (2, "y"): low, (3, "y"): low + 3},
        xaxis={"range": WIDE}, yaxis={"range": TALL},
    )  # fmt: skip
    show(
        "log",
        [go.Scatter(x=x, mode="lines"), go.Scatter(x=x, mode="markers", cliponaxis=False)],
        {(0, "y"): numbers(zeros=True), (1, "y"): numbers(zeros=True)},
        xaxis={"range": WIDE}, yaxis={"type": "log", "range": [-1, 0.7]},
    )  # fmt: skip
    show(
        "words",
        [go.Scatter(x=x, mode="markers+text", texttemplate="<b>n</b> %{customdata[0]:.1f}<br>%{customdata[1]:.1f}"),
         go.Scatter(x=x, mode="text", text="here"), go.Scatter(mode="text", y=x, texttemplate="%{x:.2g}")],
        {(0, "y"): numbers(), (0, "customdata"): pairs, (1, "y"): numbers(), (2, "x"): numbers()},
        xaxis={"range": WIDE}, yaxis={"range": TALL}, showlegend=False,
    )  # fmt: skip
    show(
        "marks",
        [go.Scatter(x=x, mode="markers", marker={"symbol": symbol, "size": 20, "color": COLOURS, "line": line})
         for symbol, line in MARKS],
        {(trace, "y"): numbers() if trace else late() for trace in range(len(MARKS))},
        xaxis={"range": WIDE}, yaxis={"range": TALL}, showlegend=False,
    )  # fmt: skip
    show(
        "bricks",
        [go.Heatmap(coloraxis="coloraxis", xgap=3, ygap=1, texttemplate="%{z:.2~g}")],
        {(0, "z"): np.where(random.random((VALUES, 6, POINTS)) < 0.1, np.nan, random.normal(size=(VALUES, 6, POINTS)))},
        coloraxis={"cmin": -1, "cmax": 1, "colorscale": palette.colorscale(palette.SIGNED)},
    )
with right:
    show(
        "arrows",
        [go.Scatter(mode="lines+markers",
                    marker={"symbol": "arrow", "angleref": "previous", "size": [0, 14, 0] * POINTS})],
        {(0, "x"): arrows(), (0, "y"): arrows()},
        xaxis={"range": [-3, 3]}, yaxis={"range": [-3, 3]},
    )  # fmt: skip
    show(
        "cells",
        [go.Heatmap(zmin=-1, zmax=1, colorscale=palette.colorscale(palette.SIGNED), showscale=False)],
        {(0, "z"): np.where(random.random((VALUES, 6, POINTS)) < 0.1, np.nan, random.normal(size=(VALUES, 6, POINTS)))},
        yaxis={"autorange": "reversed"} if seed % 2 else {},
    )
    show("across", [go.Bar(orientation="h", y=list("abcdefghi"))], {(0, "x"): numbers()}, xaxis={"range": TALL})
    show(
        "up",
        [go.Bar(x=x), go.Bar(x=x)],
        {(0, "y"): numbers(low=-5), (1, "y"): numbers()},
        yaxis={"range": [-5, 10]}, barmode="group",
    )  # fmt: skip
