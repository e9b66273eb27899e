"""What the lesson "Clipping" computes of real training runs: the pair with one seed, and the gradients inside it."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import cached_property
from threading import Lock
from types import MappingProxyType

import numpy as np
import pandas as pd

from rnnviz.engine import backward
from rnnviz.engine.clipping import norm, scale_by_norm
from rnnviz.tasks.task import Batch
from rnnviz.training import jobs
from rnnviz.training.apart import train_apart
from rnnviz.training.plan import Plan
from rnnviz.training.run import Moment, Run
from rnnviz.training.standard_runs import CLIPPING

from .remember import remember
from .turns import aside

BINS = 40
LAST = 50
"""So many updates make the loss at which a run ends."""
TRIED = tuple(float(f"{10 ** (k / 10):.2g}") for k in range(-30, 21))
"""What θ can be tried on the norms of a run: from 0.001 to 100, evenly on a log axis."""


_apart = Lock()
"""Held by who waits for a process of its own: one such at a time."""


@dataclass(frozen=True, eq=False)
class Pair:
    """Two runs that differ in nothing but clipping: "without" and "norm"."""

    runs: Mapping[str, Run]

    @property
    def clipped(self) -> Run:
        return self.runs["norm"]

    @property
    def threshold(self) -> float:
        """θ of the clipped run."""
        return self.clipped.plan.threshold

    @property
    def share(self) -> float:
        """The share of the clipped run's updates whose gradient was longer than θ."""
        return float((self.clipped.grad_norm > self.threshold).mean())

    def losses(self) -> dict[str, np.ndarray]:
        return {kind: run.loss for kind, run in self.runs.items()}

    def norms(self) -> dict[str, np.ndarray]:
        return {kind: run.grad_norm for kind, run in self.runs.items()}

    def table(self) -> pd.DataFrame:
        """run ("without", "norm"), and the columns of `Run.frame`."""
        return pd.concat([run.frame().assign(run=kind) for kind, run in self.runs.items()], ignore_index=True)

    def norms_so_far(self, updates: int) -> np.ndarray:
        """(updates,) ‖g‖ of the clipped run, or as many as there were."""
        return self.clipped.grad_norm[:updates]

    @cached_property
    def inside(self) -> Mapping[str, tuple[np.ndarray, float]]:
        """Of the clipped run, a name of the update -> ‖∂L/∂h_t‖ (time,) and ‖g‖ of all parameters there.

        The first update, and of those before which the network was kept the one with the longest gradient. The first
        one alone where the run did not learn: what a network gives that was thrown off says nothing of learning.
        """
        run = self.clipped
        norms = run.grad_norm
        kept = [moment for moment in run.moments if moment.update < len(norms) and np.isfinite(norms[moment.update])]
        steepest = max(kept, key=lambda moment: norms[moment.update])
        shown = {0: "first"}
        if learned(run):
            shown.setdefault(steepest.update, "largest ‖g‖")
        return {
            f"update {moment.update + 1} ({shown[moment.update]})": (
                state_gradients(run.plan, moment),
                float(norms[moment.update]),
            )
            for moment in kept
            if moment.update in shown
        }

    def scales(self) -> dict[str, np.ndarray]:
        """The same names -> (tried,) what clipping multiplies that update's gradient with, at each of `TRIED`."""
        return {
            name: np.array([float(scale_by_norm(one, theta)) for theta in TRIED])
            for name, (_, one) in self.inside.items()
        }


def rule(norms: np.ndarray) -> tuple[float, float]:
    """From which θ to which: a half to ten times the mean of these norms (Pascanu et al. 2013, section 3.2)."""
    mean = float(norms[np.isfinite(norms)].mean())
    return 0.5 * mean, 10 * mean


def nearest(theta: float) -> float:
    """The θ of `TRIED` that is closest to this one on a log axis."""
    return min(TRIED, key=lambda one: abs(np.log(one / theta)))


def shares(norms: np.ndarray) -> np.ndarray:
    """(tried,) the share of these norms that is above each of `TRIED`."""
    return (norms > np.array(TRIED)[:, None]).mean(axis=1)


def histogram(norms: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """How many of these norms lie in each of `BINS` bins, even on a log axis, and their edges, which hold all that is
    finite and above 0, and all of `TRIED`."""
    known = norms[np.isfinite(norms) & (norms > 0)]
    edges = np.geomspace(known.min(initial=TRIED[0]) / 1.01, known.max(initial=TRIED[-1]) * 1.01, BINS + 1)
    return np.histogram(known, edges)[0], edges


@remember(most=128)
def pair(learning_rate: float, threshold: float, seed: int) -> Pair:
    plan = replace(CLIPPING, learning_rate=learning_rate, seed=seed)
    plans = {"without": replace(plan, clip="off"), "norm": replace(plan, threshold=threshold)}
    with aside(), ThreadPoolExecutor(len(plans)) as both:
        return Pair(MappingProxyType(dict(zip(plans, both.map(run, plans.values()), strict=True))))


@remember(most=256)
def run(plan: Plan) -> Run:
    """Trained in another process, so that nobody else's page waits; if none of the cluster's gets free, in one that
    starts for it, which takes some seconds more.

    For a thread that has no turn: one that had would keep it while it waits.
    """
    record = jobs.result(plan)
    if record is None:
        with _apart:
            record = train_apart(plan)
    return record.run()


def batch_at(plan: Plan, update: int) -> Batch:
    """What a run of this plan learns from at an update (from 0): its examples are drawn one batch after another."""
    generator = np.random.default_rng((plan.seed, 1))
    for _ in range(update + 1):
        batch = plan.of_task.draw(generator, plan.batch_size, plan.length)
    return batch


def state_gradients(plan: Plan, moment: Moment) -> np.ndarray:
    r"""‖∂L/∂h_t‖₂ over all units and all sequences of the batch of that update, (time,).

    .. math:: L = -\frac{1}{B} \sum_{k=1}^{B} \ln p^{(k)}_T[y^{(k)}]

    The loss stands at the last step only; each sequence is read and sent back by the engine.
    """
    batch, cell, readout = batch_at(plan, moment.update), moment.cell(plan), moment.readout()
    squares = np.zeros(batch.x.shape[1])
    for x, y in zip(batch.x, batch.y[:, -1], strict=True):
        trace = cell.run(x)
        dh = np.zeros_like(trace.h)
        dp = readout.run(trace.h[-1:])[0]
        dp[y] -= 1
        dh[-1] = readout.weight.T @ dp / len(batch.x)
        squares += norm(backward(trace, dh).h) ** 2
    return np.sqrt(squares)


def ending(run: Run) -> str:
    """At which loss a run ends, or that it died."""
    if run.died is not None:
        return f"no number from update {run.died} on"
    return f"{run.loss[-LAST:].mean():.3g}"


def learned(run: Run) -> bool:
    """Whether its last losses are well below those of who knows nothing."""
    return run.died is None and bool(run.loss[-LAST:].mean() < run.plan.chance / 4)


def verdict(both: Pair) -> str:
    """What became of both runs (markdown)."""
    free, clipped = both.runs["without"], both.clipped
    fates = {
        (True, True): "Both runs learn to recall.",
        (False, True): "Only the clipped run learns to recall.",
        (True, False): "Only the run without clipping learns to recall: this θ leaves the clipped one too little.",
        (False, False): "Neither run learns to recall within these updates.",
    }
    died = "".join(
        f" The run {words} ends at update {run.died}: its {'gradient' if np.isfinite(run.loss[-1]) else 'loss'} is no "
        "longer a finite number, and nothing that follows would be."
        for run, words in ((free, "without clipping"), (clipped, "with clipping"))
        if run.died is not None
    )
    return (
        f"**{fates[learned(free), learned(clipped)]}**{died} The largest $\\lVert g \\rVert_2$ was **{largest(free)}** "
        f"without clipping and **{largest(clipped)}** with it, before it was cut to θ = {both.threshold:g}. "
        f"**{both.share:.1%}** of the clipped run's updates were clipped. Who knows nothing has a loss of "
        f"${clipped.plan.of_task.chance_formula}$ = {clipped.plan.chance:.3f}."
    )


def by_the_rule(both: Pair, updates: int, theta: float) -> str:
    """Where θ stands against `rule` on the norms so far, and what other spans would have said (markdown)."""
    low, high = rule(both.norms_so_far(updates))
    place = "below it" if theta < low else "above it" if theta > high else "inside it"
    others = ", ".join(
        f"{rule(both.norms_so_far(span))[0]:.2g} after {span}" for span in (50, 100, 300, 600) if span != updates
    )
    return (
        f"The rule of a half to ten times the mean gives a band from {low:.3g} to {high:.3g}: "
        f"θ = {theta:g} is **{place}**. "
        f"*So far* matters, for the norms change as the network learns: the band begins at {low:.2g} after {updates} "
        f"updates, at {others}."
    )


def which_updates(both: Pair) -> str:
    """Which updates `Pair.inside` holds, and why (markdown)."""
    run = both.clipped
    if not learned(run):
        return (
            "Shown is the **first** update of the clipped run alone: it never learned to recall, and what a network "
            "gives back that has been thrown off would say nothing."
        )
    if len(both.inside) == 1:
        return "Shown is the **first** update; of those kept, it also has the largest $\\lVert g \\rVert_2$."
    return (
        "Shown are the **first** update of the clipped run, and the one with the **largest** $\\lVert g \\rVert_2$ "
        f"of those before which the network was kept (it is kept {len(run.moments)} times)."
    )


def largest(run: Run) -> str:
    return f"{run.grad_norm.max():.3g}" if np.isfinite(run.grad_norm).all() else "beyond all numbers"


def axis(states: Mapping[str, np.ndarray], scales: Mapping[str, np.ndarray]) -> tuple[float, float]:
    """The ends of a log axis for all of these curves at every θ: whole decades."""
    low = min(one[one > 0].min(initial=1.0) * scales[name].min() for name, one in states.items())
    high = max(one.max() for one in states.values())
    return 10.0 ** np.floor(np.log10(low)), 10.0 ** np.ceil(np.log10(high))


def same_shape(both: Pair, threshold: float) -> str:
    """The ratio of the first to the last step, before and after, for each network (markdown)."""
    lines = []
    for name, (one, length) in both.inside.items():
        scale = float(scale_by_norm(length, threshold))
        after = scale * one
        ratio = f"$\\lVert \\partial L/\\partial h_1 \\rVert / \\lVert \\partial L/\\partial h_{{{len(one)}}} \\rVert$"
        lines.append(
            f"- {name}: $\\lVert g \\rVert_2$ = {length:.3g}, so that $s$ = **{scale:.3g}** at θ = {threshold:g}. "
            f"{ratio} is **{one[0] / one[-1]:.3g}** before and **{after[0] / after[-1]:.3g}** after."
        )
    return "\n".join(lines)
