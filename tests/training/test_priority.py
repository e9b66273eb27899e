"""Who trains goes after who answers: by nice among the processes of a session, and by the session's own value."""

import json
import os
import subprocess
import sys

import pytest

from rnnviz.training.priority import NICE, session

SAYS = """
import json, os, sys
from rnnviz.training.priority import GROUP, lower
def group():
    return GROUP.read_text().split()[-1:] if GROUP.exists() else []  # empty, too, where the kernel has it switched off
before = group()
lower(int(sys.argv[1]))
print(json.dumps([os.nice(0), before, group()]))
"""


def lowered(*, new_session: bool) -> tuple[int, list[str], list[str]]:
    """nice of a process that has lowered itself below this session, and its own session's before and after: none where
    the kernel has no such value."""
    done = subprocess.run(
        [sys.executable, "-c", SAYS, str(session())], capture_output=True, text=True, start_new_session=new_session
    )
    assert not done.returncode, done.stderr
    return tuple(json.loads(done.stdout))


@pytest.mark.parametrize("new_session", [False, True])
def test_the_process_goes_after_others(new_session):
    assert lowered(new_session=new_session)[0] == min(19, os.nice(0) + NICE)


def test_a_session_of_its_own_goes_after_this_one():
    _, before, after = lowered(new_session=True)
    assert after == [str(NICE)][: len(before)]


def test_a_session_that_is_shared_stays_as_it_was():
    _, before, after = lowered(new_session=False)
    assert after == before
