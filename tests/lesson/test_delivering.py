"""What a script says arrives in its order and whole, in few deliveries; and the theme is told as Streamlit tells it."""

import asyncio
from threading import Thread
from types import SimpleNamespace

import pytest
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.NewSession_pb2 import CustomThemeConfig
from streamlit.runtime.app_session import AppSession
from streamlit.runtime.forward_msg_queue import ForwardMsgQueue
from streamlit.runtime.scriptrunner import ScriptRunnerEvent
from streamlit.runtime.session_manager import SessionClientDisconnectedError

from rnnviz.lesson import delivering
from tests.asynchronous import run

SAYS, ENDS = ScriptRunnerEvent.ENQUEUE_FORWARD_MSG, ScriptRunnerEvent.SCRIPT_STOPPED_WITH_SUCCESS
SECTIONS = ("theme", "theme.light", "theme.dark", "theme.sidebar", "theme.light.sidebar", "theme.dark.sidebar")


class Session:
    """As much of Streamlit's as a delivery touches, in the event loop that runs now."""

    def __init__(self, monkeypatch, *, away=False, gone=False):
        self.id, self._scriptrunner, self._message_enqueued_callback = "one", "runner", self.asked_for_all
        self._event_loop, self._browser_queue = asyncio.get_running_loop(), ForwardMsgQueue()
        self.sent, self.handled, self.deliveries, self.asked, self.left = [], [], 0, 0, []
        info = None if away else SimpleNamespace(session=self, client="browser")
        manager = SimpleNamespace(get_active_session_info=lambda key: info)
        runtime = SimpleNamespace(_session_mgr=manager, _send_message=self.send, disconnect_session=self.leave)
        self.gone = gone
        monkeypatch.setattr(delivering, "get_instance", lambda: runtime)
        monkeypatch.setattr(delivering, "_handle", Session.handle)

    def handle(self, sender, event, **details):
        self.handled.append(event)
        if details.get("fails"):
            raise ArithmeticError
        self._browser_queue.enqueue(ForwardMsg(script_finished=ForwardMsg.FINISHED_SUCCESSFULLY))
        if self._message_enqueued_callback:
            self._message_enqueued_callback()

    def send(self, info, message):
        if self.gone:
            raise SessionClientDisconnectedError
        self.sent.append(message.hash or message.WhichOneof("type"))

    def leave(self, key, *, client):
        self.left.append((key, client))

    def asked_for_all(self):
        self.asked += 1

    def flush_browser_queue(self):
        return self._browser_queue.flush()

    def on_flushed_messages_sent(self):
        self.deliveries += 1

    _call_soon_on_event_loop = AppSession._call_soon_on_event_loop

    async def hear(self, script):
        """Run a script in a thread of its own, and wait until all is delivered."""
        thread = Thread(target=script)
        thread.start()
        while thread.is_alive():
            await asyncio.sleep(0.001)
        await asyncio.sleep(0.03)
        return self


def message(k):
    return ForwardMsg(hash=str(k), new_session={"name": str(k)})


def say_many(session, count=200):
    def script():
        for k in range(count):
            delivering.say(session, "runner", SAYS, forward_msg=message(k))
        delivering.say(session, "runner", ENDS)

    return script


def heard(monkeypatch, script, **how):
    async def whole():
        session = Session(monkeypatch, **how)
        return await session.hear(script(session))

    return run(whole())


def test_all_arrives_in_order_and_in_few_deliveries(monkeypatch):
    session = heard(monkeypatch, say_many)
    assert session.sent == [*map(str, range(200)), "script_finished"]
    assert session.deliveries < 50 and session.asked == 0 and session._message_enqueued_callback is not None


def test_what_an_earlier_script_still_says_is_not_heard(monkeypatch):
    def script(session):
        return lambda: [delivering.say(session, one, SAYS, forward_msg=message(one)) for one in ("before", "runner")]

    assert heard(monkeypatch, script).sent == ["runner"]


def test_an_event_that_fails_does_not_hold_up_the_next(monkeypatch):
    def script(session):
        session._event_loop.set_exception_handler(lambda loop, context: failures.append(context["exception"]))

        def run():
            delivering.say(session, "runner", ENDS, fails=True)
            delivering.say(session, "runner", SAYS, forward_msg=message(1))

        return run

    failures = []
    assert heard(monkeypatch, script).sent == ["1"] and [type(one) for one in failures] == [ArithmeticError]


def test_the_messages_wait_while_the_browser_is_away(monkeypatch):
    session = heard(monkeypatch, say_many, away=True)
    assert session.sent == [] and len(session._browser_queue) == 201


def test_a_browser_that_is_gone_is_disconnected(monkeypatch):
    assert set(heard(monkeypatch, say_many, gone=True).left) == {("one", "browser")}


@pytest.mark.parametrize("section", SECTIONS)
def test_the_theme_is_told_as_streamlit_tells_it(section):
    ours, theirs = CustomThemeConfig(), CustomThemeConfig()
    for _ in range(2):
        delivering.populate_theme(ours.light, section)
    delivering._populate_theme(theirs.light, section)
    assert ours == theirs and ours.HasField("light") == theirs.HasField("light")
