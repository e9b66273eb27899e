"""What the lesson "Sequences" computes: order is lost in a sum and kept in a loop, and rates are measured rightly."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from rnnviz.lesson import influence, occurring, sequences, shapes
from rnnviz.lesson.snippet import SNIPPETS, snippet
from rnnviz.lesson.words import token_label
from rnnviz.tasks.words import one_hot, words
from rnnviz.training.character_model import CELLS, character_model

ROOT = Path(__file__).resolve().parents[2]
TEXT = "To be, or not to be, that is the question"
compared = sequences.compared.__wrapped__
sentences = st.lists(st.sampled_from(["dog", "bites", "man", "the", "🐶"]), min_size=1, max_size=8).map(tuple)


@given(sentences, st.randoms(), st.integers(1, 5))
def test_another_order_leaves_the_bag_at_exactly_zero(sentence, random, width):
    other = tuple(random.sample(sentence, len(sentence)))
    comparison = compared(sentence, other, width, 8, 0)
    assert comparison.distance["bag"][-1] == 0
    assert comparison.relation == ("same" if other == sentence else "reordered")
    assert (comparison.distance["Elman"][-1] > 0) == (sentence != other)
    assert comparison.only_in(0) == comparison.only_in(1) == ()


@given(sentences, sentences, st.integers(1, 5))
def test_a_window_is_zero_apart_exactly_where_the_last_words_agree(one, two, width):
    comparison = compared(one, two, width, 4, 0)
    for t, distance in enumerate(comparison.distance["window"], 1):
        a, b = (sentence[:t][-width:] for sentence in (one, two))
        padded = [(None,) * (width - len(seen)) + seen for seen in (a, b)]
        assert (distance == 0) == (padded[0] == padded[1])


@given(sentences, sentences)
def test_the_bag_is_a_count_and_its_distance_that_of_the_counts(one, two):
    comparison = compared(one, two, 2, 4, 0)
    counts = [[sentence.count(word) for word in comparison.vocabulary] for sentence in (one, two)]
    np.testing.assert_array_equal(comparison.states["bag"][:, -1], counts)
    assert comparison.distance["bag"][-1] == pytest.approx(np.linalg.norm(np.subtract(*counts)))
    assert (comparison.relation == "different") == (sorted(one) != sorted(two))


def test_elmans_states_are_torchs():
    comparison = compared(("dog", "bites", "man"), ("man", "dog"), 2, 8, 5)
    cell = comparison.traces["Elman"][0].cell
    rnn = torch.nn.RNN(cell.input_size, 8).double()
    rnn.load_state_dict({name: torch.tensor(value) for name, value in cell.state_dict().items()})
    for k, sentence in enumerate(comparison.sentences):
        h = rnn(torch.tensor(one_hot(sentence, comparison.vocabulary)))[0].detach().numpy()
        np.testing.assert_allclose(comparison.states["Elman"][k, : len(sentence)], h, atol=1e-12)


def test_a_sentence_that_has_ended_keeps_its_last_state():
    comparison = compared(("a",), ("a", "b", "c"), 2, 4, 0)
    for state in comparison.states.values():
        np.testing.assert_array_equal(state[0], np.tile(state[0, :1], (3, 1)))
    assert comparison.steps == 3 and comparison.pairs() == [("a", "a"), ("–", "b"), ("–", "c")]


def test_the_same_words_behind_both_leave_the_window_nothing_and_elman_something():
    for width in range(1, 6):
        after = sequences.continued(("dog", "bites", "man"), ("man", "bites", "dog"), width, 8, 0)
        assert after.apart() == (False, False, True)


def test_what_is_no_sentence_keeps_the_last_good_one_with_a_word_about_it():
    control = sequences.SentenceInput("sentence", default="a b", label="Sentence A")
    for text in ("", "   ", "?!", "\x00"):
        used, notice = control.within(text, "last one")
        assert used == "last one" and notice
    used, notice = control.within(" ".join(map(str, range(20))), "last one")
    assert used.split() == [str(k) for k in range(12)] and "first 12" in notice
    assert len(control.within("a" * 10_000, "x")[0]) == 200
    assert control.within("dog bites man", "x") == ("dog bites man", None)


@pytest.mark.parametrize("weights", ["trained", "random"])
def test_an_influence_is_that_of_reading_the_changed_text_from_its_start(weights):
    measured = influence.influence(weights, 0, TEXT, "x")
    for cell in CELLS:
        model = character_model(cell) if weights == "trained" else character_model(cell).untrained(0)
        for k, row in zip(measured.changed, measured.distance["LSTM, h" if cell == "LSTM" else cell], strict=True):
            changed = TEXT[:k] + "x" + TEXT[k + 1 :]
            expected = np.linalg.norm(model.read(TEXT).trace.h - model.read(changed).trace.h, axis=1)
            assert np.isnan(row[:k]).all() and (expected[:k] == 0).all()
            np.testing.assert_allclose(row[k:], expected[k:], atol=1e-12)
    assert set(measured.distance) == {"Elman", "GRU", "LSTM, h", "LSTM, c"}


def test_a_character_is_never_changed_into_what_the_network_reads_there_already():
    for text, wanted in (("xxxx", "x"), ("eeee", "e"), ("🦆🦆", "🐶")):
        measured = influence.influence("random", 0, text, wanted)
        assert all(
            row[k] > 0 for rows in measured.distance.values() for k, row in zip(measured.changed, rows, strict=True)
        )


@pytest.mark.parametrize("length", [1, 2, 15, 16, 17, 100])
def test_places_are_all_of_a_short_text_and_evenly_spread_over_a_long_one(length):
    places = influence.positions(length)
    assert places[0] == 0 and places[-1] == length - 1 and len(places) == min(length, influence.POSITIONS)
    assert len(places) < 3 or np.ptp(np.diff(places)) <= 1


@given(st.floats(0.3, 0.99), st.lists(st.floats(0.01, 10), min_size=1, max_size=4))
def test_the_rate_of_a_straight_decay_is_its_factor(factor, heights):
    distance = np.full((len(heights), 30), np.nan)
    for k, height in enumerate(heights):
        distance[k, k:] = height * factor ** np.arange(30 - k)
    (row,) = influence.Influence(list(range(len(heights))), {"GRU": distance}).rates.itertuples()
    assert row.rate == pytest.approx(factor, rel=1e-9)


def test_where_there_is_nothing_to_measure_there_is_no_rate():
    for distance in ([[0.5]], [[0.5, 0.0]], [[1e-14, 1e-15]]):
        assert np.isnan(influence.Influence([0], {"GRU": np.array(distance)}).rates["rate"]).all()


def test_temperature_is_the_power_that_it_says():
    p = np.array([0.5, 0.3, 0.2, 0.0])
    np.testing.assert_allclose(shapes.cooled(p, 1), p)
    np.testing.assert_allclose(shapes.cooled(p, 0.5), p**2 / (p**2).sum())
    np.testing.assert_array_equal(shapes.cooled(p, 0), [1, 0, 0, 0])
    assert shapes.cooled(p, 1e-3)[0] == pytest.approx(1)
    with pytest.raises(ValueError):
        shapes.cooled(p, -1)


def test_what_is_written_is_read_again_and_greedy_writing_takes_the_likeliest():
    model = character_model("LSTM")
    for use in shapes.uses.__wrapped__(TEXT, 0, 0).values():
        if len(use.chosen):
            first = len(use.given) - 1
            np.testing.assert_array_equal(use.chosen, use.reading.p[first:].argmax(axis=1))
            np.testing.assert_array_equal(use.reading.ids[first + 1 :], use.chosen[:-1])
        whole = model.cell.run(model.vocabulary.one_hot(use.reading.ids))
        np.testing.assert_allclose(use.reading.trace.h, whole.h, atol=1e-12)


@pytest.mark.parametrize("text", [TEXT, "a", "🦆 quack", "\n"])
def test_each_shape_has_the_inputs_and_outputs_of_its_name(text):
    uses = shapes.uses.__wrapped__(text, 0.5, 3)
    model = character_model("LSTM")
    counts = {
        name: (sum(not step.fed for step in use.steps), [k for k, step in enumerate(use.steps) if step.output])
        for name, use in uses.items()
    }
    n, before = min(len(text), shapes.READ), min(len(text), shapes.READ_BEFORE)
    assert counts["one to many"] == (1, list(range(shapes.WRITTEN)))
    assert counts["many to one"] == (n, [n - 1])
    assert counts["many to many, in step"] == (n, list(range(n)))
    assert counts["many to many, after reading"][0] == before
    assert counts["many to many, after reading"][1][0] == before - 1
    for use in uses.values():
        for t, step in enumerate(use.steps):
            assert step.input == token_label(model.vocabulary.tokens[use.reading.ids[t]])
            if step.output:
                labels = [token_label(token) for token in model.vocabulary.tokens]
                assert step.p == use.reading.p[t, labels.index(step.output)]


def test_the_same_seed_writes_the_same_and_another_seed_something_else():
    write = [shapes.uses.__wrapped__(TEXT, 1.0, seed)["one to many"].chosen.tolist() for seed in (1, 1, 2)]
    assert write[0] == write[1] != write[2]


def test_every_example_has_the_shape_that_is_said():
    found = occurring.occurring()
    assert found.shape("sunspots") == "(309, 1)" and found.shape("translation") == "(8, 8)"
    assert len(found.years) == len(found.arrays["sunspots"]) and len(found.weeks) == len(found.arrays["co2"])
    for name in ("text", "original", "translation"):
        assert (found.arrays[name].sum(axis=1) == 1).all()
    assert occurring.frequencies(129)[-1] == 4000 and occurring.frame_times(2)[1] == 10


PAIRS = [("dog bites man", "man bites dog"), ("a b c", "b"), ("🐶 don't", "don't 🐶 <b>"), ("one", "one")]


def test_the_script_prints_the_pages_distances(tmp_path):
    run = "import sys, runpy\nfor path in sys.argv[1:]:\n    runpy.run_path(path)\n    print('next')"
    paths = [tmp_path / f"{k}.py" for k in range(len(PAIRS))]
    for k, (path, (one, two)) in enumerate(zip(paths, PAIRS, strict=True)):
        path.write_text(
            snippet("sequences", one=" ".join(words(one)), two=" ".join(words(two)), units=6, seed=k), "utf-8"
        )
    printed = subprocess.run([sys.executable, "-c", run, *paths], cwd=ROOT, capture_output=True, text=True, check=True)
    for k, (block, (one, two)) in enumerate(zip(printed.stdout.split("next\n"), PAIRS, strict=False)):
        comparison = compared(words(one), words(two), 2, 6, k)
        assert block.splitlines() == [
            f"{t} bag {bag:.4f} Elman {elman:.4f}"
            for t, (bag, elman) in enumerate(
                zip(comparison.distance["bag"], comparison.distance["Elman"], strict=True), 1
            )
        ]


def test_the_script_stands_by_itself_and_is_short():
    path = SNIPPETS / "sequences.py"
    run = subprocess.run([sys.executable, path], capture_output=True, text=True, check=True)
    assert run.stdout.splitlines()[-1].startswith("3 bag 0.0000 Elman ")
    assert sum(bool(line) for line in path.read_text("utf-8").splitlines()) <= 20
