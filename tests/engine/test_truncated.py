"""Truncated backpropagation through time, both ways, against a torch loop that detaches; and what each step adds."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from rnnviz.engine import BagOfWords, Elman, backward, by_step, truncated
from tests.engine.strategies import EVERY, WEIGHTED, assert_close, called, normal, readings
from tests.engine.torch_loop import PARAMETERS, Loop


class Detaching(Loop):
    """The loop as people write it: the state that enters every k-th step is cut off from the past."""

    def __init__(self, reading, k):
        self.k, self.steps = k, 0
        super().__init__(reading)

    def step(self, x, h, c):
        if self.steps and self.steps % self.k == 0:
            h, c = h.detach(), None if c is None else c.detach()
        self.steps += 1
        return super().step(x, h, c)


def windows_by_autograd(reading, dh, dc, k):
    """∑_t of the gradients of L_t through its last k steps alone, by a fresh run each."""
    whole = reading.run()
    zeros = {"h": np.zeros(whole.h.shape), "x": np.zeros(whole.x.shape), "h0": 0.0}
    total = (
        zeros | ({} if whole.c is None else {"c": np.zeros(whole.h.shape), "c0": 0.0}) | dict.fromkeys(PARAMETERS, 0.0)
    )
    for t in range(len(reading.x)):
        first = max(0, t - k + 1)
        window = replace(
            reading,
            x=reading.x[first : t + 1],
            h0=whole.previous("h")[first],
            c0=whole.previous("c")[first] if whole.c is not None else None,
            hold_from=max(0, reading.hold_from - first),
        )
        own, own_c = np.zeros((2, t + 1 - first, dh.shape[1]))
        own[-1] = dh[t]
        if dc is not None:
            own_c[-1] = dc[t]
        for name, value in Loop(window).gradients(own, None if dc is None else own_c).items():
            if name in ("h", "c", "x"):
                total[name][first : t + 1] += value
            elif name in PARAMETERS or first == 0:  # what enters a later window is a constant
                total[name] = total[name] + value
    return total


@pytest.mark.parametrize("kind", EVERY, ids=called)
@given(st.data())
def test_chunks_equal_a_loop_that_detaches(kind, data):
    reading, k = data.draw(readings((kind,), clamped=True)), data.draw(st.integers(1, 9))
    trace = reading.run()
    dh = normal(*trace.h.shape, seed=data.draw(st.integers(0, 1000)))
    dc = normal(*trace.h.shape, seed=7) if trace.cell.has_cell_state else None
    ours, theirs = truncated(trace, dh, k, dc=dc, overlap=False), Detaching(reading, k).gradients(dh, dc)
    for name, value in theirs.items():
        assert_close(getattr(ours, name), value)


@pytest.mark.parametrize("kind", WEIGHTED, ids=called)
@given(st.data())
def test_windows_equal_each_loss_through_its_last_k_steps(kind, data):
    reading, k = data.draw(readings((kind,), clamped=True)), data.draw(st.integers(1, 9))
    trace = reading.run()
    dh = normal(*trace.h.shape, seed=data.draw(st.integers(0, 1000)))
    dc = normal(*trace.h.shape, seed=7) if trace.cell.has_cell_state else None
    ours = truncated(trace, dh, k, dc=dc, overlap=True)
    for name, value in windows_by_autograd(reading, dh, dc, k).items():
        assert_close(getattr(ours, name), value)


@pytest.mark.parametrize("kind", EVERY, ids=called)
@given(st.data(), st.integers(0, 1000), st.booleans(), st.integers(0, 3))
def test_from_the_whole_length_on_nothing_is_cut(kind, data, seed, overlap, more):
    trace = data.draw(readings((kind,), clamped=True)).run()
    dh = normal(*trace.h.shape, seed=seed)
    whole, cut = backward(trace, dh), truncated(trace, dh, len(trace) + more, overlap=overlap)
    for name in ("h", "c", "x", "h0", "c0", *PARAMETERS):
        if getattr(whole, name) is not None:
            np.testing.assert_array_equal(getattr(cut, name), getattr(whole, name))


@given(readings(WEIGHTED), st.integers(0, 1000), st.booleans())
def test_one_step_leaves_each_loss_to_its_own_step(reading, seed, overlap):
    trace = reading.run()
    dh = normal(*trace.h.shape, seed=seed)
    np.testing.assert_array_equal(truncated(trace, dh, 1, overlap=overlap).h, dh)


@pytest.mark.parametrize("kind", WEIGHTED, ids=called)
@given(st.data(), st.integers(0, 1000))
def test_what_each_step_adds_sums_to_the_whole(kind, data, seed):
    reading = data.draw(readings((kind,), clamped=True))
    trace = reading.run()
    gradients = backward(trace, normal(*trace.h.shape, seed=seed))
    for name in PARAMETERS:
        parts = gradients.split(name)
        assert parts.shape == (len(trace), *getattr(trace.cell, name).shape)
        assert_close(parts.sum(axis=0), getattr(gradients, name))


@pytest.mark.parametrize("kind", WEIGHTED, ids=called)
@given(st.data(), st.integers(0, 1000))
def test_what_each_step_adds_is_autograds_with_weights_of_its_own(kind, data, seed):
    reading = data.draw(readings((kind,), clamped=True))
    """Autograd splits by step where each step gets a copy of the weights: those copies' gradients."""
    trace = reading.run()
    dh = normal(*trace.h.shape, seed=seed)
    ours, loop = backward(trace, dh), Copies(reading)
    loss = (torch.stack(loop.values["h"]) * torch.tensor(dh)).sum()
    copies = [copy[name] for copy in loop.copies for name in PARAMETERS]
    found = iter(torch.autograd.grad(loss, copies, allow_unused=True))
    for t in range(len(trace)):
        for name in PARAMETERS:
            theirs = next(found)
            part = ours.split(name)[t]
            assert_close(part, np.zeros(part.shape) if theirs is None else theirs.numpy())


@pytest.mark.parametrize("kind", WEIGHTED, ids=called)
@given(st.data(), st.integers(0, 1000))
def test_a_steps_part_of_a_weight_is_measured_without_writing_it_down(kind, data, seed):
    trace = data.draw(readings((kind,), clamped=True)).run()
    gradients = backward(trace, normal(*trace.h.shape, seed=seed))
    tiny = backward(trace, 1e-250 * normal(*trace.h.shape, seed=seed))
    for name in ("weight_ih", "weight_hh"):
        share, parts = by_step(gradients, name), gradients.split(name)
        assert_close(share.along, (parts * getattr(gradients, name)).sum(axis=(1, 2)))
        norms = np.linalg.norm(parts, axis=(1, 2))
        assert_close(10**share.norms, norms)
        assert (np.isneginf(share.norms) == ~parts.any(axis=(1, 2))).all()
        large = share.norms > -30
        assert_close(by_step(tiny, name).norms[large], share.norms[large] - 250)


class Copies(Loop):
    def __init__(self, reading):
        self.copies = []
        super().__init__(reading)

    def step(self, x, h, c):
        shared = self.leaves
        self.copies.append({name: shared[name].clone() for name in PARAMETERS})
        self.leaves = shared | self.copies[-1]
        try:
            return super().step(x, h, c)
        finally:
            self.leaves = shared


def test_what_does_not_fit_is_said():
    trace = Elman.random(2, 3).run(np.ones((4, 2)))
    with pytest.raises(ValueError, match="k must be a whole number of at least 1, not 0"):
        truncated(trace, np.ones((4, 3)), 0, overlap=True)
    with pytest.raises(ValueError, match="parameter is 'weight'; the cell's parameters are weight_ih"):
        backward(trace, np.ones((4, 3))).split("weight")
    bag = BagOfWords(2).run(np.ones((4, 2)))
    with pytest.raises(ValueError, match="none: this cell learns nothing"):
        backward(bag, np.ones((4, 2))).split("weight_hh")
    with pytest.raises(ValueError, match="weight must be one of 'weight_ih', 'weight_hh', not 'bias_ih'"):
        by_step(backward(trace, np.ones((4, 3))), "bias_ih")
    with pytest.raises(ValueError, match="has no weights"):
        by_step(backward(bag, np.ones((4, 2))), "weight_hh")
