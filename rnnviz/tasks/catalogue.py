"""The one table of all tasks: what each asks, what it needs, why it is hard, its chance level and its source."""

from types import MappingProxyType

from .counting import BRACKETS, PARITY
from .memory import ADDING, COPY, ORDER, RECALL
from .signals import CHARACTERS, SINE

TASKS = MappingProxyType(
    {
        "adding": ADDING,
        "copy": COPY,
        "order": ORDER,
        "recall": RECALL,
        "parity": PARITY,
        "brackets": BRACKETS,
        "sine": SINE,
        "characters": CHARACTERS,
    }
)
"""Key, as in a link and on the command line -> task."""
