"""What the lesson on backpropagation through time computes is what autograd says, for every cell and both losses."""

import copy
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from rnnviz.engine import angle, truncated
from rnnviz.lesson import bptt
from rnnviz.lesson.chain_rule import journey
from rnnviz.lesson.snippet import SNIPPETS, snippet
from rnnviz.lesson.unrolling import Settings, network
from rnnviz.training.character_model import character_model

ROOT = Path(__file__).resolve().parents[2]
TEXT = "To be, or not"
T = len(TEXT) - 1
NETWORKS = [Settings("Elman", "trained", 0), Settings("GRU", "trained", 0), Settings("LSTM", "trained", 0)]
NETWORKS += [Settings("LSTM", "random", 3)]
each_network = pytest.mark.parametrize("settings", NETWORKS, ids=lambda s: f"{s.cell}-{s.weights}")
each_loss = pytest.mark.parametrize("kind", bptt.LOSSES)
backpropagation, blame, truncation = (
    function.__wrapped__ for function in (bptt.backpropagation, bptt.blame, bptt.truncation)
)


class Autograd:
    """The same text through torch's own cells, with a copy of all weights for each step, so that each has its gradient.

    detached: steps (from 0) whose state before is cut off   start: the first step that is run, from a given state
    """

    def __init__(self, settings, text=TEXT, *, detached=(), start=0, state=None):
        model = network(settings)
        ids = torch.tensor(model.vocabulary.encode(text))
        x = torch.nn.functional.one_hot(ids, len(model.vocabulary)).double()
        kind = {"Elman": torch.nn.RNNCell, "GRU": torch.nn.GRUCell, "LSTM": torch.nn.LSTMCell}[settings.cell]
        cell = kind(x.shape[1], model.cell.hidden_size, dtype=torch.float64)
        cell.load_state_dict(
            {name: torch.tensor(getattr(model.cell, name)) for name in ("weight_ih", "weight_hh", "bias_ih", "bias_hh")}
        )
        self.cells, self.outputs, self.losses, self.h, self.c, self.states = [], [], [], [], [], []
        for t in range(start, len(text)):
            if t in detached:
                state = cut(state)
            self.cells.append(copy.deepcopy(cell))
            self.outputs.append(torch.tensor(model.readout.weight, requires_grad=True))
            state = step(self.cells[-1], x[t], state)
            self.states.append(state)
            parts = state if settings.cell == "LSTM" else (state,)
            for part, kept in zip(parts, (self.h, self.c), strict=False):
                part.retain_grad()
                kept.append(part)
            if t + 1 < len(text):
                y = self.outputs[-1] @ self.h[-1] + torch.tensor(model.readout.bias)
                self.losses.append(torch.nn.functional.cross_entropy(y, ids[t + 1]))

    def loss(self, kind):
        return sum(self.losses) if kind == "every step" else self.losses[-1]

    def backward(self, kind):
        self.loss(kind).backward()
        return self

    def gradient(self, name):
        """The sum over all copies."""
        return sum(grad(getattr(cell, name)) for cell in self.cells)


def step(cell, x, state):
    """One step of torch's cell. Of the LSTM's, c is taken out before h is made of it: `LSTMCell` gives both at once."""
    if not isinstance(cell, torch.nn.LSTMCell):
        return cell(x, state)
    h, c = state or (torch.zeros(64).double(),) * 2
    i, f, g, o = (cell.weight_ih @ x + cell.bias_ih + cell.weight_hh @ h + cell.bias_hh).chunk(4)
    c = torch.sigmoid(f) * c + torch.sigmoid(i) * torch.tanh(g)
    return torch.sigmoid(o) * torch.tanh(c), c


def cut(state):
    if state is None:
        return None
    return tuple(part.detach() for part in state) if isinstance(state, tuple) else state.detach()


def grad(value):
    return np.zeros(value.shape) if value.grad is None else value.grad.numpy()


def log_norms(values):
    norms = np.array([np.linalg.norm(value) for value in values])
    with np.errstate(divide="ignore"):
        return np.log10(norms)


@each_loss
@each_network
def test_losses_and_the_gradient_at_each_step_are_autograds(settings, kind):
    back, torchs = backpropagation(settings, TEXT, kind), Autograd(settings).backward(kind)
    np.testing.assert_allclose(back.values[:T], [loss.item() for loss in torchs.losses], rtol=1e-12)
    assert np.isnan(back.values[T]) and back.steps == T
    assert back.loss == pytest.approx(torchs.loss(kind).item(), rel=1e-12)
    np.testing.assert_allclose(back.flow.total, log_norms(map(grad, torchs.h)), atol=1e-10)
    if torchs.c:
        np.testing.assert_allclose(back.flow.cell, log_norms(map(grad, torchs.c)), atol=1e-10)
    fresh = Autograd(settings)
    own = np.zeros((T + 1, 64))
    for t in range(T) if kind == "every step" else [T - 1]:
        own[t] = torch.autograd.grad(fresh.losses[t], fresh.h[t])[0]
    np.testing.assert_allclose(back.flow.own, log_norms(own), atol=1e-10)
    arriving = [grad(torchs.h[t]) - own[t] for t in range(T)]  # what is not its own comes from the step after it
    np.testing.assert_allclose(back.flow.carried[1:-1], log_norms(arriving)[:-1], atol=1e-8)


@each_network
def test_every_pair_is_one_autograd_call(settings):
    pairs, torchs = blame(settings, TEXT), Autograd(settings)
    assert np.isnan(pairs[~np.tri(T, dtype=bool)]).all()
    for t, loss in enumerate(torchs.losses):
        gradients = torch.autograd.grad(loss, torchs.h[: t + 1], retain_graph=True)
        np.testing.assert_allclose(pairs[t, : t + 1], log_norms(gradients), atol=1e-9)


@each_loss
@each_network
def test_a_steps_share_is_that_of_its_own_copy_of_the_weights(settings, kind):
    taught, torchs = bptt.taught.__wrapped__(settings, TEXT, kind), Autograd(settings).backward(kind)
    copies = {
        "W_hy": [grad(weight) for weight in torchs.outputs],
        "W_ih": [grad(cell.weight_ih) for cell in torchs.cells],
        "W_hh": [grad(cell.weight_hh) for cell in torchs.cells],
    }
    for name, parts in copies.items():
        whole = sum(parts)
        shares = [(part * whole).sum() / (whole * whole).sum() for part in parts[:T]]
        np.testing.assert_allclose(taught.shares[name], shares, atol=1e-11)
        assert taught.shares[name].sum() == pytest.approx(1)
        with np.errstate(divide="ignore"):
            np.testing.assert_allclose(taught.norms[name], log_norms(parts[:T]), atol=1e-9)
        assert taught.total[name] == pytest.approx(log_norms([whole])[0])
    assert np.isneginf(taught.norms["W_hh"][0])


@pytest.mark.parametrize("cut_into", bptt.CUTS)
@each_loss
@each_network
def test_a_truncated_gradient_is_as_far_off_as_autograd_says(settings, kind, cut_into):
    result, full = truncation(settings, TEXT, kind, cut_into), Autograd(settings).backward(kind)
    states = [cut(state) for state in full.states]
    for k in (1, 3, 5, T):
        if cut_into == "chunks":
            runs = [Autograd(settings, detached=range(k, T + 1, k)).backward(kind)]
        else:  # each loss by itself, from the state k steps before it
            runs = []
            for t in range(T) if kind == "every step" else [T - 1]:
                first = max(0, t - k + 1)
                before = states[first - 1] if first else None
                run = Autograd(settings, TEXT[: t + 2], start=first, state=before)
                run.losses[-1].backward()
                runs.append(run)
        for name, weight in (("W_hh", "weight_hh"), ("W_ih", "weight_ih")):
            part, whole = sum(run.gradient(weight) for run in runs), full.gradient(weight)
            cosine = (part * whole).sum() / np.linalg.norm(part) / np.linalg.norm(whole)
            at = result.ks.index(k)
            assert np.cos(np.radians(result.angle[name][at])) == pytest.approx(cosine, abs=1e-12)
            assert result.ratio[name][at] == pytest.approx(np.linalg.norm(part) / np.linalg.norm(whole), rel=1e-10)
    assert result.ks[-1] == T
    for name in ("W_hh", "W_ih"):
        assert result.angle[name][-1] < 1e-6 and result.ratio[name][-1] == pytest.approx(1)


@pytest.mark.parametrize("cut_into", bptt.CUTS)
def test_the_pairs_that_a_cut_leaves_are_those_through_which_autograd_finds_a_way(cut_into):
    settings = NETWORKS[0]
    for k in (1, 2, 5, T):
        kept = bptt.kept(T, k, cut_into)
        assert not kept[~np.tri(T, dtype=bool)].any() and kept.diagonal().all()
        if cut_into == "windows":
            assert kept.sum() == sum(min(k, t + 1) for t in range(T))
            continue
        torchs = Autograd(settings, detached=range(k, T + 1, k))
        for t, loss in enumerate(torchs.losses):
            ways = torch.autograd.grad(loss, torchs.h[: t + 1], retain_graph=True, allow_unused=True)
            np.testing.assert_array_equal(kept[t, : t + 1], [way is not None for way in ways])


@each_network
def test_factors_and_their_product_are_torchs_jacobians(settings):
    torchs, chain = Autograd(settings), bptt.chain.__wrapped__(settings, TEXT)
    x = torch.eye(len(network(settings).vocabulary)).double()[network(settings).vocabulary.encode(TEXT)]
    matrices = []
    for t in range(1, T):

        def joined_step(joined, t=t):
            if settings.cell != "LSTM":
                return torchs.cells[t](x[t], joined)
            return torch.cat(torchs.cells[t](x[t], tuple(joined.chunk(2))))

        state = torchs.states[t - 1]
        joined = torch.cat(state) if isinstance(state, tuple) else state
        matrices.append(torch.autograd.functional.jacobian(joined_step, joined.detach()))
        factor = bptt.factor.__wrapped__(settings, TEXT, t + 1)
        np.testing.assert_allclose(factor.matrix, matrices[-1], atol=1e-12)
        largest = torch.linalg.svdvals(matrices[-1]).log10()
        told = np.isfinite(factor.singular)
        np.testing.assert_allclose(factor.singular[told], largest[told], atol=0.1)
        np.testing.assert_allclose(factor.singular[:20], largest[:20], atol=1e-9)
        assert (largest[~told] < largest[0] - 13).all()
        assert chain.largest[t] == pytest.approx(float(largest[0]))
    product, logs = torch.eye(len(matrices[0])).double(), [0.0]
    for matrix in reversed(matrices):
        product = product @ matrix
        logs.append(float(torch.linalg.matrix_norm(product, 2).log10()))
    np.testing.assert_allclose(chain.norms["whole"], logs[::-1], atol=1e-8)
    assert set(chain.norms) == ({"whole", "hh", "cell"} if settings.cell == "LSTM" else {"whole"})
    for part, states in (("hh", torchs.h), ("cell", torchs.c)) if settings.cell == "LSTM" else ():
        rows = [torch.autograd.grad(one, states[T - 4], retain_graph=True)[0] for one in states[T - 1]]
        norm = torch.linalg.matrix_norm(torch.stack(rows), 2).log10()
        assert chain.norms[part][T - 4] == pytest.approx(float(norm), abs=1e-9)


@each_network
def test_how_far_the_last_loss_reaches_is_counted_from_its_own_step(settings):
    torchs = Autograd(settings).backward("last step only")
    norms = [np.linalg.norm(grad(h)) for h in torchs.h[:T]][::-1]
    below = [back for back, norm in enumerate(norms) if norm < 0.01 * norms[0]]
    assert bptt.steps_until_faded.__wrapped__(settings, TEXT) == (below[0] if below else None)


@pytest.mark.parametrize("text", ["x", "xy", "🦆"])
def test_one_step_has_a_loss_or_none_and_nothing_breaks(text):
    back = backpropagation(NETWORKS[2], text, "every step")
    assert back.steps == len(text) - 1 and np.isneginf(back.flow.total[-1])
    assert blame(NETWORKS[2], text).shape == (back.steps, back.steps)
    if back.steps:
        taught = bptt.taught.__wrapped__(NETWORKS[2], text, "every step")
        assert np.isnan(taught.shares["W_hh"]).all() and taught.shares["W_ih"].tolist() == [1.0]
        assert np.isnan(truncation(NETWORKS[2], text, "every step", "chunks").ratio["W_hh"]).all()


@pytest.mark.parametrize("cut_into", bptt.CUTS)
@each_loss
@each_network
def test_every_k_is_there_and_is_the_engines_own_truncation(settings, kind, cut_into):
    result, back = truncation(settings, TEXT, kind, cut_into), backpropagation(settings, TEXT, kind)
    assert result.ks == list(range(1, T + 1))
    full = truncated(back.reading.trace, back.dh, T + 1, overlap=False)
    for k in result.ks:
        part = truncated(back.reading.trace, back.dh, k, overlap=cut_into == "windows")
        for name, weight in (("W_hh", "weight_hh"), ("W_ih", "weight_ih")):
            one, whole = getattr(part, weight), getattr(full, weight)
            assert result.angle[name][k - 1] == pytest.approx(float(angle(one.ravel(), whole.ravel())), abs=1e-5)
            assert result.ratio[name][k - 1] == pytest.approx(np.linalg.norm(one) / np.linalg.norm(whole), rel=1e-9)


@each_network
def test_the_row_that_the_factors_multiply_is_autograds_and_lies_below_both_bounds(settings):
    chain, torchs = bptt.chain.__wrapped__(settings, TEXT), Autograd(settings).backward("last step only")
    full = log_norms(grad(h) for h in torchs.h[:T])
    assert chain.row[-1] == pytest.approx(full[-1])
    joined = settings.cell == "LSTM"
    for s in (1, 4, T - 1):
        parts = [
            part.requires_grad_() for part in (cut(torchs.states[s - 1]) if joined else [cut(torchs.states[s - 1])])
        ]
        again = Autograd(settings, start=s, state=tuple(parts) if joined else parts[0])
        row = np.concatenate(torch.autograd.grad(again.losses[-1], parts))
        assert chain.row[s - 1] == pytest.approx(np.log10(np.linalg.norm(row)), abs=1e-8)
        best, bound = chain.norms["whole"][s - 1], chain.largest[s:T].sum()
        assert chain.row[s - 1] <= chain.row[-1] + best + 1e-12 and best <= bound + 1e-12


@each_network
def test_the_last_factor_is_that_of_the_chain(settings):
    last, chain = bptt.last_factor.__wrapped__(settings, TEXT), bptt.chain.__wrapped__(settings, TEXT)
    assert last == pytest.approx((chain.largest[T - 1], chain.row[T - 2]))


@given(st.floats(-1000, 1000))
def test_a_number_is_written_by_its_logarithm_wherever_it_lies(log):
    written = bptt.log_number(log)
    digits, _, power = written.partition(r" \cdot 10^{")
    size = np.log10(float(digits)) + (int(power.rstrip("}")) if power else 0)
    assert size == pytest.approx(log, abs=5e-3)
    assert bptt.log_number(-np.inf) == "0"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (-6.5, "**faded** on its way: at the first step it is $3.162 \\cdot 10^{6}$ times smaller"),
        (-0.5, "**held** on its way: at the first step it is only $3.1623$ times smaller"),
        (0.5, "**held** on its way: at the first step it is only $3.1623$ times larger"),
        (2.0, "**grown** on its way, and is $100.0000$ times larger"),
        (-np.inf, "exactly 0"),
    ],
)
def test_what_became_of_a_gradient_is_said_from_what_was_measured(change, said):
    assert said in journey(change)


@pytest.mark.parametrize(("cell", "only_last"), [("Elman", False), ("GRU", True), ("LSTM", False), ("LSTM", True)])
def test_the_script_prints_the_norms_of_the_first_picture(cell, only_last, tmp_path):
    path = tmp_path / "bptt.py"
    path.write_text(snippet("bptt", cell=cell, text=TEXT, only_last=only_last), encoding="utf-8")
    run = subprocess.run([sys.executable, path], cwd=ROOT, capture_output=True, text=True, check=True)
    back = backpropagation(Settings(cell, "trained", 0), TEXT, bptt.LOSSES[only_last])
    lines = run.stdout.splitlines()
    assert len(lines) == T
    for t, line in enumerate(lines):
        step, loss, norm = re.fullmatch(r"(\d+) .+ L_t = (\S+) \|dL/dh_t\| = (\S+)", line).groups()
        assert int(step) == t + 1 and float(loss) == pytest.approx(back.values[t], abs=6e-5)
        assert np.log10(float(norm)) == pytest.approx(back.flow.total[t], abs=1e-4)


def test_the_script_prints_nothing_for_one_character_and_is_ten_lines_or_so(tmp_path):
    path = tmp_path / "bptt.py"
    path.write_text(snippet("bptt", text="x"), encoding="utf-8")
    run = subprocess.run([sys.executable, path], cwd=ROOT, capture_output=True, text=True, check=True)
    assert run.stdout == ""
    assert sum(map(bool, (SNIPPETS / "bptt.py").read_text(encoding="utf-8").splitlines())) <= 28
    assert character_model("LSTM").cell.hidden_size == 64  # the script's own number
