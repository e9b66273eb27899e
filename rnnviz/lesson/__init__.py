"""The kit that lessons are made of. Beside the stage, the only room that imports streamlit."""

from .controls import Choice, Config, Controls, Number, Real, Text
from .lesson import Lesson, Preset

__all__ = ["Choice", "Config", "Controls", "Lesson", "Number", "Preset", "Real", "Text"]
