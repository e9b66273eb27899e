"""An ensemble computes what its members compute one by one, and what torch's autograd says of them."""

import numpy as np
import pytest
import torch

from rnnviz.engine import GRU, LSTM, Elman, backward
from rnnviz.engine.ensemble import ensemble
from tests.engine.strategies import Reading
from tests.engine.torch_loop import Loop

T, INPUTS, HIDDEN = 30, 3, 6
SCALES = (0.1, 0.5, 1.0, 1.4)
SEEDS = (3, 8)
KINDS = {
    "tanh": (Elman, {"nonlinearity": "tanh"}),
    "relu": (Elman, {"nonlinearity": "relu"}),
    "identity": (Elman, {"nonlinearity": "identity"}),
    "GRU": (GRU, {}),
    "LSTM": (LSTM, {}),
    "LSTM, forget bias 3": (LSTM, {"forget_bias": 3.0}),
}
each_kind = pytest.mark.parametrize("kind", KINDS)


def inputs(steps=T, size=1.0):
    return size * np.random.default_rng(5).normal(size=(steps, INPUTS))


def unit_vector(hidden=HIDDEN):
    v = np.random.default_rng(6).normal(size=hidden)
    return v / np.linalg.norm(v)


def members(kind, radius=1.0, seeds=SEEDS):
    cell, options = KINDS[kind]
    return [cell.random(INPUTS, HIDDEN, seed=seed, spectral_radius=radius, **options) for seed in seeds]


def last_step(v, steps=T):
    dh = np.zeros((steps, len(v)))
    dh[-1] = v
    return dh


def relative(logs, norms):
    """The largest relative difference between 10^logs and norms; what is exactly 0 is so in both."""
    dead = norms == 0
    np.testing.assert_array_equal(np.isneginf(logs), dead)
    return np.abs(10.0 ** (logs[~dead] - np.log10(norms[~dead])) - 1).max(initial=0.0)


@each_kind
@pytest.mark.parametrize("size", [0.0, 1.0, 5.0])
def test_each_member_and_value_is_what_its_cell_computes_alone(kind, size):
    x, v = inputs(size=size), unit_vector()
    together = ensemble(members(kind), x, scales=SCALES)
    logs = together.log_norms(v)
    for k, radius in enumerate(SCALES):
        for m, cell in enumerate(members(kind, radius)):
            trace = cell.run(x)
            alone = backward(trace, last_step(v))
            np.testing.assert_allclose(together["h"][:, m, k], trace.h, rtol=1e-9, atol=1e-12)
            assert relative(logs["h"][m, k], np.linalg.norm(alone.h, axis=1)) < 1e-12
            if alone.c is not None:
                assert relative(logs["c"][m, k], np.linalg.norm(alone.c, axis=1)) < 1e-12


@each_kind
@pytest.mark.parametrize("radius", [0.5, 1.0, 1.4])
def test_each_curve_is_what_autograd_says(kind, radius):
    x, v = inputs(), unit_vector()
    logs = ensemble(members(kind), x, scales=[radius]).log_norms(v)
    for m, cell in enumerate(members(kind, radius)):
        loop = Loop(Reading(cell, x, None, None))
        wanted = loop.gradients(last_step(v), None)
        for state, norms in logs.items():
            assert relative(norms[m, 0], np.linalg.norm(wanted[state], axis=1)) < 1e-12


@pytest.mark.parametrize("bias", [-1.0, 0.0, 2.5])
def test_a_swept_forget_bias_is_that_of_the_cell(bias):
    x, v = inputs(), unit_vector()
    base = [LSTM.random(INPUTS, HIDDEN, seed=1, spectral_radius=0.8, forget_bias=0.0)]
    logs = ensemble(base, x, scales=[1.0, 1.0], forget_biases=[bias, 9.0]).log_norms(v)
    cell = LSTM.random(INPUTS, HIDDEN, seed=1, spectral_radius=0.8, forget_bias=bias)
    alone = backward(cell.run(x), last_step(v))
    assert relative(logs["h"][0, 0], np.linalg.norm(alone.h, axis=1)) < 1e-12
    assert relative(logs["c"][0, 0], np.linalg.norm(alone.c, axis=1)) < 1e-12


@pytest.mark.parametrize("clamp", [{"f": 1.0}, {"f": 0.0}, {"i": 0.5, "o": 1.0}])
def test_a_held_gate_is_held_in_both_passes(clamp):
    x, v = inputs(), unit_vector()
    logs = ensemble(members("LSTM"), x, scales=[1.2], clamp=clamp).log_norms(v)
    for m, cell in enumerate(members("LSTM", 1.2)):
        alone = backward(cell.run(x, clamp=clamp), last_step(v))
        assert relative(logs["h"][m, 0], np.linalg.norm(alone.h, axis=1)) < 1e-12


@pytest.mark.parametrize("setting", [(0.5, 0.0), (1.0, 1.0), (1.4, 3.0)])
def test_the_full_cell_jacobian_is_what_autograd_says(setting):
    radius, bias = setting
    cell = LSTM.random(INPUTS, HIDDEN, seed=2, spectral_radius=radius, forget_bias=bias)
    x = inputs()
    steps = [0, 7, T - 2, T - 1]
    found = ensemble([cell], x, scales=[1.0]).cell_jacobian_norms(steps)[0]
    loop = Loop(Reading(cell, x, None, None))
    for k, t in enumerate(steps):
        rows = [
            torch.autograd.grad(one, loop.values["c"][t], retain_graph=True)[0].numpy() for one in loop.values["c"][-1]
        ]
        assert relative(found[k : k + 1], np.linalg.norm([rows], 2, axis=(1, 2))) < 1e-11


def test_the_direct_path_is_the_product_of_the_later_forget_gates():
    cell = members("LSTM")[0]
    path = ensemble([cell], inputs(), scales=[1.0]).direct_path()[:, 0, 0]
    f = cell.run(inputs())["f"]
    for t in (0, 11, T - 1):
        np.testing.assert_allclose(10 ** path[t], f[t + 1 :].prod(axis=0), rtol=1e-12)


def test_with_the_forget_gate_open_the_direct_path_is_exactly_one_and_shut_exactly_zero():
    opened, shut = (ensemble(members("LSTM"), inputs(), scales=[1.0], clamp={"f": one}) for one in (1.0, 0.0))
    assert not opened.direct_path().any()
    assert np.isneginf(shut.direct_path()[:-1]).all()


@pytest.mark.parametrize(("radius", "log"), [(0.1, -499), (3.0, 499 * np.log10(3))])
def test_an_identity_cell_over_500_steps_keeps_its_scale_beyond_all_floats(radius, log):
    cell = Elman([[1.0]], [[1.0]], nonlinearity="identity")
    run = ensemble([cell], np.ones((500, 1)), scales=[radius])
    np.testing.assert_allclose(run.log_norms([1.0])["h"][0, 0, 0], log, rtol=1e-12)


def test_a_gradient_that_is_exactly_zero_is_said_to_be():
    dead = Elman([[1.0]], [[1.0]], [-9.0], nonlinearity="relu")
    norms = ensemble([dead], np.ones((4, 1)), scales=[1.0, 2.0]).log_norms([1.0])["h"]
    assert np.isneginf(norms[..., :-1]).all() and (norms[..., -1] == 0).all()


@pytest.mark.parametrize("kind", ["tanh", "relu", "identity", "GRU", "LSTM"])
def test_the_slope_is_that_of_the_squash(kind):
    (one, _), small = members(kind), 1e-6
    trace = one.run(inputs())
    squash, pre = {
        "tanh": (np.tanh, "h_pre"),
        "relu": (lambda a: np.maximum(a, 0), "h_pre"),
        "identity": (lambda a: a, "h_pre"),
        "GRU": (np.tanh, "n_pre"),
        "LSTM": (np.tanh, "c"),
    }[kind]
    by_differences = (squash(trace[pre] + small) - squash(trace[pre] - small)) / (2 * small)
    np.testing.assert_allclose(ensemble([one], inputs(), scales=[1.0]).slope[:, 0, 0], by_differences, atol=1e-8)


@pytest.mark.parametrize(
    ("cells", "settings", "words"),
    [
        ([], {}, "at least one"),
        ([members("tanh")[0], members("relu")[0]], {}, "one kind"),
        (members("tanh"), {"scales": [np.inf]}, "finite"),
        (members("tanh"), {"forget_biases": [1.0]}, "no forget gate"),
        (members("LSTM"), {"forget_biases": [1.0, 2.0]}, "shape"),
        (members("LSTM"), {"clamp": {"z": 1.0}}, "names 'z'"),
        ([GRU.random(INPUTS, HIDDEN, reset="before")], {}, "before"),
    ],
)
def test_what_does_not_fit_is_refused(cells, settings, words):
    with pytest.raises(ValueError, match=words):
        ensemble(cells, inputs(), **{"scales": [1.0], **settings})


@pytest.mark.parametrize("kind", ["GRU", "LSTM", "tanh"])
def test_in_single_precision_the_norms_are_the_same_to_six_digits(kind):
    x, v = inputs(), unit_vector()
    single, double = (ensemble(members(kind), x, scales=SCALES, single=one).log_norms(v) for one in (True, False))
    for state in double:
        np.testing.assert_allclose(single[state], double[state], atol=2e-5)


def test_in_single_precision_a_norm_of_1e_minus_80_is_still_one():
    run = ensemble([LSTM.random(1, 4, seed=1, forget_bias=-9.0)], np.zeros((60, 1)), scales=[0.05], single=True)
    double = ensemble([LSTM.random(1, 4, seed=1, forget_bias=-9.0)], np.zeros((60, 1)), scales=[0.05])
    v = unit_vector(4)
    found, wanted = run.log_norms(v)["h"], double.log_norms(v)["h"]
    assert wanted.min() < -80
    np.testing.assert_allclose(found, wanted, rtol=1e-4, atol=1e-5)


def test_the_cell_jacobian_is_only_of_one_lstm():
    with pytest.raises(ValueError, match="ensemble of one LSTM"):
        ensemble(members("GRU"), inputs(), scales=[1.0]).cell_jacobian_norms([0])


def test_steps_that_are_none_and_paths_that_are_not_there_are_refused():
    run = ensemble(members("LSTM")[:1], inputs(4), scales=[1.0])
    for steps in ([0, 99], [0, 0, 3], [-1]):
        with pytest.raises(ValueError, match="steps must be different ones from 0 to 3"):
            run.cell_jacobian_norms(steps)
    with pytest.raises(ValueError, match="Elman has no forget gates"):
        ensemble(members("tanh"), inputs(), scales=[1.0]).direct_path()


def test_nothing_in_a_run_can_be_changed():
    with pytest.raises(ValueError, match="read-only"):
        ensemble(members("GRU"), inputs(), scales=[1.0])["h"][0] = 1.0


def test_a_state_that_overflows_is_recorded_as_infinite():
    """In float32 an identity cell of radius 3 leaves the floats within 90 steps; its gradient does not."""
    run = ensemble(members("identity")[:1], inputs(100), scales=[3.0], single=True)
    assert np.isinf(run["h"][-1]).all() or np.isnan(run["h"][-1]).all()
    np.testing.assert_allclose(run.log_norms(unit_vector())["h"][0, 0, 0], 99 * np.log10(3), rtol=0.05)
