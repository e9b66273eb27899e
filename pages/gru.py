"""Lesson: inside the GRU cell, its two gates, and what became of the LSTM's."""

import numpy as np

from rnnviz.lesson import Choice, Controls, Lesson, Preset, Text, gated
from rnnviz.lesson.gru_and_lstm import gru_against_lstm
from rnnviz.lesson.interesting_units import interesting_units, look_asked_for
from rnnviz.lesson.mask import soft_mask
from rnnviz.lesson.spot_the_mistake import spot_the_mistake
from rnnviz.lesson.what_if import how_open, what_if
from rnnviz.lesson.words import counted, decimal, quoted
from rnnviz.stage import Pin

TEXT = "To be, or not to be, that is the question"

CONTROLS = Controls(
    Text("text", default=TEXT, label="Text to read (press Enter)", max_length=gated.LONGEST, width=300),
    Choice(
        "reset",
        ["after", "before"],
        default="after",
        label="Reset gate acts",
        help="After the recurrent product, as torch and cuDNN compute it, or before it, as in Cho et al. (2014). The same "
        "weights are used for both; they were trained with “after”.",
    ),
    *gated.held_gate("z", "Update gate z"),
    *gated.held_gate("r", "Reset gate r"),
    *gated.more_controls(forget_bias=False),
)
FREE = {"z": "free", "r": "free", "units": "all units", "start": 1}
TRAINED = {"weights": "trained", "reset": "after"}

lesson = Lesson(
    "GRU", question="A GRU keeps **one** state and two gates. What did it leave out of the LSTM, and what does it lose?"
)
config = lesson.controls(CONTROLS)
this = gated.experiment(lesson, "GRU", config, "zr")
model, reading, hold, trace = this.model, this.reading, this.hold, this.reading.trace
units, steps = model.cell.hidden_size, len(trace)

pin = lesson.player(
    model,
    reading,
    title=f"Inside a {config.weights} GRU with {units} units that reads {counted(steps, 'character')}, "
    f"reset gate {config.reset} the product" + (f"; {hold.words}" if hold.gates else ""),
    ghost=(this.free, "while free") if hold.gates else None,
    view="cell",
    look=look_asked_for(lesson),
)
focus = pin or Pin(steps - 1, 0)
here = quoted(model.vocabulary.tokens[reading.ids[focus.time]])

apart = gated.distance_to_plain(this.settings, config.text)
lesson.predict(
    "All update gates are shut ($z = 0$) and all reset gates open ($r = 1$). What is left of the GRU?",
    ["A plain Elman network", "An LSTM", "Nothing: $h$ stands still"],
    answer=0 if apart < 1e-12 else 2,
    reveal="Computed just now: from the same state, one step of the held GRU and one of an Elman network with the candidate's weights "
    f"differ by at most ${decimal(apart)}$. With $z = 1$ instead, $h$ stands still: set *Frozen* below.",
    about=(this.settings, config.text),
)
from_here = min(max(1, steps // 4), steps - 1)
lesson.presets(
    [
        Preset(
            "Frozen",
            {**FREE, **TRAINED, "z": "open", "start": from_here + 1},
            f"$z = 1$ from t = {from_here + 1} on: $h_t = h_{{t-1}}$, whatever is read. Careful: an *open* update gate lets the **past** "
            "through, and nothing new.",
        ),
        Preset(
            "Plain RNN",
            {**FREE, **TRAINED, "z": "shut", "r": "open"},
            "$z = 0$ and $r = 1$: $h_t = n_t$, an Elman network with the candidate's weights.",
        ),
        Preset(
            "Always the candidate",
            {**FREE, **TRAINED, "z": "shut"},
            "$z = 0$: the state is replaced at every step. What remains of the past comes through the candidate alone.",
        ),
        Preset(
            "A candidate without a past",
            {**FREE, **TRAINED, "r": "shut"},
            "$r = 0$: the candidate sees the input only. The past survives where $z$ keeps it.",
        ),
        Preset(
            "Reset before the product",
            {**FREE, "weights": "trained", "reset": "before"},
            "The same weights in the other formula: look for the second ⊙ in the wiring, and at *Two conventions for z, two places for r*.",
        ),
        Preset("All free, trained", {**FREE, **TRAINED}, "The trained GRU, nothing held."),
    ]
)

lesson.section(
    "What you are seeing",
    "The **candidate** $n$ is what an Elman network would make of the input and the past; the **reset gate** $r$ says how much "
    "of the past it may use. The **update gate** $z$ then mixes: $z$ of the old state, $1 - z$ of the candidate. What is kept and "
    "what is written always add up to 1, so $h$ is a weighted mean and stays between −1 and 1.\n\n"
    f"Below each equation stand the numbers of **unit {focus.unit} at t = {focus.time + 1}**, where the cell reads {here}"
    + ("." if pin else ". Nothing is pinned yet: click any square to choose your own."),
)
lesson.equations(trace, focus)
lesson.download(trace.frame, "trace-GRU", label="All numbers of this picture (CSV)")

how_open(
    lesson,
    this,
    "The mean of each gate over the units. Where $z$ is high, the past is kept; where it drops, the state is rewritten. "
    "Look at the spaces between words.",
)

what_if(lesson, this, focus)

soft_mask(lesson, trace, focus)

gru_against_lstm(lesson, model, config.text)

spot_the_mistake(lesson, model, config.text)

interesting_units(lesson, "GRU")

lesson.section("Check yourself")
time, unit = focus
before = trace.previous("h")[time, unit]
lesson.check_number(
    f"Unit {unit} at t = {time + 1} has $z_t = {decimal(trace['z'][time, unit])}$, $h_{{t-1}} = {decimal(before)}$ and "
    f"$n_t = {decimal(trace['n'][time, unit])}$. What is its $h_t$?",
    answer=float(trace.h[time, unit]),
    tolerance=0.005,
    explain=f"${model.cell.formulas['h']}$.",
)
frozen = this.held(("z", 1.0)).trace.h
lesson.check_choice(
    "All update gates are held open, $z = 1$, from the first step on. What is $h$ at the end of the text?",
    ["All zeros, as at the start", "The last candidate", "The mean of all candidates"],
    answer=0 if not frozen.any() else 1,
    explain=f"Computed: the largest $|h|$ is {np.abs(frozen).max():.4f}. Nothing new ever gets in.",
)
lesson.check_number(
    f"A GRU reads {model.cell.input_size} inputs and has {units} units. How many numbers does the cell learn, both biases counted?",
    answer=model.cell.parameters,
    tolerance=0,
    decimals=0,
    explain=f"$3 \\cdot ({units} \\cdot {model.cell.input_size} + {units}^2 + 2 \\cdot {units})$: three blocks, where the LSTM has four.",
)

lesson.section(
    "The same in PyTorch",
    "`nn.GRU` hides its gates and knows only the reset gate after the product; this loop shows both."
    + (
        ""
        if config.weights == "trained"
        else " It reads the *trained* weights: choose them under *More* to compare its numbers."
    ),
)
lesson.pytorch("gru", text=config.text, reset=config.reset, hold=dict(hold.gates), unit=hold.unit, start=hold.start)

lesson.further(
    [
        "K. Cho et al., *Learning Phrase Representations using RNN Encoder–Decoder for Statistical Machine Translation*, EMNLP (2014): "
        "the GRU, with the reset gate before the product.",
        "J. Chung, C. Gulcehre, K. Cho and Y. Bengio, *Empirical Evaluation of Gated Recurrent Neural Networks on Sequence Modeling* "
        "(2014): GRU and LSTM compared; here $z$ and $1 - z$ stand the other way round.",
        "J. Collins, J. Sohl-Dickstein and D. Sussillo, *Capacity and Trainability in Recurrent Neural Networks*, ICLR (2017): a cell with "
        "an update gate alone.",
        "R. Dey and F. Salem, *Gate-Variants of Gated Recurrent Unit (GRU) Neural Networks* (2017): what happens with less.",
        "I. Goodfellow, Y. Bengio and A. Courville, *Deep Learning* (2016), section 10.10: the LSTM and other gated RNNs.",
    ]
)
