"""Who is let in: Plone says whose cookie it is, and each request of each transport is looked at before sockjs-tornado
sees it. By itself that lets in any Origin, and gives a session to whoever knows its id.
"""

import asyncio
import hashlib
import json
import os
import random
import time

from sockjs.tornado import SockJSRouter
from sockjs.tornado.session import Session
from tornado.httpclient import AsyncHTTPClient, HTTPRequest

PLONE_URL = os.environ.get("PLONE_URL", "http://127.0.0.1:8080").rstrip("/")
ALLOWED_ORIGINS = os.environ.get("ALLOWED_ORIGINS", "").split()  # default: the request's own Host
RECHECK_SECONDS = float(os.environ.get("RECHECK_SECONDS", "15"))
WHOAMI_SECONDS = 5
MAX_ANSWERS = 10_000
TRANSPORTS = ("/info", "/xhr$", "/xhr_send$", "/xhr_streaming$", "/eventsource$", "/websocket$")


def routes(connection, path):
    # A session belongs to its user, not to an address.
    settings = {"disabled_transports": ["jsonp", "htmlfile"], "jsessionid": False, "verify_ip": False}
    urls = SockJSRouter(connection, path, settings, session_kls=BeatingSession).urls
    return [
        (pattern, type(handler.__name__, (Door, handler), {}), options)
        for pattern, handler, options in urls
        if pattern.endswith(TRANSPORTS)
    ]


class BeatingSession(Session):
    """With heartbeats on every transport: by itself sockjs-tornado sends none over xhr-streaming and eventsource."""

    def set_handler(self, handler, start_heartbeat=True):
        return super().set_handler(handler, True)

    def _heartbeat(self):
        # Into a response that is just being sent it would write more than was announced.
        if self.handler is None or self.handler.active:
            super()._heartbeat()


class Door:
    async def prepare(self):
        super().prepare()
        if not self.is_own_origin():
            return self.refuse(403, "expected a request from this site's own pages")
        self.cookie = self.request.headers.get("Cookie")
        try:
            self.user = await whoami(self.cookie)
        except Exception as error:
            log("cannot find out who a request is from", error)
            return self.refuse(503, "cannot find out who you are, try again")
        if self.user is None:
            return self.refuse(401, "log in first")
        # sockjs-tornado would open a session for it that nobody ever closes.
        if self.request.connection.stream.closed():
            return self.refuse(503, "the browser has gone")
        session = self.server.get_session(self.path_kwargs.get("session_id"))
        if session is not None and session.conn_info.user != self.user:
            return self.refuse(403, "this session belongs to someone else")

    def is_own_origin(self):
        headers = self.request.headers
        origin = headers.get("Origin")
        if origin is not None:
            host = headers.get("Host")
            return origin in (ALLOWED_ORIGINS or [f"http://{host}", f"https://{host}"])
        # Browsers leave it out of a GET to the page's own origin, never out of a POST or a WebSocket's handshake.
        if self.request.method != "GET" or "Upgrade" in headers:
            return False
        return headers.get("Sec-Fetch-Site", "same-origin") == "same-origin"

    def refuse(self, status, reason):
        self.set_status(status)
        self.set_header("Content-Type", "text/plain; charset=utf-8")
        self.set_header("Cache-Control", "no-store")
        self.finish(reason + "\n")

    def get_conn_info(self):
        info = super().get_conn_info()
        info.user, info.cookie = self.user, self.cookie
        return info


# Questions of re-checks at a time: the door needs some of AsyncHTTPClient's ten.
few = asyncio.Semaphore(5)
answers = {}  # by hash of the cookie: when Plone was asked, and the answer to come


async def whoami(cookie, fresh=False):
    """Whose Cookie header it is, or None. Cookies are never logged."""
    if not cookie:
        return None
    now = time.monotonic()
    key = hashlib.sha256(cookie.encode("utf-8", "surrogateescape")).digest()
    if fresh or key not in answers or now - answers[key][0] >= WHOAMI_SECONDS:
        if len(answers) >= MAX_ANSWERS:
            answers.clear()
        answers[key] = now, asyncio.ensure_future(ask(cookie))
    try:
        return await asyncio.shield(answers[key][1])
    except Exception:
        answers.pop(key, None)
        raise


async def ask(cookie):
    # Verbatim: Zope quotes it. A followed redirect would end at a login page, which is not an answer.
    headers = {"Cookie": cookie, "Accept": "application/json"}
    request = HTTPRequest(f"{PLONE_URL}/@@whoami", headers=headers, follow_redirects=False, request_timeout=5)
    user = json.loads((await AsyncHTTPClient().fetch(request)).body)["id"]
    if user is not None and (not isinstance(user, str) or not user):
        raise ValueError("@@whoami: expected a user or null")
    return user


async def recheck(list_pages, end):
    """Ends the pages whose session is over. A newer cookie is seen at the door, so they may come back."""
    while True:
        await asyncio.sleep(RECHECK_SECONDS * (0.5 + random.random() / 2))
        pages_of = {}
        for page in list_pages():
            pages_of.setdefault(page.cookie, []).append(page)
        await asyncio.gather(*(recheck_one(cookie, pages, end) for cookie, pages in pages_of.items()))


async def recheck_one(cookie, pages, end):
    try:
        async with few:
            user = await whoami(cookie, fresh=True)
    except Exception as error:
        log("cannot re-check a session, will try again", error)
        return
    for page in pages:
        if page.user != user:
            end(page)


def log(what, error):
    print(f"push: {what}: {type(error).__name__}: {error}", flush=True)
