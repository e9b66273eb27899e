"""The maths: cells, traces and gradients. numpy only, pure, float64.

>>> import numpy as np
>>> from rnnviz.engine import LSTM, backward
>>> trace = LSTM.random(input_size=3, hidden_size=4, seed=1).run(np.ones((5, 3)))
>>> trace.h.shape, trace["f"].shape
((5, 4), (5, 4))
>>> backward(trace, np.ones_like(trace.h)).weight_hh.shape
(16, 4)
"""

from .bag import BagOfWords
from .cell import Cell
from .cliff import Cliff, Descent, descend
from .clipping import angle, clip_by_norm, clip_by_value
from .elman import Elman
from .flow import Flow, Share, by_step, flow, log_norm, log_pairwise, pairwise
from .gradients import Gradients, backward, truncated
from .gru import GRU
from .jacobians import (
    Products,
    blocks,
    direct_path,
    jacobians,
    log_singular_values,
    log_spectral_norms,
    products,
)
from .lstm import LSTM
from .readout import Loss, Readout, softmax
from .sizes import Sizes
from .trace import Trace
from .versions import VERSIONS, Version

__all__ = [
    "BagOfWords",
    "Cell",
    "Cliff",
    "Descent",
    "Elman",
    "Flow",
    "GRU",
    "Gradients",
    "LSTM",
    "Loss",
    "Products",
    "Readout",
    "Share",
    "Sizes",
    "Trace",
    "VERSIONS",
    "Version",
    "angle",
    "backward",
    "blocks",
    "by_step",
    "clip_by_norm",
    "clip_by_value",
    "descend",
    "direct_path",
    "flow",
    "jacobians",
    "log_norm",
    "log_pairwise",
    "log_singular_values",
    "log_spectral_norms",
    "pairwise",
    "products",
    "softmax",
    "truncated",
]
