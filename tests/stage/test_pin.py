"""A pin is a step and a unit, whether it comes from a URL or from the browser; all else is refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnnviz.stage import Pin

TIMES, UNITS = st.integers(0, 999_998), st.integers(0, 999_999)
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["time", "unit", "x"]), inner),
)


@given(TIMES, UNITS)
def test_a_pin_in_a_url_counts_steps_from_one_and_units_from_zero(time, unit):
    assert Pin.parse(f"{time + 1}.{unit}") == Pin(time, unit)


@given(st.text() | st.from_regex(r"[0-9.,+\-e ]{0,12}", fullmatch=True))
def test_a_text_is_a_pin_or_is_refused_in_a_sentence(text):
    try:
        pin = Pin.parse(text)
    except ValueError as refusal:
        assert str(refusal).startswith("pin must be a step and a unit such as 12.5")
        assert len(str(refusal)) < 500
    else:
        assert 0 <= pin.time < 999_999 and 0 <= pin.unit <= 999_999


NONSENSE = [
    "",
    "5",
    "0.0",
    "0.5",
    "1.",
    ".1",
    "-1.2",
    "1.-2",
    "1.2.3",
    "1e3.1",
    " 1.2",
    "1.2\n",
    "١.٢",
    "1,2",
    "1.1234567",
]


@pytest.mark.parametrize(
    "text", [*NONSENSE, "9" * 5000 + ".1", "0" * 5000 + "1.1", "12\x00.5"], ids=lambda text: text[:8]
)
def test_what_is_no_pin_is_refused_by_what_it_was(text):
    with pytest.raises(ValueError, match="^pin must be a step and a unit such as 12.5"):
        Pin.parse(text)


def test_a_pin_with_more_digits_than_the_player_reads_is_none():
    with pytest.raises(ValueError, match="^pin must be"):
        Pin.parse("000000012.5")


@given(TIMES, UNITS)
def test_what_the_browser_sends_comes_back(time, unit):
    assert Pin.from_state(Pin(time, unit)._asdict()) == Pin(time, unit)


@given(ANYTHING)
def test_whatever_the_browser_sends_is_a_pin_or_none(value):
    pin = Pin.from_state(value)
    assert pin is None or (type(pin.time), type(pin.unit)) == (int, int) and min(pin) >= 0


@pytest.mark.parametrize("time", [True, -1, 1.0, "1", None, float("nan")], ids=repr)
def test_a_step_that_is_no_counting_number_pins_nothing(time):
    assert Pin.from_state({"time": time, "unit": 0}) is None
    assert Pin.from_state({"time": 0, "unit": time}) is None


@given(TIMES, UNITS, st.integers(1, 300), st.integers(1, 300))
def test_a_pin_beyond_the_trace_stands_at_its_edge_and_one_inside_stays(time, unit, steps, units):
    pin = Pin(time, unit).within(steps, units)
    assert pin.time == (time if time < steps else steps - 1)
    assert pin.unit == (unit if unit < units else units - 1)
    assert pin.within(steps, units) == pin
