import json
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import torch

from rnnviz.tasks.text import Vocabulary, shakespeare, split
from rnnviz.training import weights
from rnnviz.training.language_model import CELLS, Recipe, baselines, bits_per_character, from_tensors, train

SHIPPED = Path(__file__).resolve().parents[2] / "assets" / "weights"
TRAIN, HELD_OUT = split(shakespeare())
TINY = Recipe(hidden_size=5, updates=6, batch_size=4, sequence_length=8)
cells = pytest.mark.parametrize("cell", CELLS.values())


def shipped(cell):
    tensors, metadata = weights.load(SHIPPED / f"character_{cell.lower()}.safetensors")
    return tensors, metadata, Vocabulary(tuple(json.loads(metadata["tokens"])))


@pytest.fixture(scope="module")
def measured():
    """Held-out bits per character of the shipped files, over the whole held-out text."""
    bits = {}
    for cell in CELLS.values():
        tensors, _, vocabulary = shipped(cell)
        bits[cell] = bits_per_character(cell, tensors, vocabulary.encode(HELD_OUT))
    return bits


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def bits_by_the_formulas(cell, w, ids):
    """The same measure, one character at a time, from the cells' equations in float64."""
    w = {name: tensor.astype(float) for name, tensor in w.items()}
    h = c = np.zeros(w["weight_hh_l0"].shape[1])
    bits = []
    for read, following in pairwise(ids):
        x = w["weight_ih_l0"][:, read] + w["bias_ih_l0"]
        r = w["weight_hh_l0"] @ h + w["bias_hh_l0"]
        if cell == "Elman":
            h = np.tanh(x + r)
        elif cell == "GRU":
            (xr, xz, xn), (hr, hz, hn) = np.split(x, 3), np.split(r, 3)
            z = sigmoid(xz + hz)
            h = (1 - z) * np.tanh(xn + sigmoid(xr + hr) * hn) + z * h
        else:
            i, f, g, o = np.split(x + r, 4)
            c = sigmoid(f) * c + sigmoid(i) * np.tanh(g)
            h = sigmoid(o) * np.tanh(c)
        logits = w["output.weight"] @ h + w["output.bias"]
        bits.append((np.logaddexp.reduce(logits) - logits[following]) / np.log(2))
    return np.mean(bits)


@cells
def test_the_measure_is_the_cells_equations(cell):
    tensors, _, vocabulary = shipped(cell)
    ids = vocabulary.encode(HELD_OUT[:5000])  # longer than one piece, so that the state has to be carried
    assert bits_per_character(cell, tensors, ids) == pytest.approx(bits_by_the_formulas(cell, tensors, ids), abs=1e-4)


@cells
def test_a_shipped_file_tells_the_truth(cell, measured):
    tensors, metadata, vocabulary = shipped(cell)
    assert metadata["cell"] == cell
    assert float(metadata["held_out_bits_per_character"]) == pytest.approx(measured[cell], abs=1e-3)
    model = from_tensors(cell, tensors)
    assert int(metadata["parameters"]) == sum(p.numel() for p in model.parameters())
    assert int(metadata["hidden_size"]) == model.hidden_size
    assert model.input_size == len(vocabulary)
    assert {tensor.dtype for tensor in tensors.values()} == {np.dtype("float32")}


@cells
def test_the_readme_shows_what_the_file_says(cell):
    _, metadata, _ = shipped(cell)
    readme = (SHIPPED / "README.md").read_text()
    row = next(line for line in readme.splitlines() if line.startswith(f"| {cell} "))
    assert metadata["command"] in row and metadata["parameters"] in row
    assert f"{float(metadata['held_out_bits_per_character']):.3f}" in row


def test_the_shipped_cells_had_the_same_recipe_and_vocabulary():
    told = [shipped(cell)[1] for cell in CELLS.values()]
    for key in ("tokens", "trained_on", "seed", *Recipe.__dataclass_fields__):
        assert len({metadata[key] for metadata in told}) == 1, key
    assert shipped("LSTM")[2] == Vocabulary.of(TRAIN)


def test_every_network_beats_the_trigram_and_gates_beat_the_4_gram(measured):
    counting = baselines()
    assert all(bits < counting["trigram"] for bits in measured.values())
    assert measured["GRU"] < counting["4-gram"]
    assert measured["LSTM"] < counting["4-gram"]


def alphabet(repeats=30):
    return np.tile(np.arange(1, 9), repeats)


@cells
def test_the_same_seed_gives_the_same_bytes_and_another_seed_others(cell, tmp_path):
    files = []
    for recipe in (TINY, TINY, replace(TINY, seed=1)):
        weights.save(tmp_path / "model.safetensors", train(cell, alphabet(), size=9, recipe=recipe), {})
        files.append((tmp_path / "model.safetensors").read_bytes())
    assert files[0] == files[1] != files[2]


def test_training_leaves_the_callers_random_numbers_alone():
    torch.manual_seed(3)
    expected = torch.rand(4)
    torch.manual_seed(3)
    train("GRU", alphabet(), size=9, recipe=TINY)
    assert torch.equal(torch.rand(4), expected)


@cells
def test_a_text_that_repeats_is_learned(cell):
    recipe = replace(TINY, hidden_size=12, updates=200, learning_rate=0.02)
    tensors = train(cell, alphabet(), size=9, recipe=recipe)
    assert bits_per_character(cell, tensors, alphabet()) < 0.3


def test_the_weights_of_the_unknown_character_are_trained():
    """No text has the unknown character, so without the replaced share its column would stay as it was drawn."""
    columns = [
        train("LSTM", alphabet(), size=9, recipe=replace(TINY, unknown_share=share))["weight_ih_l0"][:, 0]
        for share in (0, 0.3)
    ]
    drawn = train("LSTM", alphabet(), size=9, recipe=replace(TINY, updates=1, unknown_share=0))["weight_ih_l0"][:, 0]
    np.testing.assert_array_equal(columns[0], drawn)
    assert not np.array_equal(columns[1], drawn)


def test_progress_is_reported_to_the_end():
    seen = []
    train("Elman", alphabet(), size=9, recipe=TINY, report=lambda update, bits: seen.append((update, bits)))
    assert [update for update, _ in seen] == list(range(1, TINY.updates + 1))
    assert all(0 < bits < 10 for _, bits in seen)


@pytest.mark.parametrize(
    "name, value",
    [
        ("hidden_size", 0),
        ("updates", -1),
        ("learning_rate", 0.0),
        ("gradient_clip", float("nan")),
        ("unknown_share", 1.0),
        ("seed", -1),
    ],
)
def test_a_recipe_out_of_range_is_refused_by_name(name, value):
    with pytest.raises(ValueError, match=f"{name}.*{value}"):
        Recipe(**{name: value})


def test_what_is_no_model_is_refused():
    lstm = train("LSTM", alphabet(), size=9, recipe=TINY)
    for cell, tensors in (("GRU", lstm), ("LSTM", {}), ("Transformer", lstm)):
        with pytest.raises(ValueError, match=cell):
            bits_per_character(cell, tensors, alphabet())
    with pytest.raises(ValueError, match="at least 2"):
        bits_per_character("LSTM", lstm, np.array([1]))
    with pytest.raises(ValueError, match="characters are needed, got 10"):
        train("LSTM", alphabet()[:10], size=9, recipe=TINY)
