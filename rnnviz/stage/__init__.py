"""What moves in the browser, in keyed components, such as the player and the chart. Their code: assets/stage."""

from .backward import Backward
from .chart import Point, Sweep, chart, picked
from .mask import mask
from .pin import Pin
from .player import NAMES, VIEWS, Ghost, Look, Output, player
from .script import script
from .share import LINKED, SPEEDS, Shared, operations_of, presenter, share
from .shown import remembered, shows

__all__ = [
    "LINKED",
    "NAMES",
    "SPEEDS",
    "VIEWS",
    "Backward",
    "Ghost",
    "Look",
    "Output",
    "Pin",
    "Point",
    "Shared",
    "Sweep",
    "chart",
    "mask",
    "operations_of",
    "picked",
    "player",
    "presenter",
    "remembered",
    "script",
    "share",
    "shows",
]
