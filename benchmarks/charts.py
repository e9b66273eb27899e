"""The lessons' figures as `st.plotly_chart` shows them: importing this replaces what the stage draws with."""

from __future__ import annotations

from typing import Any

import plotly.graph_objects as go
import streamlit as st

from rnnviz import figures, stage
from rnnviz.engine import Trace


def chart(figure: Any, *, key: str, caption: str, alt: str, sweep: Any = None, **_: Any) -> float | None:
    """The figure, at the start of its sweep."""
    st.markdown(caption, help=alt)
    shown(figure, key)
    return None if sweep is None else sweep.start


def player(trace: Trace, tokens: list[str], output: Any, *, key: str, title: str, **_: Any) -> None:
    """The hidden states as a heatmap: as plain as it gets."""
    st.markdown(title)
    shown(figures.state_heatmap(trace.h, tokens, symbol="h", limit=1), key)


def mask(u: Any, v: Any, gates: Any, *, result: Any, entries: Any, key: str, title: str, **_: Any) -> None:
    st.markdown(title)
    shown(
        go.Figure([go.Bar(x=list(entries), y=list(row.values), name=row.symbol) for row in (u, v, *gates, result)]), key
    )


def shown(figure: Any, key: str) -> None:
    st.plotly_chart(figure, key=key, theme=None, width="stretch")


stage.chart, stage.player, stage.mask = chart, player, mask
