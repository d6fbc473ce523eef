"""What makes Plone's pages listen: the pattern's class and its options on <body>, for who is logged in."""

from . import bus
from AccessControl import getSecurityManager
from plone.app.layout.globals.interfaces import IBodyClassAdapter
from plone.base.interfaces import IPatternsSettings
from zope.component.hooks import getSite
from zope.interface import implementer

import transaction


KEY = "collective.injectasync.ms"


def read_time(event):
    """Remembers when a page began to read: what is pushed from now on, it may not show.

    A transaction sees the database as it was when it began, so it begins again.
    """
    environ = event.request.environ
    if "__ac=" in environ.get("HTTP_COOKIE", "") and "text/html" in environ.get("HTTP_ACCEPT", ""):
        environ[KEY] = bus.now()
        transaction.begin()


class Page:
    def __init__(self, context, request, field=None):
        self.user = getSecurityManager().getUser().getId()
        self.ms = request.environ.get(KEY)

    @property
    def position(self):
        return self.user and self.ms and bus.position(self.user, self.ms)


@implementer(IBodyClassAdapter)
class BodyClass(Page):
    def get_classes(self, template, view):
        return ["pat-inject-async"] if self.user else []


@implementer(IPatternsSettings)
class Options(Page):
    def __call__(self):
        if not self.user:
            return {}
        options = [f"batch: {getSite().absolute_url_path().rstrip('/')}/@@snippets"]
        # Without Redis a page has no position, and asks for its placeholders.
        if position := self.position:
            options.append(f"position: {position}")
        return {"data-pat-inject-async": "; ".join(options)}
