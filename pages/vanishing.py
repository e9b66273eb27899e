"""Lesson: why the gradient fades or grows on its way back through time, in three cells at once."""

import numpy as np

from rnnviz import figures
from rnnviz.figures.memory import fan_frames, memory_frames
from rnnviz.figures.vanishing import gradient_frames, how_far_back_frames, line_frames, spectrum_frames
from rnnviz.lesson import Lesson, Preset, vanishing, vanishing_questions
from rnnviz.lesson import vanishing_words as words
from rnnviz.lesson.sectional import in_sight
from rnnviz.lesson.vanishing import CELLS, CURVES, Settings
from rnnviz.lesson.vanishing_memory import memory_prose
from rnnviz.lesson.words import decimal
from rnnviz.training.character_model import character_model

RANDOM = {"weights": "random", "held": "free"}
BY_RADIUS = {**RANDOM, "scrub": vanishing.RADIUS}

lesson = Lesson(
    "Vanishing and exploding gradients",
    question="Why does an early input stop teaching the network, or throw it off?",
    key="vanishing",
)
config = lesson.controls(vanishing.CONTROLS)
this = Settings.of(config)
flow, start = vanishing.flow(this), vanishing.START
at, steps, limit = this.values.index(start), this.length, words.plane(flow)
low, high = vanishing.axis_limits(steps)
written = words.written_slopes(this)
if this.text:
    lesson.unknown_characters(character_model("Elman"), this.text)
for sentence in words.remarks(this):
    lesson.note(sentence)

left, right = lesson.stage_columns(3, 2)
rested = lesson.chart(
    figures.gradient_norms(flow.logs, flow.bound, at=at, low=low, high=high, height=232),
    "gradient",
    caption="The total derivatives ‖∂L/∂hₜ‖₂ and ‖∂L/∂cₜ‖₂ of L = v · h_T",
    alt=words.ends_in_words(this, flow, start),
    sweep=words.sweep(this, gradient_frames(flow.logs, flow.bound, low, high), slider=True, play=True),
    within=left,
)
lesson.chart(
    figures.spectrum(
        flow.eigenvalues,
        flow.sigma,
        at=at,
        limit=limit,
        own=flow.own if this.text or this.drawn else None,
        height=262,
    ),
    "spectrum",
    caption="Eigenvalues of Elman's W_hh (● outside)",
    alt=words.spectrum_in_words(flow, start, at),
    sweep=words.sweep(this, spectrum_frames(flow.eigenvalues, flow.sigma, limit)),
    within=right,
)
lesson.chart(
    figures.squash_slopes(flow.slopes, written, at=at, height=140),
    "slopes",
    caption="What the squash lets back: its slope, mean over the units",
    alt=words.means_in_words(start, at, {f"{cell}, {written[cell]}": flow.slopes[cell] for cell in CELLS}),
    sweep=words.sweep(this, line_frames(flow.slopes)),
    within=left,
)
lesson.chart(
    figures.how_far_back(flow.reach, flow.rates, CURVES, at=at, length=steps, height=152),
    "reach",
    caption="How far back can it learn?",
    alt=words.reach_in_words(this, flow, start),
    sweep=words.sweep(this, how_far_back_frames(flow.reach, flow.rates, steps)),
    within=right,
)
value = start if rested is None else min(this.values, key=lambda one: abs(one - rested))
now = this.values.index(value)
setting = f"${words.SYMBOLS[this.sweep]} = {value:g}$"

guess = vanishing_questions.prediction(this)
lesson.predict(
    guess.question,
    guess.options,
    answer=guess.answer,
    reveal=guess.reveal,
    about=(this.seed, this.hidden_size),
)
lesson.presets(
    [
        Preset(
            "The turning point",
            {**BY_RADIUS, "phi": "identity", "length": 100, "forget": "1", "scale": 1.0},
            "The Elman cell without a squash. Drag the radius from 0.5 to 1.5: its line turns from falling to rising **at 1.0**, when the outermost "
            "eigenvalue crosses the unit circle.",
            {"radius": 1.0},
        ),
        Preset(
            "tanh saturates",
            {**BY_RADIUS, "phi": "tanh", "length": 100, "forget": "1", "scale": 1.0},
            "The same weights with $\\tanh$, at radius 2: where the identity doubles with each step, the states are driven to ±1, the slope "
            "$1 - h^2$ drops (in the picture of the slopes), and " + words.at_radius_two(this),
            {"radius": 2.0},
        ),
        Preset(
            "ReLU does not",
            {**BY_RADIUS, "phi": "relu", "length": 100, "forget": "1", "scale": 1.0},
            "ReLU's slope is 1 or 0 and does not shrink as the state grows. About half of the units are on, so at 1.0 it still vanishes; but "
            "at radius 2.5 nothing stops it. Change only φ to *tanh*, and see.",
            {"radius": 2.5},
        ),
        Preset(
            "Forget bias 3, 200 steps",
            {**BY_RADIUS, "phi": "tanh", "length": 200, "forget": "3", "scale": 1.0},
            "The forget gates start near $\\sigma(3) = 0.95$. At radius 1 the LSTM's line is far above Elman's, whose "
            "$\\tanh$ takes away what the radius would keep.",
            {"radius": 1.0},
        ),
        Preset(
            "All as PyTorch starts them, 200 steps",
            {**RANDOM, "scrub": vanishing.DRAWN, "phi": "tanh", "length": 200, "forget": "torch", "scale": 1.0},
            f"An honest look: nothing is rescaled. {words.drawn_radius(this)} and with forget gates near $\\sigma(0) = 0.5$ an untrained LSTM "
            "vanishes within a few dozen steps, like the others. Having a forget gate is not enough: it must be open.",
            {"factor": 1.0},
        ),
    ]
)

lesson.section(
    "What you are seeing",
    "Each network reads the same input, and the loss is one number made of its **last** state: $L = v \\cdot h_T$ with a fixed random $v$ of "
    f"length 1, so every line of $h$ starts at 1 on the right. The LSTM's line of $c$ starts at ${words.power(flow.logs['LSTM, c'][now, -1])}$, since "
    "$L$ sees $c_T$ only through $h_T = o_T \\odot \\tanh(c_T)$. ▲ and ▽ mark where a line leaves the picture. Read it from right to left: one step back multiplies by one Jacobian,\n\n"
    "$$ \\frac{\\partial L}{\\partial h_t} = \\Big(\\prod_{s=t+1}^{T} J_s\\Big)^{\\!\\top} v, \\qquad "
    "J_s = \\frac{\\partial h_s}{\\partial h_{s-1}} = \\mathrm{diag}\\big(\\varphi'(h^{pre}_s)\\big)\\, W_{hh} \\quad \\text{(Elman)} $$\n\n"
    f"Two things decide: $W_{{hh}}$ (see the picture of its eigenvalues) and the slope $\\varphi'$ (see the picture of the slopes). Now, at {setting}:\n\n"
    + words.two_numbers(this, flow, now),
)
lesson.download(lambda: flow.table(this.values), "gradient-norms", label="All norms at all values of the slider (CSV)")
lesson.say(words.why(this, flow, now))

lesson.section("How far back can it learn?", words.reach_prose(this, flow, now))

lesson.section(
    "Why the LSTM holds",
    "From $c_{t-1}$ to $c_t$ there is a **direct path**: multiplied by $f_t$ and by nothing else, no matrix and no squash. Over many steps it "
    "is $\\prod_s f_s$, unit by unit. The **full** derivative $\\partial c_T / \\partial c_t$ adds all ways that go out through $h_t$ "
    "and back in through the gates. Where both lines run together, the forget gates alone decide how far back the LSTM can learn.",
)
lesson.presets(
    [
        Preset(
            "f held at 1",
            {**BY_RADIUS, "held": "held at 1"},
            "The gate never closes: the direct path is exactly 1 at every step. What moves in the full derivative is the detour through $h$.",
        ),
        *[
            Preset(
                f"Forget bias {bias}",
                {**BY_RADIUS, "forget": bias},
                f"Forget gates near $\\sigma({bias}) = {1 / (1 + np.exp(-float(bias))):.4f}$. Over {steps} steps alone, that to the power of "
                f"{steps} is ${decimal((1 / (1 + np.exp(-float(bias)))) ** steps)}$.",
            )
            for bias in ("0", "1", "3", "5")
        ],
        Preset(
            "Slide the forget bias",
            {**RANDOM, "scrub": vanishing.BIAS},
            "Now the slider at the top moves the forget bias from −1.25 to 6, and the radius stays.",
        ),
    ],
    name="memory presets",
)
if in_sight(lesson, "paths", "from then on", known=vanishing.paths.knows(this)):
    path = vanishing.paths(this)
    lesson.chart(
        figures.memory_paths(path.full, path.steps, flow.direct, at=at, low=low, high=high),
        "paths",
        caption="What is left of a change of cₜ at the end: the direct path and the full derivative ∂c_T/∂cₜ (spectral norm)",
        alt=words.paths_in_words(flow, path, start, at),
        sweep=words.sweep(this, memory_frames(path.full, path.steps, flow.direct, low, high), slider=True),
    )
    lesson.chart(
        figures.mean_gates(flow.gates, at=at),
        "gates",
        caption="The LSTM's gates, mean over the units: f closes the direct path",
        alt=words.means_in_words(start, at, flow.gates),
        sweep=words.sweep(this, line_frames(flow.gates)),
    )
    lesson.say(memory_prose(this, flow, path, now))

lesson.section("Is what I see typical?")
if this.text:
    lesson.say("These are trained weights: there is one set of them. Choose *random* weights to compare 200.")
else:
    usual = vanishing.usual(this)
    lesson.say(words.typical_prose(this, usual))
    networks = {cell: vanishing.for_one_cell(cell, usual) for cell in CELLS}
    known = all(vanishing.typical.knows(cell, one) for cell, one in networks.items())
    if in_sight(lesson, "typical", networks, known=known):
        mine = vanishing.flow(usual)
        fan_low, fan_high = vanishing.axis_limits(usual.length)
        ends = {}
        for cell, column in zip(CELLS, lesson.columns(1, 1, 1), strict=True):
            one = mine.logs["LSTM, h" if cell == "LSTM" else cell]
            many = vanishing.typical(cell, networks[cell])
            ends[cell] = one[now, 0], many[now, :, 0]
            with column:
                lesson.chart(
                    figures.norm_fan(many, one, vanishing.QUANTILES, cell=cell, at=at, low=fan_low, high=fan_high),
                    f"typical-{cell.lower()}",
                    caption=words.typical_caption(cell, this, usual),
                    alt=f"At {start:g} the median at t = 1 is {words.spoken(many[at, 2, 0])}.",
                    sweep=words.sweep(this, fan_frames(many, one, fan_low, fan_high), slider=True),
                )
        lesson.say(words.typical_verdict(setting, ends))

lesson.section("Check yourself")
vanishing_questions.questions(lesson, this)

lesson.section(
    "The same in PyTorch",
    "autograd gives the same norms. `retain_grad` keeps the gradient at each hidden state."
    + (" The script draws random weights." if this.text or this.held else ""),
)
lesson.pytorch("vanishing", **words.snippet_settings(this, value))

lesson.further(
    [
        "S. Hochreiter, *Untersuchungen zu dynamischen neuronalen Netzen*, diploma thesis, TU München (1991): the vanishing gradient, found.",
        "Y. Bengio, P. Simard and P. Frasconi, *Learning Long-Term Dependencies with Gradient Descent Is Difficult*, IEEE TNN 5 (1994).",
        "R. Pascanu, T. Mikolov and Y. Bengio, *On the Difficulty of Training Recurrent Neural Networks*, ICML (2013): the bound, and clipping.",
        "F. Gers, J. Schmidhuber and F. Cummins, *Learning to Forget: Continual Prediction with LSTM*, Neural Computation 12 (2000).",
        "R. Jozefowicz, W. Zaremba and I. Sutskever, *An Empirical Exploration of Recurrent Network Architectures*, ICML (2015): forget bias 1.",
        "Q. V. Le, N. Jaitly and G. E. Hinton, *A Simple Way to Initialize Recurrent Networks of Rectified Linear Units*, arXiv:1504.00941 (2015).",
        "M. Arjovsky, A. Shah and Y. Bengio, *Unitary Evolution Recurrent Neural Networks*, ICML (2016): all eigenvalues on the circle.",
    ]
)
