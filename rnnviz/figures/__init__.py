"""Trace or table in, plotly Figure out. Nothing here computes a quantity or knows of a page.

A figure has no title of its own: the page gives it a caption. Its `layout.meta` says which axis is the time step
(drawn from 1) and which the unit (from 0), so that the stage can link it to the player.
"""

from .outputs import next_tokens
from .states import repetition_distances, state_heatmap, unit_responses
from .weights import weight_heatmap

__all__ = ["next_tokens", "repetition_distances", "state_heatmap", "unit_responses", "weight_heatmap"]
