"""python3 examples/publish.py jane '{"url": "/workspace/4f2a/@@preview-snippet"}'

Needs the package redis. In a Celery task or a Plone view, keep the client and call `publish`.
"""

import json
import os
import sys
from urllib.parse import quote

import redis


def publish(client, user, message):
    """Returns the message's position in the user's stream."""
    # Plain user ids stay as they are.
    key = "inject-async:" + quote(user, safe="@+")
    # The stream first: whoever is woken reads it.
    with client.pipeline() as commands:
        commands.xadd(key, {"message": json.dumps(message)}, maxlen=1000, approximate=True)
        commands.publish(key, "")
        position, _ = commands.execute()
    return position.decode()


if __name__ == "__main__":
    _, user, message = sys.argv
    client = redis.Redis.from_url(os.environ.get("REDIS_URL", "redis://127.0.0.1:6379"))
    print(publish(client, user, json.loads(message)))
