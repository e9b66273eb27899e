"""Which controls a reaction is measured of, and which figures answer each: the one table to add to with a lesson."""

from __future__ import annotations

from collections.abc import Mapping
from string import ascii_lowercase
from typing import NamedTuple
from unittest.mock import patch

from streamlit.logger import set_log_level
from streamlit.testing.v1 import AppTest

from rnnviz.lesson import Lesson
from rnnviz.lesson.outline import COURSE

NOTE = "note"
"""An answer in words, in one of the page's boxes. The figures of "Train" change only once its button is pressed."""
MINUTE = 60.0


class Setting(NamedTuple):
    """A page of a lesson with some of its controls. link: what follows its address

    presses: control -> what answers it, all of which must be repainted: "player", a chart's name, or `NOTE`
    back: each press is followed by one back, off the clock: without training, one step away all looks the same
    """

    lesson: str
    link: str
    presses: Mapping[str, tuple[str, ...]]
    back: bool = False


def by(answer: tuple[str, ...], *controls: str) -> dict[str, tuple[str, ...]]:
    """Several controls with the same answer."""
    return dict.fromkeys(controls, answer)


PLAYER = ("player",)
STATES = ("states", "distances")
FLOW = ("gradient", "slopes", "reach")
FORECAST = ("fan", "errors")
SETTINGS = (
    Setting("sequences", "", by(STATES, "sentence", "other", "window", "units", "draw")),
    Setting(
        "sequences",
        "",
        {"passage": ("shape-2",), "dice": ("shape-0",), **by(("influence-trained",), "instead")},
    ),
    Setting("sequences", "temperature=1", by(("shape-3",), "temperature")),
    Setting("unrolling", "", by(("player", "state"), "cell", "text", "weights")),
    Setting("unrolling", "weights=random", by(("player", "state"), "seed")),
    Setting("lstm", "", by(PLAYER, "text", "f", "i", "o", "weights")),
    Setting("lstm", "f=shut", by(PLAYER, "units", "start")),
    Setting(
        "lstm",
        "f=at&i=at&o=at&units=one+unit&weights=random",
        by(PLAYER, "f_at", "i_at", "o_at", "unit", "bias", "seed"),
    ),
    Setting("gru", "", by(PLAYER, "text", "reset", "z", "r", "weights")),
    Setting("gru", "z=shut", by(PLAYER, "units", "start")),
    Setting("gru", "z=at&r=at&units=one+unit&weights=random", by(PLAYER, "z_at", "r_at", "unit", "seed")),
    Setting("bptt", "", by(("player", "flow"), "text", "cell", "loss", "weights")),
    Setting("bptt", "weights=random", by(("player", "flow"), "seed")),
    Setting("bptt", "k=5", by(("cut", "angle"), "cut")),
    Setting("vanishing", "", by(FLOW, "phi", "length", "forget", "held", "units", "scale", "seed")),
    Setting("vanishing", "", by(FLOW, "scrub")),
    Setting("vanishing", "", by(FLOW, "weights")),
    Setting("vanishing", "scrub=forget+bias", by(FLOW, "fixed_radius")),
    Setting("vanishing", "weights=trained", by(FLOW, "passage")),
    Setting("clipping", "", by(("plane-norm", "plane-value", "angles"), "weight", "seed")),
    Setting("clipping", "", by(("cliff", "descent-norms"), "w0", "b0", "eta", "theta_cliff")),
    Setting("clipping", "", by(("run-norms", "run-losses"), "rate", "theta_run", "run_seed")),
    Setting("clipping", "", by(("distribution",), "so_far")),
    Setting("training", "", by((NOTE,), "task", "length", "clip", "rate", "updates", "theta"), True),
    Setting("training", "", by((NOTE,), "hidden", "optimiser", "batch"), True),
    # Some of the runs that come with the page are of these settings, too: its curves are drawn anew.
    Setting("training", "", by(("loss",), "seeds", "elman", "sizes", "bias", "seed"), True),
    Setting("training", "", by(PLAYER, "look", "moment")),
    Setting("series", "", by(FORECAST, "data", "target", "horizon", "reads", "part"), True),
    Setting("series", "", by(("errors",), "window", "hidden", "rate", "updates", "seed"), True),
    Setting("series", "", by(PLAYER, "look")),
)
SILENT = {"training": ("momentum", "depth", "noise")}
"""Controls that nothing on the page answers before Train is pressed."""


def text(control: str, turn: int) -> str:
    """What is typed into a line of text in this turn: something that nobody has typed before."""
    first, second = divmod(turn, len(ascii_lowercase))
    if control == "instead":
        return ascii_lowercase[second]
    if control in ("sentence", "other"):  # never the same: nothing would tell them apart
        order = "dog bites man" if control == "sentence" else "man bites dog"
        return f"{order} {ascii_lowercase[first]}{ascii_lowercase[second]}"
    if control == "passage":  # of which some figures read the beginning
        return f"{ascii_lowercase[first]}{ascii_lowercase[second]}, nobody has typed this before"
    return f"Nobody has typed this before, not with {ascii_lowercase[first]}{ascii_lowercase[second]}"


def unmeasured() -> dict[str, list[str]]:
    """Lesson -> the controls that it declares, in its own words for links, and that the table lacks."""
    set_log_level("ERROR")  # a script without a server warns of that
    measured = {(setting.lesson, control) for setting in SETTINGS for control in setting.presses}
    measured |= {(lesson, control) for lesson, controls in SILENT.items() for control in controls}
    lacks = {}
    for row in COURSE:
        found = [name for name in declared(row.name) if (row.name, name) not in measured]
        if found:
            lacks[row.name] = found
    return lacks


def declared(lesson: str) -> list[str]:
    """The controls that a link to this lesson can set and that need the server: its sliders on the stage do not."""
    entries = {}
    with patch.object(Lesson, "further", lambda self, sources: entries.update(self.entries)):
        page = next(row.file for row in COURSE if row.name == lesson)
        AppTest.from_file(str(page), default_timeout=MINUTE).run()
    return [name for name, entry in entries.items() if not entry.slider]
