from zope.interface import Interface


class ILayer(Interface):
    """Where this add-on is installed."""
