"""`zconsole run zope.conf create_site.py`: a new site with Jane, Joe and the add-on."""

from Products.CMFPlone.factory import addPloneSite
from Testing.makerequest import makerequest
from zope.component.hooks import setSite
from zope.globalrequest import setRequest

import transaction


app = makerequest(app)  # noqa: F821
setRequest(app.REQUEST)
app.acl_users._doAddUser("admin", "admin of the test", ["Manager"], [])
site = addPloneSite(
    app,
    "Plone",
    title="Intranet",
    extension_ids=("plone.app.contenttypes:default", "plonetheme.barceloneta:default", "collective.injectasync:default"),
)
setSite(site)
# A contributor may see what is private, too.
for name, roles in {"jane": ["Member", "Contributor"], "joe": ["Member"]}.items():
    site.acl_users.userFolderAddUser(name, f"{name} of the test", roles, [])
# A folder is private until it is published.
site.portal_workflow.setDefaultChain("simple_publication_workflow")
# So that who logs out is logged out everywhere, at once.
site.acl_users.session.per_user_keyring = True
transaction.commit()
