"""What the lesson "Vanishing and exploding" computes: the networks it names, and laws that their gradients obey."""

import re

import numpy as np
import pytest

from rnnviz.engine import GRU, LSTM, Elman, backward, direct_path, products
from rnnviz.lesson import vanishing
from rnnviz.lesson.snippet import snippet
from rnnviz.lesson.vanishing import BIASES, CURVES, RADII, TEXT, Settings, for_one_cell, rate, reach, usual
from rnnviz.lesson.vanishing_memory import bars_differ, memory_prose, verdict
from rnnviz.lesson.vanishing_questions import prediction
from rnnviz.lesson.words import decimal
from tests.engine.strategies import Reading
from tests.engine.torch_loop import Loop
from tests.lesson.test_snippet import outputs

BASE = Settings("identity", 8, 40, 1.0, 1.0, None, 0, False, "")
flow, typical, paths = (getattr(vanishing, name).__wrapped__ for name in ("flow", "typical", "paths"))
SETTINGS = [
    (BASE, 0.9),
    (BASE._replace(phi="tanh", seed=4, forget=None), 1.2),
    (BASE._replace(phi="relu", hidden_size=1, input_scale=0.0), 0.5),
    (BASE._replace(phi="tanh", radius=0.8, forget=0.0), 3.0),
    (BASE._replace(text="to be, or not to be", phi="tanh", hidden_size=64, length=19, forget=None), 1.0),
]


def cells(settings, value):
    """The same networks, made here."""
    if settings.text:
        return {name: vanishing.character_model(name).cell for name in vanishing.CELLS}
    radius = value if settings.radius is None else settings.radius
    forget = settings.forget if settings.radius is None else value
    make = {"seed": settings.seed, "spectral_radius": radius}
    return {
        "Elman": Elman.random(8, settings.hidden_size, nonlinearity=settings.phi, **make),
        "GRU": GRU.random(8, settings.hidden_size, **make),
        "LSTM": LSTM.random(8, settings.hidden_size, forget_bias=forget, **make),
    }


@pytest.mark.parametrize(("settings", "value"), SETTINGS)
def test_each_curve_is_what_autograd_says_of_the_same_network(settings, value):
    found, k = flow(settings), settings.values.index(value)
    dh = np.zeros((settings.length, settings.hidden_size))
    dh[-1] = settings.direction()
    for name, cell in cells(settings, value).items():
        wanted = Loop(Reading(cell, settings.input(), None, None)).gradients(dh, None)
        for state in "hc":
            curve = f"LSTM, {state}" if name == "LSTM" else name
            if state in wanted and (state == "h" or name == "LSTM"):
                norms = np.linalg.norm(wanted[state], axis=1)
                np.testing.assert_allclose(10.0 ** found.logs[curve][k], norms, rtol=1e-9)


@pytest.mark.parametrize("phi", ["identity", "tanh", "relu"])
def test_no_curve_of_elman_is_above_the_bound(phi):
    found = flow(BASE._replace(phi=phi))
    assert (found.logs["Elman"] <= found.bound + 1e-9).all()


def test_the_identity_cell_turns_from_vanishing_to_exploding_at_radius_one():
    found = flow(BASE._replace(hidden_size=32, length=100))
    factors = dict(zip(RADII, found.rates[:, 0], strict=True))
    assert factors[0.9] < 0.95 and abs(factors[1.0] - 1) < 0.02 and factors[1.1] > 1.05
    for radius in (0.5, 1.5, 3.0):
        assert abs(factors[radius] / radius - 1) < 0.02


def test_with_forget_bias_3_the_lstm_is_above_elman_after_200_steps():
    found = flow(Settings("tanh", 32, 200, 1.0, 3.0, None, 0, False, ""))
    k = RADII.index(0.9)
    assert found.logs["LSTM, h"][k, 0] > found.logs["Elman"][k, 0] + 3


def test_a_scrubbed_forget_bias_leaves_the_other_cells_alone():
    found = flow(BASE._replace(radius=1.0, forget=0.0))
    assert found.logs["LSTM, c"].shape == found.logs["GRU"].shape == (len(BIASES), 40)
    assert (found.logs["GRU"] == found.logs["GRU"][0]).all() and (found.eigenvalues == found.eigenvalues[0]).all()
    assert (np.diff(found.direct["median"][:, 0]) > 0).all()
    same = flow(BASE._replace(forget=3.0))
    np.testing.assert_allclose(found.logs["LSTM, h"][BIASES.index(3.0)], same.logs["LSTM, h"][RADII.index(1.0)])


def test_with_f_held_at_one_the_direct_path_is_exactly_one():
    found = flow(BASE._replace(held=True))
    assert not found.direct["median"].any() and (found.gates["f"] == 1).all()


def test_500_steps_of_the_identity_at_radius_3_and_at_a_tenth_are_numbers():
    found = flow(BASE._replace(length=500, hidden_size=1))
    np.testing.assert_allclose(found.logs["Elman"][[0, -1], 0], [-499, 499 * np.log10(3)])


def test_one_step_has_no_rate_and_reaches_as_far_as_there_is():
    found = flow(BASE._replace(length=1))
    assert np.isnan(found.rates).all() and np.isnan(found.reach).all()
    assert not found.logs["Elman"].any()


def test_a_geometric_curve_has_its_own_factor_and_falls_when_it_must():
    logs = np.log10([0.5, 2.0])[:, None] * np.arange(29, -1, -1)
    np.testing.assert_allclose(rate(logs), [0.5, 2.0])
    np.testing.assert_array_equal(reach(logs), [10, np.nan])  # 0.5^10 < 0.001 < 0.5^9


def test_exact_zeros_are_fallen_and_left_out_of_the_rate():
    logs = np.array([[-np.inf, -np.inf, -0.2, -0.1, 0.0]])
    np.testing.assert_allclose(rate(logs), [10**-0.1])
    assert reach(logs) == [3]


@pytest.mark.parametrize(("name", "value"), [("Elman", 1.1), ("GRU", 0.5), ("LSTM", 2.0)])
def test_quantiles_are_those_of_200_networks_run_one_by_one(name, value):
    settings = for_one_cell(name, usual(BASE._replace(hidden_size=3, length=12, phi="identity")))
    found = typical(name, settings)
    x, dh = settings.input(), np.zeros((12, 3))
    dh[-1] = settings.direction()
    norms = []
    for seed in range(vanishing.MEMBERS):
        cell = cells(settings._replace(seed=seed), value)[name]
        norms.append(np.linalg.norm(backward(cell.run(x), dh).h, axis=1))
    wanted = np.quantile(norms, vanishing.QUANTILES, axis=0, method="nearest")
    np.testing.assert_allclose(10.0 ** found[RADII.index(value)], wanted, rtol=1e-4)


def test_what_does_not_count_for_a_cell_is_not_computed_again():
    one, other = BASE._replace(seed=3, phi="tanh", forget=5.0), BASE._replace(phi="relu")
    assert for_one_cell("GRU", one) == for_one_cell("GRU", other)
    assert for_one_cell("LSTM", one) != for_one_cell("LSTM", other)
    assert for_one_cell("Elman", one) != for_one_cell("Elman", other)


def test_the_full_path_ends_at_one():
    found = paths(BASE)
    assert found.steps[-1] == BASE.length - 1
    np.testing.assert_allclose(found.full[:, -1], 0, atol=1e-12)


SCRIPTS = [
    ("Elman", {"nonlinearity": "identity", "radius": 1.1}),
    ("Elman", {"nonlinearity": "tanh", "radius": 0.7, "seed": 2, "input_scale": 2.0}),
    ("GRU", {"radius": 0.9}),
    ("LSTM", {"radius": 1.0, "forget_bias": 3.0}),
    ("LSTM", {"radius": 0.5, "forget_bias": None, "seed": 9}),
    ("LSTM", {"radius": 1.0, "factor": 0.9, "forget_bias": None}),
]


def test_the_script_prints_the_curves_of_the_page(tmp_path):
    paths = [tmp_path / f"{k}.py" for k in range(len(SCRIPTS))]
    for path, (cell, own) in zip(paths, SCRIPTS, strict=True):
        path.write_text(snippet("vanishing", cell=cell, hidden_size=8, length=40, **own), encoding="utf-8")
    for (cell, own), printed in zip(SCRIPTS, outputs(paths), strict=True):
        settings = BASE._replace(
            phi=own.get("nonlinearity", "identity"),
            seed=own.get("seed", 0),
            input_scale=own.get("input_scale", 1.0),
            forget=own.get("forget_bias", 1.0),
            drawn="factor" in own,
        )
        logs = flow(settings).logs["LSTM, h" if cell == "LSTM" else cell][RADII.index(own.get("factor", own["radius"]))]
        norms = [float(one) for one in re.findall(r"= (\S+)$", printed, re.MULTILINE)]
        np.testing.assert_allclose(norms, 10.0**logs, rtol=1e-3)


def test_the_curves_have_the_names_of_the_legend():
    assert tuple(flow(BASE).logs) == CURVES


@pytest.mark.parametrize(("forget", "radius"), [(None, 0.5), (1.0, 1.0), (3.0, 1.2)])
def test_the_full_path_is_made_of_the_engines_step_jacobians(forget, radius):
    """All of ∂c_T/∂c_t: with h_t held fixed, and what goes through h_t = o_t ⊙ tanh(c_t) besides."""
    settings = BASE._replace(forget=forget)
    found, size = paths(settings), settings.hidden_size
    trace = cells(settings, radius)["LSTM"].run(settings.input())
    along = products(trace)
    for k, t in enumerate(found.steps):
        to_h, to_c = along.mantissa[t, size:, :size], along.mantissa[t, size:, size:]
        whole = to_c + to_h * (trace["o"][t] * (1 - trace["tanh_c"][t] ** 2))
        wanted = np.log10(np.linalg.norm(whole, 2)) + along.exponent[t] * np.log10(2)
        np.testing.assert_allclose(found.full[RADII.index(radius), k], wanted, atol=1e-4)


def test_the_direct_path_is_the_engines():
    trace = cells(BASE, 0.8)["LSTM"].run(BASE.input())
    wanted = direct_path(trace)
    found = flow(BASE).direct
    np.testing.assert_allclose(found["largest"][RADII.index(0.8)], wanted.max(axis=1), atol=1e-12)
    np.testing.assert_allclose(found["median"][RADII.index(0.8)], np.median(wanted, axis=1), atol=1e-12)


LEVELS = {"most": (-0.1, -0.2), "some": (-1.0, -50.0), "none": (-10.0, -12.0)}
WHOLES = {"holds": -0.5, "grows": 2.5, "fades": -7.0}


def test_each_verdict_is_its_own_and_says_which_way_carries():
    found = {(d, w): verdict(*LEVELS[d], WHOLES[w]) for d in LEVELS for w in WHOLES}
    assert len(set(found.values())) == 9
    for (direct, whole), text in found.items():
        assert ("The direct path has vanished" in text) == (direct == "none" and whole != "fades")
        assert ("most forget" in text) == (direct == "some")
        assert ("grown" in text) == (whole == "grows") and ("vanishes" in text) == (whole == "fades")
        assert ("detour" in text) == (whole == "grows" or (direct == "none") != (whole == "fades"))


@pytest.mark.parametrize(
    ("settings", "value", "words"),
    [
        (BASE._replace(hidden_size=32, length=100, forget=None), 1.0, "LSTM vanishes too"),
        (BASE._replace(hidden_size=32, length=100), 3.0, "What has grown came by the detour"),
        (BASE._replace(hidden_size=32, length=100, forget=3.0), 0.5, "holds on the direct path"),
        (BASE._replace(hidden_size=32, length=100, held=True), 1.0, "The direct path holds in most units, and the"),
        (Settings("tanh", 64, len(TEXT), 1.0, None, None, 0, False, TEXT), 1.0, "Some units keep, most forget"),
        (BASE._replace(length=1), 1.0, "no way back"),
    ],
)
def test_the_verdict_follows_the_measured_numbers(settings, value, words):
    assert words in memory_prose(settings, flow(settings), paths(settings), settings.values.index(value))


def test_where_the_bar_and_the_full_derivative_disagree_the_reason_is_said():
    falls, rises = np.linspace(-8, -0.3, 50), np.array([-0.5, -4.0, -0.3])
    assert bars_differ(falls, -6.0) == "" and bars_differ(falls[-5:], 0.1) == ""
    assert "direction which is held best" in bars_differ(falls, 0.1)
    assert "rises again" in bars_differ(rises, 0.1)
    assert "its own start" in bars_differ(falls[:5], -6.0)


def test_without_rescaling_the_networks_are_those_that_pytorch_would_draw():
    settings = BASE._replace(phi="tanh", forget=None, drawn=True, length=20)
    found = flow(settings)
    cell = Elman.random(8, 8, nonlinearity="tanh", seed=0)
    np.testing.assert_allclose(found.own, np.abs(np.linalg.eigvals(cell.weight_hh)).max())
    for k in (2, 9, 19):
        dh = np.zeros((20, 8))
        dh[-1] = settings.direction()
        own = Elman(cell.weight_ih, RADII[k] * cell.weight_hh, cell.bias_ih, cell.bias_hh, nonlinearity="tanh")
        wanted = np.linalg.norm(backward(own.run(settings.input()), dh).h, axis=1)
        np.testing.assert_allclose(10.0 ** found.logs["Elman"][k], wanted, rtol=1e-9)


@pytest.mark.parametrize("seed", range(5))
def test_the_prediction_is_what_the_network_has_left(seed):
    asked = prediction(Settings("identity", 32, 100, 1.0, 1.0, None, seed, False, ""))
    x = np.random.default_rng((seed, 1)).normal(size=(51, 8))
    trace = Elman.random(8, 32, nonlinearity="identity", seed=seed, spectral_radius=0.9).run(x)
    dh = np.zeros((51, 32))
    dh[-1] = BASE._replace(hidden_size=32, seed=seed).direction()
    left = np.linalg.norm(backward(trace, dh).h[0])
    assert decimal(left) in asked.reveal
    assert (asked.options[asked.answer] == "a few thousandths") == (10**-3.75 < left < 10**-1.75)
