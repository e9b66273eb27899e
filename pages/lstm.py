"""Lesson: inside the LSTM cell, its gates, and what happens when they are held."""

import numpy as np

from rnnviz import figures
from rnnviz.lesson import Controls, Lesson, Preset, Text, gated, unrolling
from rnnviz.lesson.gru_and_lstm import what_each_cell_costs
from rnnviz.lesson.interesting_units import interesting_units, look_asked_for
from rnnviz.lesson.mask import soft_mask
from rnnviz.lesson.spot_the_mistake import spot_the_mistake
from rnnviz.lesson.what_if import how_open, what_if
from rnnviz.lesson.words import counted, decimal, quoted
from rnnviz.stage import Pin

TEXT = "To be, or not to be, that is the question"

CONTROLS = Controls(
    Text("text", default=TEXT, label="Text to read (press Enter)", max_length=gated.LONGEST, width=300),
    *gated.held_gate("f", "Forget gate f"),
    *gated.held_gate("i", "Input gate i"),
    *gated.held_gate("o", "Output gate o"),
    *gated.more_controls(forget_bias=True),
)
FREE = {"f": "free", "i": "free", "o": "free", "units": "all units", "start": 1}
TRAINED = {"weights": "trained"}

lesson = Lesson(
    "LSTM", question="What does an LSTM forget, write and show at each step, and **which number** decides it?"
)
config = lesson.controls(CONTROLS)
this = gated.experiment(lesson, "LSTM", config, "fio")
model, reading, hold, trace = this.model, this.reading, this.hold, this.reading.trace
units, steps = model.cell.hidden_size, len(trace)

pin = lesson.player(
    model,
    reading,
    title=f"Inside a {config.weights} LSTM with {units} units that reads {counted(steps, 'character')}"
    + (f"; {hold.words}" if hold.gates else ""),
    scales=unrolling.state_scale(unrolling.Settings.of("LSTM", config.weights, config.seed)),
    ghost=(this.free, "while free") if hold.gates else None,
    view="cell",
    look=look_asked_for(lesson),
)
focus = pin or Pin(steps - 1, 0)
here = quoted(model.vocabulary.tokens[reading.ids[focus.time]])

from_here = min(max(1, steps // 4), steps - 1)
remembering = this.held(("f", 1.0), ("i", 0.0), start=from_here).trace
moved = float(np.abs(remembering["c"][from_here:] - remembering.previous("c")[from_here]).max())
lesson.predict(
    f"From t = {from_here + 1} on, $f = 1$ and $i = 0$ in all units. What does the cell state $c$ do?",
    ["It stays as it is", "It fades", "It grows"],
    answer=0 if moved == 0 else 2,
    reveal=f"Computed just now: in the {counted(steps - from_here, 'step')} that followed, "
    + (
        "no unit of $c$ moved: the difference is **exactly 0**. "
        if moved == 0
        else f"$c$ moved by up to ${decimal(moved)}$. "
    )
    + "$c_t = 1 \\cdot c_{t-1} + 0 \\cdot g_t$ is perfect memory. Set it with *Perfect memory* below.",
    about=(this.settings, config.text),
)
lesson.presets(
    [
        Preset(
            "Perfect memory",
            {**FREE, **TRAINED, "f": "open", "i": "shut", "start": from_here + 1},
            f"$f = 1$, $i = 0$ from t = {from_here + 1} on: look at the lane of $c$, which stands still, while $h$ still moves: "
            "the output gate goes on choosing what to show.",
        ),
        Preset(
            "Amnesia",
            {**FREE, **TRAINED, "f": "shut"},
            "$f = 0$: the cell state is only what was written at this step. What remains of the past comes through $h_{t-1}$ alone.",
        ),
        Preset(
            "Mute",
            {**FREE, **TRAINED, "o": "shut"},
            "$o = 0$: the cell still has a cell state, but $h$ is 0, so the next step's gates and the output never hear of it. Every "
            "guess is the same.",
        ),
        *[
            Preset(
                f"Forget bias {bias} at the start",
                {**FREE, "weights": "random", "bias": bias},
                f"An untrained LSTM whose forget gates start near $\\sigma({bias})$ = {1 / (1 + np.exp(-float(bias))):.4f}. "
                "See how long $c$ lasts in *Why the forget bias matters* below.",
            )
            for bias in gated.BIASES
        ],
        Preset("All free, trained", {**FREE, **TRAINED}, "The trained LSTM, nothing held."),
    ]
)

lesson.section(
    "What you are seeing",
    "Three **gates**, $f$, $i$ and $o$, are vectors of numbers between 0 (shut) and 1 (open), one for each unit. Each is "
    "computed anew at each step from the input and the last hidden state. The **candidate** $g$ is what could be written. "
    "The **cell state** $c$ runs along the top: it is only ever scaled by $f$ and added to by $i \\odot g$. The **hidden "
    "state** $h$ is what the cell shows of it.\n\n"
    f"Below each equation stand the numbers of **unit {focus.unit} at t = {focus.time + 1}**, where the cell reads {here}"
    + ("." if pin else ". Nothing is pinned yet: click any square to choose your own."),
)
lesson.equations(trace, focus)
lesson.download(trace.frame, "trace-LSTM", label="All numbers of this picture (CSV)")

how_open(
    lesson,
    this,
    "The mean of each gate over the units. Look at the spaces and at the first letters of words: what does the network forget "
    "there, what does it write, and what does it show?",
)

what_if(lesson, this, focus)

soft_mask(lesson, trace, focus)

lesson.section("h is bounded, c is not")
widest = gated.largest_unit(reading)
c, h = trace["c"], trace.h
beyond = int((np.abs(c) > 1).any(axis=0).sum())
lesson.chart(
    figures.envelopes(gated.envelopes(reading, widest), widest, this.tokens),
    "bounds",
    caption="Lowest to highest unit of the cell state c and the hidden state h, and the bounds −1 and +1",
    alt=f"Two bands over the text. c reaches from {c.min():.4f} to {c.max():.4f}, h from {h.min():.4f} to {h.max():.4f}.",
)
lesson.say(
    f"The largest $|c|$ of this text is **{np.abs(c).max():.4f}**, in unit {widest}; {beyond} of {units} units go beyond 1. "
    f"The largest $|h|$ is **{np.abs(h).max():.4f}**. $h = o \\odot \\tanh(c)$ is a number from 0 to 1 times one from −1 to 1, "
    "so it never goes beyond 1. $c$ is a sum that grows by at most 1 a step, "
    "and nothing bounds a sum. So an LSTM can count with it, which a squashed state cannot do for long (Weiss et al. 2018)."
)

lesson.section("Why the forget bias matters")
kept = gated.kept_share(config.seed, config.text)
lesson.say(
    "Before training, the weights are small and random, so each forget gate starts near $\\sigma(b_f)$. What was written at "
    "the first step is multiplied by $f$ at every later one: $\\prod f$ is left. With a bias of 0 half of it is gone "
    "after each step, and so is the gradient that could teach the network to keep it. A bias of 1 or more "
    "keeps the door open until training has learned when to shut it (Gers et al. 2000; Jozefowicz et al. 2015)."
)
lesson.chart(
    figures.kept_share(kept),
    "kept",
    caption="What untrained forget gates leave of a cell state while your text is read: mean over units of the product of f",
    alt="Falling lines on a log axis. Left at the end: "
    + ", ".join(f"{name}: {share[-1]:.3e}" for name, share in kept.items())
    + ".",
)

spot_the_mistake(lesson, model, config.text)

what_each_cell_costs(lesson, model)

interesting_units(lesson, "LSTM")

lesson.section("Check yourself")
time, unit = focus
lesson.check_number(
    f"Unit {unit} at t = {time + 1} has $f_t = {decimal(trace['f'][time, unit])}$, $c_{{t-1}} = {decimal(trace.previous('c')[time, unit])}$, "
    f"$i_t = {decimal(trace['i'][time, unit])}$ and $g_t = {decimal(trace['g'][time, unit])}$. What is its $c_t$?",
    answer=float(c[time, unit]),
    tolerance=0.005,
    explain=f"${model.cell.formulas['c']}$.",
)
mute = this.held(("o", 0.0))
lesson.check_choice(
    "The output gate is held shut for all units, over the whole text. What happens to the cell state $c$?",
    [
        "It is 0 at every step",
        "It goes on, but its gates no longer hear of the past",
        "Nothing: it is the same as before",
    ],
    answer=0 if not mute.trace["c"].any() else 2 if np.array_equal(mute.trace["c"], this.free.trace["c"]) else 1,
    explain=f"Computed: the largest $|c|$ is then {np.abs(mute.trace['c']).max():.4f}. $h$ is 0, so $W_h h_{{t-1}}$ adds nothing to any gate.",
)
lesson.check_number(
    f"An LSTM reads {model.cell.input_size} inputs and has {units} units. How many numbers does the cell learn, both biases counted?",
    answer=model.cell.parameters,
    tolerance=0,
    decimals=0,
    explain=f"$4 \\cdot ({units} \\cdot {model.cell.input_size} + {units}^2 + 2 \\cdot {units})$: four blocks, each with two matrices and two biases.",
)

lesson.section(
    "The same in PyTorch",
    "`nn.LSTM` hides its gates; this loop over its own weights shows them, and ends at the same state."
    + (
        ""
        if config.weights == "trained"
        else " It reads the *trained* weights: choose them under *More* to compare its numbers."
    ),
)
lesson.pytorch("lstm", text=config.text, hold=dict(hold.gates), unit=hold.unit, start=hold.start)

lesson.further(
    [
        "S. Hochreiter and J. Schmidhuber, *Long Short-Term Memory*, Neural Computation 9 (1997): the cell state, without a forget gate.",
        "F. Gers, J. Schmidhuber and F. Cummins, *Learning to Forget: Continual Prediction with LSTM*, Neural Computation 12 (2000).",
        "K. Greff et al., *LSTM: A Search Space Odyssey*, IEEE TNNLS 28 (2017): which gates matter; the forget gate and the output's $\\tanh$ most.",
        "R. Jozefowicz, W. Zaremba and I. Sutskever, *An Empirical Exploration of Recurrent Network Architectures*, ICML (2015): forget bias 1.",
        "G. Weiss, Y. Goldberg and E. Yahav, *On the Practical Computational Power of Finite Precision RNNs for Language Recognition*, ACL "
        "(2018): LSTMs count, and so do Elman networks with ReLU; GRUs and Elman networks with $\\tanh$ do not.",
        "C. Olah, *Understanding LSTM Networks* (2015): the wiring, drawn.",
        "A. Karpathy, J. Johnson and L. Fei-Fei, *Visualizing and Understanding Recurrent Networks* (2015): units that follow quotes and lines.",
    ]
)
