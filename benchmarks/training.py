"""A training run with snapshots, as a job makes it, against the loop that anyone would write with torch."""

from __future__ import annotations

import math
from statistics import median
from time import process_time

import numpy as np
import torch

from rnnviz.tasks.catalogue import TASKS
from rnnviz.training import Plan, steps
from rnnviz.training.probe import reach
from rnnviz.training.run import Moment

TARGET, ROUNDS, UPDATES = 1.1, 5, 600
LAYERS = {"elman": torch.nn.RNN, "gru": torch.nn.GRU, "lstm": torch.nn.LSTM}


def plain(plan: Plan) -> list[float]:
    """Draw, predict, loss, backward, clip, step; the loss is read, as one does who wants to see it."""
    task = TASKS[plan.task]
    rnn = LAYERS[plan.cell](task.inputs, plan.hidden_size, batch_first=True)
    output = torch.nn.Linear(plan.hidden_size, 1)
    parameters = [*rnn.parameters(), *output.parameters()]
    optimiser = torch.optim.Adam(parameters, lr=plan.learning_rate)
    generator, losses = np.random.default_rng((plan.seed, 1)), []
    for _ in range(plan.updates):
        batch = task.draw(generator, plan.batch_size, plan.length)
        x, y = torch.tensor(batch.x), torch.tensor(batch.y)
        loss = ((output(rnn(x)[0][:, -1])[:, 0] - y[:, -1]) ** 2).mean()
        optimiser.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(parameters, plan.threshold)
        optimiser.step()
        losses.append(loss.item())
    return losses


def ours(plan: Plan) -> list[float]:
    """`steps`, and at each moment ‖∂L/∂h_t‖ on the probe."""
    losses = []
    for made in steps(plan):
        if isinstance(made, Moment):
            reach(plan, made)
        else:
            losses.append(made.loss)
    assert all(map(math.isfinite, losses))
    return losses


def main() -> None:
    torch.set_num_threads(1)
    print(f"Training with snapshots and {UPDATES} updates: adding problem, T=50, H=32, batch 64, one thread")
    print(f"processor time, medians of {ROUNDS} rounds, in each of which both have their turn\n")
    print(f"  {'':6}{'ours ms':>9}{'plain ms':>9}   ours of plain, ≤ {TARGET}")
    for cell in LAYERS:
        plan = Plan(cell=cell, updates=UPDATES)
        times: dict[str, list[float]] = {"ours": [], "plain": []}
        for _ in range(ROUNDS):
            for name, train in (("ours", ours), ("plain", plain)):
                start = process_time()
                train(plan)
                times[name].append((process_time() - start) / UPDATES * 1e3)
        ms = {name: median(values) for name, values in times.items()}
        ratio = median(a / b for a, b in zip(times["ours"], times["plain"], strict=True))
        print(
            f"  {cell:6}{ms['ours']:9.2f}{ms['plain']:9.2f}   {ratio:5.2f} ×{' met' if ratio <= TARGET else ' missed'}"
        )
    print()
