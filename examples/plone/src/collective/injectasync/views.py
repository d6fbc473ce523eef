"""The views that push needs. All but one only read."""

from . import bus
from .preview import generate
from .preview import has_preview
from .preview import preview_of
from .subscribers import readers
from AccessControl import getSecurityManager
from html import escape
from plone.namedfile.utils import set_headers
from plone.namedfile.utils import stream_data
from plone.protect.authenticator import check
from plone.subrequest import subrequest
from plone.subrequest import unauthorized_exception_handler
from plone.subrequest.interfaces import ISubRequest
from plone.uuid.interfaces import IUUID
from Products.CMFCore.utils import getToolByName
from Products.Five.browser import BrowserView
from Products.Five.browser.pagetemplatefile import ViewPageTemplateFile
from zExceptions import MethodNotAllowed
from zExceptions import NotFound
from zope.component import getMultiAdapter

import json
import transaction


PLACES = ("view", "recent")
MAX_SNIPPETS = 50


def snippet(request, html):
    # Without this, who is logged in gets a whole document, with a script of plone.protect's.
    request.environ["plone.transformchain.disable"] = True
    request.response.setHeader("Content-Type", "text/html; charset=utf-8")
    request.response.setHeader("Cache-Control", "private, no-store")
    return html


class Whoami(BrowserView):
    """Whose cookie this is: the gateway asks."""

    def __call__(self):
        self.request.response.setHeader("Content-Type", "application/json")
        self.request.response.setHeader("Cache-Control", "no-store")
        return json.dumps({"id": getSecurityManager().getUser().getId()})


class PreviewSnippet(BrowserView):
    """The preview, in each place."""

    template = ViewPageTemplateFile("preview.pt")

    def __call__(self):
        if not has_preview(self.context):
            raise NotFound("no preview of this")
        # A message says that it is ready: what is not there has not reached this instance yet. A placeholder asks without.
        if "is_ready" in self.request.form and self.preview is None:
            raise NotFound("no preview yet")
        return snippet(self.request, "\n".join(map(self.in_place, PLACES)))

    def in_place(self, place):
        return self.template(place=place)

    @property
    def uid(self):
        return IUUID(self.context)

    @property
    def path(self):
        return self.context.absolute_url_path()

    @property
    def preview(self):
        return preview_of(self.context)


class PreviewImage(BrowserView):
    def __call__(self):
        preview = has_preview(self.context) and preview_of(self.context)
        if not preview or preview.image is None:
            raise NotFound("no preview")
        set_headers(preview.image, self.request.response)
        return stream_data(preview.image)


class GeneratePreviews(BrowserView):
    """What a task posts to, as the user who has saved the file."""

    def __call__(self):
        if self.request.method != "POST":
            raise MethodNotAllowed()
        check(self.request)
        if has_preview(self.context):
            if preview_of(self.context) is None:
                generate(self.context)
            # Told again, where the last one who made it may not have had the time.
            path, uid = self.context.absolute_url_path(), IUUID(self.context)
            elements = [f"#preview-{uid}-{place}::element" for place in PLACES]
            pairs = [f"source: {element}; target: {element}" for element in elements]
            message = {"url": f"{path}/@@preview-snippet?is_ready", "inject": " && ".join(pairs)}
            transaction.get().addAfterCommitHook(tell, (readers(self.context), message))
        self.request.response.setStatus(204)
        return ""


def tell(success, users, message):
    if success:
        bus.push(users, **message)


class RecentFiles(BrowserView):
    """The newest files that the user may see, each with its preview."""

    template = ViewPageTemplateFile("recent.pt")

    def __call__(self):
        return snippet(self.request, self.template())

    @property
    def url(self):
        portal = getMultiAdapter((self.context, self.request), name="plone_portal_state").portal()
        return f"{portal.absolute_url_path().rstrip('/')}/@@recent-files"

    def files(self):
        catalog = getToolByName(self.context, "portal_catalog")
        brains = catalog(portal_type="File", sort_on="created", sort_order="descending", sort_limit=5)
        for context in [brain.getObject() for brain in brains[:5]]:
            preview = getMultiAdapter((context, self.request), name="preview-snippet")
            yield {
                "title": context.title_or_id(),
                "url": f"{context.absolute_url()}/view",
                "preview": preview.in_place("recent") if has_preview(context) else "",
            }


class Snippets(BrowserView):
    """Several snippets at once, each with the user's own permissions. What fails here is asked for alone."""

    def __call__(self):
        if ISubRequest.providedBy(self.request):
            raise NotFound("no batch in a batch")
        urls = self.request.form.get("url", [])
        urls = [urls] if isinstance(urls, str) else urls
        templates = [self.template(url) for url in dict.fromkeys(urls[:MAX_SNIPPETS]) if url.startswith("/")]
        body = "\n".join(templates)
        # For scripts to read: opened as a page, it runs nothing in the site's name.
        self.request.response.setHeader("Content-Security-Policy", "sandbox")
        return snippet(self.request, f"<!DOCTYPE html><title>Snippets</title><body>{body}</body>")

    def template(self, url):
        response = subrequest(url, exception_handler=unauthorized_exception_handler)
        status = response.getStatus()
        is_html = (response.getHeader("Content-Type") or "").startswith("text/html")
        # What Plone gives only as a download, anybody may have uploaded: as a part of a page it would run its scripts.
        if status == 200 and (not is_html or response.getHeader("Content-Disposition")):
            status = 406
        html = response.getBody().decode() if status == 200 else ""
        # Each has one, whatever its status: an answer without any would be that of a site without such a view.
        return f'<template data-url="{escape(url)}" data-status="{status}">{html}</template>'
