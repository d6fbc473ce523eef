"""A push server for pat-inject-async in Tornado: SockJS on the one side, a Redis stream for each user on the other.

    PLONE_URL=http://127.0.0.1:8080/Plone REDIS_URL=redis://127.0.0.1:6379 python3 server.py

PROTOCOL.md is what it speaks, door.py lets browsers in, streams.py reads. Topics, which are optional, it does not know.
"""

import asyncio
import json
import os
import signal
import time

import redis.asyncio as redis
from sockjs.tornado import SockJSConnection
from tornado.httpserver import HTTPServer
from tornado.netutil import bind_sockets
from tornado.web import Application

from door import log, recheck, routes
from streams import Streams, parse

MAX_SOCKETS_PER_USER = int(os.environ.get("MAX_SOCKETS_PER_USER", "100"))
RESUME_SECONDS = 2
# What a browser says is short.
MAX_BYTES = 65536
MAX_INVALID_MESSAGES = 10

TOO_MUCH_GARBAGE = (4400, "too many messages that are not of the protocol")
TOO_MANY_SOCKETS = (4429, "too many connections of this user")
COME_BACK = (4503, "come back")

# Readings wait for one of these: without such a pool, one too many at a time would be an error.
pool = redis.BlockingConnectionPool.from_url(
    os.environ["REDIS_URL"], max_connections=50, decode_responses=True, encoding_errors="replace", socket_timeout=5
)
streams = Streams(redis.Redis(connection_pool=pool), log)
pages = {}  # by user


class Page(SockJSConnection):
    """One page of a user: sends it what is newer than its position, once and in order."""

    def on_open(self, info):
        self.user, self.cookie = info.user, info.cookie
        self.woken, self.ending = asyncio.Event(), None
        self.asked = []  # the position that the browser resumes from, until it is answered
        self.has_resumed, self.has_sent, self.invalid_messages = False, False, 0
        self.deadline = time.monotonic() + RESUME_SECONDS
        pages.setdefault(self.user, set()).add(self)
        if len(pages[self.user]) > MAX_SOCKETS_PER_USER:
            self.end(*TOO_MANY_SOCKETS)
        self.task = asyncio.ensure_future(self.serve())

    def on_message(self, text):
        try:
            message = json.loads(text)
            position = message["position"]
            if message["type"] != "resume" or self.has_resumed or not isinstance(position, (str, type(None))):
                raise ValueError
        except (ValueError, KeyError, TypeError, RecursionError):
            self.invalid_messages += 1
            if self.invalid_messages >= MAX_INVALID_MESSAGES:
                self.end(*TOO_MUCH_GARBAGE)
            return
        self.asked, self.has_resumed = [position], True
        self.woken.set()

    def on_close(self):
        pages[self.user].discard(self)
        if not pages[self.user]:
            del pages[self.user]
        self.end(0, "")

    def end(self, code, reason):
        self.ending = self.ending or (code, reason)
        self.woken.set()

    async def serve(self):
        try:
            await self.stream()
        except Exception as error:
            log("cannot read a stream", error)
            self.end(*COME_BACK)
        # sockjs-tornado would write the close into a response that is just being sent.
        while self.session.handler is not None and not self.session.handler.active:
            await asyncio.sleep(0.01)
        # With something in its queue, sockjs-tornado would take the browser's next request, and never answer it.
        self.session.send_queue = ""
        self.session.close(*self.ending)

    async def stream(self):
        self.last = await streams.position(self.user) if not self.ending else ""
        while not self.ending:
            self.woken.clear()
            patience = self.deadline - time.monotonic()
            if self.asked:
                await self.answer(self.asked.pop())
                self.woken.set()
            elif self.has_resumed or patience <= 0:
                await self.send_news()
                patience = None
            try:
                await asyncio.wait_for(self.woken.wait(), patience)
            except asyncio.TimeoutError:
                pass  # a browser that does not say where it stands gets what is new

    async def answer(self, position):
        if position is None:
            return self.welcome(self.last, True)
        reading = await streams.read(self.user, position)
        # What is newer was sent already when the browser asks too late: a replay would break the order.
        if reading.recovered and not (self.has_sent and parse(position) < parse(self.last)):
            self.last = position
            return self.welcome(reading.position, True)
        self.last = reading.position
        self.welcome(reading.position, False)

    async def send_news(self):
        while not self.ending:
            reading = await streams.read(self.user, self.last)
            if not reading.recovered:
                self.welcome(reading.position, False)
            for text in reading.messages:
                self.send(text)
                self.has_sent = True
            self.last = reading.end
            while not self.is_read() and not self.ending:
                await asyncio.sleep(0.05)
            if reading.end == reading.position:
                return

    def welcome(self, position, recovered):
        self.send(json.dumps({"type": "welcome", "position": position, "recovered": recovered}))

    def is_read(self):
        """Whether the browser has taken what was sent: for one that reads slowly nothing is piled up."""
        connection = getattr(self.session.handler, "ws_connection", None)
        return not self.session.send_queue and not (connection and connection.stream.writing())


def all_pages():
    return [page for of_user in pages.values() for page in of_user]


def wake(user=None):
    for page in list(pages.get(user, ())) if user else all_pages():
        page.woken.set()


async def main():
    server = HTTPServer(Application(routes(Page, "/push"), websocket_max_message_size=MAX_BYTES), max_body_size=MAX_BYTES)
    sockets = bind_sockets(int(os.environ.get("PORT", "8081")), os.environ.get("HOST", "127.0.0.1"))
    server.add_sockets(sockets)
    stop = asyncio.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(name, stop.set)
    rechecking = recheck(all_pages, lambda page: page.end(*COME_BACK))
    background = [asyncio.ensure_future(task) for task in (streams.listen(wake), rechecking)]
    for task in background:
        # One that ends has failed: better to be started anew than to be silent.
        task.add_done_callback(lambda _: stop.set())
    print("ready http://%s:%s/" % sockets[0].getsockname()[:2], flush=True)
    await stop.wait()
    server.stop()
    for page in all_pages():
        page.end(*COME_BACK)
    if tasks := [page.task for page in all_pages()]:
        await asyncio.wait(tasks, timeout=3)
    for task in background:
        if not task.cancel():
            task.result()


if __name__ == "__main__":
    asyncio.run(main())
