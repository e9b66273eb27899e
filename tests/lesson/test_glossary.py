"""The glossary: each term once, explained in a sentence or two that a reader can read."""

import re

import pytest

from rnnviz.lesson.glossary import TERMS

NAMED = """hidden state, gate, cell state, unit, time step, unrolling, backpropagation through time, Jacobian,
spectral radius, vanishing gradient, exploding gradient, clipping, logit, softmax, cross-entropy, nat, perplexity,
teacher forcing, update, batch, forget gate, input gate, output gate, reset gate, update gate, candidate, LSTM, GRU,
Elman network, truncation, learning rate, optimiser, saturation, horizon, window, seed"""


def bare(term):
    """The term without what stands in brackets."""
    return re.sub(r" \(.*\)", "", term)


def test_terms_stand_once_and_from_a_to_z():
    names = [bare(term).lower() for term in TERMS]
    assert len(set(names)) == len(names) >= 40
    assert names == sorted(names)


@pytest.mark.parametrize("term", [term.strip() for term in NAMED.replace("\n", " ").split(",")])
def test_what_the_lessons_speak_of_is_there(term):
    assert term in {bare(one) for one in TERMS}


@pytest.mark.parametrize("term", TERMS)
def test_an_explanation_is_short_whole_and_plain(term):
    text = TERMS[term]
    assert text[0].isupper() or text.startswith("e to")
    assert text.endswith(".") and 30 <= len(text) <= 240
    assert not re.search(r"[$*`<>{]|\\", text.replace("{t−1}", "")), "it is shown as it is written"
    assert len(re.findall(r"[a-z)0-9]\. [A-Z]", text)) <= 2
