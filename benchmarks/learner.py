"""One learner without a browser: a real session over a websocket, opened and used as Streamlit's own page does it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from http.client import HTTPConnection
from random import Random
from time import perf_counter
from urllib.parse import urlsplit

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake

from .page import Page, Run
from .widgets import Link, Widget

PATIENCE = 20.0
"""So many seconds a run may take; then it counts as an error."""
PING, PINGS_APART = 0.5, (0.5, 8.0)
"""Seconds from a closed socket to the first question whether the server is there, at most; then between two, which grow
from the first to the second."""
DRAWS = 0.3
"""Seconds that a browser takes for the first picture of a page that opens: about what `benchmarks paint` finds."""
AGENT = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/140.0 Safari/537.36"


@dataclass(frozen=True)
class Reaction:
    """Seconds from sending to the first picture that shows something new, or where none does to the end; and to the end
    of the script. what: that was moved or pressed"""

    page: str
    what: str
    first: float
    finished: float


class Learner:
    """address: of the app, http://127.0.0.1:8501   page: of a lesson, empty for home   query: the rest of its link

    wanders: goes from page to page instead of moving controls
    """

    def __init__(self, address: str, page: str, query: str, rng: Random, *, wanders: bool = False) -> None:
        self.address, self.rng, self.wanders = address, rng, wanders
        self.page = Page(page, query)
        self.past_errors: list[str] = []
        self.reactions: list[Reaction] = []
        self.cookies: dict[str, str] = {}
        self.lost = asyncio.Event()
        self._socket: ClientConnection | None = None
        self._tasks: list[asyncio.Task[None]] = []

    @property
    def errors(self) -> list[str]:
        return [*self.past_errors, *self.page.errors]

    # A visit

    async def open(self) -> float:
        """Load the page by its link; seconds from the first request to the end of the script."""
        begun = perf_counter()
        await asyncio.to_thread(self.get, f"/{self.page.name}?{self.page.link}")
        await self.connect()
        await self.run("open")
        return perf_counter() - begun

    async def connect(self) -> None:
        """Ask whether the server is there, and open the socket; a session that was is asked for again.

        Raises OSError or InvalidHandshake where the server is not there.
        """
        if await asyncio.to_thread(self.get, "/_stcore/health") != 200:
            raise ConnectionRefusedError
        await asyncio.to_thread(self.get, "/_stcore/host-config")
        token = self.cookies.get("_streamlit_xsrf", "PLACEHOLDER_AUTH_TOKEN")
        self._socket = await connect(
            self.address.replace("http", "ws", 1) + "/_stcore/stream",
            subprotocols=["streamlit", token, *([self.page.session] if self.page.session else [])],
            origin=self.address,
            additional_headers={"Cookie": self.cookie},
            user_agent_header=AGENT,
            max_size=None,
        )
        self.lost.clear()
        self._tasks = [asyncio.create_task(self._listen(self._socket)), asyncio.create_task(self._tick())]

    @property
    def cookie(self) -> str:
        return "; ".join(f"{name}={value}" for name, value in self.cookies.items())

    def get(self, path: str, method: str = "GET") -> int:
        """Fetch with the cookies, and keep those that come; the status."""
        where = urlsplit(self.address)
        connection = HTTPConnection(where.hostname or "", where.port, timeout=PATIENCE)
        told = {"User-Agent": AGENT, "Accept-Encoding": "gzip"} | ({"Cookie": self.cookie} if self.cookies else {})
        try:
            connection.request(method, path, headers=told)
            answer = connection.getresponse()
            answer.read()
        finally:
            connection.close()
        for line in answer.headers.get_all("Set-Cookie") or ():
            name, _, value = line.split(";", 1)[0].partition("=")
            self.cookies[name] = value
        return answer.status

    async def leave(self) -> None:
        for task in self._tasks:
            task.cancel()
        if self._socket:
            await self._socket.close()

    async def come_back(self, *, afresh: bool) -> float:
        """After the socket was lost: seconds until the page stands again.

        afresh: the learner reloads the page, so that its link is all that is left; else the page finds the server by
        itself, and sends what its widgets stand at, as it does with the next change
        """
        begun = perf_counter()
        await self.leave()
        if afresh:
            self.past_errors = self.errors
            self.page = Page(self.page.name, str(self.page.link))
        await asyncio.sleep(self.rng.uniform(PING / 2, PING))
        apart, most = PINGS_APART
        while perf_counter() - begun < PATIENCE:
            with suppress(OSError, InvalidHandshake):
                await self.connect()
                await self.run("come back")
                return perf_counter() - begun
            await asyncio.sleep(apart * self.rng.uniform(0.7, 1.0))
            apart = min(most, 2 * apart)
        self.page.wrong("did not come back")
        return perf_counter() - begun

    # What a hand does

    def movable(self, among: Iterable[str] = ()) -> list[Widget]:
        """The controls, those of these names or all: what is bound to the link; any widget where nothing is."""
        free = [widget for widget in self.page.widgets.values() if not widget.proto.disabled]
        bound = [widget for widget in free if widget.linked]
        return [widget for widget in bound if widget.linked in among] if among else bound or free

    async def change(self, *among: str) -> Reaction | None:
        """Move a control, one of these names or any; None where there is none."""
        choices = self.movable(among)
        if not choices:
            return None
        widget = self.rng.choice(choices)
        value = widget.other(self.page.values[widget.proto.id], self.rng)
        self.page.set(widget, value)
        self.page.link.take(widget, value)
        return await self.run(widget.linked or widget.name, fragment=widget.fragment)

    async def press(self, label: str) -> Reaction | None:
        """A button by the beginning of its label; None where it is not there."""
        for found, button in self.page.buttons.items():
            if found.startswith(label):
                return await self.run(found, fragment=button.fragment, trigger=button.key)
        return None

    async def go(self, page: str) -> Reaction | None:
        """To another page of the course, by the navigation."""
        self.page.timers = {}
        self.page.name, self.page.hash, self.page.link = page, self.page.addresses[page], Link("")
        return await self.run("go")

    async def run(self, what: str, *, fragment: str = "", trigger: str = "") -> Reaction | None:
        """Have the server run the script, or a fragment of it, and wait for its end. None where that fails."""
        page = self.page
        page.waiting = run = Run(fragment, perf_counter(), asyncio.get_running_loop().create_future())
        try:
            async with asyncio.timeout(PATIENCE):
                await self.send(fragment=fragment, trigger=trigger)
                finished = await run.done
        except TimeoutError:
            page.wrong(f"{what} takes longer than {PATIENCE:g} s")
            return None
        except (ConnectionClosed, ConnectionResetError):
            return None
        finally:
            page.waiting = None
        first = finished if run.first is None else run.first
        reaction = Reaction(page.name, what, first - run.sent, finished - run.sent)
        self.reactions.append(reaction)
        return reaction

    async def send(self, *, fragment: str = "", trigger: str = "", by_itself: bool = False) -> None:
        """Ask for a run, with all that the page has. trigger: the button that was pressed"""
        page, message = self.page, BackMsg()
        asked = message.rerun_script
        asked.query_string = str(page.link)
        asked.page_script_hash = page.hash
        asked.page_name = "" if page.hash else page.name
        asked.fragment_id = fragment
        asked.is_auto_rerun = by_itself
        asked.cached_message_hashes.extend(page.kept)
        asked.widget_states.widgets.extend(page.states.values())
        if trigger:
            asked.widget_states.widgets.append(WidgetState(id=trigger, trigger_value=True))
        asked.context_info.timezone, asked.context_info.locale = "Europe/Berlin", "en-GB"
        asked.context_info.url = f"{self.address}/{page.name}?{page.link}"
        asked.context_info.color_scheme = "light"
        if self._socket is None:
            raise ConnectionResetError
        await self._socket.send(message.SerializeToString())

    async def _listen(self, socket: ClientConnection) -> None:
        page = self.page
        with suppress(ConnectionClosed):
            async for data in socket:
                page.hear(data)
                if page.awaited:
                    name, page.awaited = page.awaited, None
                    self._tasks.append(asyncio.create_task(self._draw(name)))
        self.lost.set()
        if page.waiting and not page.waiting.done.done():
            page.waiting.done.set_exception(ConnectionResetError())

    async def _draw(self, name: str) -> None:
        """Say that the first picture stands, as the stage does."""
        await asyncio.sleep(DRAWS)
        with suppress(OSError):
            await asyncio.to_thread(self.get, f"/assets/drawn/{name}", "POST")

    async def _tick(self) -> None:
        """The parts of the page that ask to be drawn anew, each by its timer."""
        due: dict[str, float] = {}
        while not self.lost.is_set():
            await asyncio.sleep(0.05 if self.page.timers else 0.5)
            now, timers = perf_counter(), self.page.timers
            due = {key: due.get(key, now + every) for key, every in timers.items()}
            for key in [key for key, time in due.items() if time <= now]:
                due[key] = now + timers[key]
                with suppress(ConnectionClosed):
                    await self.send(fragment=key, by_itself=True)
