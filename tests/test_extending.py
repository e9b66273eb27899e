"""docs/extending.md, followed to the letter: its code goes into a copy of the project and does what the page says."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PAGE = (ROOT / "docs" / "extending.md").read_text(encoding="utf-8")
BLOCK = re.compile(r"```(python|diff)\n(.*?)```", re.DOTALL)
MOST_LINES = 25
"""What "about twenty lines" may be at most, imports and empty lines not counted."""


def steps(page):
    """(path, kind, text) of each block, the path being the last file that the prose before it names."""
    for block in BLOCK.finditer(page):
        named = re.findall(r"`((?:rnnviz|tests|pages)/[\w/]+\.py)`", page[: block.start()])
        yield named[-1], block[1], block[2]


def applied(source, diff):
    """The source with a diff's new lines behind the lines that it shows as they are. They must be there, once."""
    known = "".join(line[1:] for line in diff.splitlines(keepends=True) if line[0] == " ")
    new = "".join(line[1:] for line in diff.splitlines(keepends=True) if line[0] == "+")
    assert source.count(known) == 1, f"this is not in the file, or more than once:\n{known}"
    return source.replace(known, known + new)


@pytest.fixture(scope="module")
def copy(tmp_path_factory):
    """A copy of the project in which every step of the page was taken."""
    root = tmp_path_factory.mktemp("extended")
    for folder in ("rnnviz", "pages", "tests", "assets"):
        shutil.copytree(ROOT / folder, root / folder, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", root)
    for path, kind, text in steps(PAGE):
        file = root / path
        assert file.exists() == (kind == "diff"), path
        file.write_text(text if kind == "python" else applied(file.read_text("utf-8"), text), encoding="utf-8")
    return root


def run(root, *arguments):
    command = [sys.executable, *arguments]
    environment = os.environ | {
        "OMP_NUM_THREADS": "1",
        "PYTHONPATH": str(root),
        "RNNVIZ_RESULTS": str(root / "results"),
    }
    done = subprocess.run(command, cwd=root, env=environment, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    return done.stdout


def test_each_step_takes_about_twenty_lines():
    for path, _, text in steps(PAGE):
        lines = [line for line in text.splitlines() if line.strip() and not line.startswith(("import", "from", '"""'))]
        assert len(lines) <= MOST_LINES, f"{path} has {len(lines)} lines"


def test_the_new_cells_gradients_are_those_of_autograd_and_the_house_stands(copy):
    said = run(
        copy, "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests/engine", "tests/test_layers.py", "-k", "leaky"
    )
    assert re.search(r"[2-9] passed", said) and "failed" not in said


CELL = """
import numpy as np
from rnnviz.engine import Leaky, backward, jacobians, pairwise
cell = Leaky.random(2, 3, seed=1)
trace = cell.run(np.ones((5, 2)))
dh = np.ones((5, 3))
assert jacobians(trace).shape == (5, 3, 3) and pairwise(trace, dh).shape == (5, 5)
assert len(trace.frame()) == 5 * 3 * 2
numbers = cell.numbers(trace, 3, 1)
assert abs(numbers["h_t"] - (0.75 * numbers["h_{t-1}"] + 0.25 * numbers["n_t"])) < 1e-15
"""


def test_all_that_works_with_any_cell_works_with_the_new_one(copy):
    run(copy, "-c", CELL)


def test_the_new_task_has_its_chance_level_and_can_be_trained_on(copy):
    said = run(copy, "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests/tasks/test_tasks.py", "-k", "echo")
    assert re.search(r"[3-9] passed", said) and "failed" not in said
    run(copy, "-m", "rnnviz.training", "--task", "echo", "--cell", "gru", "--updates", "3", "--out", "run.csv")
    assert len((copy / "run.csv").read_text().splitlines()) == 4


TRAIN = """
from streamlit.testing.v1 import AppTest
page = AppTest.from_file("pages/training.py", default_timeout=60)
page.query_params["task"] = "echo"
page.run()
assert not page.exception and "echo" in page.button_group(key="task").options
assert page.button_group(key="task").value == "echo"
"""


def test_the_lesson_train_offers_the_new_task(copy):
    run(copy, "-c", TRAIN)


LESSON = """
from streamlit.testing.v1 import AppTest
from rnnviz.lesson.outline import COURSE, place
before, after = place("forgetting").before, place("forgetting").after
assert (before.name, after.name) == ("gru", "bptt") and all(row.file.exists() for row in COURSE)
page = AppTest.from_file("pages/forgetting.py", default_timeout=60)
page.query_params["bias"] = "3"
page.run()
assert not page.exception and page.title[0].value == "Forget bias"
assert page.number_input(key="bias").value == 3
page.button_group[0].set_value(1).run()
assert not page.exception and any("It is " in one.value for one in page.markdown)
"""


def test_the_new_lesson_opens_and_answers(copy):
    run(copy, "-c", LESSON)
