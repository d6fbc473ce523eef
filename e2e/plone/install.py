"""Puts the add-on into the site."""

from zope.component.hooks import setSite

import transaction


setSite(app.Plone)  # noqa: F821
app.Plone.portal_setup.runAllImportStepsFromProfile("profile-collective.injectasync:default")  # noqa: F821
transaction.commit()
