"""Small figures of sequences themselves, before any network reads them."""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from . import palette
from .build import figure, single

SMALL = 190


def series(
    values: np.ndarray, time: np.ndarray, *, time_label: str, value_label: str, height: int = SMALL
) -> go.Figure:
    """One number after another; a gap where one is missing. values: (time,), NaN for a gap   time: (time,)"""
    line = {
        "type": "scatter",
        "x": np.asarray(time),
        "y": single(values),
        "mode": "lines",
        "line": {"color": palette.INK["light"], "width": 1.2},
        "hovertemplate": "%{x:.6~g}: %{y:.4~g}<extra></extra>",
    }
    return figure([line], height=height, xaxis={"title": {"text": time_label}}, yaxis={"title": {"text": value_label}})


def feature_map(
    values: np.ndarray,
    *,
    time: Sequence[float],
    feature: Sequence[float] | Sequence[str],
    time_label: str,
    feature_label: str,
    value_label: str,
    range: tuple[float, float],
    tokens: Sequence[str] | None = None,
    height: int = SMALL,
) -> go.Figure:
    """A column for each step, a row for each feature, from pale (range[0]) to dark (range[1]).

    values: (time, feature)   tokens: labels of the steps, which the stage writes below them
    """
    heatmap = {
        "type": "heatmap",
        "z": single(values.T),
        "x": list(time),
        "y": list(feature),
        "zmin": range[0],
        "zmax": range[1],
        "colorscale": palette.colorscale(palette.GATE),
        "colorbar": {"thickness": 8, "outlinewidth": 0, "tickvals": list(range)},
        "hovertemplate": f"{feature_label} %{{y}}, {time_label} %{{x}}: {value_label} %{{z:.3~g}}<extra></extra>",
    }
    return figure(
        [heatmap],
        height=height,
        xaxis={"title": {"text": time_label}, "showgrid": False, "zeroline": False},
        yaxis={"title": {"text": feature_label}, "showgrid": False, "zeroline": False, "nticks": 5},
        **({} if tokens is None else {"meta": {"labels": list(tokens)}}),
    )


def word_columns(sentences: Sequence[Sequence[str]], names: Sequence[str], *, height: int = SMALL + 60) -> go.Figure:
    """Sentences beside one another, one word below the other. sentences: of words   names: what each is called"""
    longest = max(map(len, sentences))
    traces = [
        {
            "type": "scatter",
            "mode": "text",
            "x": [k] * len(sentence),
            "y": list(range(1, len(sentence) + 1)),
            "text": list(sentence),
            "textfont": {"size": 13, "color": palette.INK["light"]},
            "hovertemplate": f"{names[k]}, word %{{y}}: %{{text}}<extra></extra>",
        }
        for k, sentence in enumerate(sentences)
    ]
    return figure(
        traces,
        height=height,
        showlegend=False,
        margin={"l": 48, "r": 8, "t": 4, "b": 44},
        xaxis={
            "title": {"text": "language"},
            "tickvals": list(range(len(names))),
            "ticktext": list(names),
            "range": [-0.5, len(names) - 0.5],
            "showgrid": False,
            "zeroline": False,
        },
        yaxis={
            "title": {"text": "word t"},
            "range": [longest + 0.6, 0.4],
            "tickvals": list(range(1, longest + 1)),
            "showgrid": True,
            "zeroline": False,
        },
    )
