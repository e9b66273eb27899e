"""Lesson: who learns what. The same task and budget for three cells, several seeds, and the insides of every run."""

from rnnviz import figures
from rnnviz.lesson import Lesson, Preset, training, training_drawn, training_live, training_words
from rnnviz.lesson.words import counted
from rnnviz.training.standard_runs import SOLVED, WINDOW

STANDARD = {
    "rate": "0.01", "clip": "norm", "theta": 1.0, "seeds": "3", "elman": "tanh", "hidden": 32, "sizes": "hidden units",
    "optimiser": "adam", "batch": 64, "bias": 1.0, "seed": 0,
}  # fmt: skip

lesson = Lesson(
    "Train and compare",
    question="Same task, same budget: **which cell learns it**, and what happens inside while it does?",
    key="training",
)
config = lesson.controls(training.CONTROLS)
plans, refused = training.plans(config)
if refused:
    lesson.note(refused)
shown = training_live.shown(lesson, plans, training.standard())
task, plan = shown.task, shown.any.plan
lesson.presets(
    [
        Preset(
            "Adding, T = 50",
            {**STANDARD, "task": "adding", "length": 50, "updates": 1000},
            "Look at the **heatmap**: where a row is near the low end of the scale at the left, the loss did not reach the first steps at that moment.",
        ),
        Preset(
            "Adding, T = 10",
            {**STANDARD, "task": "adding", "length": 10, "updates": 600},
            "Compare the left edge of Elman's heatmap with the one at T = 50.",
        ),
        Preset(
            "Temporal order",
            {**STANDARD, "task": "order", "length": 50, "updates": 1000},
            "Two letters and their order, two bits. Look at the band: how much is luck of the seed?",
        ),
        Preset(
            "Parity",
            {**STANDARD, "task": "parity", "length": 20, "updates": 1500},
            "Each bit may flip the answer, and every step is asked for. A state that must *flip* at each 1 is not a memory that stands still.",
        ),
        Preset(
            "Explode",
            {
                **STANDARD,
                "task": "adding",
                "length": 50,
                "updates": 20,
                "rate": "100",
                "clip": "off",
                "optimiser": "sgd",
                "momentum": 0.9,
                "seeds": "1",
            },
            "A learning rate of 100 and nothing clipped. ▲ marks the update whose loss was no number any more, and the curve up to there stays.",
        ),
    ]
)

held = training_live.ask(lesson, plans, shown)
training_live.train(lesson, plans, shown, held=held)

lesson.section(
    "What you are seeing",
    (
        ""
        if training_live.are_of(shown, plans)
        else "*The curves are not of your settings yet; this is about those that you see.* "
    )
    + f"**{task.name}** ({task.source}). {task.asks} It needs {task.needs}. {task.hard}\n\n"
    f"Who has not read the sequence has a loss of ${task.chance_formula}$ = **{plan.chance:.4g}**: the line *guessing*. A task counts as "
    f"**solved** where the mean loss of {WINDOW} updates is below a tenth of that, {training.goal(shown):.3g}. Every update learns from "
    f"{counted(plan.batch_size, 'new sequence')}, so there is nothing to learn by heart: loss and metric are always of sequences that the network "
    "has not seen.\n\n"
    "The heatmap shows $\\lVert \\partial L / \\partial h_t \\rVert_2$, total through all later steps, of the first seed's network on **one fixed "
    "sequence** that is never trained on. From left to right runs the time step $t$, upwards the training: two clocks. Each row is a moment "
    "whose network was kept, and these lie ever further apart, so the axis of updates is not linear. All panels share one scale. A row that is near "
    "the low end of the scale at the left says: at that moment of the training, the loss did not reach the early steps. The norms also fall where "
    "the loss itself does, once a task is solved: then there is nothing left to correct.",
)
lesson.say(
    "*The table of these runs follows when you have chosen.*" if held else training.markdown(training.table(shown))
)
lesson.say(
    "*ms an update* was measured while these very runs trained: the median over the seeds. It is of the machine that trained them, with all that this "
    "had to do besides, and need not follow the *multiply-adds*, which are those of one step of the cell. On many processors torch has a faster program "
    "for the LSTM alone (oneDNN): without it, one LSTM update takes about four times as long, a little longer than a GRU's. *Updates clipped*: the share whose ‖g‖ was above θ."
)
if not held and (reached := training_words.how_far(shown.records)):
    lesson.say(reached)
lesson.download(shown.frame, "training-runs", label="All updates of these runs (CSV)")

lesson.section(
    "Inside, at any moment of the training",
    "The networks of the first seed were kept now and then. Scrub through them: the player shows what each computes on the fixed sequence of "
    "the heatmap, and the **untrained** network faintly beside it. The row *right* has the right answers."
    + (
        " Each input stands there in tenths, rounded down; a circled one is to be added."
        if plan.task == "adding"
        else ""
    ),
)
training_drawn.look_inside(lesson, shown)

sweep = training.sweep()
lesson.section(
    "How long can it wait?",
    "The adding problem at several lengths, each cell with three seeds and 1,000 updates with the defaults of this page. Made by "
    "`make runs`; your own sweep: `python -m rnnviz.training --task adding --length 10 20 50 --cell elman gru lstm --seed 0 1 2 --out sweep.csv`.",
)
lesson.chart(
    figures.longest_solved(sweep, updates=1000),
    "longest",
    caption=f"Which lengths T each cell solves: loss below {SOLVED:g} of that of guessing, a mark a seed",
    alt="; ".join(
        f"{cell}: longest T solved by all seeds {length or 'none'}" for cell, length in training.longest(sweep).items()
    ),
)
lesson.download(lambda: sweep, "longest-solved", label="The sweep (CSV)")

lesson.section("Check yourself")
lesson.check_number(
    "Two numbers, each evenly from 0 to 1, are added. Who always answers with the mean, 1, has which mean squared error?",
    answer=1 / 6,
    tolerance=0.002,
    explain="The variance of each is $1/12$, and variances add: $1/6$.",
)
sizes = {cell: records[0].plan.parameters for cell, records in shown.records.items()}
if {"GRU", "LSTM"} <= set(sizes):
    lesson.check_number(
        "With these settings, how many parameters more has the LSTM than the GRU?",
        name="parameters",
        answer=sizes["LSTM"] - sizes["GRU"],
        tolerance=0.5,
        decimals=0,
        explain="The table counts them. At equal hidden sizes an LSTM has 4 blocks of weights and a GRU 3.",
    )
lesson.check_choice(
    "Elman's loss stands still at the level of guessing, while ‖g‖ of all parameters is well above 0. Where does that gradient come from?",
    ["From the last steps", "From all steps alike", "From the first steps"],
    answer=0,
    explain="Look at Elman's panel: the norm at late $t$ is there, and at early $t$ it is smaller by orders of magnitude.",
)

lesson.section(
    "The same in PyTorch",
    "The adding problem, a layer, its output, one update after another. From a terminal, with every task and cell: `python -m rnnviz.training --help`.",
)
at = next(training_live.seeds_first(plans)).length if config.task == "adding" else 50
lesson.pytorch("training", rate=float(config.rate), theta=float(config.theta), updates=config.updates, length=at)

lesson.further(
    [
        "S. Hochreiter and J. Schmidhuber, *Long short-term memory*, Neural Computation 9 (1997): the adding problem and temporal order.",
        "R. Pascanu, T. Mikolov and Y. Bengio, *On the difficulty of training recurrent neural networks*, ICML (2013): the same tasks, and clipping.",
        "Q. V. Le, N. Jaitly and G. E. Hinton, *A simple way to initialize recurrent networks of rectified linear units* (2015): the identity start under *More*.",
        "R. Jozefowicz, W. Zaremba and I. Sutskever, *An empirical exploration of recurrent network architectures*, ICML (2015): the forget bias of 1.",
        "J. Chung, C. Gulcehre, K. Cho and Y. Bengio, *Empirical evaluation of gated recurrent neural networks on sequence modeling* (2014): GRU against LSTM.",
    ]
)
