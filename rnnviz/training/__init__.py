"""Runs training, emits snapshots, loads and saves weights. Never draws.

The only room that imports torch, and it does so where training happens: importing the room does not.

>>> from rnnviz.training import Plan, train
>>> run = train(Plan(task="adding", cell="gru", length=10, updates=3))
>>> list(run.frame().columns)[-3:]
['metric', 'grad_norm', 'applied_norm']
"""

from .plan import CELLS, Plan
from .run import Moment, Run, Snapshot, steps, train

__all__ = ["CELLS", "Moment", "Plan", "Run", "Snapshot", "steps", "train"]
