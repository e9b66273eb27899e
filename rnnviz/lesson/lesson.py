"""The parts of a lesson, in the order in which a learner meets them."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field, replace
from typing import Any

import pandas as pd
import streamlit as st

from rnnviz import stage
from rnnviz.engine import Trace
from rnnviz.figures import palette
from rnnviz.stage import opening
from rnnviz.stage.chart import Figure
from rnnviz.training.character_model import CharacterModel, Reading

from . import fixed, links, presentation
from .controls import Config, Controls
from .foot import beside_question, foot, show_glossary
from .formula import equations
from .snippet import snippet
from .style import STYLE
from .turns import give_way, pause, rest_follows
from .words import quoted, token_label
from .worksheet import Question, accepted

HEAD_START, FIRST_HEAD_START = 0.06, 0.8
"""Seconds that the pictures have before the rest of the page follows: of a stage that shows something new, and at most,
of a page that opens (`stage.opening`). The browser draws what has come together: all at once, the picture would be seen
after the page's last word."""


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
        self.questions: list[Question] = []
        self.shown: tuple[Controls, Config] | None = None
        self.entries: dict[str, links.Entry] = {}
        self.sharing: Any = None
        self.after_class = False
        self.undrawn: Controls | None = None
        self.changed = True
        self.awaited: opening.FirstPicture | None = None
        self.staged = self.redrawn = False
        fixed.begin(self.key)
        self.above, self.before_stage, self.on_stage = st.container(), st.container(), st.container()

    def controls(self, controls: Controls) -> Config:
        """What is set. The controls stand above the stage, with a sentence for what could not be taken as it came.

        From the second run on they are drawn after the stage, whose pictures so reach the browser first.
        """
        self.undrawn = controls
        controls.forget_what_is_not_theirs()
        if not controls.known():
            controls.check_link(self.key)
            self.awaited = opening.awaited()
            self.settle()
        config, notices = controls.read(self.key)
        self.entries |= links.entries(controls, config)
        self.shown = controls, config
        self.changed = st.session_state.get(f"{self.key} config") != dict(config)
        st.session_state[f"{self.key} config"] = dict(config)
        for notice in notices:
            self.note(notice)
        return config

    def settle(self) -> None:
        """Draw title and controls, if that was put off. Whatever stands below the stage begins with it, and gives way
        to the pictures of other learners once one of this page's has changed."""
        if self.undrawn is None:
            if self.awaited is not None and self.staged:
                picture, self.awaited = self.awaited, None
                pause(FIRST_HEAD_START, picture.stands)
            give_way()
            return
        controls, self.undrawn = self.undrawn, None
        if controls.known() and self.redrawn:
            pause(HEAD_START)
        with self.above:
            st.html(STYLE)
            with st.container(
                horizontal=True, vertical_alignment="center", gap="medium", key=f"{self.key}-lesson-head"
            ):
                st.title(self.name, anchor=False, width="content")
                st.markdown(self.question + beside_question(self.key))
                show_glossary(self.key)
                presentation.head(self)
            with st.container(key=f"{self.key}-lesson-controls"):
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
        if not presentation.hides(title):
            with presentation.place(self, title):
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
        if fixed.hidden("predict"):
            return False
        with self.before_stage, st.container(border=True, gap="xsmall", key=f"{self.key}-lesson-predict-{self.asked}"):
            with st.container(horizontal=True, vertical_alignment="center", gap="small"):
                st.markdown(f"**Predict.** {question}", width="content")
                chosen = st.pills(
                    question,
                    range(len(options)),
                    format_func=lambda k: options[k],
                    key=self._next("predict", question, about),
                    label_visibility="collapsed",
                    wrap=True,
                )
                seen = chosen is not None or presentation.revealed(self, question, about)
            right = None if chosen is None else chosen == answer
            self.questions.append(Question("prediction", question, tuple(options), options[answer], reveal, right))
            if not seen:
                return False
            verdict = "You were right." if chosen == answer else f"Measured otherwise: {options[answer]}."
            alone = f"**{options[answer][0].upper()}{options[answer][1:]}.**"
            st.markdown(f"{alone if chosen is None else verdict} {reveal}")
        return True

    def presets(self, presets: Sequence[Preset], *, name: str = "preset") -> None:
        """Buttons that set several controls at once, with a word on what to look at.

        One is chosen as long as all that it sets is set, however that came about: by it, by a link or by hand.
        name: its own for each row, on a page with several
        """
        self.settle()
        if fixed.hidden("presets"):
            return
        chosen = f"{self.key} {name}"
        pressed = f"{chosen} pressed"

        def apply() -> None:
            # None: the chosen one was pressed, or the browser did not know yet that it is. Its mark stays, below.
            if (number := st.session_state[chosen]) is None:
                return
            st.session_state[pressed] = number
            preset = presets[number]
            for name, value in preset.settings.items():
                if not fixed.fixed(name):
                    st.session_state[name] = value
            for sweep, value in preset.moves.items():
                st.session_state[f"{self.key} move {sweep}"] = value, time.time()

        if chosen not in st.session_state:  # the page has just been opened
            st.session_state[pressed] = None
        now = st.session_state.get(chosen)
        if now is None or not all(links.in_force(*one) for one in presets[now].settings.items()):
            stands = next((k for k, one in enumerate(presets) if links.stands(self, one)), None)
            if stands != now:  # what is set here overrides what the learner presses while this run is under way
                st.session_state[chosen] = stands
        with st.container(key=f"{self.key}-lesson-{name.replace(' ', '-')}s"):
            number = st.pills(
                "Try",
                range(len(presets)),
                format_func=lambda k: presets[k].label,
                key=chosen,
                on_change=apply,
            )
            if number is not None:
                st.markdown(links.left_alone(self, presets[number]) or presets[number].shows)

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

        with self.on_stage, self._staging(f"{self.key}-player"):
            pin = stage.player(
                reading.trace,
                [tokens[i] for i in reading.ids],
                output(reading),
                key=f"{self.key}-player",
                title=title,
                palette=palette.PLAYER,
                scales=scales,
                pin=links.pin_in_url(),
                ghost=None if ghost is None else stage.Ghost(ghost[0].trace, output(ghost[0]), ghost[1]),
                view=view,
                look=look,
                backward=backward,
            )
        for sentence in links.stage_refusals(self, reading.trace, backward is not None):
            self.note(sentence)
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
            if sentence := links.sweep_refusal(self, sweep, name):
                self.note(sentence)
            how = fixed.how(sweep.name)
            move = None if how else st.session_state.get(f"{self.key} move {sweep.name}")
            sweep = replace(sweep, move=move, fixed=how)
        with within or (self.on_stage if beside_player else nullcontext()), self._staging(f"{self.key}-{name}"):
            rested = stage.chart(
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
        if sweep is not None and sweep.slider:
            self.entries[sweep.name] = links.slider(sweep, rested)
        return rested

    def picked(self, name: str) -> stage.Point | None:
        """The place that was last clicked in the chart of this name, see `stage.picked`."""
        return stage.picked(f"{self.key}-{name}")

    def equations(self, trace: Trace, pin: stage.Pin) -> None:
        """The cell's own formulas, and below each the numbers of the pinned unit and step."""
        self.settle()
        st.latex(equations(trace, pin.time, pin.unit))

    def check_number(
        self, question: str, *, answer: float, tolerance: float, explain: str, decimals: int = 4, name: str = ""
    ) -> None:
        """A question whose answer is a number that the engine computed (markdown). name: see `Question`"""
        self.settle()
        if fixed.hidden("check"):
            return
        with self._question():
            given = st.number_input(
                question,
                value=None,
                format=f"%.{decimals}f",
                step=10.0**-decimals,
                key=self._next("check", question),
                placeholder="a number",
            )
            right = None if given is None else abs(given - answer) <= tolerance
            counts = accepted(answer, tolerance, decimals)
            self.questions.append(
                Question("check", question, (), f"{answer:,.{decimals}f}", explain, right, counts, name)
            )
            if given is None:
                return
            if right:
                exact = f"{given:.{decimals}f}" == f"{answer:.{decimals}f}"
                verdict = "Right:" if exact else "Close enough: it is"
                st.success(f"{verdict} {answer:,.{decimals}f}. {explain}", icon=":material/check:")
            else:
                away = abs(given - answer)
                st.warning(f"Not yet: {given:,.{decimals}f} is {away:,.{decimals}f} away.", icon=":material/replay:")

    def check_choice(self, question: str, options: Sequence[str], *, answer: int, explain: str, name: str = "") -> None:
        """A question with one right option, which the caller computed. name: see `Question`"""
        self.settle()
        if fixed.hidden("check"):
            return
        with self._question():
            chosen = st.radio(
                question,
                range(len(options)),
                format_func=lambda k: options[k],
                index=None,
                key=self._next("check", question),
            )
            right = None if chosen is None else chosen == answer
            self.questions.append(
                Question("check", question, tuple(options), options[answer], explain, right, name=name)
            )
            if chosen is None:
                return
            if right:
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
        if fixed.hidden("code"):
            return
        script = snippet(name, **settings)
        stage.script(script.rstrip(), key=f"{self.key}-script")
        st.download_button(
            "This script (.py)",
            script,
            file_name=f"rnnviz_{name}.py",
            mime="text/x-python",
            key=f"{self.key} script",
            on_click="ignore",
            icon=":material/download:",
        )

    def further(self, sources: Sequence[str]) -> None:
        """Where to read on: papers and books (markdown). It ends the lesson: below it stands the foot."""
        self.section("Further reading", "\n".join(f"- {source}" for source in sources))
        for sentence in links.asked_for(self):
            self.note(sentence)
        presentation.fill(self)
        foot(self)

    def settings(self) -> dict[str, str]:
        """What is set above the stage: label -> value, of the controls that are shown."""
        if self.shown is None:
            return {}
        controls, config = self.shown
        shown = (one for one in controls.controls if controls.shown(one) and not fixed.hidden(one.name))
        return {one.label.removesuffix(" (press Enter)"): str(config[one.name]) for one in shown}

    def waiting(self) -> set[str]:
        """The names of the controls that wait for another one, and so are not shown."""
        if self.shown is None:
            return set()
        controls, _ = self.shown
        return {one.name for one in controls.controls if not controls.shown(one)}

    def _question(self) -> AbstractContextManager:
        """Where a question stands: one that came or went beside all else would have the browser style the page anew."""
        return st.container()

    @contextmanager
    def _staging(self, key: str) -> Iterator[None]:
        """A picture of this key is drawn."""
        before = stage.shows(key)
        yield
        self.staged = True
        if stage.shows(key) != before:
            self.redrawn = True
            if self.undrawn is None and self.awaited is None:
                rest_follows()

    def _next(self, kind: str, *about: Any) -> str:
        """The key of the next question: another one when it asks about something else."""
        self.asked += 1
        return f"{self.key} {kind} {self.asked} {about!r}"
