"""What a person may type or put in a link: a sentence, and the page goes on."""

import pytest


@pytest.mark.parametrize(
    ("link", "sentence"),
    [
        ("?cell=Transformer", "Cell cannot be Transformer"),
        ("?weights=lead", "Weights cannot be lead"),
        ("?seed=minus+one", "Seed of the random weights cannot be minus one"),
        ("?cell=", "Cell cannot be nothing"),
        ("?seed=inf", "Seed of the random weights cannot be inf"),
        ("?cell=![x](//127.0.0.2/p.png)", "Cell cannot be ![x](//127.0.0.2/p.png)"),
        ("?pin=everything", "pin cannot be everything"),
        ("?pin=0.0", "pin cannot be 0.0"),
        ("?text=", "is empty"),
        ("?text=" + 10_000 * "a", "has 10,000 characters; the first 200 are used"),
        ("?text=%F0%9F%A6%86+quack", "Not among the characters that the network learned"),
        ("?text=a%00b%07c", "Not among the characters that the network learned"),
    ],
)
def test_nonsense_in_a_link_gets_a_sentence_and_a_working_page(open_page, link, sentence):
    lesson = open_page(link)
    lesson.page.get_by_text(sentence).first.wait_for()
    lesson.choose("GRU" if "GRU" not in lesson.look("p.data.title") else "LSTM")


def test_nonsense_in_the_stages_own_parameters_gets_a_sentence_each(open_page):
    lesson = open_page("?show=everything&view=inside-out&t=-4&loop=banana&span=few&pin=999.999")
    for name, nonsense in {
        "show": "everything",
        "view": "inside-out",
        "t": "-4",
        "loop": "banana",
        "span": "few",
    }.items():
        lesson.page.get_by_text(f"The link's {name} cannot be {nonsense}").wait_for()
    lesson.page.get_by_text("The link's pin lies beyond this text").wait_for()
    assert lesson.look("[p.quantity, p.view, p.timeline.position]") == ["h", "unrolled", 41]
    assert "Pinned: unit 63 at t = 41" in lesson.readout.inner_text()


def test_an_emptied_text_keeps_the_last_good_picture(open_page):
    lesson = open_page()
    lesson.change(lambda: lesson.type_text("good"))
    good = lesson.fingerprint
    lesson.type_text("")
    lesson.page.get_by_text("is empty").wait_for()
    lesson.wait_until_idle()
    assert lesson.fingerprint == good


def test_text_is_never_markup(open_page):
    lesson = open_page()
    lesson.change(lambda: lesson.type_text("<img src=x onerror=alert(1)> **b** $x$ `c`"))
    assert lesson.page.locator("[data-testid=stMain] img").count() == 0
    assert lesson.look("p.data.steps") == 42
