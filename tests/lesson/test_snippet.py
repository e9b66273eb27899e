"""The script on the page runs as shown and says what the engine says; no text in it can become code."""

import ast
import json
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnnviz.lesson.snippet import SNIPPETS, snippet
from rnnviz.training.character_model import CELLS, character_model

ROOT = Path(__file__).resolve().parents[2]
TEXTS = {
    "plain": "To be, or not to be",
    "quotes": "'\"'''\"\"\"",
    "backslashes": "\\n \\' \\\\ \\",
    "emoji": "🦆 é \u0301",
    "lines": "one\ntwo\r\n\x00\u2028end",
    "code": "'; __import__('os')._exit(7) #",
    "braces": "{cell} {{}} %s $x$ `c`",
    "the longest": "Now is the winter of our discontent " * 6,
}
CASES = [(cell, text) for cell in CELLS for text in TEXTS.values()]
LINE = "Now is the winter of our discontent"  # short: a held network can be chaotic, and doubles rounding each step
HOLDS = [
    ("lstm", {}),
    ("lstm", {"hold": {"f": 1.0, "i": 0.0}, "unit": None, "start": 4}),
    ("lstm", {"hold": {"o": 0.25}, "unit": 0, "start": 0}),
    ("gru", {"reset": "after"}),
    ("gru", {"reset": "before", "hold": {"r": 0.5}, "unit": None, "start": 2}),
    ("gru", {"reset": "after", "hold": {"z": 1.0}, "unit": 0, "start": 7}),
]
# Each script is run from its file, in the project's folder, with its output kept apart.
RUN = """
import contextlib, io, json, runpy, sys
outputs = []
for path in sys.argv[1:]:
    with contextlib.redirect_stdout(io.StringIO()) as output:
        runpy.run_path(path, run_name="__main__")
    outputs.append(output.getvalue())
print(json.dumps(outputs))
"""


@pytest.fixture(scope="module")
def printed(tmp_path_factory):
    """What the script prints for each case."""
    folder = tmp_path_factory.mktemp("snippets")
    paths = [folder / f"{k}.py" for k in range(len(CASES))]
    for path, (cell, text) in zip(paths, CASES, strict=True):
        path.write_text(snippet("unrolling", cell=cell, text=text), encoding="utf-8")
    return dict(zip(CASES, outputs(paths), strict=True))


def outputs(paths):
    """What each of these scripts prints."""
    run = subprocess.run([sys.executable, "-c", RUN, *paths], cwd=ROOT, capture_output=True, text=True, check=True)
    return json.loads(run.stdout)


@pytest.mark.parametrize("cell", CELLS)
@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_the_script_prints_the_engines_states_and_likeliest_characters(printed, cell, text):
    model = character_model(cell)
    reading = model.read(text)
    likeliest = [model.vocabulary.tokens[i] for i in reading.p.argmax(axis=1)]
    expected = [
        f"{character!r} h[0] = {state:.4f} next: {token!r}"
        for character, state, token in zip(text, reading.trace.h[:, 0], likeliest, strict=True)
    ]
    assert printed[cell, text].split("\n")[:-1] == expected


def test_the_loops_over_gates_print_the_engines_states_free_and_held(tmp_path):
    paths = [tmp_path / f"{k}.py" for k in range(len(HOLDS))]
    for path, (name, settings) in zip(paths, HOLDS, strict=True):
        path.write_text(snippet(name, text=LINE, **settings), encoding="utf-8")
    for (name, settings), printed in zip(HOLDS, outputs(paths), strict=True):
        model, unit = character_model(name.upper()), settings.get("unit")
        if "reset" in settings:
            model = model.with_options(reset=settings["reset"])
        hold = {gate: value if unit is None else {unit: value} for gate, value in settings.get("hold", {}).items()}
        reading = model.read(LINE, clamp=hold, hold_from=settings.get("start", 0))
        first = "c" if name == "lstm" else "z"
        lines = printed.split("\n")[:-1]
        said = [re.fullmatch(rf"(.*) {first}\[0\] = (\S+) h\[0\] = (\S+) next: (.*)", line).groups() for line in lines]
        characters, values, states, likeliest = zip(*said, strict=True)
        assert [ast.literal_eval(character) for character in characters] == list(reading.text)
        assert [ast.literal_eval(token) for token in likeliest] == [
            model.vocabulary.tokens[i] for i in reading.p.argmax(axis=1)
        ]
        np.testing.assert_allclose(np.array(values, float), reading.trace[first][:, 0], atol=6e-5)
        np.testing.assert_allclose(np.array(states, float), reading.trace.h[:, 0], atol=6e-5)


@pytest.mark.parametrize("name", ["unrolling", "lstm", "gru"])
def test_the_script_runs_by_itself_as_it_stands_in_the_folder(name):
    path = SNIPPETS / f"{name}.py"
    run = subprocess.run([sys.executable, path], cwd=ROOT, capture_output=True, text=True, check=True)
    assert len(run.stdout.splitlines()) == len("To be, or not to be")


def test_the_training_loop_learns_with_clipping_and_not_without(tmp_path):
    paths = [tmp_path / f"{theta}.py" for theta in (0.3, None)]
    for path, theta in zip(paths, (0.3, None), strict=True):
        path.write_text(snippet("clipping", rate=0.3, theta=theta, seed=3), encoding="utf-8")
    lasts = [printed.splitlines()[-1] for printed in outputs(paths)]
    clipped, free = (float(re.fullmatch(r"update 600: loss ([\d.]+), norm [\d.]+", last)[1]) for last in lasts)
    assert clipped < 0.01 and free > 0.5


def settings_of(source):
    """name -> the node that the script's top level sets it to."""
    return {
        node.targets[0].id: node.value
        for node in ast.parse(source).body
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name)
    }


def skeleton(source):
    """The script without the two values that a person sets."""
    tree = ast.parse(source)
    for name, value in settings_of(source).items():
        if name in ("cell", "text"):
            assert isinstance(value, ast.Constant)
    tree.body = [
        n for n in tree.body if not (isinstance(n, ast.Assign) and getattr(n.targets[0], "id", "") in ("cell", "text"))
    ]
    return ast.dump(tree)


@given(st.text() | st.sampled_from(list(TEXTS.values())) | st.text("'\"\\\n\r{}#;()", max_size=20))
def test_no_text_can_become_code(text):
    source = snippet("unrolling", cell="GRU", text=text)
    assert settings_of(source)["text"].value == text
    assert skeleton(source) == skeleton((SNIPPETS / "unrolling.py").read_text(encoding="utf-8"))


@given(st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text())
def test_a_value_stands_in_the_script_as_itself(value):
    assert ast.literal_eval(settings_of(snippet("unrolling", cell=value))["cell"]) == value


@given(st.none() | st.dictionaries(st.text(), st.floats(allow_nan=False, allow_infinity=False)))
def test_none_and_dicts_stand_in_the_script_as_themselves_and_comments_stay(value):
    source = snippet("lstm", hold=value)
    assert ast.literal_eval(settings_of(source)["hold"]) == value
    assert "  # gates held fixed" in source


@pytest.mark.parametrize(
    "value", [np.float64(0.5), np.int64(3), np.ones(1), float("inf"), {"f": np.float64(1)}, {"f": [1.0]}], ids=repr
)
def test_what_is_no_literal_is_refused(value):
    with pytest.raises(ValueError):
        snippet("unrolling", text=value)


@pytest.mark.parametrize("name", ["depth", "x ", "", "text =", "cell = 'GRU'\nimport os\ntext"])
def test_a_setting_that_the_script_lacks_is_refused(name):
    with pytest.raises(ValueError, match="it must do so once"):
        snippet("unrolling", **{name: 1})


@pytest.mark.parametrize(("name", "most"), [("unrolling", 20), ("lstm", 26), ("gru", 28), ("clipping", 21)])
def test_it_is_ten_lines_or_so(name, most):
    lines = (SNIPPETS / f"{name}.py").read_text(encoding="utf-8").splitlines()
    assert sum(bool(line) for line in lines) <= most
