"""The session state, looked up one key at a time: the same answers as from Streamlit's copy of it."""

from streamlit.components.v2.bidi_component import main as components
from streamlit.runtime.state.safe_session_state import SafeSessionState
from streamlit.runtime.state.session_state import SessionState
from streamlit.testing.v1 import AppTest

from rnnviz.lesson import lookups

AS_IT_WAS, ASKED_AS_IT_WAS = SafeSessionState.filtered_state, SessionState.__contains__
PRESENTED = components.make_bidi_component_presenter


def page() -> None:
    import streamlit as st
    from streamlit.runtime.state import get_session_state

    from rnnviz.lesson.lookups import Lookup, _copied, has
    from rnnviz.stage.assets import component

    st.session_state["mine"] = 3
    st.session_state["none"] = None
    st.number_input("No key", value=1)
    st.number_input("Keyed", value=None, key="number")
    st.selectbox("Choice", ["a", "b"], key="choice")
    component("sight")(key="seen", data={"after": 0}, on_seen_change=lambda: None)
    state = get_session_state()
    st.session_state["compared"] = [dict(Lookup(state)), _copied(state)]
    for key in ["mine", "none", "number", "choice", "seen", "absent", "later"]:
        told = key in Lookup(state), Lookup(state).get(key, "no such key")
        copy = _copied(state)
        assert told == (key in copy, copy.get(key, "no such key")), key
        assert has(state._state, key) == has(state._state, state._state._get_widget_id(key)) == (key in copy), key
    if st.session_state["choice"] == "b":
        st.number_input("Only now", key="later")


def test_a_lookup_is_what_the_copy_holds():
    app = AppTest.from_function(page, default_timeout=60).run()
    for step in (lambda: app.number_input[1].set_value(4.0).run(), lambda: app.selectbox[0].set_value("b").run()):
        assert not app.exception
        one, other = app.session_state["compared"]
        assert one == other and {"mine", "number", "choice", "seen"} <= set(one) and "later" not in one
        step()
    assert not app.exception
    app.selectbox[0].set_value("a").run()
    assert not app.exception


def test_inputs_take_their_values_from_it(monkeypatch):
    monkeypatch.setattr(SafeSessionState, "filtered_state", AS_IT_WAS)  # given back afterwards
    monkeypatch.setattr(SessionState, "__contains__", ASKED_AS_IT_WAS)
    monkeypatch.setattr(components, "make_bidi_component_presenter", PRESENTED)
    lookups.single()
    app = AppTest.from_function(page, default_timeout=60).run()
    assert app.number_input[1].value is None
    app.number_input[1].set_value(4.0).run()
    assert not app.exception and app.number_input[1].value == 4
    assert len(app.session_state["compared"][1]) == len(app.session_state["compared"][0])


def test_a_components_value_is_its_dictionary_in_every_run(monkeypatch):
    monkeypatch.setattr(SafeSessionState, "filtered_state", AS_IT_WAS)
    monkeypatch.setattr(SessionState, "__contains__", ASKED_AS_IT_WAS)
    monkeypatch.setattr(components, "make_bidi_component_presenter", PRESENTED)
    presented = AppTest.from_function(page, default_timeout=60).run()
    lookups.single()
    app = AppTest.from_function(page, default_timeout=60).run()
    assert dict(app.session_state["seen"]) == dict(presented.session_state["seen"])
    for moved in ({"after": 1}, {"after": 2}):
        app.session_state["seen"] = moved
        app.run()
        assert not app.exception and type(app.session_state["seen"]) is dict and app.session_state["seen"] == moved
