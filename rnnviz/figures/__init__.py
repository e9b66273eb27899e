"""Trace or table in, plotly Figure out. Nothing here computes a quantity or knows of a page.

A figure has no title of its own: the page gives it a caption. Its `layout.meta` says which axis is the time step
(drawn from 1) and which the unit (from 0), so that the stage can link it to the player.
"""

from .blame import blame, truncation_error
from .bptt import gradient_flow, step_losses, weight_norms, weight_shares
from .chain_rule import product_norms, singular_values, step_jacobian
from .cliff import cliff_contours
from .clipped_runs import norm_distribution, run_losses, run_norms, scaled_gradients
from .clipping import clip_angles, clipped_plane
from .data import feature_map, series, word_columns
from .descent import descent_norms
from .forecast import error_by_horizon, forecast_fan, series_parts
from .gates import envelopes, hold_costs, kept_share, next_tokens_compared, openness, state_change
from .influence import influence_decay
from .memory import mean_gates, memory_paths, norm_fan
from .order import compared_states, state_distances
from .outputs import next_tokens
from .shapes import unrolled_shape
from .states import repetition_distances, state_heatmap, unit_responses
from .training import longest_solved, reach_over_training, training_curves, training_norms
from .units import unit_by_count, unit_evidence, unit_split
from .vanishing import gradient_norms, how_far_back, spectrum, squash_slopes
from .versions import as_written, parameter_counts, version_distances
from .weights import weight_heatmap

__all__ = [
    "error_by_horizon",
    "forecast_fan",
    "series_parts",
    "gradient_norms",
    "how_far_back",
    "mean_gates",
    "memory_paths",
    "norm_fan",
    "spectrum",
    "squash_slopes",
    "scaled_gradients",
    "run_norms",
    "run_losses",
    "norm_distribution",
    "clipped_plane",
    "clip_angles",
    "descent_norms",
    "cliff_contours",
    "training_norms",
    "training_curves",
    "reach_over_training",
    "longest_solved",
    "as_written",
    "blame",
    "compared_states",
    "envelopes",
    "feature_map",
    "gradient_flow",
    "hold_costs",
    "influence_decay",
    "kept_share",
    "next_tokens_compared",
    "openness",
    "state_change",
    "state_distances",
    "next_tokens",
    "parameter_counts",
    "product_norms",
    "repetition_distances",
    "series",
    "singular_values",
    "state_heatmap",
    "step_jacobian",
    "step_losses",
    "truncation_error",
    "unit_by_count",
    "unit_evidence",
    "unit_responses",
    "unit_split",
    "unrolled_shape",
    "version_distances",
    "weight_heatmap",
    "weight_norms",
    "weight_shares",
    "word_columns",
]
