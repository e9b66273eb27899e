"""A control has its value from the URL, from the hand, or its default; whatever else comes is refused in a sentence."""

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from streamlit.testing.v1 import AppTest

from rnnviz.lesson import Choice, Config, Controls, Number, Real, Text
from tests.lesson.markdown import outside_code

SCRIPT = """
from rnnviz.lesson import Choice, Controls, Lesson, Number, Text

controls = Controls(
    Choice("cell", ["LSTM", "GRU", "Elman"], default="LSTM", label="Cell"),
    Text("text", default="abc", label="Text", max_length=5),
    Choice("weights", ["trained", "zero"], default="trained", label="Weights"),
    Number("seed", 0, 99, default=3, label="Seed", more=True),
)
lesson = Lesson("Example", question="What is set?")
config = lesson.controls(controls)
lesson.settle()
"""
DEFAULTS = {"cell": "LSTM", "text": "abc", "weights": "trained", "seed": 3}
CELL = Choice("cell", ["LSTM", "GRU"], default="LSTM", label="Cell")
SEED = Number("seed", 0, 99, default=3, label="Seed")
TEXT = Text("text", default="abc", label="Text", max_length=5)
AT = Real("at", 0, 1, default=0.5, label="Value")
WAITING = """
from rnnviz.lesson import Choice, Controls, Lesson, Real

controls = Controls(
    Choice("gate", ["free", "open", "at"], default="free", label="Gate"),
    Real("at", 0, 1, default=0.5, label="Value", when=("gate", "at")),
)
lesson = Lesson("Example", question="What is set?")
config = lesson.controls(controls)
lesson.settle()
"""


def open_page(script=SCRIPT, **url):
    page = AppTest.from_string(
        script + "\nimport streamlit as st\nst.session_state.seen = dict(config)", default_timeout=30
    )
    for name, value in url.items():
        page.query_params[name] = value
    return checked(page.run())


def checked(page):
    assert not page.exception
    return page


def notices(page):
    return [notice.value for notice in page.info]


def seen(page):
    return page.session_state.seen


def test_without_a_link_everything_stands_at_its_default():
    page = open_page()
    assert seen(page) == DEFAULTS and notices(page) == []


def test_a_link_sets_every_control():
    asked = {"cell": "Elman", "text": "hello", "weights": "zero", "seed": 42}
    page = open_page(**{name: str(value) for name, value in asked.items()})
    assert seen(page) == asked and notices(page) == []


def test_what_the_hand_sets_is_what_the_page_reads():
    page = open_page(cell="Elman")
    page.button_group(key="cell").set_value("GRU")
    page.text_input(key="text").set_value("xyz")
    page.number_input(key="seed").set_value(7)
    assert seen(checked(page.run())) == {**DEFAULTS, "cell": "GRU", "text": "xyz", "seed": 7}


REFUSED = {
    "an unknown option": ("cell", "Transformer", ["Cell", "Transformer", "LSTM, GRU, Elman"]),
    "an option in small letters": ("cell", "gru", ["Cell", "gru", "LSTM, GRU, Elman"]),
    "no option": ("cell", "", ["Cell", "LSTM, GRU, Elman"]),
    "no weights": ("weights", "", ["Weights", "trained, zero"]),
    "a word for a number": ("seed", "seven", ["Seed", "seven", "0 to 99"]),
    "no number": ("seed", "", ["Seed", "0 to 99"]),
    "a broken number": ("seed", "5.5", ["Seed", "5.5", "whole number", "0 to 99"]),
    "a number too large": ("seed", "100", ["Seed", "100", "0 to 99"]),
    "a number too small": ("seed", "-1", ["Seed", "-1", "0 to 99"]),
    "an infinite number": ("seed", "inf", ["Seed", "inf", "0 to 99"]),
    "a number beyond floats": ("seed", "1e999", ["Seed", "1e999", "0 to 99"]),
    "an undefined number": ("seed", "nan", ["Seed", "nan", "0 to 99"]),
    "a number of many digits": ("seed", "9" * 5000, ["Seed", "9999", "0 to 99"]),
}


@pytest.mark.parametrize(("name", "value", "words"), REFUSED.values(), ids=REFUSED)
def test_nonsense_in_a_link_falls_back_and_the_notice_names_it_and_what_is_allowed(name, value, words):
    page = open_page(**{name: value})
    assert seen(page) == DEFAULTS
    (notice,) = notices(page)
    assert all(word in notice for word in words) and len(notice) < 300


def test_the_other_controls_keep_what_the_link_asked_of_them():
    page = open_page(cell="Transformer", text="hello", seed="seven", weights="zero")
    assert seen(page) == {**DEFAULTS, "text": "hello", "weights": "zero"}
    assert len(notices(page)) == 2


def test_a_notice_stays_until_its_own_control_is_set():
    page = open_page(cell="Transformer")
    page.number_input(key="seed").set_value(9)
    assert len(notices(checked(page.run()))) == 1
    page.button_group(key="cell").set_value("GRU")
    assert notices(checked(page.run())) == []
    page.button_group(key="cell").set_value("LSTM")
    assert notices(checked(page.run())) == []


MARKUP = [
    "![x](//evil.example/p.png)",
    "[a](//evil.example)",
    "<script>alert(1)</script>",
    "**b**",
    "$x$",
    "`c`",
    ":red[x]",
    "``",
]


@pytest.mark.parametrize("name", ["cell", "seed"])
@pytest.mark.parametrize("value", MARKUP)
def test_what_a_link_says_is_never_markup(name, value):
    (notice,) = notices(open_page(**{name: value}))
    assert value in notice
    assert not set("*$<>[]`:") & set(outside_code(notice).replace(": ", " "))


@settings(max_examples=25)
@given(name=st.sampled_from(["cell", "seed", "weights"]), value=st.text(max_size=20))
def test_whatever_a_link_says_the_page_stands(name, value):
    assume(value not in ["LSTM", "GRU", "Elman", "trained", "zero"])
    assume(not value.strip().lstrip("-").isdecimal())
    page = open_page(**{name: value})
    assert seen(page) == DEFAULTS and len(notices(page)) == 1


def test_an_empty_text_keeps_the_last_good_one_and_says_so():
    page = open_page(text="good")
    page.text_input(key="text").set_value("")
    assert seen(checked(page.run()))["text"] == "good"
    (notice,) = notices(page)
    assert "text" in notice.lower() and "empty" in notice and "at least one character" in notice
    page.text_input(key="text").set_value("new")
    assert seen(checked(page.run()))["text"] == "new" and notices(page) == []


def test_an_empty_text_in_a_link_gives_the_default():
    page = open_page(text="")
    assert seen(page)["text"] == "abc" and "empty" in notices(page)[0]


def test_a_long_text_is_cut_and_the_sentence_says_where():
    page = open_page(text="x" * 10_000)
    assert seen(page)["text"] == "xxxxx"
    assert "10,000 characters" in notices(page)[0] and "first 5" in notices(page)[0]


@given(st.text(max_size=12), st.text(min_size=1, max_size=5))
def test_a_text_is_used_as_typed_unless_a_sentence_says_otherwise(text, last_good):
    used, notice = TEXT.within(text, last_good)
    assert 1 <= len(used) <= 5
    assert (used == text.replace("\r\n", "\n")) == (notice is None)
    assert used == last_good or text.replace("\r\n", "\n").startswith(used)


@given(st.text())
def test_a_choice_takes_its_options_and_nothing_else(text):
    if text in CELL.options:
        assert CELL.parse(text) == text
    else:
        with pytest.raises(ValueError, match="Cell cannot be .* choose one of LSTM, GRU"):
            CELL.parse(text)


@given(st.integers() | st.integers(0, 99))
def test_a_number_takes_its_range_and_nothing_else(number):
    if 0 <= number <= 99:
        assert SEED.parse(str(number)) == number
    else:
        with pytest.raises(ValueError, match="Seed cannot be .* whole number from 0 to 99"):
            SEED.parse(str(number))


@given(st.text())
def test_a_number_is_read_or_refused_in_a_sentence(text):
    try:
        assert 0 <= SEED.parse(text) <= 99
    except ValueError as refusal:
        assert str(refusal).startswith("Seed cannot be")


@given(st.floats(-1, 2) | st.floats(0, 1))
def test_a_real_takes_its_range_and_nothing_else(number):
    text = f"{number:.6f}"
    if 0 <= float(text) <= 1:
        assert AT.parse(text) == float(text)
    else:
        with pytest.raises(ValueError, match="Value cannot be .* a number from 0 to 1"):
            AT.parse(text)


@given(st.text() | st.sampled_from(["nan", "inf", "1e-3", "0x1", " 0.5", "½", ".5", "0.5.", "", "1" * 99]))
def test_a_real_is_read_or_refused_in_a_sentence(text):
    try:
        assert 0 <= AT.parse(text) <= 1
    except ValueError as refusal:
        assert str(refusal).startswith("Value cannot be")


def test_a_control_that_waits_for_another_shows_with_it_and_counts_as_its_default_without():
    page = open_page(WAITING, at="0.9")
    assert seen(page) == {"gate": "free", "at": 0.5} and not page.number_input
    page.button_group(key="gate").set_value("at")
    page = checked(page.run())
    assert page.number_input(key="at").label == "Value"
    page.number_input(key="at").set_value(0.25)
    assert seen(checked(page.run())) == {"gate": "at", "at": 0.25}
    page.button_group(key="gate").set_value("open")
    assert seen(checked(page.run())) == {"gate": "open", "at": 0.5} and not page.number_input


def test_a_link_sets_a_control_that_waits():
    assert seen(open_page(WAITING, gate="at", at="0.75")) == {"gate": "at", "at": 0.75}


def test_a_link_with_nonsense_for_a_control_that_waits_is_refused_in_a_sentence():
    page = open_page(WAITING, gate="at", at="lots")
    assert seen(page) == {"gate": "at", "at": 0.5}
    assert "lots" in notices(page)[0] and "0 to 1" in notices(page)[0]


def test_two_controls_with_one_name_are_refused():
    with pytest.raises(ValueError, match="share a name.*cell.*cell"):
        Controls(CELL, SEED, CELL)


@given(st.dictionaries(st.from_regex(r"[a-z]{1,8}", fullmatch=True), st.integers()))
def test_a_config_is_read_by_name_and_cannot_be_changed(values):
    config = Config(values)
    assert dict(config) == values and len(config) == len(values)
    for name, value in values.items():
        assert config[name] == value
        with pytest.raises(TypeError):
            config[name] = 0
    with pytest.raises(AttributeError, match="not_there"):
        _ = config.not_there


@pytest.mark.parametrize("name", ["cell", "text"])
def test_a_config_gives_its_values_as_attributes(name):
    assert getattr(Config(DEFAULTS), name) == DEFAULTS[name]


def test_a_line_end_is_typed_and_linked_as_a_sign():
    page = open_page(text="a↵b")
    assert seen(page)["text"] == "a\nb" and notices(page) == []
    assert page.text_input(key="text").value == "a↵b"
    page = open_page(text="a\nb")
    assert seen(page)["text"] == "a\nb"
    assert page.text_input(key="text").value == "a↵b"


def test_a_sentence_calls_a_text_by_its_label():
    field = Text("other", default="abc", label="Sentence B (press Enter)", max_length=5)
    assert "Sentence B is empty" in field.within("", "abc")[1]
    assert "Sentence B has 6 characters" in field.within("abcdef", "abc")[1]


@pytest.mark.parametrize(
    ("left", "control", "found"),
    [
        ("1", 'Real("bias", -20, 20, default=1.0, label="Bias", step=1.0)', 1.0),
        ("3", 'Real("bias", -20, 20, default=1.0, label="Bias", step=1.0)', 3.0),
        (3, 'Real("bias", -20, 20, default=1.0, label="Bias", step=1.0)', 3.0),
        ("3", 'Number("bias", 0, 9, default=1, label="Bias")', 3),
        (3, 'Choice("bias", ["1", "3"], default="1", label="Bias")', "3"),
        ("none", 'Number("bias", 0, 9, default=1, label="Bias")', 1),
    ],
)
def test_what_another_lesson_left_under_the_same_name_becomes_the_controls_own_kind(left, control, found):
    lesson = f"""
from rnnviz.lesson import Choice, Controls, Lesson, Number, Real

config = Lesson("Example", question="?").controls(Controls({control}))
assert config.bias == {found!r} and type(config.bias) is {type(found).__name__}, config.bias
"""
    app = AppTest.from_string(lesson, default_timeout=60)
    app.session_state["bias"] = left
    assert not app.run().exception
    assert not app.run().exception


def test_a_forget_bias_chosen_in_the_lstm_lesson_does_not_stop_the_training_lesson():
    app = AppTest.from_file("../../pages/training.py", default_timeout=60)
    app.session_state["bias"] = "3"
    app.run()
    assert not app.exception and app.session_state["bias"] == 3.0
