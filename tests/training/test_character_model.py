"""A character model is the engine's cell with shipped weights; what it says is held to torch."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from rnnviz.training.character_model import CELLS, character_model
from tests.engine.torch_loop import torch_module

TEXT = "What's in a name? That which we call a rose"
texts = st.text("abc ?!\nXYZé", min_size=2, max_size=20)


def with_torch(model, text):
    """Bits per character as torch computes them: cross entropy of each next character, in bits."""
    ids = torch.tensor(model.vocabulary.encode(text))
    x = torch.nn.functional.one_hot(ids, len(model.vocabulary)).double()
    h, _ = torch_module(model.cell)(x)
    logits = h @ torch.tensor(model.readout.weight).T + torch.tensor(model.readout.bias)
    return torch.nn.functional.cross_entropy(logits[:-1], ids[1:]).item() / np.log(2)


@pytest.mark.parametrize("cell", CELLS)
@given(text=texts)
def test_bits_per_character_are_torchs_cross_entropy(cell, text):
    model = character_model(cell)
    assert model.read(text).bits == pytest.approx(with_torch(model, text), rel=1e-9)


def test_a_single_character_has_no_next_one_to_be_surprised_by():
    assert np.isnan(character_model("GRU").read("a").bits)


def test_other_options_keep_the_weights():
    model = character_model("GRU")
    before = model.with_options(reset="before")
    assert before.cell.reset == "before" and model.cell.reset == "after"
    for name, value in model.cell.state_dict().items():
        np.testing.assert_array_equal(before.cell.state_dict()[name], value)
    np.testing.assert_array_equal(before.with_options(reset="after").read(TEXT).p, model.read(TEXT).p)


@pytest.mark.parametrize("bias", [0.0, 1.0, 3.0])
def test_an_untrained_lstm_starts_with_the_forget_bias_asked_for(bias):
    cell = character_model("LSTM").untrained(5, forget_bias=bias).cell
    rows = cell.rows("f")
    assert ((cell.bias_ih + cell.bias_hh)[rows] == bias).all()
    assert ((cell.bias_ih + cell.bias_hh)[cell.rows("i")] != bias).all()


def test_an_untrained_model_keeps_the_options_of_its_cell():
    assert character_model("GRU").with_options(reset="before").untrained(1).cell.reset == "before"
    assert character_model("GRU").with_options(reset="before").with_loop(0.5).cell.reset == "before"
