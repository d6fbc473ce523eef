"""Messages to users over Redis Streams, as the gateway reads them. Knows nothing of Plone's content."""

from urllib.parse import quote

import json
import logging
import os
import redis


logger = logging.getLogger(__name__)

# A Redis that is not there costs a page no more than this.
client = redis.Redis.from_url(
    os.environ.get("REDIS_URL", "redis://127.0.0.1:6379"),
    socket_timeout=1,
    socket_connect_timeout=1,
    decode_responses=True,
)


def stream(user):
    """The user's stream, which is a channel of the same name too."""
    return "inject-async:" + quote(user, safe="@+")


def push(users, **message):
    """Sends a message to all browsers of each user. Call it after the transaction has committed."""
    text = json.dumps(message)
    try:
        with client.pipeline(transaction=False) as commands:
            for key in map(stream, users):
                # The stream first: whoever is woken reads it.
                commands.xadd(key, {"message": text}, maxlen=1000, approximate=True)
                commands.publish(key, "")
            commands.execute()
    except redis.RedisError as error:
        # What has been committed stays: placeholders ask for themselves.
        logger.error("cannot push: %s", error)


def now():
    """Redis's time in milliseconds, or None without Redis."""
    try:
        seconds, microseconds = client.time()
    except redis.RedisError as error:
        logger.error("no position: %s", error)
        return None
    return seconds * 1000 + microseconds // 1000


def position(user, ms):
    """The position in the user's stream of what was there before `ms`, or None without Redis."""
    try:
        entries = client.xrevrange(stream(user), f"{ms - 1}", "-", count=1)
    except redis.RedisError as error:
        logger.error("no position: %s", error)
        return None
    # Of a stream that has nothing before, the gateway knows the last position of a millisecond.
    return entries[0][0] if entries else f"{ms - 1}-{2**64 - 1}"
