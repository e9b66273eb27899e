"""What a script says is heard in its order, whole and by few wakings; and the theme is told as Streamlit tells it."""

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
MANY = 200


class Session:
    """As much of Streamlit's as hears a script and sends, in the event loop that runs now."""

    def __init__(self, monkeypatch, *, away=False, gone=False):
        self.id, self._message_enqueued_callback, self.gone = "one", self.ask, gone
        self._event_loop, self._browser_queue = asyncio.get_running_loop(), ForwardMsgQueue()
        self.asked, self.wakings, self.settled, self.sent, self.left = 0, 0, 0, [], []
        info = None if away else SimpleNamespace(session=self, client="browser")
        manager = SimpleNamespace(get_active_session_info=lambda key: info)
        runtime = SimpleNamespace(_session_mgr=manager, _send_message=self.send, disconnect_session=self.leave)
        monkeypatch.setattr(delivering, "get_instance", lambda: runtime)
        monkeypatch.setattr(delivering, "_handle", Session.handle)

    def handle(self, sender, event, *, message=None):
        if message is None:
            raise ArithmeticError
        self.put(message)

    def put(self, message):
        self._browser_queue.enqueue(message)
        if self._message_enqueued_callback:
            self._message_enqueued_callback()

    def ask(self):
        self.asked += 1

    def send(self, info, message):
        if self.gone:
            raise SessionClientDisconnectedError
        self.sent.append(message.hash)

    def leave(self, key, *, client):
        self.left.append((key, client))

    def on_flushed_messages_sent(self):
        self.settled += 1

    def _call_soon_on_event_loop(self, callback):
        self.wakings += 1
        AppSession._call_soon_on_event_loop(self, callback)


def message(k):
    return ForwardMsg(hash=str(k), new_session={"name": str(k)})


def heard(monkeypatch, script, failures=None, **how):
    """The session after all that this script, which runs in a thread of its own, has said to it."""

    async def whole():
        session = Session(monkeypatch, **how)
        session._event_loop.set_exception_handler(lambda loop, context: failures.append(context["exception"]))
        thread = Thread(target=script, args=(session,))
        thread.start()
        while thread.is_alive():
            await asyncio.sleep(0.001)
        await asyncio.sleep(0.01)
        return session

    return run(whole())


def say_many(session):
    for k in range(MANY):
        delivering.say(session, None, SAYS, message=message(k))


def test_all_is_heard_in_its_order(monkeypatch):
    session = heard(monkeypatch, say_many)
    assert session.sent == [*map(str, range(MANY))]
    assert session.asked == 0 and 0 < session.settled == session.wakings
    assert session._message_enqueued_callback == session.ask


def test_what_is_said_before_the_loop_listens_wakes_it_once(monkeypatch):
    async def whole():
        session = Session(monkeypatch)
        say_many(session)
        assert session.wakings == 1 and not session.sent
        await asyncio.sleep(0)
        assert session.sent == [*map(str, range(MANY))]

    run(whole())


def test_what_the_loop_was_asked_for_later_is_done_later(monkeypatch):
    """Streamlit says that a run is over and then asks for an error to be shown, and the other way round."""

    async def whole():
        session = Session(monkeypatch)
        delivering.say(session, None, SAYS, message=message("one"))
        session._call_soon_on_event_loop(lambda: session.put(message("two")))
        await asyncio.sleep(0)
        session._call_soon_on_event_loop(lambda: session.put(message("three")))
        delivering.say(session, None, SAYS, message=message("four"))
        await asyncio.sleep(0)
        assert session.sent == ["one", "two", "three", "four"]


def test_streamlit_finds_nothing_left_to_send(monkeypatch):
    async def whole():
        session = Session(monkeypatch)
        session.put(message("one"))  # not by a script: Streamlit's loop is asked to send it
        assert session.asked == 1
        assert delivering.send(session) == [] and session.sent == ["one"]

    run(whole())


def test_an_event_that_fails_does_not_hold_up_the_next(monkeypatch):
    def script(session):
        delivering.say(session, None, ENDS)
        delivering.say(session, None, SAYS, message=message(1))

    failures = []
    assert heard(monkeypatch, script, failures).sent == ["1"]
    assert [type(one) for one in failures] == [ArithmeticError]


def test_the_messages_wait_while_the_browser_is_away(monkeypatch):
    session = heard(monkeypatch, say_many, away=True)
    assert session.sent == [] and len(session._browser_queue) == MANY


def test_a_browser_that_is_gone_is_disconnected(monkeypatch):
    assert set(heard(monkeypatch, say_many, gone=True).left) == {("one", "browser")}


@pytest.mark.parametrize("section", SECTIONS)
def test_the_theme_is_told_as_streamlit_tells_it(section):
    ours, theirs = CustomThemeConfig(), CustomThemeConfig()
    for _ in range(2):
        delivering.populate_theme(ours.light, section)
    delivering._populate_theme(theirs.light, section)
    assert ours == theirs and ours.HasField("light") == theirs.HasField("light")


class Transport:
    """As much of asyncio's as keeps what was done with it."""

    def __init__(self):
        self.did, self.closing = [], False

    def write(self, data):
        self.did.append(data)

    def close(self):
        self.did.append("closed")
        self.closing = True

    def is_closing(self):
        return self.closing


def corked(script):
    """What a socket does with which this is done in a running loop."""
    transport = Transport()

    async def whole():
        await script(delivering.Corked(transport))
        await asyncio.sleep(0.01)
        return transport.did

    return run(whole())


def test_what_one_turn_of_the_loop_writes_goes_out_at_once_and_in_order():
    async def two_turns(socket):
        for part in (b"a", b"bc", b"", b"d"):
            socket.write(part)
        assert socket.did == []
        await asyncio.sleep(0)
        assert socket.did == [b"abcd"]
        socket.write(b"e")

    assert corked(two_turns) == [b"abcd", b"e"]


def test_what_is_large_goes_out_with_what_came_before_it_and_does_not_wait():
    large = delivering.ENOUGH * b"x"

    async def large_one(socket):
        socket.write(b"a")
        socket.write(large)
        assert socket.did == [b"a" + large]
        socket.write(b"b")

    assert corked(large_one) == [b"a" + large, b"b"]


def test_a_socket_closes_after_its_last_words_and_says_nothing_then():
    async def closes(socket):
        socket.write(b"bye")
        socket.close()
        socket.write(b"too late")

    assert corked(closes) == [b"bye", "closed"]


def test_a_socket_of_the_server_is_corked_when_it_is_made(monkeypatch):
    kept = []
    monkeypatch.setattr(delivering, "_connection_made", lambda protocol, transport: kept.append(transport))

    async def made():
        protocol, transport = SimpleNamespace(), Transport()
        delivering.connection_made(protocol, transport)
        return protocol.transport, transport

    socket, transport = run(made())
    assert isinstance(socket, delivering.Corked) and kept == [transport] and socket._transport is transport
