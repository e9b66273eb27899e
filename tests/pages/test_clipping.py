"""The lesson "Clipping" as a learner meets it: its figures hold what the engine and the runs computed."""

from dataclasses import replace

import numpy as np
import pytest

from rnnviz.engine import angle, clip_by_norm
from rnnviz.engine.clipping import norm
from rnnviz.lesson import clipping, sectional
from rnnviz.training import results
from rnnviz.training.standard_runs import CLIPPED, CLIPPING
from tests.pages.page import LessonApp
from tests.stage.decoder import decode
from tests.stage.test_chart_payload import plotly_array

pytestmark = pytest.mark.usefixtures("results_of_its_own")


class Page(LessonApp):
    def __init__(self, **link):
        super().__init__("pages/clipping.py", "clipping", **link)

    def sweep(self, name):
        """The sweep's header, and what it puts where: "trace attribute" -> (values, ...)."""
        header, arrays = decode(self.stage(name))
        return header["sweep"], arrays

    def preset(self, label):
        return self.choose(label, self.buttons(label).options.index(label))

    def values(self, chart, name):
        (trace,) = [one for one in self.figure(chart)["data"] if one.get("name") == name]
        return plotly_array({"shape": "-1", **trace["y"]})


def test_the_page_opens_with_one_descent_thrown_off_and_one_run_that_learns():
    page = Page()
    assert page.notices == []
    fates = page.said("**Without clipping**")
    free, clipped = fates.split("**With clipping**")
    assert "is thrown out of the picture at update 37" in free and "stays in the picture" in clipped
    assert "Only the clipped run learns to recall" in page.said("**Only the clipped run")
    assert {"plane-norm", "plane-value", "angles", "cliff", "descent-norms", "run-norms", "run-losses"} <= {
        name
        for name in ("plane-norm", "plane-value", "angles", "cliff", "descent-norms", "run-norms", "run-losses")
        if page.stage(name)
    }


def test_the_runs_of_each_preset_come_with_the_app():
    page = Page()
    tried = set()
    for label in page.buttons("Only the clipped run survives").options:
        page.preset(label)
        tried.add((float(page.app.session_state["rate"]), page.app.session_state["theta_run"]))
    assert tried == set(CLIPPED) and len(tried) == len(CLIPPED) == 4
    for rate, threshold in tried:
        for plan in (replace(CLIPPING, learning_rate=rate, threshold=threshold),
                     replace(CLIPPING, learning_rate=rate, clip="off")):  # fmt: skip
            assert results.kept(plan, [results.SHIPPED]).updates == plan.updates


@pytest.mark.parametrize("link", [{}, {"weight": 0.5}, {"weight": 2, "seed": 3}], ids=str)
def test_the_plane_shows_each_gradient_before_and_after_at_every_theta(link):
    page = Page(**link)
    plane = clipping.plane.__wrapped__(float(link.get("weight", 1.2)), link.get("seed", 0))
    for method in ("norm", "value"):
        sweep, arrays = page.sweep(f"plane-{method}")
        assert (sweep["name"], sweep["values"]) == ("theta", list(clipping.THETAS))
        tips = np.stack([arrays["2 x"][:, 1::3], arrays["2 y"][:, 1::3]], axis=-1)
        np.testing.assert_allclose(tips, plane.clipped[method], rtol=1e-6)
        before = page.figure(f"plane-{method}")["data"][1]
        drawn = np.stack([plotly_array({"shape": "-1", **before[axis]})[1::3] for axis in "xy"], axis=-1)
        np.testing.assert_allclose(drawn, plane.gradients, rtol=1e-6)
    _, arrays = page.sweep("angles")
    np.testing.assert_allclose(arrays["1 y"], 0, atol=1e-5)
    np.testing.assert_allclose(arrays["3 y"], angle(plane.gradients, plane.clipped["value"]), rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("name", ["theta", "theta_tried"])
@pytest.mark.parametrize("value", ["0", "-1", "huge"])
def test_a_theta_that_cannot_clip_gets_a_sentence(name, value):
    (notice,) = Page(**{name: value}).notices
    assert name in notice and value in notice and "it is a number from" in notice


@pytest.mark.parametrize(
    ("link", "words"),
    [
        ({"theta_cliff": 0}, ["θ of the clipped descent", "0", "0.01 to 100"]),
        ({"theta_cliff": -2}, ["θ of the clipped descent", "-2", "0.01 to 100"]),
        ({"theta_run": 0}, ["θ of the clipped run", "0.01 to 100"]),
        ({"eta": 0}, ["Learning rate η", "0.01 to 10"]),
        ({"w0": 9}, ["Start at w", "9", "3 to 7"]),
        ({"b0": "left"}, ["Start at b", "left", "-4 to -1"]),
        ({"rate": 1000}, ["Learning rate of both runs", "1000"]),
        ({"weight": "nan"}, ["Recurrent weight w", "nan"]),
    ],
    ids=str,
)
def test_nonsense_in_a_link_gets_a_sentence_and_the_page_goes_on(link, words):
    page = Page(**link)
    (notice,) = page.notices
    assert all(word in notice for word in words)
    assert "is thrown out of the picture at update 37" in page.said("**Without clipping**")


def test_everything_that_a_link_cannot_have_is_said_at_once():
    notices = Page(theta=0, theta_cliff=0, theta_run=-1, weight=9, so_far=7, theta_tried=0).notices
    assert len(notices) == 6 and len(set(notices)) == 6


@pytest.mark.parametrize(
    ("start", "rate", "theta"), [((4.5, -3.5), 0.5, 0.25), ((5.0, -2.6), 0.1, 0.25), ((6.0, -2.0), 1.0, 0.05)]
)
def test_the_cliff_shows_both_descents_from_where_it_is_told_to_start(start, rate, theta):
    page = Page(w0=start[0], b0=start[1], eta=rate, theta_cliff=theta)
    pair = clipping.descents.__wrapped__(*start, rate, theta)
    _, arrays = page.sweep("cliff")
    for trace, kind in ((1, "norm"), (4, "without")):
        inside = pair[kind].leaves(*clipping.BOX) or clipping.UPDATES + 1
        way = np.stack([arrays[f"{trace} x"][-1], arrays[f"{trace} y"][-1]], axis=1)
        np.testing.assert_allclose(way[:inside], pair[kind].place[:inside], rtol=1e-6)
        out = np.stack([arrays[f"{trace + 2} x"][-1, 0], arrays[f"{trace + 2} y"][-1, 0]])
        if inside <= clipping.UPDATES:
            on_border = np.isclose(out, clipping.BOX, atol=1e-5)
            assert on_border.any() and "thrown" in page.said("**Without clipping**")
        else:
            assert np.isnan(out).all()
    _, arrays = page.sweep("descent-norms")
    np.testing.assert_allclose(arrays["3 customdata"][:, 0], pair["without"].norm, rtol=1e-6)


def test_the_cliff_takes_picks():
    assert Page().figure("cliff")["layout"]["meta"] == {"pick": True}


def test_the_surface_waits_for_the_other_pictures_where_it_changes_too(monkeypatch):
    waits = []
    monkeypatch.setattr(sectional, "pause", waits.append)
    monkeypatch.setattr(sectional, "FIRST_PICTURES", 2)
    monkeypatch.setattr(sectional, "NEXT_PICTURES", 1)
    page = Page()
    assert waits == [2]
    page.app.number_input("w0").set_value(4.8)
    page.run()
    assert waits == [2, 1]
    page.app.number_input("seed").set_value(3)  # of the plane
    page.run()
    assert waits == [2, 1]


def test_every_preset_sets_what_it_says_and_changes_the_picture():
    page = Page()
    (group,) = [one for one in page.app.button_group if "Thrown off" in one.options]
    seen = {page.stage("cliff")}
    for label in group.options[1:]:
        page.preset(label)
        assert page.stage("cliff") not in seen
        seen.add(page.stage("cliff"))
    assert "A huge θ clips nothing" in group.options
    same = page.said("**Without clipping**")
    assert same.count("is thrown out of the picture at update 37") == 2


@pytest.mark.parametrize(
    ("preset", "words"),
    [
        ("Only the clipped run survives", "Only the clipped run learns"),
        ("θ so small that it slows", "Only the clipped run learns"),
        ("A moderate rate", "Both runs learn"),
        ("No cure for any rate", "Neither run learns"),
    ],
)
def test_a_preset_of_the_run_makes_its_point(preset, words):
    page = Page(rate="0.01")
    page.preset(preset)
    assert any(words in text for text in page.prose)
    applied = page.values("run-norms", "applied ‖g‖ with clipping")
    raw = page.values("run-norms", "‖g‖ with clipping")
    theta = page.app.number_input(key="theta_run").value
    np.testing.assert_allclose(applied, np.minimum(raw, theta), rtol=1e-4)


def test_the_share_that_is_said_is_the_share_of_the_norms_so_far():
    page = Page(so_far=300)
    raw = page.values("run-norms", "‖g‖ with clipping")[:300]
    sweep, _ = page.sweep("distribution")
    theta = sweep["start"]
    assert 0.5 * raw.mean() <= theta <= 10 * raw.mean(), "it starts inside the rule"
    assert "**inside it**" in page.said("would clip")
    assert f"would clip **{(raw > theta).mean():.1%}** of these" in page.said("would clip")
    sweep, arrays = page.sweep("distribution")
    np.testing.assert_allclose(arrays["3 y"][:, 0], [(raw > one).mean() for one in sweep["values"]], rtol=1e-6)


def test_the_checks_take_what_was_computed_and_refuse_the_rest():
    plane = clipping.plane.__wrapped__(1.2, 0)
    g = plane.gradients[plane.norms.argmax()]
    for words, right, wrong in (
        ("How long is it then?", float(norm(clip_by_norm(g, 1.0))), 0.5),
        ("What is its first component?", 4.0, 5.0),
        ("what is the ratio?", 1, 0),
    ):
        page = Page()
        assert page.answer(words, wrong).verdicts[0][0] == "warning"
        assert page.answer(words, right).verdicts[0][0] == "success"


@pytest.mark.parametrize(("choice", "words"), [(2, "You were right."), (0, "Measured otherwise: It turns towards the")])
def test_the_prediction_knows_its_answer(choice, words):
    assert words in Page().choose("It turns towards the diagonal", choice).said("becomes $(1, 1)$")


def test_a_preset_of_the_runs_leaves_the_seed_as_it_is():
    page = Page(run_seed=3)
    page.preset("A moderate rate")
    assert page.app.number_input(key="run_seed").value == 3
