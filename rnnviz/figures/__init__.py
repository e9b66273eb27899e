"""Trace or table in, plotly Figure out. Nothing here computes a quantity or knows of a page.

A figure has no title of its own: the page gives it a caption. Its `layout.meta` says which axis is the time step
(drawn from 1) and which the unit (from 0), so that the stage can link it to the player.
"""

from .data import feature_map, series, word_columns
from .gates import envelopes, hold_costs, kept_share, next_tokens_compared, openness, state_change
from .influence import influence_decay
from .order import compared_states, state_distances
from .outputs import next_tokens
from .shapes import unrolled_shape
from .states import repetition_distances, state_heatmap, unit_responses
from .units import unit_by_count, unit_evidence, unit_split
from .versions import as_written, parameter_counts, version_distances
from .weights import weight_heatmap

__all__ = [
    "as_written",
    "compared_states",
    "envelopes",
    "feature_map",
    "hold_costs",
    "influence_decay",
    "kept_share",
    "next_tokens_compared",
    "openness",
    "state_change",
    "state_distances",
    "next_tokens",
    "parameter_counts",
    "repetition_distances",
    "series",
    "state_heatmap",
    "unit_by_count",
    "unit_evidence",
    "unit_responses",
    "unit_split",
    "unrolled_shape",
    "version_distances",
    "weight_heatmap",
    "word_columns",
]
