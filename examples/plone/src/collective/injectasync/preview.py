"""The preview of a file: its state in the database. Knows nothing of pages and tasks."""

from persistent import Persistent
from plone.namedfile.file import NamedBlobImage
from zope.annotation.interfaces import IAnnotations

import logging
import subprocess
import sys


logger = logging.getLogger(__name__)

KEY = "collective.injectasync.preview"
LIMIT_SECONDS = 10


class Preview(Persistent):
    def __init__(self, source, image):
        # The file that it is of: one that is uploaded in its place is another object.
        self.source = source
        # None where none can be made.
        self.image = image


def has_preview(context):
    """Whether it is a file that gets one, sooner or later."""
    return context.file is not None and context.file.contentType == "application/pdf"


def preview_of(context):
    """The preview of the file as it is now, or None while it is not there."""
    preview = IAnnotations(context).get(KEY)
    return preview if preview is not None and preview.source == context.file._p_oid else None


def generate(context):
    with context.file.open() as pdf:
        data = render(pdf)
    image = data and NamedBlobImage(data, contentType="image/webp", filename="preview.webp")
    IAnnotations(context)[KEY] = Preview(context.file._p_oid, image)


def render(pdf):
    """The first page as WebP, or None. In a process of its own: a document may crash or hang PDFium."""
    command = [sys.executable, "-m", "collective.injectasync.render"]
    try:
        return subprocess.run(command, stdin=pdf, capture_output=True, check=True, timeout=LIMIT_SECONDS).stdout
    except subprocess.SubprocessError as error:
        logger.info("no preview: %s %s", error, (error.stderr or b"").decode(errors="replace")[-200:])
        return None
