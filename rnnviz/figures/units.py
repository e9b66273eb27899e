"""Figures of what single units follow in a text."""

import pandas as pd
import plotly.graph_objects as go

from . import palette
from .build import figure

ROW = 21
"""Pixels of a row of evidence."""
LEGEND_AND_AXIS = 132


def unit_evidence(evidence: pd.DataFrame, *, cell: str, count: bool, networks: int) -> go.Figure:
    """The score of the best trained unit for each feature, and beside it what one gets without training or memory.

    evidence: columns feature, unit (label), score, untrained, character; the first row is drawn at the top
    networks: how many untrained networks were searched
    count: whether the scores are correlations (from 0), else balanced accuracies (from 0.5)
    """
    rows = list(range(len(evidence)))
    controls = [
        ("untrained", f"best unit of {networks} untrained networks", "circle-open", "MUTED"),
        ("character", "the character just read, alone", "line-ns-open", "INK"),
    ]
    traces = [
        {
            "type": "scatter",
            "x": [
                x
                for pair in zip(evidence["untrained"], evidence["score"], [None] * len(rows), strict=True)
                for x in pair
            ],
            "y": [y for row in rows for y in (row, row, None)],
            "mode": "lines",
            "line": {"color": palette.LINE["light"], "width": 3},
            "hovertemplate": "%{x:.3f}<extra></extra>",
            "hoverinfo": "skip",
            "showlegend": False,
        },
        *[
            {
                "type": "scatter",
                "x": evidence[score].to_list(),
                "y": rows,
                "customdata": evidence["feature"].to_list(),
                "name": name,
                "mode": "markers",
                "marker": {
                    "symbol": symbol,
                    "size": 9,
                    "color": getattr(palette, colour)["light"],
                    "line": {"width": 2, "color": getattr(palette, colour)["light"]},
                },
                "hovertemplate": f"%{{customdata}}, {name}: %{{x:.3f}}<extra></extra>",
            }
            for score, name, symbol, colour in controls
        ],
        {
            "type": "scatter",
            "x": evidence["score"].to_list(),
            "y": rows,
            "customdata": [f"{row.feature}, {row.unit}" for row in evidence.itertuples()],
            "name": f"best unit of the trained {cell}",
            "mode": "markers",
            "marker": {"symbol": "circle", "size": 11, "color": palette.CELLS[cell]["light"]},
            "hovertemplate": "%{customdata}: %{x:.3f}<extra></extra>",
        },
    ]
    least = min(0.5 if not count else 0.0, float(evidence[["score", "untrained", "character"]].min(axis=None)))
    return figure(
        traces,
        height=ROW * len(rows) + LEGEND_AND_AXIS,
        margin={"l": 204, "r": 8, "t": 8, "b": 44},
        legend={"orientation": "h", "y": 1, "yanchor": "bottom", "x": 1, "xanchor": "right"},
        xaxis={
            "title": {"text": "correlation" if count else "balanced accuracy"},
            "range": [least - 0.02, 1.02],
            "zeroline": False,
        },
        yaxis={
            "title": {"text": "feature · unit", "standoff": 6},
            "tickvals": rows,
            "ticktext": [f"{row.feature} · {row.unit}" for row in evidence.itertuples()],
            "range": [len(rows) - 0.4, -0.6],
            "showgrid": False,
            "zeroline": False,
        },
    )


def unit_split(split: pd.DataFrame, *, symbol: str, cell: str, threshold: float, height: int = 300) -> go.Figure:
    """How a unit's values spread where a feature is true (upwards) and where it is false (downwards).

    split: columns value (middle of a bin), width, true, false: the shares of the true and of the false in that bin
    threshold: the value beyond which the unit is taken to say yes, as a dashed line
    """
    common = {"type": "bar", "x": split["value"].to_list(), "width": split["width"].to_list()}
    sides = [("true", "where it is true", palette.CELLS[cell], 1), ("false", "where it is false", palette.MUTED, -1)]
    bars = [
        {
            **common,
            "y": (sign * split[side]).to_list(),
            "customdata": split[side].to_list(),
            "name": name,
            "marker": {"color": colour["light"], "line": {"width": 0}},
            "hovertemplate": f"{symbol} near %{{x:.3f}}, {name}: %{{customdata:.1%}}<extra></extra>",
        }
        for side, name, colour, sign in sides
    ]
    line = {"color": palette.INK["light"], "width": 1.5, "dash": "dash"}
    most = max(float(split[["true", "false"]].max(axis=None)), 0.01)
    ticks = [-most, -most / 2, 0, most / 2, most]
    return figure(
        bars,
        height=height,
        barmode="overlay",
        bargap=0,
        legend={"orientation": "h", "y": 1, "yanchor": "bottom"},
        margin={"l": 64, "r": 8, "t": 8, "b": 44},
        shapes=[{"type": "line", "x0": threshold, "x1": threshold, "yref": "paper", "y0": 0, "y1": 1, "line": line}],
        xaxis={"title": {"text": f"value of {symbol}"}, "zeroline": False},
        yaxis={
            "title": {"text": "false ← share → true"},
            "range": [-1.06 * most, 1.06 * most],
            "tickvals": ticks,
            "ticktext": [f"{abs(tick):.0%}" if most > 0.1 else f"{abs(tick):.1%}" for tick in ticks],
        },
    )


def unit_by_count(means: pd.DataFrame, *, symbol: str, cell: str, counts: str, height: int = 300) -> go.Figure:
    """The mean of a unit at each count of a feature, with whiskers of one standard deviation.

    means: columns count, mean, deviation, times   counts: what is counted, for the axis
    """
    line = {
        "type": "scatter",
        "x": means["count"].to_list(),
        "y": means["mean"].to_list(),
        "error_y": {
            "type": "data",
            "array": means["deviation"].to_list(),
            "thickness": 1,
            "width": 2,
            "color": palette.MUTED["light"],
        },
        "customdata": means["times"].to_list(),
        "mode": "lines+markers",
        "line": {"color": palette.CELLS[cell]["light"], "width": 2},
        "marker": {"size": 6, "color": palette.CELLS[cell]["light"]},
        "hovertemplate": f"%{{x}}: mean {symbol} = %{{y:.4f}} (%{{customdata}} times)<extra></extra>",
    }
    return figure(
        [line],
        height=height,
        xaxis={"title": {"text": counts}, "zeroline": False},
        yaxis={"title": {"text": f"mean of {symbol}"}, "zeroline": False},
    )
