"""Two sections that the lessons on gated cells share: how open the gates are, and what holding one changes."""

from typing import NamedTuple

import numpy as np

from rnnviz import figures
from rnnviz.stage import Pin
from rnnviz.stage.chart import Figure

from . import gated
from .gated import Experiment
from .lesson import Lesson
from .remember import remember
from .words import counted, token_label


def how_open(lesson: Lesson, this: Experiment, words: str) -> None:
    """Mean openness of each gate at each step. words: what to look for"""
    lesson.section("How open are the gates?", words)
    means = gated.openness(this.reading)
    lesson.chart(
        figures.openness(means, this.tokens, free=gated.openness(this.free) if this.hold.gates else None),
        "openness",
        caption="Mean openness of each gate, 0 shut to 1 open",
        alt="One line a gate. Means over the text: "
        + ", ".join(f"{gate} {mean.mean():.4f}" for gate, mean in means.items())
        + ".",
    )
    if spaces := gated.at_spaces(this.reading):
        at, elsewhere = (", ".join(f"${gate}$ {mean[k]:.2f}" for gate, mean in spaces.items()) for k in (0, 1))
        lesson.say(f"Measured on your text, at the spaces: {at}; at all other characters: {elsewhere}.")


def what_if(lesson: Lesson, this: Experiment, focus: Pin) -> None:
    """What the learner's hold changes in states and predictions, and what each single hold would cost."""
    lesson.section("What if a gate were held?")
    if this.hold.gates:
        held_now(lesson, this, focus)
    else:
        lesson.say(
            "Nothing is held now. Hold a gate **open** or **shut** with the controls above the player, **at** a value "
            "between, or for one unit alone (under *More*): all that follows, follows. The free network stays beside "
            "it as a ghost."
        )
    if len(this.text) == 1:
        return
    worth = what_gates_are_worth(this.settings, this.text, this.free.bits)
    lesson.chart(
        worth.figure,
        "costs",
        caption="What a gate is worth: surprise at your text with that gate of all units held, in bits per character",
        alt=worth.alt,
    )
    lesson.say(worth.words)


class Worth(NamedTuple):
    """What each gate is worth, drawn and in words; held gates do not change it."""

    figure: Figure
    alt: str
    words: str


@remember
def what_gates_are_worth(settings: gated.Settings, text: str, free: float) -> Worth:
    """free: bits per character of the free network"""
    costs = gated.hold_costs(settings, text)
    worst = costs.loc[costs["bits"].idxmax()]
    return Worth(
        figures.hold_costs(costs, free=free),
        alt=f"Free: {free:.2f} bits per character. "
        + "; ".join(f"{gate} = {value:g}: {bits:.2f}" for gate, value, bits in costs.itertuples(index=False))
        + ".",
        words="Bits per character say how surprised the network is by the characters that do come next; fewer is "
        f"better. Free, it needs {free:.2f}; worst is ${worst['gate']} = {worst['value']:g}$ with {worst['bits']:.2f}. "
        "A text this short is a sample, not a verdict: try others."
        + (
            " Shut $i$ and shut $o$ cost the same: with either, $h$ is 0 throughout, and only the output's bias speaks."
            if "o" in costs["gate"].to_list()
            else ""
        ),
    )


def held_now(lesson: Lesson, this: Experiment, focus: Pin) -> None:
    """What the gates that are held now change."""
    hold, held, free, tokens = this.hold, this.reading, this.free, this.tokens
    change = gated.difference(this.settings, this.text, hold)
    gates = ", ".join(f"${gate} = {value:g}$" for gate, value in hold.gates)
    surprise = f" Its surprise at your text is **{change.bits:.2f}** bits per character; free, {change.free_bits:.2f}."
    lesson.say(
        f"You hold {gates} for {'all units' if hold.unit is None else f'unit {hold.unit}'} "
        f"from t = {hold.start + 1} on. "
        f"At **{change.flipped} of {counted(len(tokens), 'step')}** another character is now the likeliest next one."
        + ("" if np.isnan(change.bits) else surprise)
    )
    lesson.chart(
        figures.state_change(change.states, tokens),
        "change",
        caption="How far the states are from those of the free network",
        alt="One line a state. Largest distances: "
        + ", ".join(f"{state} {distance.max():.4f}" for state, distance in change.states.items())
        + ".",
    )
    vocabulary = this.model.vocabulary.tokens
    ids = np.argsort(-np.maximum(held.p[focus.time], free.p[focus.time]), kind="stable")[:12]
    lesson.chart(
        figures.next_tokens_compared(
            [token_label(vocabulary[i]) for i in ids], held.p[focus.time, ids], free.p[focus.time, ids]
        ),
        "next",
        caption=f"The next character after t = {focus.time + 1} ({tokens[focus.time]}), held and free",
        alt="Pairs of bars, the free network's faint. Likeliest now: "
        f"{token_label(vocabulary[held.p[focus.time].argmax()])}; free: "
        f"{token_label(vocabulary[free.p[focus.time].argmax()])}.",
    )
