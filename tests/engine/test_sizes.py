"""Sizes and costs as formulas, against what torch and the engine's own objects hold and do."""

import re

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils.flop_counter import FlopCounterMode

from rnnviz.engine import GRU, LSTM, BagOfWords, Elman, Sizes
from tests.engine.strategies import EVERY, WEIGHTED, Reading, called, cells
from tests.engine.torch_loop import Loop, module_start, torch_module

SIZES = st.integers(1, 40)
NAMES = ("Elman", "GRU", "LSTM")
IN_TORCH = tuple(kind for kind in WEIGHTED if kind[1].get("nonlinearity") != "identity")


class Products(TorchDispatchMode):
    """Counts the numbers that elementwise products yield."""

    def __init__(self):
        super().__init__()
        self.count = 0

    def __torch_dispatch__(self, function, types, args=(), kwargs=None):
        result = function(*args, **(kwargs or {}))
        if function is torch.ops.aten.mul.Tensor:
            self.count += result.numel()
        return result


def python(latex):
    """ "3(HD + H^2 + 2H)" -> "3*(H*D + H**2 + 2*H)"."""
    latex = re.sub(r"(\d)(?=[H(])", r"\1*", latex)
    return latex.replace("HD", "H*D").replace("^", "**")


@given(cells(IN_TORCH))
def test_parameters_are_as_many_as_torchs_module_has(cell):
    assert Sizes.of(cell).parameters == sum(p.numel() for p in torch_module(cell).parameters()) == cell.parameters


@given(cells(IN_TORCH))
def test_matrix_products_are_half_the_operations_that_torch_counts_in_a_step(cell):
    module, x = torch_module(cell), torch.ones(1, cell.input_size, dtype=torch.float64)
    with FlopCounterMode(display=False) as counter, torch.no_grad():
        module(x, module_start(cell, None, None))
    assert 2 * Sizes.of(cell).matrix_products == counter.get_total_flops()


@given(cells(EVERY))
def test_elementwise_products_are_as_many_as_a_step_of_torch_makes(cell):
    with Products() as products:
        Loop(Reading(cell, np.ones((1, cell.input_size))))
    assert Sizes.of(cell).elementwise_products == products.count


@pytest.mark.parametrize("kind", EVERY, ids=called)
def test_each_product_stands_in_the_formulas(kind):
    cls, options = kind
    cell = cls.random(4, 4, **options)
    shown = [cell.formulas[quantity] for quantity in (*cell.gates, *(["c"] if cell.has_cell_state else []), "h")]
    assert Sizes.of(cell).elementwise_products == 4 * sum(formula.count(r"\odot") for formula in shown)


@given(st.sampled_from(NAMES), SIZES, SIZES)
def test_the_formulas_give_the_numbers(name, D, H):
    sizes = Sizes(name, D, H)
    for quantity, latex in sizes.formulas.items():
        assert eval(python(latex), {"D": D, "H": H}) == getattr(sizes, quantity), quantity


def test_a_bag_learns_nothing_multiplies_nothing_and_carries_its_sum():
    sizes = Sizes.of(BagOfWords(7))
    assert (sizes.parameters, sizes.matrix_products, sizes.elementwise_products) == (0, 0, 0)
    assert (sizes.states, sizes.carried) == (1, 7)
    assert sizes.formulas["parameters"] == "0" and sizes.formulas["carried"] == "H"


@pytest.mark.parametrize("cls", [Elman, GRU, LSTM])
def test_a_step_hands_on_as_many_states_as_torchs_module(cls):
    _, last = torch_module(cls.random(3, 5))(torch.ones(2, 3, dtype=torch.float64))
    states = last if isinstance(last, tuple) else (last,)
    sizes = Sizes(cls.name, 3, 5)
    assert (sizes.states, sizes.carried) == (len(states), sum(state.numel() for state in states))


def test_a_gru_has_three_quarters_of_an_lstm():
    gru, lstm = Sizes("GRU", 64, 64), Sizes("LSTM", 64, 64)
    assert 4 * gru.parameters == 3 * lstm.parameters and 4 * gru.matrix_products == 3 * lstm.matrix_products


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("Transformer", 3, 4), ["cell", "Transformer", "LSTM"]),
        (("LSTM", 0, 4), ["input_size", "0"]),
        (("LSTM", 3, 2.5), ["hidden_size", "2.5"]),
        (("BagOfWords", 3, 4), ["hidden_size", "4", "3"]),
    ],
)
def test_sizes_that_cannot_be_are_refused_by_name(arguments, words):
    with pytest.raises(ValueError) as refusal:
        Sizes(*arguments)
    assert all(word in str(refusal.value) for word in words), refusal.value
