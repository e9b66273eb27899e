"""Spot the mistake as a learner meets it: judge, read why, and see it run with numbers that torch agrees with."""

from __future__ import annotations

import json
import math
import re
from base64 import b64decode

import numpy as np
import pytest
import torch
from streamlit.testing.v1 import AppTest

from rnnviz.engine import VERSIONS
from rnnviz.lesson.side_by_side import bits_per_character, fingerprint, first_apart, small
from rnnviz.lesson.spot_the_mistake import REASONS, letter
from rnnviz.tasks.text import shakespeare, split
from rnnviz.training.character_model import character_model
from rnnviz.training.language_model import bits_per_character as bits_by_torch
from tests.engine.torch_loop import torch_module
from tests.stage.decoder import decode

TEXT = "To be, or not to be"
PAGE = """
from rnnviz.lesson import Lesson
from rnnviz.lesson.spot_the_mistake import spot_the_mistake
from rnnviz.training.character_model import character_model

model = character_model({cell!r})
spot_the_mistake(Lesson("Try", question="?"), {model}, {text!r})
"""


class Section:
    """The section on a page of its own."""

    def __init__(self, cell="LSTM", text=TEXT, model="model"):
        self.cell = cell
        self.app = AppTest.from_string(PAGE.format(cell=cell, text=text, model=model), default_timeout=60)
        self.run()

    def run(self):
        self.app.run()
        assert not self.app.exception
        return self

    def buttons(self, label):
        return [group for group in self.app.button_group if group.label == label]

    def judge(self, name, verdict):
        (group,) = self.buttons(f"Version {name}")
        group.set_value(verdict)
        return self.run()

    def judge_all(self, rightly=True):
        for version in VERSIONS[self.cell]:
            self.judge(letter(version), "Right" if version.is_right == rightly else "Wrong")
        return self

    def show(self, name):
        (group,) = self.buttons("See it run")
        group.set_value(name)
        return self.run()

    @property
    def said(self):
        return "\n".join(element.value for element in self.app.markdown)

    def chart(self, name):
        """What a chart is sent -> (its header, the lines of its figure)."""
        sent = [one.proto.bytes for one in self.app.get("bidi_component") if one.proto.id.endswith(f"try-{name}")]
        header, _ = decode(*sent)
        return header, json.loads(header["figure"])["data"]

    def table(self):
        """What is measured -> (right, written), as shown."""
        rows = [line.strip("|").split("|") for line in self.said.splitlines() if line.startswith("| ")]
        return {what.strip(): (one.strip(), other.strip()) for what, one, other in rows}


def numbers(written):
    """A row of numbers as plotly writes it: packed, or as a list."""
    return np.frombuffer(b64decode(written["bdata"]), written["dtype"]) if "bdata" in written else np.array(written)


def version_of(cell, name):
    return VERSIONS[cell]["ABCDEF".index(name)]


@pytest.mark.parametrize("cell", VERSIONS)
def test_all_six_are_shown_with_the_equations_that_run_and_nothing_is_given_away(cell):
    section = Section(cell)
    shown = [element.value for element in section.app.get("latex") or section.app.latex]
    assert len(shown) == 6
    for latex, version in zip(shown, VERSIONS[cell], strict=True):
        for formula in version.formulas.values():
            assert formula.replace(" = ", " &= ", 1) in latex
    assert not any(reason in section.said for reason in REASONS.values())
    assert not section.buttons("See it run") and "0 of 6 judged" in section.said


def test_every_version_has_a_reason_and_every_reason_a_version():
    assert set(REASONS) == {(version.cell, version.key) for versions in VERSIONS.values() for version in versions}


@pytest.mark.parametrize("cell", VERSIONS)
@pytest.mark.parametrize("rightly", [True, False])
def test_the_verdict_is_held_against_what_was_measured_and_counted(cell, rightly):
    section = Section(cell).judge_all(rightly)
    assert f"**{6 if rightly else 0} of 6** judged rightly" in section.said
    for version in VERSIONS[cell]:
        truth = f"**Version {letter(version)} is {'right' if version.is_right else 'wrong'}**"
        assert truth + (", as you said" if rightly else "") in section.said
        assert REASONS[cell, version.key] in section.said


def test_a_verdict_is_given_once_and_all_can_be_given_afresh():
    section = Section().judge("B", "Wrong")
    assert not section.buttons("Version B") and section.buttons("Version C")
    (afresh,) = [button for button in section.app.button if button.label == "Judge afresh"]
    afresh.click()
    section.run()
    assert section.buttons("Version B") and "0 of 6 judged" in section.said


def test_what_was_judged_last_runs_and_any_judged_one_can():
    section = Section().judge("B", "Wrong")
    assert section.buttons("See it run")[0].options == ["B"]
    section.judge("C", "Right")
    assert "version C" in section.chart("version-state")[0]["caption"]
    section.show("B")
    assert "version B" in section.chart("version-state")[0]["caption"]


@pytest.mark.parametrize("cell", VERSIONS)
def test_the_pictures_show_what_torch_and_the_version_compute(cell):
    section = Section(cell).judge_all()
    model = character_model(cell)
    x = model.vocabulary.one_hot(model.vocabulary.encode(TEXT))
    with torch.no_grad():
        h = torch_module(model.cell)(torch.tensor(x))[0].numpy()
    memory = model.cell.run(x).c if cell == "LSTM" else h
    for name in "ABCDEF":
        section.show(name)
        written = version_of(cell, name).run(model.cell, x)
        gaps = np.abs(written["c" if cell == "LSTM" else "h"] - memory).max(axis=0)
        header, lines = section.chart("version-state")
        unit = int(re.search(r"unit (\d+),", header["caption"])[1])
        assert gaps[unit] >= gaps.max() - 1e-12
        right, as_it_stands = (numbers(line["y"]) for line in lines)
        np.testing.assert_allclose(right, memory[:, unit], rtol=1e-6, atol=1e-6)
        np.testing.assert_allclose(as_it_stands, written["c" if cell == "LSTM" else "h"][:, unit], rtol=1e-6, atol=1e-6)
        _, distances = section.chart("version-distance")
        (own,) = [line for line in distances if line["name"] == name]
        apart = np.abs(written["h"] - h).max(axis=1)
        drawn = numbers(own["y"])
        np.testing.assert_allclose(drawn, np.maximum(apart, 1e-17), rtol=1e-6, atol=1e-13)


@pytest.mark.parametrize("cell", VERSIONS)
def test_the_numbers_of_a_wrong_version_are_measured(cell):
    section = Section(cell).judge_all()
    model = character_model(cell)
    ids = model.vocabulary.encode(TEXT)
    x = model.vocabulary.one_hot(ids)
    for name in "ABCDEF":
        table = section.show(name).table()
        h = version_of(cell, name).run(model.cell, x)["h"]
        apart = np.abs(h - model.cell.run(x).h).max(axis=1)
        logits = torch.tensor(h @ model.readout.weight.T + model.readout.bias)[:-1]
        surprise = float(torch.nn.functional.cross_entropy(logits, torch.tensor(ids[1:]))) / math.log(2)
        first = np.flatnonzero(apart > 0.1)
        assert table["first step at which it is above 0.1"][1] == (f"t = {first[0] + 1}" if len(first) else "none")
        assert table["bits per character of your text"][1] == f"{surprise:.3f}"
        if not version_of(cell, name).is_right:
            assert table["largest difference of $h$ from torch's"][1] == f"{apart.max():.4f}"


@pytest.mark.parametrize("cell", VERSIONS)
def test_the_held_out_bits_of_the_right_equations_are_those_that_torch_measures(cell):
    model = character_model(cell)
    tensors = {name: value.astype(np.float32) for name, value in model.cell.state_dict().items()}
    tensors |= {"output.weight": model.readout.weight.astype(np.float32)}
    tensors |= {"output.bias": model.readout.bias.astype(np.float32)}
    theirs = bits_by_torch(cell, tensors, model.vocabulary.encode(split(shakespeare())[1][:3_000]))
    table = Section(cell).judge("B", "Right").table()
    shown = float(table["bits per character of 3,000 held-out characters"][0])
    assert shown == pytest.approx(theirs, abs=2e-3)


def test_one_character_has_nothing_to_predict():
    table = Section(text="a").judge("C", "Wrong").table()
    assert table["bits per character of your text"] == ("–", "–")


def test_with_all_weights_zero_a_mistake_may_not_show_and_the_page_says_so():
    section = Section("GRU", model="model.zeroed()").judge("D", "Wrong")
    assert section.table()["largest difference of $h$ from torch's"][1] == "0"
    assert "the mistake does not show" in section.said
    assert "Version D is wrong**, as you said" in section.said


def test_foreign_characters_and_long_texts_run():
    assert "1 of 1" in Section(text="a*`$|\n€" + "x" * 200).judge("B", "Wrong").said


def test_bits_are_the_mean_surprise_of_the_next_character():
    p = np.array([[0.5, 0.5], [0.25, 0.75], [1.0, 0.0]])
    assert bits_per_character(p, np.array([1, 0, 0])) == pytest.approx((1 + 2) / 2)
    assert bits_per_character(np.array([[1.0, 0.0], [0.5, 0.5]]), np.array([0, 1])) == math.inf
    assert math.isnan(bits_per_character(p[:1], np.array([0])))


def test_the_first_step_apart_is_the_first_above_the_threshold():
    assert first_apart(np.array([0.0, 0.05, 0.11, 0.01])) == 2
    assert first_apart(np.array([0.1])) is None


def test_a_fingerprint_tells_weights_apart_and_nothing_else():
    one, other = character_model("GRU"), character_model("GRU").with_loop(1.0)
    assert fingerprint(one) == fingerprint(other)
    assert len({fingerprint(model) for model in (one, one.zeroed(), one.with_loop(0.5), character_model("LSTM"))}) == 4


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.0, "0"), (1.96567, "1.9657"), (0.001, "0.0010"), (1.4e-15, "1 · 10⁻¹⁵"), (3e-16, "3 · 10⁻¹⁶")],
)
def test_a_small_difference_is_written_by_its_size(value, text):
    assert small(value) == text
