"""Reads the streams of users in Redis: what is newer than a position, and whether anything has been lost since."""

import asyncio
import json
import re
from collections import namedtuple
from urllib.parse import quote, unquote

from redis.exceptions import ResponseError

PREFIX = "inject-async:"
# Shared with every other push server on this Redis: from when on nothing has been lost.
FLOOR = "inject-async-floor"
MAX_SEQUENCE = 2**64 - 1
POSITION = re.compile(r"([0-9]{1,20})-([0-9]{1,20})")
ENTRIES_PER_READING = 100
# Push servers may remove a stream that has been left alone for so long, in milliseconds.
LIFETIME = 48 * 60 * 60 * 1000

# recovered: nothing is missing between the position asked for and `messages`, JSON texts.
# position: the newest one; end: that of the last message read, which is `position` when none is left.
Reading = namedtuple("Reading", "recovered position messages end")


def key_of(user):
    return PREFIX + quote(user, safe="@+")


def user_of(key):
    return unquote(key[len(PREFIX) :])


class Streams:
    def __init__(self, redis, log):
        self.redis, self.log = redis, log
        self.run, self.floor = None, 0
        self.finding = asyncio.Lock()

    async def position(self, user):
        """The newest position. Where there is no stream: the end of the millisecond that has just passed."""
        return (await self._state(user))[0]

    async def read(self, user, after):
        searchable = is_searchable(after)
        newest, now, info, entries = await self._state(user, after if searchable else None)
        if not searchable or not self._bridges(parse(after), parse(newest), now, info):
            return Reading(False, newest, [], newest)
        messages = [text for entry, fields in entries if (text := self._message(user, entry, fields))]
        end = newest if len(entries) < ENTRIES_PER_READING else entries[-1][0]
        return Reading(True, newest, messages, end)

    async def listen(self, wake):
        """Calls `wake` with the user of each stream that has something new, or with none when wake-ups were missed."""
        while True:
            try:
                async with self.redis.pubsub() as subscription:
                    await subscription.psubscribe(PREFIX + "*")
                    unanswered = 0
                    while unanswered < 3:
                        message = await subscription.get_message(timeout=5)
                        unanswered = unanswered + 1 if message is None else 0
                        if message is None:
                            await subscription.ping()
                        elif message["type"] == "pmessage":
                            wake(user_of(message["channel"]))
                        elif message["type"] == "psubscribe":  # by redis-py itself, too, after a lost connection
                            wake()
                    raise OSError("Redis does not answer")
            except Exception as error:  # whatever it is: without wake-ups no page hears of anything
                self.log("cannot hear of new messages, will try again", error)
                await asyncio.sleep(1)

    async def _state(self, user, after=None):
        while True:
            async with self.redis.pipeline(transaction=True) as commands:
                commands.time()
                commands.info("server")
                commands.xinfo_stream(key_of(user))
                commands.xrange(key_of(user), f"({after}" if after else "+", "+", ENTRIES_PER_READING)
                time, server, info, entries = await commands.execute(raise_on_error=False)
            for answer in (time, server, entries):
                if isinstance(answer, Exception):
                    raise answer
            if server["run_id"] == self.run:
                break
            # Redis has started, maybe with less than it had: any connection may be the first one to meet it.
            async with self.finding:
                if server["run_id"] != self.run:
                    self.run, self.floor = await self._find_floor()
        now = time[0] * 1000 + time[1] // 1000
        if isinstance(info, ResponseError) and "no such key" in str(info):
            return before(now), now, None, []
        if isinstance(info, Exception):
            raise info
        newest = max(parse(info["last-generated-id"]), parse(before(self.floor)))
        return "%d-%d" % newest, now, info, entries

    def _bridges(self, after, newest, now, info):
        if not parse(before(self.floor)) <= after <= newest:
            return False
        # There was no stream at that time. Can one have come and gone since?
        was_none = after[1] == MAX_SEQUENCE and now - after[0] < LIFETIME
        if info is None:
            return was_none
        if parse(info.get("max-deleted-entry-id", "0-0")) > after:
            return False
        first = info["first-entry"]
        if after >= parse(first[0] if first else info["last-generated-id"]):
            return True
        return was_none and info.get("entries-added") == info["length"]

    async def _find_floor(self):
        """Redis may have less than it had: nobody can be brought up to date from before it started, or was promoted."""
        info = await self.redis.info()
        time = await self.redis.time()
        run, _, known = (await self.redis.get(FLOOR) or "").partition(" ")
        # A replica that was promoted names the offset at which it left its master.
        keeps_all = info.get("aof_enabled") == 1 and info.get("second_repl_offset") == -1
        floor = int(known) if known and (run == info["run_id"] or keeps_all) else time[0] * 1000 + time[1] // 1000
        await self.redis.set(FLOOR, f"{info['run_id']} {floor}")
        return info["run_id"], floor

    def _message(self, user, entry, fields):
        """With the entry's id, which is the message's position. Invalid messages are left out."""
        try:
            message = json.loads(fields["message"])
            if isinstance(message, str):
                message = {"url": message}
            if message.get("type") == "welcome":
                raise ValueError("a welcome is the push server's own")
            message.pop("topic", None)
            return json.dumps({**message, "id": entry}, ensure_ascii=False)
        except (ValueError, KeyError, AttributeError, RecursionError) as error:
            self.log(f"left out {key_of(user)} {entry}", error)
            return None


def parse(position):
    ms, sequence = position.split("-")
    return int(ms), int(sequence)


def is_searchable(text):
    """Whether Redis can look for what comes after it."""
    if not POSITION.fullmatch(text):
        return False
    ms, sequence = parse(text)
    return ms < MAX_SEQUENCE and sequence <= MAX_SEQUENCE


def before(ms):
    """The position before everything that happens at `ms`."""
    return f"{ms - 1}-{MAX_SEQUENCE}"
