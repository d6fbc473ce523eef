"""`celery --app injectasync_tasks worker`: a task is one POST to Plone's worker instance, made later, as its user."""

from celery import Celery
from celery.utils.log import get_task_logger
from cryptography.fernet import Fernet

import json
import os
import requests


LIMIT_SECONDS = 15
# A ticket is worth no more after two hours.
TTL_SECONDS = 2 * 60 * 60

logger = get_task_logger(__name__)
app = Celery("injectasync", broker=os.environ.get("REDIS_URL", "redis://127.0.0.1:6379"))
app.conf.update(
    task_always_eager=os.environ.get("CELERY_TASK_ALWAYS_EAGER") == "true",
    task_ignore_result=True,
    # A task is done when it is done: one whose worker has died is done again, after the visibility timeout.
    task_acks_late=True,
    task_reject_on_worker_lost=True,
    worker_prefetch_multiplier=1,
    broker_transport_options={
        "visibility_timeout": LIMIT_SECONDS + 5,
        "unacked_restore_interval": 1,
        "unacked_restore_throttle": 1,
        # Without these Plone would wait for ever for a Redis that hangs.
        "socket_timeout": 5,
        "socket_connect_timeout": 5,
    },
)


def box():
    """Plone and the worker have this secret in common, so who reads Redis has nobody's ticket."""
    return Fernet(os.environ["INJECT_ASYNC_TASK_KEY"])


def seal(headers):
    return box().encrypt(json.dumps(headers).encode()).decode()


@app.task(bind=True, autoretry_for=(requests.RequestException,), max_retries=10, retry_backoff=1, retry_backoff_max=10)
def post(self, path, sealed_headers):
    """The path is the one that browsers know; PLONE_WORKER_URL makes Plone write such paths too."""
    headers = json.loads(box().decrypt(sealed_headers, ttl=TTL_SECONDS))
    url = os.environ["PLONE_WORKER_URL"].rstrip("/") + path
    # A login page or insufficient-privileges is no answer.
    response = requests.post(url, headers=headers, timeout=LIMIT_SECONDS, allow_redirects=False)
    if response.status_code >= 500 or response.status_code in (404, 408, 409, 429):
        response.raise_for_status()
    if not response.ok or response.is_redirect:
        logger.error("%s was refused: %s", path, response.status_code)
