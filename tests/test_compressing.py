"""What never changes is compressed once, and everything else passes by untouched."""

import asyncio
import gzip

import pytest

from rnnviz.compressing import LEAST, Compressed
from tests.asynchronous import run

PATH = "/assets/0123456789ab/stage/player.js"
BODY = b"const answer = 42;\n" * 200
FIELDS = {"content-type": "text/javascript", "cache-control": "public, immutable", "etag": '"1"', "vary": "a"}


class App:
    """Answers everything with the same, and counts how often it is asked. parts: of the body, as files are sent"""

    def __init__(self, body=BODY, status=200, parts=3, **fields):
        self.body, self.status, self.asked = body, status, 0
        merged = FIELDS | {"content-length": str(len(body))} | {k.replace("_", "-"): v for k, v in fields.items()}
        self.headers = [(name.encode(), value.encode()) for name, value in merged.items() if value]
        self.size = -(-len(body) // parts)

    async def __call__(self, scope, receive, send):
        self.asked += 1
        self.seen = dict(scope["headers"])
        await send({"type": "http.response.start", "status": self.status, "headers": self.headers})
        for at in range(0, len(self.body), self.size):
            await asyncio.sleep(0)
            part, more = self.body[at : at + self.size], at + self.size < len(self.body)
            await send({"type": "http.response.body", "body": part, "more_body": more})


def ask(compressed, path=PATH, method="GET", times=1, **fields):
    """The answers of as many requests at the same time: status, headers, body of each."""
    fields = {"accept-encoding": "gzip, br"} | {name.replace("_", "-"): value for name, value in fields.items()}
    scope = {
        "type": "http", "method": method, "path": path,
        "headers": [(name.encode(), value.encode()) for name, value in fields.items()],
    }  # fmt: skip

    async def one():
        sent = []

        async def send(message):
            sent.append(message)

        await compressed(scope, None, send)
        body = b"".join(message["body"] for message in sent[1:])
        return sent[0]["status"], {name.decode(): value.decode() for name, value in sent[0]["headers"]}, body

    async def all_of_them():
        return await asyncio.gather(*(one() for _ in range(times)))

    return run(all_of_them())


def test_a_class_that_comes_at_once_has_it_compressed_once():
    app = App()
    answers = ask(Compressed(app), times=30)
    assert app.asked == 1 and b"accept-encoding" not in app.seen
    for status, fields, body in answers:
        assert status == 200 and gzip.decompress(body) == BODY and len(body) < len(BODY) / 10
        assert fields == FIELDS | {
            "content-encoding": "gzip", "content-length": str(len(body)), "etag": 'W/"1"', "vary": "accept-encoding",
        }  # fmt: skip


@pytest.mark.parametrize(
    ("app", "request_"),
    [
        (App(cache_control="no-cache"), {}),
        (App(status=404), {}),
        (App(content_type="font/woff2"), {}),
        (App(content_encoding="br"), {}),
        (App(body=BODY[: LEAST - 1]), {}),
        (App(), {"accept_encoding": "identity"}),
        (App(), {"range": "bytes=0-9"}),
        (App(), {"if_none_match": '"1"'}),
        (App(), {"method": "HEAD"}),
        (App(), {"path": "/unrolling"}),
    ],
)
def test_everything_else_passes_by_untouched_and_is_not_kept(app, request_):
    compressed = Compressed(app)
    ((status, fields, body),) = ask(compressed, **request_)
    assert (status, body) == (app.status, app.body)
    assert fields == {name.decode(): value.decode() for name, value in app.headers}
    assert not compressed.answers


def test_who_leaves_does_not_take_the_answer_from_the_others():
    app = App()
    compressed = Compressed(app)

    async def scenario():
        scope = {"type": "http", "method": "GET", "path": PATH, "headers": [(b"accept-encoding", b"gzip")]}
        sent = []

        async def send(message):
            sent.append(message)

        first, second = (asyncio.create_task(compressed(scope, None, send)) for _ in range(2))
        await asyncio.sleep(0)
        first.cancel()
        await second
        assert first.cancelled() or first.done()
        return sent

    sent = run(scenario())
    assert gzip.decompress(sent[-1]["body"]) == BODY and app.asked == 1
