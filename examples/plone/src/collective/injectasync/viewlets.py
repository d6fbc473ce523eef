from .preview import has_preview
from plone.app.layout.viewlets import ViewletBase
from zope.component import getMultiAdapter


class PreviewViewlet(ViewletBase):
    """On the page of a file: its preview."""

    def render(self):
        if not has_preview(self.context):
            return ""
        return getMultiAdapter((self.context, self.request), name="preview-snippet").in_place("view")


class RecentViewlet(ViewletBase):
    """Below every page, for who is logged in: the newest files."""

    def render(self):
        if self.portal_state.anonymous():
            return ""
        return getMultiAdapter((self.context, self.request), name="recent-files").template()
