"""Training runs: torch's own loop bit for bit, honest norms, and what happens when numbers end."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import torch

from rnnviz.tasks.catalogue import TASKS
from rnnviz.training import CELLS, Plan, checkpoint, cluster, train
from rnnviz.training.__main__ import main
from rnnviz.training.plan import OPTIMISERS
from rnnviz.training.run import COLUMNS, Learner, Moment, network, steps
from rnnviz.training.standard_runs import record_of

SMALL = Plan(cell="gru", length=8, hidden_size=6, batch_size=4, updates=5)
RECIPES = [
    {"optimiser": "adam"},
    {"optimiser": "rmsprop", "clip": "value", "threshold": 0.05},
    {"optimiser": "sgd", "clip": "off", "momentum": 0.5},
    {"task": "copy", "length": 2, "threshold": 0.1},
    {"task": "brackets", "options": (("depth", 3),)},
    {"task": "series", "values": tuple(np.sin(np.arange(50) / 3).tolist())},
]


class PlainConvolution(torch.nn.Module):
    """Kernel 4, dilations 1 and 4, as many zeros before the first value as nothing later is looked at."""

    def __init__(self, inputs, channels):
        super().__init__()
        self.conv_l0 = torch.nn.Conv1d(inputs, channels, 4)
        self.conv_l1 = torch.nn.Conv1d(channels, channels, 4, dilation=4)

    def forward(self, x):
        h = x.transpose(1, 2)
        h = torch.relu(self.conv_l0(torch.cat([torch.zeros(*h.shape[:2], 3), h], dim=2)))
        h = torch.relu(self.conv_l1(torch.cat([torch.zeros(*h.shape[:2], 12), h], dim=2)))
        return h.transpose(1, 2), None


def plain_loop(plan):
    """What anyone would write with torch; its losses and its last weights."""
    torch.manual_seed(plan.seed)
    layers = {"gru": torch.nn.GRU, "lstm": torch.nn.LSTM}
    task = plan.of_task
    options = {} if plan.cell in layers else {"nonlinearity": "tanh" if plan.cell == "elman" else "relu"}
    if plan.cell == "conv":
        rnn = PlainConvolution(task.inputs, plan.hidden_size)
    else:
        rnn = layers.get(plan.cell, torch.nn.RNN)(task.inputs, plan.hidden_size, batch_first=True, **options)
    output = torch.nn.Linear(plan.hidden_size, task.classes or 1)
    H = plan.hidden_size
    with torch.no_grad():
        if plan.cell == "lstm":
            rnn.bias_ih_l0[H : 2 * H], rnn.bias_hh_l0[H : 2 * H] = plan.forget_bias, 0
        if plan.cell == "irnn":
            rnn.weight_hh_l0.copy_(torch.eye(H))
            rnn.weight_ih_l0.normal_(std=0.001)
            rnn.bias_ih_l0.zero_(), rnn.bias_hh_l0.zero_()
    parameters = [*rnn.parameters(), *output.parameters()]
    kinds = {"adam": torch.optim.Adam, "rmsprop": torch.optim.RMSprop, "sgd": torch.optim.SGD}
    more = {"momentum": plan.momentum} if plan.optimiser == "sgd" else {}
    optimiser = kinds[plan.optimiser](parameters, lr=plan.learning_rate, **more)
    generator, losses = np.random.default_rng((plan.seed, 1)), []
    for _ in range(plan.updates):
        batch = task.draw(generator, plan.batch_size, plan.length, **dict(plan.options))
        said, _ = rnn(torch.tensor(batch.x))
        said, y, asked = output(said), torch.tensor(batch.y), torch.tensor(batch.asked)
        if task.classes:
            loss = torch.nn.functional.cross_entropy(said[asked], y[asked])
        else:
            loss = ((said[:, :, 0] - y)[asked] ** 2).mean()
        optimiser.zero_grad()
        loss.backward()
        if plan.clip == "norm":
            torch.nn.utils.clip_grad_norm_(parameters, plan.threshold)
        if plan.clip == "value":
            torch.nn.utils.clip_grad_value_(parameters, plan.threshold)
        optimiser.step()
        losses.append(loss.item())
    return losses, {name: value.numpy() for name, value in rnn.state_dict().items()}


@pytest.fixture(autouse=True)
def on_one_thread():
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.mark.parametrize("cell", CELLS)
@pytest.mark.parametrize("recipe", RECIPES, ids=str)
def test_a_run_is_a_plain_torch_loop_bit_for_bit(cell, recipe):
    plan = Plan(**({"cell": cell, "length": 8, "hidden_size": 5, "batch_size": 4, "updates": 4, "seed": 3} | recipe))
    run = train(plan)
    losses, tensors = plain_loop(plan)
    assert run.loss.tolist() == losses
    for name, value in tensors.items():
        np.testing.assert_array_equal(run.moments[-1].tensors[name], value)


@pytest.mark.parametrize("cell", [cell for cell in CELLS if cell != "conv"])
def test_a_moment_opens_in_the_engine_as_torch_computes_it(cell):
    plan = replace(SMALL, cell=cell)
    moment = train(plan).moments[-1]
    model = network(plan)
    x = TASKS["adding"].examples(0, batch=1, length=8).x
    own = {name: torch.tensor(value) for name, value in moment.tensors.items() if not name.startswith("output.")}
    model["rnn"].load_state_dict(own)
    theirs = model["rnn"](torch.tensor(x))[0][0].detach().numpy()
    np.testing.assert_allclose(moment.cell(plan).run(x[0]).h, theirs, atol=1e-6)


def test_a_convolution_has_no_cell_to_open():
    plan = replace(SMALL, cell="conv")
    with pytest.raises(ValueError, match="a causal convolution is no cell"):
        train(plan).moments[-1].cell(plan)


def test_norms_are_those_of_the_gradient_before_and_after_clipping():
    raw = train(replace(SMALL, clip="off"))
    np.testing.assert_allclose(raw.applied_norm, raw.grad_norm, rtol=1e-6)
    low = float(raw.grad_norm.min()) / 2
    clipped = train(replace(SMALL, threshold=low))
    assert clipped.grad_norm[0] == pytest.approx(raw.grad_norm[0], rel=1e-6)
    np.testing.assert_allclose(clipped.applied_norm, low, rtol=1e-4)
    by_value = train(replace(SMALL, clip="value", threshold=0.01))
    size = math.sqrt(by_value.plan.parameters)
    assert (by_value.applied_norm < by_value.grad_norm).all() and (by_value.applied_norm <= 0.01 * size).all()


def test_moments_are_kept_from_before_the_first_update_to_after_the_last():
    run = train(replace(SMALL, updates=50))
    updates = [moment.update for moment in run.moments]
    assert updates[0] == 0 and updates[-1] == 50 and updates == sorted(set(updates)) and len(updates) <= 32


def test_a_run_that_explodes_ends_there_and_says_when():
    plan = replace(SMALL, optimiser="sgd", clip="off", learning_rate=1e6, updates=50)
    run = train(plan)
    assert run.died == len(run.loss) < 50
    assert np.isfinite(run.loss[:-1]).all() and not (np.isfinite(run.loss[-1]) and np.isfinite(run.grad_norm[-1]))


def test_a_run_stops_when_it_is_told_to():
    run = train(SMALL, lambda snapshot: snapshot.update < 3)
    assert len(run.loss) == 3 and run.died is None


def test_steps_hand_out_the_network_before_what_is_learned_from_it():
    made = list(steps(SMALL))
    assert isinstance(made[0], Moment) and isinstance(made[-1], Moment)
    assert [one.update for one in made if not isinstance(one, Moment)] == [1, 2, 3, 4, 5]


def test_the_defaults_learn_to_add_and_a_plain_cell_does_not():
    """GRU and LSTM solve T = 50 within the default budget; Elman's loss stays at chance."""
    for cell, solves in (("gru", True), ("lstm", True), ("elman", False)):
        run = train(Plan(task="adding", cell=cell, length=50))
        end = float(run.loss[-50:].mean())
        assert end < 0.02 if solves else abs(end - run.plan.chance) < 0.02, (cell, end)


def test_the_same_number_of_parameters():
    lstm = Plan(cell="lstm")
    for cell in CELLS:
        other = replace(lstm, cell=cell).with_parameters_of(lstm)
        assert other.parameters == pytest.approx(lstm.parameters, rel=0.05)
        model = network(other)
        assert sum(parameter.numel() for parameter in model.parameters()) == other.parameters


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"task": "chess"}, "task must be one of adding, copy"),
        ({"updates": 1_000_000}, "updates must be a whole number from 1 to 20,000, not 1000000"),
        ({"hidden_size": 0}, "hidden_size must be a whole number from 1 to 256, not 0"),
        ({"learning_rate": math.nan}, "learning_rate must be a finite number above 0, not nan"),
        ({"threshold": 0}, "threshold must be a finite number above 0, not 0"),
        ({"momentum": 1.0}, "momentum must be at least 0 and below 1, not 1.0"),
        ({"length": 1}, "length of Adding problem must be a whole number from 4 to 500, not 1"),
    ],
)
def test_a_plan_that_cannot_be_is_refused(settings, words):
    with pytest.raises(ValueError, match=words):
        Plan(**settings)


def test_plans_that_differ_only_in_what_has_no_effect_share_a_key():
    gru = Plan(cell="gru")
    assert replace(gru, forget_bias=3.0).key == replace(gru, momentum=0.1).key == gru.key
    assert replace(gru, clip="off").key == replace(gru, clip="off", threshold=9.0).key != gru.key
    assert replace(gru, seed=1).key != gru.key


def test_a_sweep_without_a_scheduler_ends_with_a_sentence_that_names_it(monkeypatch, tmp_path, capsys):
    monkeypatch.setattr(cluster, "CONNECT", 0.5)
    monkeypatch.setenv("RNNVIZ_DASK", "tcp://127.0.0.1:1")
    with pytest.raises(SystemExit, match="1"):
        main(["--cell", "gru", "lstm", "--updates", "2", "--out", str(tmp_path / "run.csv")])
    said = capsys.readouterr().err
    assert "No Dask scheduler answers at tcp://127.0.0.1:1" in said and "Nothing was written" in said
    assert not (tmp_path / "run.csv").exists()


def test_what_had_ended_is_written_where_a_sweep_is_stopped(monkeypatch, tmp_path, capsys):
    def interrupted(plans, report, *, found):
        found[plans[1].key] = record_of(train(plans[1]))
        raise KeyboardInterrupt

    monkeypatch.setattr("rnnviz.training.__main__.sweep", interrupted)
    out = tmp_path / "run.csv"
    with pytest.raises(SystemExit) as ended:
        main(["--cell", "gru", "lstm", "--length", "4", "--updates", "2", "--batch-size", "2", "--out", str(out)])
    assert ended.value.code == 130 and "holds 1 of 2 runs" in capsys.readouterr().err
    assert set(pd.read_csv(out)["cell"]) == {"lstm"}


def test_the_command_line_writes_a_tidy_table_of_the_whole_sweep(tmp_path, capsys):
    out = tmp_path / "run.csv"
    small = ["--length", "8", "--updates", "3", "--hidden-size", "4", "--batch-size", "2", "--out", str(out)]
    main(["--task", "adding", "recall", "--cell", "lstm", "gru", "--seed", "0", "1", *small])
    table = pd.read_csv(out)
    assert tuple(table.columns) == COLUMNS and len(table) == 2 * 2 * 2 * 3
    assert not table.duplicated(["task", "cell", "seed", "update"]).any() and table.notna().all(axis=None)
    assert "8/8 recall gru T=8 seed 1" in capsys.readouterr().err
    made = [train(Plan(task=task, cell=cell, length=8, updates=3, hidden_size=4, batch_size=2, seed=seed)).frame()
            for task in ("adding", "recall") for cell in ("lstm", "gru") for seed in (0, 1)]  # fmt: skip
    pd.concat(made, ignore_index=True).to_csv(tmp_path / "one by one.csv", index=False)
    assert out.read_bytes() == (tmp_path / "one by one.csv").read_bytes()
    with pytest.raises(SystemExit):
        main(["--length", "3", "--out", str(out)])
    assert "length of Adding problem must be a whole number from 4 to 500, not 3" in capsys.readouterr().err


@pytest.mark.parametrize("optimiser", OPTIMISERS)
@pytest.mark.parametrize("cell", CELLS)
def test_a_run_that_is_interrupted_goes_on_as_if_it_never_was(cell, optimiser):
    plan = replace(SMALL, cell=cell, optimiser=optimiser, updates=6)
    whole = list(steps(plan))
    for at in (0, 1, 4):
        learner, had = Learner.of(plan), []
        for made in steps(plan, learner):
            had.append(made)
            if learner.update == at:
                break
        again = Learner.of(plan, checkpoint.save(learner))
        had = [made for made in had if not (isinstance(made, Moment) and made.update >= at)]
        for one, other in zip([*had, *steps(plan, again)], whole, strict=True):
            if isinstance(other, Moment):
                assert one.update == other.update
                for name, value in other.tensors.items():
                    np.testing.assert_array_equal(one.tensors[name], value)
            else:
                assert one == other


@pytest.mark.parametrize("broken", [b"", b"pickle", lambda whole: whole[:-9], "another's"])
def test_what_is_no_checkpoint_of_the_plan_is_refused(broken):
    whole = checkpoint.save(Learner.of(replace(SMALL, hidden_size=7) if broken == "another's" else SMALL))
    with pytest.raises(ValueError, match="no checkpoint of the plan"):
        Learner.of(SMALL, broken(whole) if callable(broken) else whole if broken == "another's" else broken)
