"""Who trains goes after who answers: by nice among the processes of a session, and by the session's own value."""

import os
import subprocess
import sys

import pytest

from rnnviz.training.priority import GROUP, NICE, session

SAYS = """
import os, sys
from rnnviz.training.priority import GROUP, lower
lower(int(sys.argv[1]))
print(os.nice(0), GROUP.read_text().split()[-1] if GROUP.exists() else "")
"""


def lowered(*, new_session: bool) -> list[str]:
    """nice of a process that has lowered itself below this session, and of its own session where the kernel has any."""
    done = subprocess.run(
        [sys.executable, "-c", SAYS, str(session())], capture_output=True, text=True, start_new_session=new_session
    )
    assert not done.returncode, done.stderr
    return done.stdout.split()


def group() -> list[str]:
    return [GROUP.read_text().split()[-1]] if GROUP.exists() else []


@pytest.mark.parametrize("new_session", [False, True])
def test_the_process_goes_after_others(new_session):
    assert int(lowered(new_session=new_session)[0]) == min(19, os.nice(0) + NICE)


def test_a_session_of_its_own_goes_after_this_one():
    assert lowered(new_session=True)[1:] == [str(NICE)][: len(group())]


def test_a_session_that_is_shared_stays_as_it_was():
    before = group()
    assert lowered(new_session=False)[1:] == before == group()
