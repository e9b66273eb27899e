"""A training run with snapshots, as a job makes it, against the loop that anyone would write with torch."""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import islice
from statistics import median
from time import process_time

import numpy as np
import torch
from safetensors.numpy import save

from rnnviz.tasks.catalogue import TASKS
from rnnviz.training import Plan, steps
from rnnviz.training.probe import reach
from rnnviz.training.run import Moment

from .report import Number, Report

TARGET, ROUNDS, UPDATES = 1.1, 5, 600
TURN = 25
"""So many updates each makes before it is the other's turn, so that a busy machine slows both alike."""
LAYERS = {"elman": torch.nn.RNN, "gru": torch.nn.GRU, "lstm": torch.nn.LSTM}


def plain(plan: Plan) -> Iterator[float]:
    """Draw, predict, loss, backward, clip, step; the loss is read, as one does who wants to see it."""
    task = TASKS[plan.task]
    rnn = LAYERS[plan.cell](task.inputs, plan.hidden_size, batch_first=True)
    output = torch.nn.Linear(plan.hidden_size, 1)
    parameters = [*rnn.parameters(), *output.parameters()]
    optimiser = torch.optim.Adam(parameters, lr=plan.learning_rate)
    generator = np.random.default_rng((plan.seed, 1))
    for _ in range(plan.updates):
        batch = task.draw(generator, plan.batch_size, plan.length)
        x, y = torch.tensor(batch.x), torch.tensor(batch.y)
        loss = ((output(rnn(x)[0][:, -1])[:, 0] - y[:, -1]) ** 2).mean()
        optimiser.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(parameters, plan.threshold)
        optimiser.step()
        yield loss.item()


def ours(plan: Plan) -> Iterator[float]:
    """`steps`, and at each moment ‖∂L/∂h_t‖ on the probe and the weights as they are sent."""
    for made in steps(plan):
        if isinstance(made, Moment):
            reach(plan, made)
            save(made.tensors)
        else:
            yield made.loss


def round_of(plan: Plan) -> dict[str, float]:
    """Processor time of all updates, in milliseconds an update."""
    runs, times = {"ours": ours(plan), "plain": plain(plan)}, {"ours": 0.0, "plain": 0.0}
    for _ in range(UPDATES // TURN):
        for name, run in runs.items():
            start = process_time()
            losses = list(islice(run, TURN))
            times[name] += process_time() - start
            assert len(losses) == TURN and all(map(math.isfinite, losses))
    for name, run in runs.items():  # ours keeps its last network
        start = process_time()
        assert next(run, None) is None
        times[name] += process_time() - start
    return {name: total / UPDATES * 1e3 for name, total in times.items()}


def main(report: Report) -> None:
    torch.set_num_threads(1)
    report.say(
        f"A run of {UPDATES} updates with its snapshots: adding problem, T = 50, H = 32, batch 64, one thread. "
        f"Processor time, medians of {ROUNDS} rounds, in which the two loops take turns of {TURN} updates."
    )
    report.table("The loop with snapshots against a plain one", ("ours ms", "plain ms", "of plain"))
    ratios = []
    for cell in LAYERS:
        rounds = [round_of(Plan(cell=cell, updates=UPDATES)) for _ in range(ROUNDS)]
        ours, other = (median(times[name] for times in rounds) for name in ("ours", "plain"))
        ratios.append(median(times["ours"] / times["plain"] for times in rounds))
        ratio = Number(f"training.{cell}.loop_vs_bare", ratios[-1], "×", at_most=TARGET)
        report.row(cell, f"{ours:.2f}", f"{other:.2f}", ratio)
    report.row("the slowest", "", "", Number("training.loop_vs_bare", max(ratios), "×"))
