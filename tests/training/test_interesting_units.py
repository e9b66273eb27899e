"""The search finds a unit that is known to follow a feature, its scores are the textbook's, and the table is true."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from rnnviz.engine import LSTM, Readout
from rnnviz.tasks.text import Vocabulary, shakespeare, split
from rnnviz.tasks.text_features import FEATURES, Feature, feature
from rnnviz.training import interesting_units as units
from rnnviz.training.character_model import CELLS, CharacterModel, character_model

TABLE = units.shipped()
SEARCHED, HELD_OUT = units.texts()
NOTES = units.TABLE.with_suffix(".md").read_text(encoding="utf-8")
TOKENS = ("<unk>", "a", "b", "c", " ", "\n")
COUNTER, VOWEL = 3, 5
SEEDS = (0, 1, 2, 3)


def counting_model():
    """An LSTM of 8 random units, but for two: c of `COUNTER` counts the characters of a line, h of `VOWEL` answers to
    an a alone."""
    cell = LSTM.random(len(TOKENS), 8, seed=3)
    weight_ih, weight_hh, bias = cell.weight_ih.copy(), cell.weight_hh.copy(), np.zeros(32)
    i, f, g, o = (cell.rows(gate).start for gate in "ifgo")
    for unit in (COUNTER, VOWEL):
        for row in (i, f, g, o):
            weight_ih[row + unit] = weight_hh[row + unit] = 0
            bias[row + unit] = 20
    weight_ih[[i + COUNTER, f + COUNTER], TOKENS.index("\n")] = -40  # a newline empties it, all else adds 1
    bias[f + VOWEL] = bias[g + VOWEL] = -20
    weight_ih[g + VOWEL, TOKENS.index("a")] = 40
    model = LSTM(weight_ih, weight_hh, bias)
    return CharacterModel(model, Readout(np.zeros((len(TOKENS), 8))), Vocabulary(TOKENS))


def some_text(seed, length=4000):
    return "".join(np.random.default_rng(seed).choice(list("aabbc  \n"), length))


def test_a_unit_that_is_made_to_follow_a_feature_is_found_and_followed_on_another_text():
    wanted = [feature("length of the line"), feature("vowel")]
    found = units.search(counting_model(), some_text(1), some_text(2), features=wanted, seeds=(0,)).set_index("feature")
    counted, vowel = found.loc["length of the line"], found.loc["vowel"]
    assert (counted["quantity"], counted["unit"], counted["sign"]) == ("c", COUNTER, 1)
    assert counted["score"] == pytest.approx(1, abs=1e-6)
    assert counted["order"] > 0.99  # rounding parts values that should be equal, and ranks see it
    assert (vowel["quantity"] in "hc", vowel["unit"], vowel["sign"]) == (True, VOWEL, 1)
    assert vowel["score"] == vowel["order"] == 1
    assert vowel["character"] == 1, "a vowel is known from the character alone"
    assert counted["character"] < 0.2, "how long a line is, is not"


def test_a_feature_that_belongs_to_other_characters_is_not_followed():
    wanted = [feature("length of the line"), feature("vowel")]
    found = units.search(counting_model(), some_text(1), some_text(2), features=wanted, seeds=(0,))
    assert (found["shifted"] - np.where(found["count"], 0, 0.5)).abs().max() < 0.08
    assert (found["untrained"] < found["score"]).all()


def by_hand(model, searched, held_out, one):
    """A search with loops alone, each unit at each threshold in turn: (score on the other text, on the searched)."""
    first, second = (np.hstack([read.trace["h"], read.trace["c"]]) for read in map(model.read, (searched, held_out)))
    best, found = -1.0, None
    values = one.values(searched)
    judged = ~np.isnan(values)
    for unit, x in enumerate(first.T):
        if one.count:
            r = np.corrcoef(x[judged], values[judged])[0, 1]
            tried = [(abs(r), 1 if r > 0 else -1, None)]
        else:
            edges = np.unique(x)
            between = [units.between(low, high) for low, high in zip(edges, edges[1:], strict=False)]
            tried = [(accuracy(sign, x, edge, values), sign, edge) for edge in between for sign in (1, -1)]
        for score, sign, edge in tried:
            if score > best + 1e-12:
                best, found = score, (unit, sign, edge)
    unit, sign, edge = found
    unseen = one.values(held_out)
    if one.count:
        judged = ~np.isnan(unseen)
        return sign * np.corrcoef(second[judged, unit], unseen[judged])[0, 1], best
    return accuracy(sign, second[:, unit], edge, unseen), best


def accuracy(sign, x, edge, values):
    """The mean of the shares of the true and of the false that are told."""
    said = x > edge if sign > 0 else x <= edge
    return (np.mean(said[values == 1]) + np.mean(~said[values == 0])) / 2


def test_the_control_is_the_best_of_all_untrained_networks_on_the_text_that_was_not_searched():
    model, searched, held_out = counting_model(), some_text(1, 300), some_text(2, 300)
    wanted = [feature("length of the line"), feature("no vowel yet"), feature("third or later")]
    found = units.search(model, searched, held_out, features=wanted, seeds=SEEDS).set_index("feature")
    where_best = set()
    for one in wanted:
        scores = [by_hand(model.untrained(seed), searched, held_out, one) for seed in SEEDS]
        controls, on_searched = zip(*scores, strict=True)
        assert found.loc[one.name, "untrained"] == pytest.approx(max(controls), abs=1e-12)
        assert abs(max(controls) - max(on_searched)) > 1e-3, "the two texts must tell different scores"
        where_best.add(int(np.argmax(controls)))
    assert len(where_best) > 1 and where_best - {0, len(SEEDS) - 1}, "no one seed may be the best by its place"


def test_the_scores_of_the_network_itself_are_those_of_a_search_by_hand():
    model, searched, held_out = counting_model().untrained(7), some_text(3, 300), some_text(4, 300)
    for one in (feature("length of the line"), feature("third or later")):
        row = units.search(model, searched, held_out, features=[one], seeds=(0,)).iloc[0]
        assert row["score"] == pytest.approx(by_hand(model, searched, held_out, one)[0], abs=1e-12)
        unit = units.Unit(*row[list(units.Unit._fields)])
        order = units.order_score(units.States.of(model, held_out), one.values(held_out), unit, count=one.count)
        assert row["order"] == pytest.approx(order, abs=1e-12)
        assert row["share"] == pytest.approx(np.nanmean(one.values(held_out)))
        assert row["character"] == units.from_the_character(searched, held_out, one)
        assert row["character"] != units.from_the_character(held_out, searched, one)
        moved = replace(one, measure=lambda text, one=one: half_on(one.values(text)))
        assert row["shifted"] == pytest.approx(by_hand(model, searched, held_out, moved)[0], abs=1e-12)


def half_on(values):
    """Each value half of the text later; those of the end come first."""
    half = len(values) // 2
    return np.concatenate([values[len(values) - half :], values[: len(values) - half]])


def test_a_value_at_the_threshold_says_no():
    """Two neighbouring floats: no number lies between them, so that the lower one is the threshold itself."""
    low = 0.3
    x = np.array([low, np.nextafter(low, 1)] * 4)
    states = units.States("-" * 8, {"h": x[:, None]})
    for values, sign in ((np.array([0.0, 1] * 4), 1), (np.array([1.0, 0] * 4), -1)):
        unit = units.choose(states, values, count=False)
        assert (unit.threshold, unit.sign) == (low, sign)
        assert units.score(states, values, unit, count=False) == 1


finite = st.floats(-1e300, 1e300)


@given(finite, finite)
def test_a_threshold_parts_two_values(one, other):
    assume(one != other)
    low, high = sorted((one, other))
    assert low <= units.between(low, high) < high


@given(finite)
def test_between_two_neighbouring_floats_the_threshold_is_the_lower(low):
    assert units.between(low, np.nextafter(low, np.inf)) == low


@pytest.mark.parametrize(
    ("low", "high", "number"),
    [
        (0.1, 0.888, 0.49),
        (-0.3, 0.2, -0.05),
        (1.0, 1.0000001, 1.0),
        (0.12341, 0.12349, 0.12345),
        (0.1231, 0.1239, 0.1235),
    ],
)
def test_a_threshold_is_the_middle_in_as_few_digits_as_part_the_two_but_two_at_least(low, high, number):
    assert units.between(low, high) == number


def test_a_character_that_tells_nothing_is_not_said_to_tell():
    """After a, the feature is as likely as at large; after b it always holds, after c never."""
    values = {"aabbcc": [1, 0, 1, 1, 0, 0], "abc": [1, 1, 0]}
    one = Feature("some", "some hold", lambda text: np.array(values[text], dtype=float))
    assert units.from_the_character(*values, one) == 0.75  # b is told, a is missed, c is told


def test_a_character_that_was_never_searched_is_guessed_as_what_is_common():
    """A truth is denied, a count is the mean, and both still count in the score."""
    searched, held_out = "abba abab\nbaab ab", "eab\nebeba eb ae"
    vowel, length = feature("vowel"), feature("length of the line")
    values, true = length.values(searched), np.array([one in "ae" for one in held_out])
    said = np.array([one == "a" for one in held_out])
    expected = (np.mean(said[true]) + np.mean(~said[~true])) / 2
    assert expected < 1
    assert units.from_the_character(searched, held_out, vowel) == pytest.approx(expected, abs=1e-12)
    known = {
        one: np.nanmean([value for letter, value in zip(searched, values, strict=True) if letter == one])
        for one in "ab "
    }
    unseen = length.values(held_out)
    guess = np.array([known.get(one, np.nanmean(values)) for one in held_out])
    judged = ~np.isnan(unseen)
    assert "e" not in known and judged[0]
    expected = np.corrcoef(guess[judged], unseen[judged])[0, 1]
    assert units.from_the_character(searched, held_out, length) == pytest.approx(expected, abs=1e-12)


def test_a_unit_that_falls_is_as_good_as_one_that_rises():
    values = np.array([0.0, 1, 1, 0, 1])
    rising = units.States("abcde", {"h": np.stack([np.zeros(5), values], 1)})
    falling = units.States("abcde", {"h": np.stack([np.zeros(5), -values], 1)})
    for states, sign in ((rising, 1), (falling, -1)):
        for count in (False, True):
            unit = units.choose(states, values, count=count)
            assert unit[:3] == ("h", 1, sign)
            assert units.score(states, values, unit, count=count) == pytest.approx(1)
            assert units.order_score(states, values, unit, count=count) == pytest.approx(1)


def by_trying_all(x, true):
    """The highest balanced accuracy of any threshold and direction."""
    return max((np.mean(said[true]) + np.mean(~said[~true])) / 2 for edge in x for said in (x > edge, x <= edge))


@pytest.mark.parametrize("seed", range(5))
def test_the_threshold_is_the_best_there_is_also_among_equal_values(seed):
    generator = np.random.default_rng(seed)
    x, values = generator.normal(size=(60, 4)).round(1), generator.integers(0, 2, 60).astype(float)
    values[generator.integers(0, 60, 8)] = np.nan
    states = units.States("-" * 60, {"h": x})
    unit = units.choose(states, values, count=False)
    judged = ~np.isnan(values)
    best = max(by_trying_all(x[judged, k], values[judged] == 1) for k in range(4))
    assert units.score(states, values, unit, count=False) == pytest.approx(best)


def test_scores_are_the_textbooks():
    generator = np.random.default_rng(0)
    x, count = generator.normal(size=(80, 1)).round(1), generator.integers(0, 9, 80).astype(float)
    states, unit = units.States("-" * 80, {"h": x}), units.Unit("h", 0, 1, 0.0)
    assert units.score(states, count, unit, count=True) == pytest.approx(np.corrcoef(x[:, 0], count)[0, 1])
    ranked = [pd.Series(one).rank() for one in (x[:, 0], count)]
    spearman = np.corrcoef(*ranked)[0, 1]
    assert units.order_score(states, count, unit, count=True) == pytest.approx(spearman)
    true = count > 4
    pairs = x[true, 0][:, None] - x[~true, 0][None]
    area = np.mean((pairs > 0) + 0.5 * (pairs == 0))
    assert units.order_score(states, true.astype(float), unit, count=False) == pytest.approx(area)


def test_a_feature_that_never_changes_is_refused():
    with pytest.raises(ValueError, match="only one value"):
        units.choose(units.States("ab", {"h": np.eye(2)}), np.array([1.0, np.nan]), count=False)


def test_a_unit_that_never_moves_follows_nothing():
    states = units.States("-" * 6, {"h": np.ones((6, 2))})
    values = np.array([0.0, 1, 2, 3, 4, 5])
    assert units.score(states, values, units.choose(states, values, count=True), count=True) == 0
    true = (values > 2).astype(float)
    assert units.score(states, true, units.choose(states, true, count=False), count=False) == 0.5


def test_reading_in_pieces_is_reading_at_once(monkeypatch):
    model, text = character_model("LSTM"), HELD_OUT[:100]
    monkeypatch.setattr(units, "PIECE", 7)
    pieces, whole = units.States.of(model, text), model.read(text).trace
    for state in ("h", "c"):
        np.testing.assert_allclose(pieces.values[state], whole[state], rtol=0, atol=1e-12)


def test_nothing_that_is_judged_on_was_trained_on_or_searched():
    trained_on, rest = split(shakespeare())
    assert trained_on.startswith(SEARCHED) and len(SEARCHED) == units.SEARCHED >= 20_000
    assert rest.startswith(HELD_OUT) and len(HELD_OUT) == units.HELD_OUT >= 20_000


def test_the_table_has_a_row_for_every_cell_and_feature():
    pairs = list(zip(TABLE["cell"], TABLE["feature"], strict=True))
    assert pairs == [(cell, one.name) for cell in CELLS for one in FEATURES]
    assert (TABLE["count"] == [one.count for _ in CELLS for one in FEATURES]).all()
    assert TABLE.loc[~TABLE["count"], "threshold"].notna().all()


@pytest.mark.parametrize("cell", CELLS)
def test_the_shipped_scores_are_those_of_the_shipped_weights_on_text_they_never_saw(cell):
    states = units.States.of(character_model(cell), HELD_OUT)
    for row in TABLE[TABLE["cell"] == cell].itertuples():
        one = feature(row.feature)
        values = one.values(HELD_OUT)
        unit = units.Unit(row.quantity, row.unit, row.sign, row.threshold)
        assert row.share == pytest.approx(np.nanmean(values), abs=1e-4)
        assert row.score == pytest.approx(units.score(states, values, unit, count=one.count), abs=5e-4)
        assert row.order == pytest.approx(units.order_score(states, values, unit, count=one.count), abs=5e-4)
        assert row.character == pytest.approx(units.from_the_character(SEARCHED, HELD_OUT, one), abs=1e-4)


def test_the_shipped_rows_are_what_the_search_finds():
    """The cheapest cell with one untrained network: its controls are then at most those of the table."""
    wanted = [feature(name) for name in ("speaker's name", "no vowel yet", "length of the word")]
    found = units.search(character_model("Elman"), SEARCHED, HELD_OUT, features=wanted, seeds=units.SEEDS[:1])
    rows = TABLE[TABLE["cell"] == "Elman"].set_index("feature").loc[[one.name for one in wanted]].reset_index()
    same = ["feature", "quantity", "unit", "sign", "threshold"]
    pd.testing.assert_frame_equal(found[same], rows[same], check_dtype=False)
    np.testing.assert_allclose(found["shifted"], rows["shifted"], atol=5e-4)
    assert (found["untrained"] <= rows["untrained"] + 5e-4).all()


def test_some_units_follow_what_neither_chance_nor_one_character_explains():
    """What the lessons say is striking must be so: a counter of the line's length, and one of who speaks."""
    rows = TABLE.set_index(["cell", "feature"])
    line = rows.loc[("GRU", "length of the line")]
    assert line["score"] > 0.8 and max(line["untrained"], line["shifted"], line["character"]) < 0.3
    name = rows.loc[("LSTM", "speaker's name")]
    assert name["score"] > 0.95 > max(name["untrained"], name["character"])


def test_the_notes_say_what_the_table_says():
    assert units.report(TABLE) == NOTES
    for one in FEATURES:
        assert one.says in NOTES
