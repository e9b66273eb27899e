"""The worksheet: every question of the lesson's page, no answer; the key has them. What is written is escaped."""

from dataclasses import replace
from html.parser import HTMLParser

import pytest

from rnnviz.lesson import foot
from rnnviz.lesson.outline import COURSE
from rnnviz.lesson.paper import formula, html
from rnnviz.lesson.worksheet import Question, Worksheet, accepted
from tests.pages.page import LessonApp


class Text(HTMLParser):
    """The text of a page, and the names of its elements."""

    def __init__(self, page):
        super().__init__()
        self.words, self.tags = [], set()
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self.words += [""]

    def handle_data(self, data):
        self.words.append(data)

    def __str__(self):
        return "".join(self.words)


@pytest.fixture
def sheets(monkeypatch):
    """Every worksheet that a page has made."""
    made = []

    class Kept(Worksheet):
        def __init__(self, *parts):
            super().__init__(*parts)
            made.append(self)

    monkeypatch.setattr(foot.worksheet, "Worksheet", Kept)
    return made


@pytest.mark.parametrize("row", COURSE, ids=[row.name for row in COURSE])
def test_every_question_of_a_lesson_is_on_its_sheet_and_no_answer_is(row, sheets):
    page = LessonApp(f"pages/{row.name}.py", row.name)
    sheet = sheets[-1]
    shown = [one.label for one in (*page.app.number_input, *page.app.radio) if " check " in (one.key or "")]
    predictions = [text.removeprefix("**Predict.** ") for text in page.prose if text.startswith("**Predict.**")]
    assert sorted(one.question for one in sheet.questions) == sorted([*shown, *predictions])
    assert {one.kind for one in sheet.questions} == {"prediction", "check"} and len(sheet.questions) >= 3
    printed, key = sheet.sheet(), sheet.key()
    for one in sheet.questions:
        assert html(one.question) in printed and html(one.question) in key
        assert html(one.explain) in key and html(one.explain) not in printed
        assert f"<b>{html(one.answer)}</b>" in key
        for option in one.options:
            assert f"☐ {html(option)}" in printed
    for text in (printed, key):
        read = str(Text(text))
        assert "\\" not in read and "$" not in read.replace("`$`", ""), "a formula that paper cannot show"
        assert "**" not in read


QUESTIONS = (
    Question("prediction", "Will it **grow**?", ("Yes", "No"), "No", "It fades."),
    Question("check", "How many?", (), "1,234", "Counted."),
)
SHEET = Worksheet("A lesson", "Why?", "http://127.0.0.1:8501/lstm?f=open", {"Cell": "LSTM"}, QUESTIONS)


def test_the_sheet_does_not_depend_on_the_answers():
    others = tuple(replace(one, answer="Yes", explain="Otherwise.", right=True) for one in QUESTIONS)
    assert replace(SHEET, questions=others).sheet() == SHEET.sheet()
    assert replace(SHEET, questions=others).key() != SHEET.key()


@pytest.mark.parametrize(
    ("answer", "tolerance", "decimals", "said"),
    [
        (9, 3, 0, "6 to 12 counts as right"),
        (9, 0.5, 0, ""),
        (1 / 6, 0.002, 4, "0.1647 to 0.1686 counts as right"),
        (0.3, 0.1, 1, "0.2 to 0.4 counts as right"),
        (-1.5, 0.25, 1, "-1.7 to -1.3 counts as right"),
        (float("inf"), 1, 4, ""),
        (float("nan"), 1, 4, ""),
        (12345, 10, 0, "12,335 to 12,355 counts as right"),
    ],
)
def test_the_key_says_which_numbers_the_page_takes_for_right(answer, tolerance, decimals, said):
    assert accepted(answer, tolerance, decimals) == said
    asked = Question("check", "How many?", (), "9", "Counted.", None, said)
    sheet = replace(SHEET, questions=(asked,))
    assert said not in sheet.sheet() or not said
    assert (f"<b>9</b> ({said}). Counted" if said else "<b>9</b>. Counted") in sheet.key()


def test_a_page_puts_what_counts_as_right_into_its_key(sheets):
    LessonApp("pages/vanishing.py", "vanishing", units=4, length=12)
    (asked,) = [one for one in sheets[-1].questions if "radius 0.5" in one.question]
    assert asked.counts == f"{int(asked.answer) - 3} to {int(asked.answer) + 3} counts as right"


def test_the_sheet_names_the_settings_and_the_address():
    for text in (SHEET.sheet(), SHEET.key()):
        assert "Cell: <b>LSTM</b>" in text and "http://127.0.0.1:8501/lstm?f=open" in text
    assert "javascript:" not in replace(SHEET, address="javascript:alert(1)").sheet()


HOSTILE = "<script>alert(1)</script>\"'&<img src=x onerror=alert(1)>"


@pytest.mark.parametrize("around", ["{}", "**{}**", "*{}*", "`{}`", "`` {} ``", "${}$", "$\\text{{{}}}$", "$x_{{{}}}$"])
def test_foreign_text_is_never_markup(around):
    one = around.format(HOSTILE)
    asked = Question("check", one, (one, "b"), one, one)
    sheet = Worksheet(one, one, "https://x.example/?t=" + one, {one: one}, (asked,))
    for text in (sheet.sheet(), sheet.key()):
        assert not {"script", "img"} & Text(text).tags
        assert "<script" not in text and "<img" not in text


def test_a_sheet_is_one_file_that_asks_for_nothing_else():
    for text in (SHEET.sheet(), SHEET.key()):
        assert "src=" not in text and "href=" not in text and "url(" not in text
        assert text.startswith("<!doctype html>") and 'lang="en"' in text and "<title>A lesson" in text


@pytest.mark.parametrize(
    ("latex", "shown"),
    [
        (r"h_t = 0.5", "<i>h</i><sub><i>t</i></sub> = 0.5"),
        (r"c_{t-1}", "<i>c</i><sub><i>t</i>−1</sub>"),
        (r"\lVert h_2 - h_1 \rVert_2", "‖<i>h</i><sub>2</sub> − <i>h</i><sub>1</sub> ‖<sub>2</sub>"),
        (r"h^{\mathrm{pre}}_t", "<i>h</i><sup>pre</sup><sub><i>t</i></sub>"),
        (r"\frac{\partial L}{\partial h}", "(∂<i>L</i>)/(∂<i>h</i>)"),
        (r"10^{-3} \cdot 2", "10<sup>−3</sup> · 2"),
        (r"\unknown{x}", "unknown<i>x</i>"),
        ("x_", "<i>x</i><sub></sub>"),
        ("}{", ""),
    ],
)
def test_a_formula_as_paper_shows_it(latex, shown):
    assert formula(latex).removeprefix("<span class=math>").removesuffix("</span>").strip() == shown


def test_markdown_as_paper_shows_it():
    assert html("**a** and *b*, `c*d*`") == "<b>a</b> and <i>b</i>, <code>c*d*</code>"
    assert html("2 * 3 * 4") == "2 * 3 * 4"
