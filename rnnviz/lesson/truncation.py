"""Sections of the lesson on backpropagation through time: who taught the weights, who is to blame, the cut."""

from __future__ import annotations

import numpy as np
import streamlit as st

from rnnviz import figures
from rnnviz.figures.blame import blame_frames, truncation_frames
from rnnviz.stage import Sweep

from . import bptt, links
from .bptt import Backpropagation, log_number
from .controls import Choice, Controls
from .lesson import Lesson
from .sectional import controls_here, in_sight
from .unrolling import Settings
from .words import quoted

K = "k"
CUT = Controls(Choice("cut", bptt.CUTS, default=bptt.CUTS[0], label="Cut into"))
START = 5
"""The k at which the cut stands before anyone moves it."""


def who_taught(lesson: Lesson, settings: Settings, back: Backpropagation, kind: str) -> None:
    """Each weight's gradient, by the step that contributed it."""
    taught, tokens = bptt.taught(settings, back.reading.text, kind), back.tokens[: back.steps]
    lesson.section(
        "Which past step taught the weights what",
        "The same weights are used at every step, so the gradient of each is a sum with one term a step: "
        "$G = \\sum_s G_s$, where $G_s$ is the part that came in where the weight was used at step $s$. "
        "The **output weights** $W_{hy}$ are taught directly: $G_s$ comes from the loss at $s$ and no other. "
        "The **input weights** $W_{ih}$ and the **recurrent weights** $W_{hh}$ are taught through time: their $G_s$ "
        "holds what *all losses from s on* send back to that step. A step's share is its part along the sum, "
        "$\\langle G_s, G \\rangle / \\lVert G \\rVert^2$: all shares of a weight add up to 1, and a negative one "
        "pulled the other way.",
    )
    lesson.chart(
        figures.weight_shares(taught.shares, tokens, cell=settings.cell),
        "shares",
        caption="Share of each step in the gradient of the output, input and recurrent weights: ⟨Gₛ, G⟩ / ‖G‖²",
        alt="; ".join(
            f"{name}: largest at step {largest(shares)}" for name, shares in taught.shares.items() if whole(shares)
        )
        + ".",
    )
    lesson.chart(
        figures.weight_norms(taught.norms, tokens, cell=settings.cell),
        "norms",
        caption="What each step contributes, before it is held against the rest: ‖Gₛ‖ (Frobenius norm)",
        alt="; ".join(f"{name}: ‖G‖ is 10 to the {total:.2f}" for name, total in taught.total.items()) + ".",
    )
    said = [
        f"${name[0]}_{{{name[2:]}}}$: $\\lVert G \\rVert = {log_number(taught.total[name])}$, "
        + (
            f"the largest share, {shares.max():.1%}, from **step {largest(shares)}**, which read "
            f"{quoted(tokens[largest(shares) - 1])}"
            if whole(shares)
            else "exactly 0: this text teaches it nothing"
        )
        for name, shares in taught.shares.items()
    ]
    lesson.say(
        "- " + ";\n- ".join(said) + ".\n\nStep 1 teaches $W_{hh}$ nothing: the state before it is all zeros, "
        "and a weight that multiplies 0 has no effect."
    )


def who_is_to_blame(lesson: Lesson, settings: Settings, back: Backpropagation, kind: str) -> None:
    """The matrix of all pairs."""
    logs, T = bptt.blame(settings, back.reading.text), back.steps
    finite = np.isfinite(logs)
    lesson.section(
        "Who is to blame?",
        "Each loss looks for its causes in the past. A row is one loss $L_t$, and along it stands how much it would "
        "change with each earlier state: $\\lVert \\partial L_t / \\partial h_s \\rVert_2$. "
        "On the diagonal it is the step's own state; above it nothing is drawn, because nobody is to blame for the "
        "past. Point at a cell: both of its steps light up in the player."
        + ("" if kind == bptt.LOSSES[0] else " **Only the last loss counts now: of all rows, L has only the lowest.**"),
    )
    t, s = np.unravel_index(np.nanargmax(np.where(finite, logs, -np.inf)), logs.shape)
    lesson.chart(
        figures.blame(logs, back.tokens[:T]),
        "blame",
        caption="‖∂Lₜ/∂hₛ‖₂: which state s is to blame for the loss at t"
        + ("; ▼ exactly 0" if np.isneginf(logs).any() else ""),
        alt=f"A lower triangle of {T} by {T} steps. Largest: the loss at t = {t + 1} by the state at s = {s + 1}, "
        f"10 to the {logs[t, s]:.2f}.",
    )
    row = logs[T - 1, :T]
    lesson.say(
        f"The largest of all is ${log_number(logs[t, s])}$: the loss at t = {t + 1}, where "
        f"{quoted(back.tokens[t + 1])} had to be guessed, by the state at s = {s + 1}. The last row, the loss at T = "
        f"{T}, begins with ${log_number(row[0])}$ at s = 1 and ends with ${log_number(row[-1])}$ on the diagonal."
    )


def truncation(lesson: Lesson, settings: Settings, back: Backpropagation, kind: str) -> None:
    """What a cut after k steps removes, and where the gradient then points."""
    text, T = back.reading.text, back.steps
    lesson.section(
        "Cut it short: truncated BPTT",
        "A long text is too long to go back through all of it. **Chunks**: read k steps, go back, then "
        "forget how the state came about (`detach`) and go on: what most training loops do. A loss at the start of a "
        "chunk then sees hardly any past. **Windows**: every loss goes back k steps, where there are so many, its own "
        "the first, which costs k times as much (Williams and Peng 1990). "
        "Scrub k: grey is what was cut, and on the right is how far the gradient of the weights has turned, and how "
        "its length has changed.",
    )
    cut = controls_here(lesson, CUT, "truncation").cut
    ks, start = range(1, T + 1), min(START, T)

    def sweep(frames: dict, *, slider: bool = False) -> Sweep:
        return Sweep(
            K,
            label="Cut after k =",
            values=ks,
            start=start,
            frames=frames,
            unit=f"of {T}",
            slider=slider,
            play=slider,
        )

    lesson.entries[K] = links.slider(sweep({}), None)  # for who hands out a link before coming here
    known = bptt.truncation.knows(settings, text, kind, cut)
    if not in_sight(lesson, "cuts", "from then on", known=known or K in st.query_params):
        return
    result = bptt.truncation(settings, text, kind, cut)
    logs, counted = bptt.blame(settings, text), np.tri(T, dtype=bool) & back.counted[:T, None]
    masks = np.stack([bptt.kept(T, k, cut) for k in result.ks])
    matrix, errors = lesson.columns(1, 1)
    with matrix:
        rested = lesson.chart(
            figures.blame(logs, back.tokens[:T], kept=masks[result.at(start)]),
            "cut",
            caption="What the cut leaves of ‖∂Lₜ/∂hₛ‖₂; grey: cut off",
            alt=f"At k = {start}, {masks[result.at(start)].sum()} of {T * (T + 1) // 2} pairs remain.",
            sweep=sweep(blame_frames(logs, masks), slider=True),
        )
    with errors:
        for measure, values, caption in (
            ("angle", result.angle, "Angle between truncated and full gradient, of Wₕₕ and Wᵢₕ"),
            ("ratio", result.ratio, "Norm of the truncated gradient over that of the full one"),
        ):
            lesson.chart(
                figures.truncation_error(values, result.ks, k=start, measure=measure, cell=settings.cell),
                measure,
                caption=caption,
                alt="; ".join(
                    f"{name}: {one[0]:.3g} at k = 1, {one[-1]:.3g} at k = {T}" for name, one in values.items()
                )
                + ".",
                sweep=sweep(truncation_frames(values, result.ks)),
            )
    at = result.at(start if rested is None else rested)
    k, left = result.ks[at], int((masks[at] & counted).sum())
    undefined = [name for name, ratio in result.ratio.items() if np.isnan(ratio).any()]
    lesson.say(
        f"At **k = {k}**, {left:,} of {counted.sum():,} pairs {'is' if left == 1 else 'are'} left"
        + (" in the lowest row, the only one that counts. " if kind == bptt.LOSSES[1] else ". ")
        + " ".join(
            f"The gradient of ${name[0]}_{{{name[2:]}}}$ is turned by **{result.angle[name][at]:.1f}°** and has "
            f"**{result.ratio[name][at]:.3f}** times its norm."
            for name in result.ratio
            if name not in undefined and not np.isnan(result.angle[name][at])
        )
        + f" At k = {T} nothing is cut: 0° and 1."
        + "".join(
            f" The full gradient of ${name[0]}_{{{name[2:]}}}$ is exactly 0, so no angle to it exists."
            for name in undefined
        )
    )
    if cut == "chunks" and T > 2:
        lesson.say(
            "With chunks a larger k is not always better: where the borders fall decides which loss loses its past. "
            + (
                "Most of all now, when only one loss counts: it sees what stands before it in its own chunk."
                if kind == bptt.LOSSES[1]
                else ""
            )
        )
    lesson.say(
        "The error of a truncated gradient is not noise but a **bias**: over many texts it does not average out. What "
        "takes more than k steps to pay off, no gradient ever teaches (Tallec and Ollivier 2017)."
    )


def whole(shares: np.ndarray) -> bool:
    return not np.isnan(shares).any()


def largest(shares: np.ndarray) -> int:
    """The step with the largest share, from 1."""
    return int(shares.argmax()) + 1
