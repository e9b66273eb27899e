"""What moves in the browser: two keyed components, the player and the chart. Their code is in assets/stage."""

from .chart import Sweep, chart
from .pin import Pin
from .player import NAMES, Output, player

__all__ = ["NAMES", "Output", "Pin", "Sweep", "chart", "player"]
