"""The parts of a lesson, in the order in which a learner meets them."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from typing import Any

import pandas as pd
import streamlit as st

from rnnviz import stage
from rnnviz.engine import Trace
from rnnviz.figures import palette
from rnnviz.stage.chart import Figure
from rnnviz.training.character_model import CharacterModel, Reading

from .controls import Config, Controls
from .formula import equations
from .snippet import snippet
from .words import quoted, token_label, verbatim

HEAD_START = 0.08
"""Seconds that the pictures of a repaint have before the rest of the page follows. The browser draws what has come
together: all at once, it would show the picture only after the last word of the page."""
NEAR = 1e-6
"""How far a link's number may be from a slider's value, and still is it."""
STYLE = """
<style>
[data-testid="stMainBlockContainer"] { padding-top: 3.6rem; padding-bottom: 4rem; max-width: 1280px; }
[data-testid="stMainBlockContainer"] h1 { font-size: 1.7rem; padding: 0; }
[data-testid="stMainBlockContainer"] h2 { font-size: 1.45rem; }
@media (max-width: 600px) { [data-testid="stMainBlockContainer"] { padding-left: 1rem; padding-right: 1rem; } }
[data-testid="stMarkdownContainer"] table { display: block; width: fit-content; max-width: 100%; overflow-x: auto; }
.katex-display { overflow-x: auto; overflow-y: hidden; padding: 4px 0; text-align: left; }
.katex-display > .katex { text-align: left; }
</style>
"""


@dataclass(frozen=True)
class Preset:
    """Settings that make a point. shows: what to look at once they are set.

    moves: a sweep's name -> the value that it is moved to
    """

    label: str
    settings: Mapping[str, Any]
    shows: str
    moves: Mapping[str, float] = field(default_factory=dict)


class Lesson:
    """One page. Everything that it shows is drawn by these methods, from top to bottom.

    name: the title   key: the prefix of all keys; by default the name's lower-case form
    question: the one sentence that the lesson answers
    """

    def __init__(self, name: str, *, question: str, key: str | None = None) -> None:
        self.name = name
        self.key = key or name.lower().replace(" ", "-")
        self.question = question
        self.asked = 0
        self.undrawn: Controls | None = None
        self.changed = True
        self.above, self.before_stage, self.on_stage = st.container(), st.container(), st.container()

    def controls(self, controls: Controls) -> Config:
        """What is set. The controls stand above the stage, with a sentence for what could not be taken as it came.

        From the second run on they are drawn after the stage, whose pictures so reach the browser first.
        """
        self.undrawn = controls
        if not controls.known():
            controls.check_link(self.key)
            self.settle()
        config, notices = controls.read(self.key)
        self.changed = st.session_state.get(f"{self.key} config") != dict(config)
        st.session_state[f"{self.key} config"] = dict(config)
        for notice in notices:
            self.note(notice)
        return config

    def settle(self) -> None:
        """Draw title and controls, if that was put off. Whatever stands below the stage begins with it."""
        if self.undrawn is None:
            return
        controls, self.undrawn = self.undrawn, None
        if controls.known() and self.changed:
            time.sleep(HEAD_START)
        with self.above:
            st.html(STYLE)
            with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
                st.title(self.name, anchor=False, width="content")
                st.markdown(self.question)
            controls.draw()

    def note(self, text: str) -> None:
        """A sentence that the learner should not miss (markdown)."""
        self.before_stage.info(text, icon=":material/info:")

    def unknown_characters(self, model: CharacterModel, text: str) -> None:
        """A sentence about the text's characters that the model never learned, if there are any."""
        if unknown := model.vocabulary.unknown(text):
            self.note(
                f"Not among the characters that the network learned: {', '.join(map(quoted, unknown[:12]))}"
                f"{' and more' if len(unknown) > 12 else ''}. Each is read as `<unk>`, drawn ▯."
            )

    def section(self, title: str, text: str = "") -> None:
        """A heading, and the prose below it (markdown)."""
        self.settle()
        st.markdown(f"## {title}\n\n{text}")

    def say(self, text: str) -> None:
        """Prose (markdown, with $LaTeX$)."""
        self.settle()
        st.markdown(text)

    def columns(self, *widths: float) -> list[Any]:
        """Side by side, in these proportions; each is entered with `with`."""
        self.settle()
        return st.columns(list(widths), gap="medium")

    def stage_columns(self, *widths: float) -> list[Any]:
        """Side by side on the stage, in these proportions: what a chart can stand `within`."""
        with self.on_stage:
            return st.columns(list(widths), gap="medium")

    def predict(self, question: str, options: Sequence[str], *, answer: int, reveal: str, about: Any = None) -> bool:
        """Commit before you see: the reveal stands there only after a choice. Returns whether it was made.

        It stands above the stage, wherever it is called.

        answer: the number of the right option, computed by the caller   reveal: what was measured (markdown)
        about: what the answer depends on; where it changes, the question is asked anew
        """
        self.settle()
        with self.before_stage, st.container(border=True, gap="xsmall"):
            with st.container(horizontal=True, vertical_alignment="center", gap="medium"):
                st.markdown(f"**Predict.** {question}", width="content")
                chosen = st.pills(
                    question,
                    range(len(options)),
                    format_func=lambda k: options[k],
                    key=self._next("predict", question, about),
                    label_visibility="collapsed",
                    wrap=True,
                )
            if chosen is None:
                return False
            verdict = "You were right." if chosen == answer else f"Measured otherwise: {options[answer]}."
            st.markdown(f"{verdict} {reveal}")
        return True

    def presets(self, presets: Sequence[Preset], *, name: str = "preset", first: int | None = None) -> None:
        """Buttons that set several controls at once, with a word on what to look at.

        name: its own for each row, on a page with several   first: which one is pressed when the page opens, if it is
        what the page opens with
        """
        self.settle()

        chosen = f"{self.key} {name}"

        def apply() -> None:
            if st.session_state[chosen] is not None:
                preset = presets[st.session_state[chosen]]
                for name, value in preset.settings.items():
                    st.session_state[name] = value
                for sweep, value in preset.moves.items():
                    st.session_state[f"{self.key} move {sweep}"] = value, time.time()

        if chosen not in st.session_state and first is not None and self._in_force(presets[first]):
            st.session_state[chosen] = first
        undone = [preset for preset in presets if not self._in_force(preset)]
        if st.session_state.get(chosen) is not None and presets[st.session_state[chosen]] in undone:
            st.session_state[chosen] = None
        number = st.pills(
            "Try",
            range(len(presets)),
            format_func=lambda k: presets[k].label,
            key=chosen,
            on_change=apply,
        )
        if number is not None:
            st.markdown(presets[number].shows)

    @staticmethod
    def _in_force(preset: Preset) -> bool:
        return all(st.session_state.get(name) == value for name, value in preset.settings.items())

    def player(
        self,
        model: CharacterModel,
        reading: Reading,
        *,
        title: str,
        scales: Mapping[str, float] | None = None,
        ghost: tuple[Reading, str] | None = None,
        view: str = "unrolled",
        look: stage.Look | None = None,
        backward: stage.Backward | None = None,
    ) -> stage.Pin | None:
        """The player with this reading; returns what is pinned, moved into the trace where it lies beyond it.

        scales: quantity -> a number that its signed scale must reach
        ghost: the same text read before something was changed, and what that is called
        view: what it opens with   look: what it is asked to show
        backward: the backward pass over the reading, which is played after it
        """
        tokens = [token_label(token) for token in model.vocabulary.tokens]

        def output(one: Reading) -> stage.Output:
            ids, p = one.likeliest()
            return stage.Output([[tokens[i] for i in row] for row in ids], p)

        with self.on_stage:
            pin = stage.player(
                reading.trace,
                [tokens[i] for i in reading.ids],
                output(reading),
                key=f"{self.key}-player",
                title=title,
                palette=palette.PLAYER,
                scales=scales,
                pin=self._pin_in_url(),
                ghost=None if ghost is None else stage.Ghost(ghost[0].trace, output(ghost[0]), ghost[1]),
                view=view,
                look=look,
                backward=backward,
            )
        self._check_stage_link(reading.trace, backward is not None)
        return None if pin is None else pin.within(*reading.trace.h.shape)

    def chart(
        self,
        figure: Figure,
        name: str,
        *,
        caption: str,
        alt: str,
        sweep: stage.Sweep | None = None,
        beside_player: bool = False,
        within: Any = None,
        on_pick: Callable[[stage.Point], None] | None = None,
    ) -> float | None:
        """A figure on the stage; with a sweep, the value at which it rests.

        beside_player: whether it stands right below the player, wherever it is called
        within: one of the `stage_columns`, in which it stands
        on_pick: told the place of a click in a figure that takes picks, see `stage.chart`
        """
        if not beside_player and within is None:
            self.settle()
        if sweep is not None:
            self._check_sweep_link(sweep, name)
            sweep = replace(sweep, move=st.session_state.get(f"{self.key} move {sweep.name}"))
        with within or (self.on_stage if beside_player else nullcontext()):
            return stage.chart(
                figure,
                key=f"{self.key}-{name}",
                caption=caption,
                alt=alt,
                dark=palette.DARK,
                line=palette.LINE["light"],
                accent=palette.ACCENT["light"],
                sweep=sweep,
                on_pick=on_pick,
            )

    def picked(self, name: str) -> stage.Point | None:
        """The place that was last clicked in the chart of this name, see `stage.picked`."""
        return stage.picked(f"{self.key}-{name}")

    def equations(self, trace: Trace, pin: stage.Pin) -> None:
        """The cell's own formulas, and below each the numbers of the pinned unit and step."""
        self.settle()
        st.latex(equations(trace, pin.time, pin.unit))

    def check_number(self, question: str, *, answer: float, tolerance: float, explain: str, decimals: int = 4) -> None:
        """A question whose answer is a number that the engine computed (markdown)."""
        self.settle()
        given = st.number_input(
            question,
            value=None,
            format=f"%.{decimals}f",
            step=10.0**-decimals,
            key=self._next("check", question),
            placeholder="a number",
        )
        if given is None:
            return
        if abs(given - answer) <= tolerance:
            exact = f"{given:.{decimals}f}" == f"{answer:.{decimals}f}"
            verdict = "Right:" if exact else "Close enough: it is"
            st.success(f"{verdict} {answer:,.{decimals}f}. {explain}", icon=":material/check:")
        else:
            away = abs(given - answer)
            st.warning(f"Not yet: {given:,.{decimals}f} is {away:,.{decimals}f} away.", icon=":material/replay:")

    def check_choice(self, question: str, options: Sequence[str], *, answer: int, explain: str) -> None:
        """A question with one right option, which the caller computed."""
        self.settle()
        chosen = st.radio(
            question,
            range(len(options)),
            format_func=lambda k: options[k],
            index=None,
            key=self._next("check", question),
        )
        if chosen is None:
            return
        if chosen == answer:
            st.success(f"Right. {explain}", icon=":material/check:")
        else:
            st.warning("Not yet. Look again at the picture, then choose another.", icon=":material/replay:")

    def download(self, make: Callable[[], pd.DataFrame], name: str, *, label: str) -> None:
        """A table as CSV, made when it is asked for. Steps count from 1 in it, as on the screen."""
        self.settle()

        def csv() -> str:
            table = make()
            return (table.assign(time=table["time"] + 1) if "time" in table else table).to_csv(index=False)

        st.download_button(
            label,
            csv,
            file_name=f"{name}.csv",
            mime="text/csv",
            key=f"{self.key} download {name}",
            on_click="ignore",
            icon=":material/download:",
        )

    def pytorch(self, name: str, **settings: Any) -> None:
        """The same in PyTorch: a script in assets/snippets with the learner's settings in its first lines."""
        self.settle()
        st.code(snippet(name, **settings), language="python")

    def further(self, sources: Sequence[str]) -> None:
        """Where to read on: papers and books (markdown)."""
        self.section("Further reading", "\n".join(f"- {source}" for source in sources))

    def _next(self, kind: str, *about: Any) -> str:
        """The key of the next question: another one when it asks about something else."""
        self.asked += 1
        return f"{self.key} {kind} {self.asked} {about!r}"

    def _pin_in_url(self) -> stage.Pin | None:
        try:
            return stage.Pin.parse(st.query_params.get("pin", ""))
        except ValueError:
            return None

    def _refuse_link(self, name: str, allowed: str) -> None:
        self.note(
            f"The link's {name} cannot be {verbatim(st.query_params[name])}: {allowed}. You see the default instead."
        )

    def _check_stage_link(self, trace: Trace, backward: bool) -> None:
        """On the first run, say which of the player's own parameters in the link it cannot follow.

        backward: whether steps are counted on after the last, while the gradient flows back
        """
        if st.session_state.get(f"{self.key} visited"):
            return
        st.session_state[f"{self.key} visited"] = True
        steps, units = trace.h.shape
        shown = [quantity for quantity in stage.NAMES if quantity in trace]
        whole = {str(n) for n in range(steps + 1)}
        end = 2 * steps if backward else steps
        for name, allowed, words in (
            ("show", set(shown), f"it is one of {', '.join(shown)}"),
            ("view", set(stage.VIEWS), f"it is one of {', '.join(stage.VIEWS)}"),
            ("t", {str(n) for n in range(end + 1)}, f"it is a whole number from 0 to {end}"),
            ("span", whole, "it is how many steps are in view, a whole number"),
        ):
            if st.query_params.get(name, next(iter(allowed))) not in allowed:
                self._refuse_link(name, words)
        if "pin" in st.query_params:
            pin = self._pin_in_url()
            if pin is None:
                self._refuse_link("pin", "it is a step and a unit, such as 12.5")
            elif pin != pin.within(steps, units):
                self.note(f"The link's pin lies beyond this text: steps are 1 to {steps}, units 0 to {units - 1}.")

    def _check_sweep_link(self, sweep: stage.Sweep, chart: str) -> None:
        """Say if the link's value of a sweep is none that it can have, until the sweep is moved.

        chart: the name of a chart that follows it; the first one speaks for all
        """
        said = f"{self.key} said of {sweep.name}"
        if said not in st.session_state:
            st.session_state[said] = chart, self._beside_sweep(sweep)
        speaker, sentence = st.session_state[said]
        if sentence is None or speaker != chart:
            return
        rests = st.session_state.get(f"{self.key}-{chart}", {}).get("value")
        if rests is None or min(abs(rests - sentence[1]), abs(rests - sweep.start)) < NEAR:
            self.note(sentence[0])
        else:
            st.session_state[said] = chart, None

    @staticmethod
    def _beside_sweep(sweep: stage.Sweep) -> tuple[str, float] | None:
        """A sentence on the link's value of a sweep, and the value that is seen; None where these are the same."""
        asked = st.query_params.get(sweep.name)
        if asked is None:
            return None
        try:
            wanted = float(asked)
        except ValueError:
            wanted = math.nan
        first, last = sweep.values[0], sweep.values[-1]
        if not first <= wanted <= last:
            return (
                f"The link's {sweep.name} cannot be {verbatim(asked)}: it is a number from {first:g} to {last:g}. "
                "You see the default instead."
            ), sweep.start
        nearest = min(sweep.values, key=lambda one: abs(one - wanted))
        if abs(nearest - wanted) <= NEAR * max(1.0, abs(nearest)):
            return None
        return f"The slider has no {sweep.name} of {verbatim(asked)}: you see the nearest, {nearest:g}.", nearest
