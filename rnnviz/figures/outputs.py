"""Figures of what a network says."""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from . import palette
from .build import figure


def next_tokens(p: np.ndarray, tokens: Sequence[str], *, height: int = 260) -> go.Figure:
    """The probability of each next token, likeliest first. p: (ranks,)   tokens: (ranks,) labels"""
    bars = {
        "type": "bar",
        "x": list(range(len(p))),
        "y": np.asarray(p),
        "marker": {"color": palette.PROBABILITY["light"]},
        "customdata": list(tokens),
        "hovertemplate": "%{customdata}: %{y:.2%}<extra></extra>",
    }
    return figure(
        [bars],
        height=height,
        bargap=0.2,
        xaxis={
            "title": {"text": "next character, likeliest first"},
            "tickvals": list(range(len(p))),
            "ticktext": list(tokens),
            "tickangle": 0,
        },
        yaxis={"title": {"text": "probability"}, "range": [0, 1], "tickformat": ".0%"},
    )
