"""Figures of two sequences held against one another: their states, and how far apart these are."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from . import palette
from .build import figure, single

COLUMNS = ("A", "B", "A−B")
READABLE = 12
"""More rows than this are drawn without a number in each cell and without a label each."""
LINES = {
    "bag": {"color": palette.CELLS["BagOfWords"]["light"], "dash": "dot", "width": 3},
    "window": {"color": palette.INK["light"], "dash": "dash", "width": 2},
    "Elman": {"color": palette.CELLS["Elman"]["light"], "dash": "solid", "width": 4},
}
"""How each kind of state is drawn: told apart without colour, too."""


@dataclass(frozen=True)
class Panel:
    """One kind of state of two sequences.

    title: what it is   rows: (size,) a label for each component   values: (size, 3) A, B and A − B
    """

    title: str
    rows: Sequence[str]
    values: np.ndarray


def compared_states(panels: Sequence[Panel], *, height: int = 300) -> go.Figure:
    """The states of two sequences beside one another, each with their difference; one panel a kind, one scale ±1.

    panels: from left to right. A value beyond ±1 takes the colour of the end, and the legend says so.
    """
    # Labels stand in the gaps, which must hold them on a phone, too.
    share, gap = 1 / len(panels), 0.42 / len(panels)
    beyond = max(float(np.abs(panel.values).max(initial=0)) for panel in panels) > 1
    traces, axes = [], {}
    for k, panel in enumerate(panels):
        number = "" if k == 0 else str(k + 1)
        few = len(panel.rows) <= READABLE
        traces.append(
            {
                "type": "heatmap",
                "z": single(panel.values),
                "coloraxis": "coloraxis",
                "xaxis": f"x{number}",
                "yaxis": f"y{number}",
                "xgap": 3,
                "ygap": 1 if few else 0,
                "texttemplate": "%{z:.2~g}" if few else "",
                "customdata": [[f"{column}, {row}" for column in COLUMNS] for row in panel.rows],
                "hovertemplate": f"{panel.title}, %{{customdata}}: %{{z:.4f}}<extra></extra>",
            }
        )
        axes[f"xaxis{number}"] = {
            "title": {"text": panel.title, "font": {"size": 12}},
            "domain": [k * share + gap, (k + 1) * share],
            "anchor": f"y{number}",
            "tickvals": [0, 1, 2],
            "ticktext": list(COLUMNS),
            "tickfont": {"size": 11},
            "tickangle": 0,
            "showgrid": False,
            "zeroline": False,
            "side": "top",
            "ticks": "",
        }
        axes[f"yaxis{number}"] = {
            "anchor": f"x{number}",
            "tickfont": {"size": 11},
            "ticks": "",
            "autorange": "reversed",
            "showgrid": False,
            "zeroline": False,
            **({"tickvals": list(range(len(panel.rows))), "ticktext": list(panel.rows)} if few else {"nticks": 6}),
        }
    axes["yaxis"]["title"] = {"text": "component", "font": {"size": 11}, "standoff": 2}
    return figure(
        traces,
        height=height,
        margin={"l": 14, "r": 4, "t": 46, "b": 8},
        coloraxis={
            "colorscale": palette.colorscale(palette.SIGNED),
            "cmin": -1,
            "cmax": 1,
            "colorbar": {
                "thickness": 6,
                "outlinewidth": 0,
                "xpad": 4,
                "tickfont": {"size": 11},
                "tickvals": [-1, 0, 1],
                "ticktext": ["≤ −1", "0", "≥ 1"] if beyond else ["−1", "0", "1"],
            },
        },
        **axes,
    )


def state_distances(distances: pd.DataFrame, *, words: Sequence[tuple[str, str]], height: int = 180) -> go.Figure:
    """‖A_t − B_t‖₂ after each word, one line a kind of state; what is exactly 0 is drawn as an open circle.

    distances: columns kind (of `LINES`), name, step (from 1), distance   words: (step,) A's and B's word
    The last trace is a line across all of them at the last step, which a sweep can move.
    """
    traces = []
    for kind, line in distances.groupby("kind", sort=False):
        zero = (line["distance"] == 0).to_list()
        traces.append(
            {
                "type": "scatter",
                "x": line["step"].to_numpy(),
                "y": line["distance"].to_numpy(),
                "name": line["name"].iloc[0],
                "mode": "lines+markers",
                "line": LINES[kind],
                "marker": {
                    "symbol": ["circle-open" if one else "circle" for one in zero],
                    "size": [12 if one else 8 for one in zero],
                    "color": LINES[kind]["color"],
                    "opacity": 1,
                    "line": {"width": 2, "color": LINES[kind]["color"]},
                },
                "customdata": [
                    "exactly 0" if one else f"{d:.4g}" for one, d in zip(zero, line["distance"], strict=True)
                ],
                "hovertemplate": f"{line['name'].iloc[0]} after word %{{x}}: %{{customdata}}<extra></extra>",
            }
        )
    top = max(1.0, float(distances["distance"].max())) * 1.15
    traces.append(
        {
            "type": "scatter",
            "x": [len(words)] * 2,
            "y": [-0.1 * top, top],
            "mode": "lines",
            "line": {"color": palette.ACCENT["light"], "width": 2},
            "showlegend": False,
            "hovertemplate": "after word %{x}<extra></extra>",
        }
    )
    short = len(words) <= 6
    return figure(
        traces,
        height=height,
        margin={"l": 56, "r": 8, "t": 26, "b": 40},
        legend={"orientation": "h", "y": 1.04, "yanchor": "bottom"},
        xaxis={
            "title": {"text": "after word t (of A, of B)" if short else "after word t", "standoff": 2},
            "tickvals": list(range(1, len(words) + 1)),
            "ticktext": [f"{t}: {a}, {b}" if short else str(t) for t, (a, b) in enumerate(words, 1)],
            "tickangle": 0,
            "range": [0.7, len(words) + 0.3],
        },
        yaxis={"title": {"text": "‖A − B‖₂"}, "range": [-0.1 * top, top]},
    )
