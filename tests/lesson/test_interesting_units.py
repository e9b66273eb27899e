"""The section on single units says what was measured; the mask shows units of the trace, and the cell's own sum."""

import json

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from rnnviz.lesson import interesting_units as section
from rnnviz.lesson.mask import ENTRIES, LARGE, SOURCES, units_shown
from rnnviz.tasks.text_features import FEATURES, feature
from rnnviz.training import interesting_units as search
from rnnviz.training.character_model import CELLS, character_model
from tests.stage.decoder import decode

TEXT = "To be, or not to be, that is the question"
cells = pytest.mark.parametrize("cell", CELLS)


def units_page(cell):
    import streamlit as st

    from rnnviz.lesson import Controls, Lesson
    from rnnviz.lesson.interesting_units import interesting_units, look_asked_for

    lesson = Lesson(cell, question="?")
    lesson.controls(Controls())
    st.session_state["asked"] = look_asked_for(lesson)
    interesting_units(lesson, cell)


def mask_page(cell, text, time, unit):
    from rnnviz.lesson import Controls, Lesson
    from rnnviz.lesson.mask import soft_mask
    from rnnviz.stage import Pin
    from rnnviz.training.character_model import character_model

    lesson = Lesson(cell, question="?")
    lesson.controls(Controls())
    soft_mask(lesson, character_model(cell).read(text).trace, Pin(time, unit))


def opened(page, *args, **link):
    app = AppTest.from_function(page, args=args, default_timeout=60)
    for name, value in link.items():
        app.query_params[name] = value
    app.run()
    assert not app.exception
    return app


def sent(app, key):
    (found,) = [one.proto.bytes for one in app.get("bidi_component") if one.proto.id.endswith(key)]
    return decode(found)[0]


def said(app):
    return "\n".join(text.value for text in app.markdown)


@cells
def test_the_first_features_stand_out_most_from_their_controls(cell):
    rows = section.evidence(cell)
    assert set(rows["feature"]) == {one.name for one in FEATURES} and (rows["cell"] == cell).all()
    assert rows["margin"].is_monotonic_decreasing
    for row in rows.itertuples():
        better = row.score > max(row.untrained, row.character)
        assert (row.margin > 0) == better


@cells
def test_the_page_shows_every_row_and_the_first_unit_closely(cell):
    app = opened(units_page, cell)
    rows = section.evidence(cell)
    first = rows.iloc[0]
    assert app.selectbox(key=section.KEY).value == first["feature"]
    for number in (first["score"], first["untrained"], first["character"], first["shifted"]):
        assert f"{number:.3f}" in said(app)
    assert feature(first["feature"]).says in said(app)
    for key, count in (("features-followed", False), ("counts-followed", True)):
        ticks = json.loads(sent(app, key)["figure"])["layout"]["yaxis"]["ticktext"]
        assert ticks == [f"{row.feature} · {row.label}" for row in rows[rows["count"] == count].itertuples()]


def test_the_button_asks_the_player_for_letters_coloured_by_the_picked_unit():
    app = opened(units_page, "GRU")
    assert app.session_state["asked"] is None
    app.selectbox(key=section.KEY).set_value("length of the line").run()
    assert "length of the line" in sent(app, "unit-closely")["figure"]
    row = section.evidence("GRU").set_index("feature").loc["length of the line"]
    ids = set()
    for _ in range(2):  # a second press is another look: the player may have been turned to something else
        app.button[0].click().run()
        look = app.session_state["asked"]
        assert (look.quantity, look.unit, look.view) == (row["quantity"], row["unit"], "letters")
        ids.add(look.id)
    assert len(ids) == 2


def test_a_link_picks_a_feature():
    app = opened(units_page, "LSTM", follows="lines of the speech")
    assert app.selectbox(key=section.KEY).value == "lines of the speech" and not app.info


def test_a_link_to_no_feature_is_said_in_code_font_and_picks_the_first():
    app = opened(units_page, "LSTM", follows="**rhyme**")
    assert "` **rhyme** `" in app.info[0].value
    assert app.selectbox(key=section.KEY).value == section.evidence("LSTM")["feature"].iloc[0]


@pytest.mark.parametrize("name", [one.name for one in FEATURES])
def test_every_feature_can_be_picked_for_every_cell(name):
    for cell in CELLS:
        row = next(row for row in section.evidence(cell).itertuples() if row.feature == name)
        words = section.statement(cell, row)
        assert feature(name).says in words and f"{row.score:.3f}" in words
        unit = section.Picked(row.quantity, row.unit)
        look = section.means_by if feature(name).count else section.split_by
        table = look(cell, name, unit)
        assert len(table) > 1


@cells
def test_the_spread_is_that_of_the_units_values_on_text_it_never_saw(cell):
    row = next(row for row in section.evidence(cell).itertuples() if not feature(row.feature).count)
    split = section.split_by(cell, row.feature, section.Picked(row.quantity, row.unit))
    assert split["true"].sum() == pytest.approx(1) and split["false"].sum() == pytest.approx(1)
    text = search.texts()[1][: section.LOOKED_AT]
    trace = character_model(cell).read(text[:3000]).trace
    states = section.held_out(cell)
    np.testing.assert_allclose(states.values[row.quantity][:3000], trace[row.quantity], atol=1e-12)
    values, follows = feature(row.feature).values(text), states.values[row.quantity][:, row.unit]
    assert (split["value"] * split["true"]).sum() == pytest.approx(follows[values == 1].mean(), abs=split["width"][0])


def test_means_by_count_are_means():
    means = section.means_by("GRU", "length of the line", section.Picked("h", 36)).set_index("count")
    states = section.held_out("GRU")
    values = feature("length of the line").values(states.text)
    at_ten = states.values["h"][values == 10, 36]
    assert means.loc[10, "mean"] == pytest.approx(at_ten.mean()) and means.loc[10, "times"] == len(at_ten)
    assert means.loc[10, "deviation"] == pytest.approx(at_ten.std())


# ── The mask ──


@pytest.mark.parametrize("cell", SOURCES)
@pytest.mark.parametrize(("time", "unit"), [(0, 0), (20, 7), (40, 63)])
def test_the_mask_shows_the_traces_own_numbers_and_its_sum_is_the_cells(cell, time, unit):
    app = opened(mask_page, cell, TEXT, time, unit)
    header, trace = sent(app, "mask"), character_model(cell).read(TEXT).trace
    at = [int(label.split()[1]) for label in header["entries"]]
    state, candidate, gates, modes = SOURCES[cell]
    assert header["u"]["values"] == trace.previous(state)[time, at].tolist()
    assert header["v"]["values"] == trace[candidate][time, at].tolist()
    assert [gate["values"] for gate in header["gates"]] == [trace[gate][time, at].tolist() for gate in gates]
    assert header["modes"] == list(modes)
    u, v, first = (np.array(one["values"]) for one in (header["u"], header["v"], header["gates"][0]))
    second = np.array(header["gates"][1]["values"]) if cell == "LSTM" else 1 - first
    np.testing.assert_allclose(first * u + second * v, trace[state][time, at], rtol=0, atol=1e-12)
    assert header["result"]["values"] == trace[state][time, at].tolist()


@pytest.mark.parametrize("cell", SOURCES)
def test_five_units_of_which_one_is_the_one_asked_for_unless_it_would_dwarf_them(cell):
    trace = character_model(cell).read(TEXT).trace
    state, _, gates, _ = SOURCES[cell]
    for time in (0, 10, 40):
        for unit in range(trace.cell.hidden_size):
            shown = units_shown(trace, time, unit, state=state, gate=gates[0])
            assert len(set(shown)) == ENTRIES and list(shown) == sorted(shown)
            assert (unit in shown) == (abs(trace.previous(state)[time, unit]) <= LARGE)


def test_a_link_to_no_mask_is_said():
    app = opened(mask_page, "GRU", TEXT, 3, 1, mask="two-**-1")
    assert "` two-**-1 `" in app.info[0].value and "network's own" in app.info[0].value
    assert not opened(mask_page, "LSTM", TEXT, 3, 1, mask="one-100-0-50-n-1").info
