"""The foot of a lesson hands out the sheet to who asks for the sheet, and the key to who asks for the key."""

import pytest

from rnnviz.engine import Sizes
from rnnviz.lesson import foot
from tests.pages.page import LessonApp


@pytest.fixture
def handed_out(monkeypatch):
    """label of a button -> (file name, what is in it)."""
    found = {}

    def button(label, data, *, file_name, **_):
        found[label] = file_name, data() if callable(data) else data

    monkeypatch.setattr(foot.st, "download_button", button)
    return found


def test_the_sheet_asks_and_the_key_answers(handed_out):
    LessonApp("pages/gru.py", "gru")
    (name, sheet), (key_name, key) = handed_out["Worksheet to print"], handed_out["Its key"]
    assert (name, key_name) == ("rnnviz-gru-worksheet.html", "rnnviz-gru-key.html")
    parameters = f"<b>{Sizes('GRU', 64, 64).parameters:,}</b>"  # 24,960
    assert parameters in key and parameters not in sheet
    assert "☐" in sheet and "☒" not in sheet and "☒" in key


def test_a_link_keeps_the_key_back_and_an_empty_sheet_is_not_offered(handed_out):
    LessonApp("pages/gru.py", "gru", hide="key")
    assert {"Worksheet to print"} == handed_out.keys() & {"Worksheet to print", "Its key"}
    handed_out.clear()
    LessonApp("pages/gru.py", "gru", hide="check,predict")
    assert not handed_out.keys() & {"Worksheet to print", "Its key"}
