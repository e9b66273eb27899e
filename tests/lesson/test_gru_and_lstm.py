"""GRU against LSTM: the formulas are the cells' own, and the numbers are those of torch."""

from __future__ import annotations

import re

import numpy as np
import pytest
import torch
from streamlit.testing.v1 import AppTest

from rnnviz.engine import GRU, LSTM
from rnnviz.lesson import gru_and_lstm
from rnnviz.lesson.gru_and_lstm import CONVENTIONS, Convention, largest_within, size_table, tied, under
from rnnviz.lesson.side_by_side import fingerprint
from rnnviz.stage import surroundings
from rnnviz.training.character_model import character_model
from tests.engine.strategies import assert_close, normal
from tests.engine.torch_loop import torch_module

TEXT = "To be, or not to be"
PAGE = """
from rnnviz.lesson import Lesson
from rnnviz.lesson.gru_and_lstm import gru_against_lstm
from rnnviz.training.character_model import character_model

gru_against_lstm(Lesson("Try", question="?"), character_model("GRU"){change}, {text!r})
"""


def said(text=TEXT, change=""):
    app = AppTest.from_string(PAGE.format(text=text, change=change), default_timeout=60).run()
    assert not app.exception
    return "\n".join(element.value for element in app.markdown)


def chung(cell, x):
    """h of the GRU as Chung et al. (2014) print it: z renews, r acts on the state that goes in. A torch loop."""
    W, U = (torch.tensor(value).chunk(3) for value in (cell.weight_ih, cell.weight_hh))
    b, d = (torch.tensor(value).chunk(3) for value in (cell.bias_ih, cell.bias_hh))
    h, states = torch.zeros(cell.hidden_size, dtype=torch.float64), []
    for x_t in torch.tensor(x):
        r = torch.sigmoid(W[0] @ x_t + b[0] + U[0] @ h + d[0])
        z = torch.sigmoid(W[1] @ x_t + b[1] + U[1] @ h + d[1])
        n = torch.tanh(W[2] @ x_t + b[2] + U[2] @ (r * h) + d[2])
        h = (1 - z) * h + z * n
        states.append(h)
    return torch.stack(states).numpy()


def test_both_cells_formulas_stand_in_the_table():
    text = said()
    lstm, gru = character_model("LSTM").cell.formulas, character_model("GRU").cell.formulas
    for formula in [lstm[k] for k in ("i", "f", "g", "o", "c", "h")] + [gru[k] for k in ("r", "z", "n", "h")]:
        assert f"${formula}$" in text, formula
    assert GRU.random(1, 1, reset="before").formulas["n"] in text


@pytest.mark.parametrize("seed", range(3))
def test_a_convention_reads_the_weights_as_its_paper_does(seed):
    cell, x = GRU.random(4, 6, seed=seed), normal(12, 4, seed=seed)
    assert_close(under(Convention(False, "before"), cell).run(x).h, chung(cell, x))
    with torch.no_grad():
        theirs = torch_module(cell)(torch.tensor(x))[0].numpy()
    assert_close(under(Convention(True, "after"), cell).run(x).h, theirs)
    others = [under(one, cell).run(x).h for one in CONVENTIONS if one != Convention(True, "after")]
    assert all(np.abs(h - theirs).max() > 1e-3 for h in others)


def test_the_differences_shown_are_those_of_the_conventions():
    text, model = said(), character_model("GRU")
    ids = model.vocabulary.encode(TEXT)
    x = model.vocabulary.one_hot(ids)
    right, h = model.cell.run(x).h, chung(model.cell, x)
    p = torch.softmax(torch.tensor(h @ model.readout.weight.T + model.readout.bias), dim=1).numpy()
    changed = int((p.argmax(axis=1) != model.readout.run(right).argmax(axis=1)).sum())
    bits = -np.log2(p[np.arange(len(ids) - 1), ids[1:]]).mean()
    (row,) = [line for line in text.splitlines() if "Chung et al. 2014 |" in line]
    assert f"| {np.abs(h - right).max():.4f} |" in row
    assert f"| {changed} of {len(TEXT)} | {bits:.3f} |" in row
    (own,) = [line for line in text.splitlines() if "cuDNN" in line and line.startswith("|")]
    assert "| 0 | – | 0 of 19 |" in own


def test_turning_the_sign_of_zs_weights_makes_the_one_convention_the_other():
    model = character_model("GRU")
    assert gru_and_lstm.turned_back(fingerprint(model), TEXT, model) <= 1e-12


def test_the_gates_that_the_gru_ties_are_measured_in_the_trained_lstm():
    model = character_model("LSTM")
    x = torch.tensor(model.vocabulary.one_hot(model.vocabulary.encode(TEXT)))
    with torch.no_grad():
        h = torch_module(model.cell)(x)[0]
        before = torch.cat([torch.zeros(1, 64, dtype=torch.float64), h[:-1]])
        W, U, b, d = (torch.tensor(model.cell.state_dict()[f"{name}_l0"]) for name in
                      ("weight_ih", "weight_hh", "bias_ih", "bias_hh"))  # fmt: skip
        i, f, _, o = torch.sigmoid(x @ W.T + b + before @ U.T + d).chunk(4, dim=1)
    sums, close, opening = tied(TEXT)
    assert sums == pytest.approx(float((i + f).mean()), abs=1e-12)
    assert close == pytest.approx(float(((i + f - 1).abs() <= 0.1).double().mean()), abs=1e-12)
    assert opening == pytest.approx(float(o.mean()), abs=1e-12)
    assert f"a mean of **{sums:.2f}**" in said()


@pytest.mark.parametrize(("D", "H"), [(64, 64), (1, 1), (3, 10)])
def test_the_numbers_in_the_table_are_those_of_torchs_modules(D, H):
    table = size_table(D, H)
    (parameters,) = [line for line in table.splitlines() if line.startswith("| parameters")]
    shown = [int(number.replace(",", "")) for number in re.findall(r"\*\*([\d,]+)\*\*", parameters)]
    modules = [torch.nn.RNN(D, H), torch.nn.GRU(D, H), torch.nn.LSTM(D, H)]
    assert shown == [sum(p.numel() for p in module.parameters()) for module in modules]
    assert "$3(HD + H^2 + 2H)$" in parameters and "$4(HD + H^2 + 2H)$" in parameters


@pytest.mark.parametrize("parameters", [11, 12, 24_960, 33_280])
def test_the_largest_cell_within_a_budget_fits_and_the_next_does_not(parameters):
    def count(hidden):
        return sum(p.numel() for p in torch.nn.LSTM(1, hidden).parameters())

    hidden = largest_within("LSTM", 1, parameters)
    assert count(hidden + 1) > parameters and (hidden == 0 or count(hidden) <= parameters)


def test_the_page_has_its_numbers_for_one_character_foreign_ones_and_other_weights(monkeypatch):
    assert "| 0 of 1 | – |" in said("a")
    assert "of 7 |" in said("€$|*`_\n")
    monkeypatch.setattr(surroundings, "seen", lambda about, *, key: True)
    zero = said(change=".zeroed()")
    assert zero.count("| 0 | – | 0 of 19 |") == 4


def test_other_weights_read_the_held_out_text_when_the_learner_comes_to_it():
    assert "| convention |" in said()
    text = said(change=".untrained(12345)")
    assert "| convention |" not in text and "Computed as soon as you are here" in text


def test_an_lstm_can_be_asked_what_it_costs():
    page = PAGE.replace("import gru_against_lstm", "import what_each_cell_costs")
    page = page.replace('gru_against_lstm(Lesson("Try", question="?"), character_model("GRU"){change}, {text!r})',
                        'what_each_cell_costs(Lesson("Try", question="?"), character_model("LSTM"))')  # fmt: skip
    app = AppTest.from_string(page, default_timeout=60).run()
    assert not app.exception
    text = "\n".join(element.value for element in app.markdown)
    assert f"the {LSTM.random(64, 64).parameters:,} of this LSTM, a GRU could have **77 units**" in text
