"""Lesson: how a loss finds its way back through time, and which step teaches the weights what."""

import numpy as np

from rnnviz import figures
from rnnviz.lesson import Choice, Controls, Lesson, Number, Preset, Text, bptt, unrolling
from rnnviz.lesson.bptt import log_number
from rnnviz.lesson.chain_rule import chain_rule, journey
from rnnviz.lesson.sectional import check_links
from rnnviz.lesson.truncation import CUT, truncation, who_is_to_blame, who_taught
from rnnviz.lesson.words import counted, decimal, quoted
from rnnviz.training.character_model import CELLS

TEXT = "To be, or not to be, that is the question"

CONTROLS = Controls(
    Text("text", default=TEXT, label="Text to read (press Enter)", max_length=bptt.LONGEST, width=300),
    Choice("cell", list(CELLS), default="LSTM", label="Cell"),
    Choice("loss", bptt.LOSSES, default="last step only", label="What counts as loss"),
    Choice("weights", ["trained", "random", "zero"], default="trained", label="Weights", more=True),
    Number("seed", 0, 9999, default=0, label="Seed of random weights", more=True, when=("weights", "random")),
)

lesson = Lesson(
    "Backpropagation through time",
    question="A guess goes wrong. How does the network find out **which step, long ago,** was to blame?",
    key="bptt",
)
check_links(lesson, truncation=CUT)
config = lesson.controls(CONTROLS)
settings = unrolling.Settings.of(config.cell, config.weights, config.seed)
model, back = unrolling.network(settings), bptt.backpropagation(settings, config.text, config.loss)
trace, tokens, T = back.reading.trace, back.tokens, back.steps
only_last = config.loss == bptt.LOSSES[1]
lesson.unknown_characters(model, config.text)
if not T:
    lesson.note(
        "One character has no next one to guess, so there is no loss, and nothing goes back: every gradient is exactly 0. "
        "Type at least two."
    )

pin = lesson.player(
    model,
    back.reading,
    title=f"A {config.weights} {config.cell} that reads {counted(len(trace), 'character')}, and what goes back from its losses",
    scales=unrolling.state_scale(settings),
    backward=back.played,
)
state = "hₜ and cₜ" if trace.c is not None else "hₜ"
lesson.chart(
    figures.gradient_flow(back.norms, tokens, cell=config.cell),
    "flow",
    caption=f"What arrives at each step, from right to left: the gradient of L with respect to {state}, and the part that its "
    "own loss hands in",
    alt="; ".join(
        f"{name}: 10 to the {values[0]:.2f} at t = 1, to the {values[T - 1]:.2f} at t = {T}"
        for name, values in back.norms.items()
        if T
    )
    or "Exactly 0 everywhere.",
    beside_player=True,
)

if config.weights == "zero":
    lesson.note(
        "All weights are zero: no state depends on anything, so there is nothing to send back, and every gradient is exactly 0 (⊘)."
    )
elif T > 1:
    every, last = (bptt.backpropagation(settings, config.text, kind).flow.total for kind in bptt.LOSSES)
    options = ["up to 10 ×", "10 to 1,000 ×", "1,000 to a million ×", "more"]
    lesson.predict(
        f"Let all {T} losses count, not just the last: how much does $\\lVert \\partial L / \\partial h_1 \\rVert_2$ grow?",
        options,
        answer=int(np.searchsorted([1, 3, 6], every[0] - last[0], side="right")),
        reveal=f"Computed just now: from ${log_number(last[0])}$ to ${log_number(every[0])}$, that is "
        f"**${log_number(every[0] - last[0])}$ times**. " + journey(last[0] - last[T - 1]),
        about=(settings, config.text),
    )
lesson.presets(
    [
        Preset(
            "Every guess",
            {"loss": "every step", "cell": "LSTM", "weights": "trained"},
            "A loss at each step. The line hardly falls, for there is always a loss near by: what comes from far away drowns "
            "in it. So a short memory can look well taught.",
        ),
        Preset(
            "Only the last guess",
            {"loss": "last step only", "cell": "LSTM", "weights": "trained"},
            "One loss, at the end. Everything that arrives earlier has come all the way through the states: the line falls to the "
            "left, because each step passes on only a part.",
        ),
        Preset(
            "Before any training",
            {"loss": "last step only", "cell": "Elman", "weights": "random", "seed": 0},
            "An Elman network with random weights: nearly a straight line on the log axis, the same share lost at each step.",
        ),
        Preset(
            "A trained Elman network",
            {"loss": "last step only", "cell": "Elman", "weights": "trained"},
            "Training has bent the line: some characters let a gradient pass, others stop it.",
        ),
        Preset(
            "The same letter again and again",
            {"text": 40 * "a", "loss": "last step only", "cell": "GRU", "weights": "trained"},
            "The state settles, and so does the factor: the same matrix again and again, and on the way a straight line, along which "
            "each step multiplies by its largest |eigenvalue|. Here that is so close to 1 that the gradient travels far.",
        ),
    ]
)

lesson.section("What you are seeing")
step = min(pin.time if pin else max(T - 1, 0), len(trace) - 1)
lesson.say(
    "On the way forward each step hands its state to the next. On the way back each step hands a **gradient** to the one "
    "before it: by how much the loss would change if that state were nudged. Two things arrive at a step: what its own "
    "loss says, and what the step after it sends back. (Gradients are written as rows.)\n\n"
    + (
        "$$\n\\frac{\\partial L}{\\partial h_t} = \\frac{\\partial L_t}{\\partial h_t} + \\frac{\\partial L}{\\partial h_{t+1}} "
        "\\frac{\\partial h_{t+1}}{\\partial h_t}"
        + (
            " + \\frac{\\partial L}{\\partial c_{t+1}} \\frac{\\partial c_{t+1}}{\\partial h_t}\n$$\n\n"
            "($\\partial h_{t+1} / \\partial h_t$ is taken with $c_{t+1}$ held fixed: what $c_{t+1}$ does to $h_{t+1}$ is in "
            "$\\partial L / \\partial c_{t+1}$ already, which is *total*: with what goes through $h_{t+1}$.) "
            if trace.c is not None
            else "\n$$\n\n"
        )
    )
    + f"At **t = {step + 1}**, where {quoted(tokens[step])} is read"
    + (": " if pin else " (pin a step in the player to choose your own): ")
    + f"$\\lVert \\partial L / \\partial h_t \\rVert_2 = {log_number(back.flow.total[step])}$ in all, its own loss alone "
    f"${log_number(back.flow.own[step])}$, and ${log_number(back.flow.carried[step])}$ flows into $h_{{{step}}}$."
    + (
        f" Of what the last loss alone hands in, less than 1 % is left after **{counted(faded, 'step')}**."
        if (faded := bptt.steps_until_faded(settings, config.text)) is not None
        else ""
    )
)
lesson.download(back.table, "gradients", label="All norms of this picture (CSV)")

if T:
    lesson.section("The loss", "$L_t = -\\ln p_t(\\text{next character})$: how surprised the network was, in nats.")
    worst = int(np.nanargmax(back.values))
    lesson.chart(
        figures.step_losses(back.values, tokens, [*tokens[1:], ""], counted=back.counted),
        "losses",
        caption="The loss at each step, and the sum of those that count. The last character has no next one, and no loss",
        alt=f"Largest: {back.values[worst]:.4f} nats at t = {worst + 1}. The sum is {back.loss:.4f} nats.",
    )
    lesson.say(
        f"$L = {decimal(back.loss)}$ nats"
        + (
            f": only $L_{{{T}}}$ counts, all others are faint."
            if only_last
            else f", the sum over {counted(T, 'step')}."
        )
        + f" The largest surprise is at t = {worst + 1}: after {quoted(tokens[worst])} came {quoted(tokens[worst + 1])}, to which the "
        f"network had given a probability of ${decimal(np.exp(-back.values[worst]))}$."
    )
if T == 1:
    lesson.say(
        "With two characters there is one loss and one step, so no factor stands between the two: the chain rule, and the "
        "questions on it, begin with three characters."
    )
if T > 1:
    chain_rule(lesson, settings, back, pin=pin)
if T:
    who_taught(lesson, settings, back, config.loss)
    who_is_to_blame(lesson, settings, back, config.loss)
    truncation(lesson, settings, back, config.loss)

if T > 1:
    lesson.section("Check yourself")
    last = bptt.backpropagation(settings, config.text, bptt.LOSSES[1]).flow.total
    factor = bptt.last_factor(settings, config.text)
    norm, stretch = 10 ** last[T - 1], 10**factor.norm
    states = "(h, c)" if config.cell == "LSTM" else "h"
    lesson.check_number(
        f"$\\lVert \\partial L_{{{T}}} / \\partial h_{{{T}}} \\rVert_2 = {decimal(norm)}$, and the spectral norm of "
        f"$\\partial {states}_{{{T}}} / \\partial {states}_{{{T - 1}}}$ is ${decimal(stretch)}$. "
        + (
            f"With $h$ and $c$ as separate coordinates, so that $\\partial L_{{{T}}} / \\partial c_{{{T}}} = 0$: h"
            if config.cell == "LSTM"
            else "H"
        )
        + "ow large can "
        f"$\\lVert \\partial L_{{{T}}} / \\partial {states}_{{{T - 1}}} \\rVert_2$ be at most?",
        answer=float(norm * stretch),
        tolerance=max(0.001, 0.01 * norm * stretch),
        explain=f"The product of the two. It is in fact ${log_number(factor.left)}$: the gradient does "
        "not point along the direction that is stretched most.",
    )
if T > 2:
    direct = int(np.isfinite(bptt.taught(settings, config.text, bptt.LOSSES[1]).norms["W_hy"]).sum())
    lesson.check_choice(
        "Only the last step's loss counts. How many steps then teach the output weights $W_{hy}$?",
        ["All of them", "One", "None"],
        answer={T: 0, 1: 1, 0: 2}[direct],
        explain="$W_{hy}$ is reached from the loss directly, not through time: only where there is a loss is it taught. "
        "$W_{hh}$ and $W_{ih}$ are taught at the steps before it, too.",
    )
    size = min(4, T - 1)
    lesson.check_number(
        f"{T} losses and as many states make {T * (T + 1) // 2:,} pairs with $s \\le t$. How many of "
        f"them are left by chunks of {size}?",
        answer=int(bptt.kept(T, size, "chunks").sum()),
        tolerance=0,
        decimals=0,
        explain=f"{counted(T // size, 'whole chunk')} of {size} with {size * (size + 1) // 2} pairs each"
        + (f", and one of {T % size} with {(T % size) * (T % size + 1) // 2}." if T % size else "."),
    )

lesson.section(
    "The same in PyTorch",
    "`backward()` does all of this in one call, and keeps only the gradients of the weights. `retain_grad` asks it to keep those "
    "of the states, too: the norms that it prints are those of the first picture."
    + (
        ""
        if config.weights == "trained"
        else " It reads the *trained* weights: choose them under *More* to compare its numbers."
    ),
)
lesson.pytorch("bptt", cell=config.cell, text=config.text, only_last=only_last)

lesson.further(
    [
        "D. Rumelhart, G. Hinton and R. Williams, *Learning Representations by Back-Propagating Errors*, Nature 323 (1986): recurrent "
        "networks as deep ones with shared weights.",
        "P. Werbos, *Backpropagation Through Time: What It Does and How to Do It*, Proceedings of the IEEE 78 (1990).",
        "R. Williams and J. Peng, *An Efficient Gradient-Based Algorithm for On-Line Training of Recurrent Network Trajectories*, Neural "
        "Computation 2 (1990): truncation, in windows.",
        "R. Williams and D. Zipser, *Gradient-Based Learning Algorithms for Recurrent Networks and Their Computational Complexity* (1995): "
        "all variants, and what they cost.",
        "R. Pascanu, T. Mikolov and Y. Bengio, *On the Difficulty of Training Recurrent Neural Networks*, ICML (2013): the product of "
        "Jacobians.",
        "C. Tallec and Y. Ollivier, *Unbiasing Truncated Backpropagation Through Time*, arXiv 1705.08209 (2017): why the cut's error does "
        "not average out.",
    ]
)
