"""A header and arrays travel as one block of bytes and arrive as they were."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from rnnviz.stage.payload import encode
from tests.stage.decoder import as_sent, decode

ARRAYS = st.dictionaries(
    st.text(max_size=8),
    hnp.arrays(np.float64, hnp.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=4)),
    max_size=4,
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
HEADERS = st.dictionaries(st.text().filter(lambda name: name != "arrays"), JSON, max_size=4)
ODD = [math.nan, math.inf, -math.inf, -0.0, 1e300, -1e300, 1e-300, float(np.finfo(np.float32).max), 0.1]


@given(HEADERS, ARRAYS)
def test_what_is_sent_arrives(header, arrays):
    received, numbers = decode(encode(header, arrays))
    assert received == header
    assert list(numbers) == list(arrays)
    for name, array in arrays.items():
        np.testing.assert_array_equal(numbers[name], as_sent(array), strict=True)


@given(HEADERS, ARRAYS)
def test_the_numbers_start_at_a_multiple_of_four_and_nothing_follows_them(header, arrays):
    payload = encode(header, arrays)
    length = int.from_bytes(payload[:4], "little")
    assert length % 4 == 0
    assert len(payload) == 4 + length + 4 * sum(array.size for array in arrays.values())


def test_infinite_undefined_and_huge_numbers_arrive_as_float32_says_them():
    (arrived,) = decode(encode({}, {"a": np.array(ODD)}))[1].values()
    expected = [math.nan, math.inf, -math.inf, -0.0, math.inf, -math.inf, 0.0, ODD[-2], np.float32(0.1)]
    np.testing.assert_array_equal(arrived, np.array(expected, np.float32))
    assert np.signbit(arrived[3])


LAYOUTS = {
    "transposed": lambda a: a.T,
    "every second": lambda a: a[::2],
    "backwards": lambda a: a[:, ::-1],
    "Fortran order": np.asfortranarray,
    "big-endian": lambda a: a.astype(">f8"),
    "whole numbers": lambda a: a.astype(np.int64),
    "a scalar": lambda a: a.sum(),
}


@pytest.mark.parametrize("lay_out", LAYOUTS.values(), ids=LAYOUTS)
def test_how_an_array_lies_in_memory_does_not_matter(lay_out):
    array = lay_out(np.arange(12.0).reshape(4, 3))
    np.testing.assert_array_equal(decode(encode({}, {"a": array}))[1]["a"], array)


@given(HEADERS, ARRAYS)
def test_the_same_content_gives_the_same_bytes(header, arrays):
    assert encode(header, arrays) == encode(dict(header), {name: array.copy() for name, array in arrays.items()})


@pytest.mark.parametrize(
    "value", [math.nan, math.inf, -math.inf, {1, 2}, b"bytes", np.float32(1), np.ones(2)], ids=repr
)
def test_a_header_that_json_cannot_hold_is_refused(value):
    with pytest.raises(ValueError):
        encode({"nested": [{"value": value}]}, {})
