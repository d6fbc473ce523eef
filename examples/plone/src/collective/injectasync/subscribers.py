"""A file has been added or changed: its previews are to be made, and everybody who may see it is told.

All of it happens after the transaction has committed. What it needs of Plone is asked before.
"""

from . import bus
from .preview import has_preview
from .preview import preview_of
from AccessControl import getSecurityManager
from injectasync_tasks import post
from injectasync_tasks import seal
from plone.protect import createToken
from Products.CMFCore.utils import getToolByName
from zope.component.hooks import getSite
from zope.globalrequest import getRequest

import logging
import transaction


logger = logging.getLogger(__name__)


def file_saved(context, event):
    if getRequest() is None:
        # A script has no ticket.
        return
    if has_preview(context) and preview_of(context) is None:
        # By then a workflow has said who may see it.
        transaction.get().addBeforeCommitHook(prepare, (context,))


def prepare(context):
    view = f"{context.absolute_url_path()}/@@generate-previews"
    # The user's ticket as it came: Zope quotes it.
    cookies = map(str.strip, getRequest().environ.get("HTTP_COOKIE", "").split(";"))
    headers = {"Cookie": next((cookie for cookie in cookies if cookie.startswith("__ac=")), "")}
    # What is written without a token is not kept.
    headers["X-CSRF-TOKEN"] = createToken()
    recent = f"{getSite().absolute_url_path().rstrip('/')}/@@recent-files"
    transaction.get().addAfterCommitHook(committed, (readers(context), recent, view, headers))


def committed(success, users, recent, view, headers):
    if not success:
        return
    bus.push(users, url=recent, inject="source: #recent-files::element; target: #recent-files::element")
    try:
        post.delay(view, seal(headers))
    except Exception:
        # The file is saved, whatever happens here.
        logger.exception("no task was queued: %s", view)


def readers(context):
    """The users who may see it. In a site with many users, publish to a topic instead: PROTOCOL.md."""
    acl_users = getToolByName(context, "acl_users")
    # A user is named once by each plugin, and an administrator of Zope by none.
    ids = {info["userid"] for info in acl_users.searchUsers()}
    users = [getSecurityManager().getUser(), *filter(None, map(acl_users.getUserById, ids))]
    return sorted({user.getId() for user in users if user.getId() and user.has_permission("View", context)})
