"""What moves in the browser: two keyed components, the player and the chart. Their code is in assets/stage."""

from .chart import Sweep, chart
from .pin import Pin
from .player import Output, player

__all__ = ["Output", "Pin", "Sweep", "chart", "player"]
