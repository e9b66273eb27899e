"""A lesson in a browser that draws nothing: what tests of every lesson's page ask of it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Self

import numpy as np
from streamlit.testing.v1 import AppTest

from tests.stage.decoder import decode
from tests.stage.test_chart_payload import plotly_array

ROOT = Path(__file__).resolve().parents[2]
AROUND = ("glossary", "progress", "share", "presenter", "script")
"""The components that stand around every lesson and show nothing of its own."""


class LessonApp:
    """A lesson as it stands after its script has run.

    script: the file that runs   name: the prefix of the lesson's keys   link: the parameters of its address
    """

    def __init__(self, script: str, name: str, **link: object) -> None:
        self.name = name
        self.app = AppTest.from_file(str(ROOT / script), default_timeout=60)
        for key, value in link.items():
            self.app.query_params[key] = str(value)
        self.run()

    def run(self) -> Self:
        self.app.run()
        assert not self.app.exception
        return self

    def buttons(self, word: str):
        """The row of buttons of which one says this."""
        (found,) = [group for group in self.app.button_group if word in group.options]
        return found

    def choose(self, word: str, value) -> Self:
        self.buttons(word).set_value(value)
        return self.run()

    def question(self, words: str):
        """The question in which this is asked."""
        (found,) = [one for one in (*self.app.number_input, *self.app.radio) if words in one.label]
        return found

    def answer(self, words: str, value) -> Self:
        self.question(words).set_value(value)
        return self.run()

    def stage(self, name: str) -> bytes | None:
        """The bytes that a stage component was sent; None where it is not on the page."""
        found = [
            one.proto.bytes for one in self.app.get("bidi_component") if one.proto.id.endswith(f"{self.name}-{name}")
        ]
        return found[0] if found else None

    @property
    def all_sent(self) -> list[bytes]:
        """The bytes of every picture on the page."""
        around = tuple(f"{self.name}-{name}" for name in AROUND)
        return [one.proto.bytes for one in self.app.get("bidi_component") if not one.proto.id.endswith(around)]

    @property
    def player(self):
        return decode(self.stage("player"))

    def figure(self, name: str) -> dict:
        return json.loads(decode(self.stage(name))[0]["figure"])

    def line(self, chart: str, name: str) -> np.ndarray:
        """The heights of a chart's line."""
        (found,) = [one for one in self.figure(chart)["data"] if one.get("name") == name]
        return plotly_array({"shape": "-1", **found["y"]})

    @property
    def script(self) -> str | None:
        """The script that is shown; None where there is none."""
        shown = [one for one in self.app.get("bidi_component") if one.proto.id.endswith(f"{self.name}-script")]
        return "".join(text for _, text in decode(shown[0].proto.bytes)[0]["parts"]) if shown else None

    @property
    def notices(self) -> list[str]:
        return [notice.value for notice in self.app.info]

    @property
    def prose(self) -> list[str]:
        return [text.value for text in self.app.markdown]

    def said(self, words: str) -> str:
        (text,) = [text for text in self.prose if words in text]
        return text

    @property
    def verdicts(self) -> list[tuple[str, str]]:
        return [(kind, one.value) for kind in ("success", "warning") for one in getattr(self.app, kind)]
