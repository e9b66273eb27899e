"""What moves in the browser, in keyed components: the player, the chart and the mask. Their code: assets/stage."""

from .chart import Sweep, chart
from .mask import mask
from .pin import Pin
from .player import NAMES, VIEWS, Ghost, Look, Output, player

__all__ = ["NAMES", "VIEWS", "Ghost", "Look", "Output", "Pin", "Sweep", "chart", "mask", "player"]
