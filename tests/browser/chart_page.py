"""A page for tests of the chart: two time axes, picks, and sweeps side by side, of numbers that a test can name."""

import numpy as np
import plotly.graph_objects as go
import streamlit as st

from rnnviz import stage
from rnnviz.figures import palette

STEPS = 8
VALUES = [0.5, 1.0, 1.5, 2.0]
LOOK = {"dark": palette.DARK, "line": palette.LINE["light"], "accent": palette.ACCENT["light"]}


def show(name, traces, *, meta=None, sweep=None, on_pick=None, **layout):
    margin = {"l": 50, "r": 10, "t": 10, "b": 40}
    figure = go.Figure(traces, layout={"height": 240, "margin": margin, "meta": meta, **layout})
    return stage.chart(figure, key=name, caption=name, alt=name, sweep=sweep, on_pick=on_pick, **LOOK)


time = np.arange(1, STEPS + 1)
blame = np.tril(np.ones((STEPS, STEPS)))
line = np.outer(VALUES, np.arange(3.0))
line[2, 1] = np.nan

st.number_input("x", value=0.0, key="x")
with st.container(horizontal=True):
    show("matrix", go.Heatmap(x=time, y=time, z=blame, showscale=False), meta={"time": "x", "other": "y"})
    show("curve", go.Scatter(x=time, y=time**2), meta={"time": "x"})
    show(
        "plane",
        go.Scatter(x=[1, 100], y=[0, 1], mode="markers"),
        meta={"pick": True},
        on_pick=lambda point: st.session_state.update(x=point.x),
        xaxis={"type": "log", "range": [0, 2]},
        yaxis={"range": [0, 1]},
    )
with st.container(horizontal=True):
    radius = show(
        "radius",
        [go.Scatter(x=[0, 1, 2], y=line[0]), go.Scatter(x=[0, 1], y=[0, 1], mode="markers+text", text=["", ""])],
        sweep=stage.Sweep(
            "radius",
            "Radius",
            VALUES,
            1.0,
            {(0, "y"): line, (0, "line.width"): np.array([1, 2, 3, 4]), (1, "marker.size"): np.outer(VALUES, [10, 20]),
             (1, "text"): np.outer(VALUES, [1, np.nan])},
            play=True,
        ),
    )  # fmt: skip
    show(
        "follower",
        go.Bar(x=[1], y=[0]),
        sweep=stage.Sweep("radius", "Radius", VALUES, 1.0, {(0, "y"): np.array(VALUES)}, slider=False),
        yaxis={"range": [0, 2]},
    )
    cut = show(
        "cut",
        go.Scatter(x=[0], y=[0], mode="markers"),
        sweep=stage.Sweep("cut", "Cut", range(1, 11), 3, {(0, "x"): np.arange(10)[:, None]}),
    )
point = stage.picked("plane")
st.write(f"radius {radius} cut {cut} picked {None if point is None else f'{point.x:.2f} {point.y:.2f}'}")
