"""Lesson: one cell, one loop, and the same cell unrolled over a text."""

import numpy as np

from rnnviz import figures
from rnnviz.engine import Readout
from rnnviz.lesson import Choice, Controls, Lesson, Number, Preset, Text, unrolling
from rnnviz.lesson.sectional import in_sight
from rnnviz.lesson.words import counted, decimal, quoted, token_label
from rnnviz.stage import Pin, Sweep

TEXT = "To be, or not to be, that is the question"

CONTROLS = Controls(
    Choice("cell", ["LSTM", "GRU", "Elman"], default="LSTM", label="Cell"),
    Text("text", default=TEXT, label="Text to read (press Enter)", max_length=200),
    Choice(
        "weights",
        ["trained", "random", "zero"],
        default="trained",
        label="Weights",
        help="Trained on Shakespeare, random as before training, or every weight set to 0.",
    ),
    Number("seed", 0, 9999, default=0, label="Seed of the random weights", more=True),
)

lesson = Lesson(
    "Unrolling",
    question="A recurrent network has **one** cell. How does it read a whole sentence, and what does it carry along?",
)
config = lesson.controls(CONTROLS)
settings = unrolling.Settings.of(config.cell, config.weights, config.seed)
model = unrolling.network(settings)
reading = unrolling.reading(settings, config.text)
trace, tokens = reading.trace, [token_label(model.vocabulary.tokens[i]) for i in reading.ids]
units, steps = model.cell.hidden_size, len(trace)

lesson.unknown_characters(model, config.text)

pin = lesson.player(
    model,
    reading,
    title=f"A {config.weights} {config.cell} with {units} units reads {counted(steps, 'character')}",
    scales=unrolling.state_scale(settings),
)
lesson.chart(
    figures.state_heatmap(trace.h, tokens, symbol="h", limit=1),
    "state",
    caption=f"Hidden state h: {units} units over {counted(steps, 'step')}",
    alt=f"A heatmap. Each column is the state after one more character; the largest |h| is {np.abs(trace.h).max():.4f}.",
    beside_player=True,
)

first = config.text[0]
moved, doubled = unrolling.step_between_equals(settings, first)
predicted = lesson.predict(
    f"The network reads {quoted(first)} and then {quoted(first)} again. What happens to its state?",
    ["It is the same both times", "It differs the second time", "It doubles"],
    answer=0 if moved == 0 else 2 if doubled else 1,
    reveal=f"The state moved by $\\lVert h_2 - h_1 \\rVert_2 = {moved:.4f}$ between the two: "
    + (
        "this network computes nothing that could move."
        if moved == 0
        else "the cell reads the letter *and* its own last state."
    )
    + " Below, the same letter is read twenty times, by each of the three cells.",
    about=(settings, first),
)

lesson.presets(
    [
        Preset(
            "The same letter",
            {"text": "aaaaaaaaaaaaaaaaaaaa", "weights": "trained"},
            "One letter, twenty times. The input is the same at every step; the state is not. Does it settle? Try each cell.",
        ),
        Preset(
            "All weights zero",
            {"weights": "zero"},
            "The states are 0, each gate stands at σ(0) = ½, and all characters are equally likely: the picture is "
            "computed, not acted.",
        ),
        Preset(
            "Before training",
            {"weights": "random"},
            "Random weights: the state moves, but what it says about the next character is close to nothing.",
        ),
        Preset(
            "A long text",
            {
                "text": "Now is the winter of our discontent made glorious summer by this sun of York; "
                "and all the clouds that lour'd upon our house in the deep bosom of the ocean buried.",
                "weights": "trained",
            },
            "Many more steps, not one weight more.",
        ),
        Preset("Back to the start", {"text": TEXT, "weights": "trained", "cell": "LSTM"}, "The trained LSTM again."),
    ]
)
focus = pin or Pin(steps - 1, 0)
here = quoted(model.vocabulary.tokens[reading.ids[focus.time]])

if predicted:
    lesson.chart(
        figures.repetition_distances(unrolling.repetition(config.weights, config.seed, first), current=config.cell),
        "repetition",
        caption=f"How far the state still moves when {token_label(first)} is read again and again",
        alt=f"One line a cell on a log axis. The {config.cell}'s state moved by {moved:.4f} at the second reading.",
    )

lesson.section(
    "The state over time",
    f"Each column is the hidden state after one more character: {units} numbers"
    + (
        f". With the cell state $c$ of the player, {2 * units} numbers are all that an LSTM keeps of the text so far. "
        if config.cell == "LSTM"
        else " that are all the network keeps of the text so far. "
    )
    + "A stripe that runs along a row is a unit that holds on to something; a flicker answers to single characters. "
    "Point at a square: the same unit lights up in the player, at every step. Click it, and the numbers below follow.",
)
lesson.download(trace.frame, f"trace-{config.cell}", label="All numbers of this picture (CSV)")

lesson.section(
    "What you are seeing: one cell and its loop",
    f"*Folded* in the player shows what there really is: a single {config.cell} cell. At each step it takes the "
    "next character $x_t$ and its own last state, and makes the next. *Unrolled* draws "
    "that same cell once a step, side by side. Nothing is added: an unrolled network is a drawing of a loop.\n\n"
    f"These are the cell's equations, and below each the numbers of **unit {focus.unit} at t = {focus.time + 1}**, where "
    f"it reads {here}" + ("." if pin else ". Nothing is pinned yet: click any square to choose your own."),
)
lesson.equations(trace, focus)

lesson.section("What the loop is for")
sweep = Sweep(
    "loop",
    label="Strength of the loop: multiply W_hh by",
    values=unrolling.LOOP_STRENGTHS,
    start=1.0,
    frames={(0, "z"): unrolling.loop_sweep(settings, config.text)},
    unit="×",
)
lesson.say(
    "Turn the loop down. "
    + {
        "Elman": "At 0 the last state no longer enters the sum: the hidden state forgets everything but the character "
        "it just read, and equal letters give equal columns.",
        "GRU": "At 0 the last state no longer reaches the gates, and what remains of the past is only what the update "
        "gate $z$ lets through.",
        "LSTM": "At 0 the last $h$ no longer reaches the gates, and what remains of the past is only what the cell "
        "state $c$ carries along by itself.",
    }[config.cell]
    + " At 1 it is the network of the player. Above 1, the network hears itself louder than it was trained to."
)
lesson.chart(
    figures.state_heatmap(trace.h, tokens, symbol="h", limit=1, height=300),
    "loop",
    caption="Hidden state h with the recurrent weights scaled",
    alt=f"A heatmap like the one above, computed for {len(sweep.values)} strengths of the loop from 0 to 1.5.",
    sweep=sweep,
)

lesson.section("The same weights at each step")
matrix, prose = lesson.columns(3, 2)
with matrix:
    lesson.chart(
        figures.weight_heatmap(
            model.cell.weight_hh, blocks=model.cell.blocks, limit=unrolling.weight_scale(config.cell)
        ),
        "weights",
        caption=f"W_hh, {model.cell.weight_hh.shape[0]} × {units}: used at every step, changed at none",
        alt=f"A heatmap of the recurrent weights; the largest is {np.abs(model.cell.weight_hh).max():.4f} in size.",
    )
with prose:
    lesson.say(
        f"Every arrow from one {'h' if config.cell == 'LSTM' else 'column'} to the next is this one matrix"
        f"{'; those of c use none' if config.cell == 'LSTM' else ''}. Times that it was multiplied with the state while "
        f"your text was read: {steps}.\n\n"
        f"| | numbers to learn |\n|---|---:|\n"
        f"| this {config.cell} cell | {model.cell.parameters:,} |\n"
        f"| its output layer | {model.readout.parameters:,} |\n"
        f"| a network with a cell of its own for each of {counted(steps, 'step')} | {steps * model.cell.parameters:,} |\n\n"
        "Sharing is why what was learned at one place in a text can be used at every other."
    )

lesson.section("Any length")
cut = max(1, steps // 2)
apart = unrolling.prefix_difference(settings, config.text, cut)
lesson.say(
    f"The loop runs as often as there are characters, {steps} here. Reading only the first {cut} of them gives the same "
    f"{counted(cut, 'column')}: the largest difference between them, computed just now, is "
    + ("**exactly 0**. " if apart == 0 else f"**{apart:.1e}**, the rounding of the last digit. ")
    + "A state never depends on what comes later. Type a longer or a shorter text: the cell stays as it is."
)

lesson.section("State and output are two things")
words, bars = lesson.columns(2, 3)
with words:
    lesson.say(
        f"The **state** $h_t$ is {units} numbers that the network keeps for itself. The **output** $p_t$ is read from it, "
        f"{len(model.vocabulary)} probabilities for the next character:\n\n$$ {Readout.formulas['p']} $$\n\n"
        "The output goes nowhere: the next step sees the state, not $p_t$."
    )
with bars:
    ids, p = reading.likeliest(12)
    lesson.chart(
        figures.next_tokens(p[focus.time], [token_label(model.vocabulary.tokens[i]) for i in ids[focus.time]]),
        "output",
        caption=f"Output at t = {focus.time + 1}, after {tokens[focus.time]}: the 12 likeliest of {len(model.vocabulary)}",
        alt=f"Bars. The likeliest next character has probability {p[focus.time, 0]:.1%}.",
    )

lesson.section("What a unit responds to")
known = unrolling.held_out.knows(settings)
if config.weights != "random" or in_sight(lesson, "responses", "from then on", known=known):
    responses, highest, lowest = unrolling.responses_drawn(settings, focus.unit)
    lesson.chart(
        responses,
        "responses",
        caption=f"Unit {focus.unit}: mean of h just after each character, over {unrolling.HELD_OUT:,} characters it never saw",
        alt=f"Bars from the highest mean, after {highest}, to the lowest, after {lowest}; whiskers of one standard deviation.",
    )
    lesson.say(
        "A bar is the mean, its whisker one standard deviation up and down. Where the whisker is short, the unit answers to "
        "the character alone; where it is long, to what came before as well. Characters read fewer than 10 times are faint: "
        "they say little. Pin another unit in the player to see its own."
    )

lesson.section("Check yourself")
lesson.check_number(
    f"Your text becomes twice as long. How many numbers does the {config.cell} cell have to learn then?",
    answer=model.cell.parameters,
    tolerance=0,
    decimals=0,
    explain="As many as before: all steps share the one cell.",
)
changed = config.text[:-1] + ("e" if config.text[-1] != "e" else "a")
differs = unrolling.columns_that_change(settings, config.text, changed)
lesson.check_choice(
    "You change the last character of your text. Which columns of the state change?",
    ["None", "Only the last", "All of them"],
    answer=0 if not differs else 1 if differs == (steps - 1,) else 2,
    explain=f"Computed with {quoted(changed[-1])} at the end: {len(differs)} of {steps} columns differ.",
)
time, unit = focus
numbers = model.cell.numbers(trace, time, unit)
given = {"LSTM": ("o_t", "c_t"), "GRU": ("z_t", "n_t", "h_{t-1}"), "Elman": (r"h^{\mathrm{pre}}_t",)}[config.cell]
lesson.check_number(
    f"Unit {unit} at t = {time + 1} has "
    + ", ".join(f"${symbol} = {decimal(numbers[symbol])}$" for symbol in given)
    + ". What is its $h_t$?",
    answer=float(trace.h[time, unit]),
    tolerance=0.005,
    explain=f"${model.cell.formulas['h']}$"
    + (r", and what stands in the brackets is $h^{\mathrm{pre}}_t$." if config.cell == "Elman" else "."),
)

lesson.section(
    "The same in PyTorch",
    ""
    if config.weights == "trained"
    else "This script reads the *trained* weights from the project's files. Choose “trained” above to compare its numbers.",
)
lesson.pytorch("unrolling", cell=config.cell, text=config.text)

lesson.further(
    [
        "J. L. Elman, *Finding Structure in Time*, Cognitive Science 14 (1990): the plain cell, and what its state learns.",
        "S. Hochreiter and J. Schmidhuber, *Long Short-Term Memory*, Neural Computation 9 (1997).",
        "K. Cho et al., *Learning Phrase Representations using RNN Encoder–Decoder* (2014): the GRU.",
        "I. Goodfellow, Y. Bengio and A. Courville, *Deep Learning* (2016), section 10.1: unfolding computational graphs.",
        "A. Karpathy, *The Unreasonable Effectiveness of Recurrent Neural Networks* (2015): what single units respond to.",
    ]
)
