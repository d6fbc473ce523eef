"""`python -m unittest`: the task without a queue, and what is sealed."""

from cryptography.fernet import Fernet
from cryptography.fernet import InvalidToken
from http.server import BaseHTTPRequestHandler
from http.server import HTTPServer
from unittest import mock

import os
import threading
import unittest


os.environ["CELERY_TASK_ALWAYS_EAGER"] = "true"
os.environ["INJECT_ASYNC_TASK_KEY"] = Fernet.generate_key().decode()

import injectasync_tasks  # noqa: E402


class Plone(BaseHTTPRequestHandler):
    def do_POST(self):
        self.server.posts.append((self.path, self.headers["Cookie"], self.headers["X-CSRF-TOKEN"]))
        self.send_response(self.server.answers.pop(0))
        self.send_header("Location", "/login")
        self.end_headers()

    def log_message(self, *args):
        pass


class TaskTest(unittest.TestCase):
    def setUp(self):
        self.plone = HTTPServer(("127.0.0.1", 0), Plone)
        self.plone.posts = []
        os.environ["PLONE_WORKER_URL"] = f"http://127.0.0.1:{self.plone.server_port}/vhost/"
        thread = threading.Thread(target=self.plone.serve_forever)
        thread.start()
        self.addCleanup(thread.join)
        self.addCleanup(self.plone.server_close)
        self.addCleanup(self.plone.shutdown)

    def post(self, *answers):
        self.plone.answers = [*answers]
        headers = injectasync_tasks.seal({"Cookie": '__ac="a ticket"', "X-CSRF-TOKEN": "a token"})
        self.assertNotIn("ticket", headers)
        return injectasync_tasks.post.delay("/doc/@@generate-previews", headers)

    def test_posts_at_once_as_the_user(self):
        self.post(204)
        self.assertEqual(self.plone.posts, [("/vhost/doc/@@generate-previews", '__ac="a ticket"', "a token")])

    def test_asks_again_when_plone_is_not_there_yet(self):
        self.assertTrue(self.post(404, 503, 204).successful())
        self.assertEqual(len(self.plone.posts), 3)

    def test_neither_follows_a_redirect_to_a_login_page_nor_asks_again(self):
        with self.assertLogs(injectasync_tasks.logger, "ERROR") as logs:
            self.post(302)
            self.post(403)
        self.assertEqual(len(self.plone.posts), 2)
        self.assertNotIn("ticket", str(logs.output))

    def test_what_is_sealed_with_another_key_is_not_opened(self):
        headers = injectasync_tasks.seal({})
        with mock.patch.dict(os.environ, INJECT_ASYNC_TASK_KEY=Fernet.generate_key().decode()):
            result = injectasync_tasks.post.delay("/doc/@@generate-previews", headers)
        self.assertIsInstance(result.result, InvalidToken)
        self.assertEqual(self.plone.posts, [])


if __name__ == "__main__":
    unittest.main()
