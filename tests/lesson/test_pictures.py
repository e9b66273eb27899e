"""The pictures on the map show, and their words say, what the models compute."""

import numpy as np
import pytest
import torch

from rnnviz.figures import palette
from rnnviz.lesson import pictures, vanishing
from rnnviz.lesson.pictures import TEXT, picture
from rnnviz.tasks.forecasting import SERIES
from rnnviz.training.character_model import character_model


@pytest.fixture
def drawn(monkeypatch):
    """Every `Line` of a picture that is made anew, by what it was drawn in."""
    kept = []

    def lines(given, **limits):
        kept[:] = given
        return {"light": "", "dark": ""}

    monkeypatch.setattr(pictures, "lines", lines)
    return kept


def by_torch(name):
    """(gates of a shipped model on the text, by name), from torch's own weights and a loop."""
    model = character_model(name)
    weights = {key: torch.tensor(value) for key, value in model.cell.state_dict().items()}
    x = torch.eye(model.cell.input_size, dtype=torch.float64)[list(model.read(TEXT).ids)]
    h, found = torch.zeros(model.cell.hidden_size, dtype=torch.float64), {"z": [], "r": []}
    for one in x:
        a = weights["weight_ih_l0"] @ one + weights["bias_ih_l0"]
        b = weights["weight_hh_l0"] @ h + weights["bias_hh_l0"]
        (ar, az, an), (br, bz, bn) = a.chunk(3), b.chunk(3)
        r, z = torch.sigmoid(ar + br), torch.sigmoid(az + bz)
        h = (1 - z) * torch.tanh(an + r * bn) + z * h
        found["z"].append(z.mean())
        found["r"].append(r.mean())
    return {gate: np.array(values) for gate, values in found.items()}


def test_the_gates_of_the_gru_are_those_of_torch_each_in_its_colour(drawn):
    made, gates = pictures.gru_gates(), by_torch("GRU")
    assert [line.colour for line in drawn] == [palette.GATES["z"], palette.GATES["r"]]
    for line, gate in zip(drawn, "zr", strict=True):
        np.testing.assert_allclose(line.y, gates[gate], atol=1e-6)
    z, r = (f"{gates[gate].mean():.2f}" for gate in "zr")
    assert f"update gate z ({z} over the text) and reset gate r ({r})" in made.shows


def test_what_fades_is_told_where_it_has_faded(drawn):
    """The words give the norm at the first step, which is the least where a gradient vanishes."""
    made = pictures.fading()
    settings = vanishing.Settings("tanh", 32, 100, 1.0, 1.0, None, 0, False, "")
    at = settings.values.index(1.0)
    for line, (cell, name) in zip(drawn, {"Elman": "Elman", "GRU": "GRU", "LSTM": "LSTM, h"}.items(), strict=True):
        np.testing.assert_array_equal(line.y, vanishing.flow(settings).logs[name][at])
        assert line.colour == palette.CELLS[cell] and line.y[0] < line.y[-1] - 3
        assert f"{cell} 10^{line.y[0]:.1f}" in made.shows


def test_a_bag_and_a_window_forget_the_order_in_their_own_colours(drawn):
    made = pictures.order()
    bag, window, elman = drawn
    assert [bag.colour, window.colour, elman.colour] == [
        palette.CELLS["BagOfWords"], palette.MUTED, palette.CELLS["Elman"],
    ]  # fmt: skip
    assert bag.y[-1] == 0 and window.y[-1] == 0 and elman.y[-1] > 0.1
    assert bag.y[:-1].max() > 0, "on the way, the words differ"
    assert f"Elman {elman.y[-1]:.4f}" in made.shows


def test_the_losses_end_where_the_words_say(drawn):
    made = pictures.losses()
    for line, cell in zip(drawn, ("Elman", "GRU", "LSTM"), strict=True):
        assert line.colour == palette.CELLS[cell]
        assert f"{cell} ends at {10 ** line.y[-1]:.1e}" in made.shows
    assert drawn[0].y[-1] > -1 and max(drawn[1].y[-1], drawn[2].y[-1]) < -2, "Elman stays at chance"
    assert "over 3 seeds" in made.shows


def test_the_naive_forecast_repeats_the_last_season(drawn):
    pictures.sunspots()
    values, ahead = drawn[0].y, drawn[1].y
    season, known = SERIES["sunspots"]().season, len(values) - 22
    assert np.isnan(ahead[: known - 1]).all() and ahead[known - 1] == values[known - 1]
    for k in range(known, len(values)):
        assert ahead[k] == values[known - season + (k - known) % season]


def test_the_blame_is_told_from_the_least_to_the_largest():
    low, high = picture("bptt").shows.split("from ")[1].rstrip(".").split(" to ")
    assert float(low) < 1e-6 < 1 < float(high)
