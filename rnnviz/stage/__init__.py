"""What moves in the browser, in keyed components: the player, the chart and the mask. Their code: assets/stage."""

from .backward import Backward
from .chart import Point, Sweep, chart, picked
from .mask import mask
from .pin import Pin
from .player import NAMES, VIEWS, Ghost, Look, Output, player

__all__ = [
    "NAMES",
    "VIEWS",
    "Backward",
    "Ghost",
    "Look",
    "Output",
    "Pin",
    "Point",
    "Sweep",
    "chart",
    "mask",
    "picked",
    "player",
]
