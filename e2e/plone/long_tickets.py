"""How long a ticket is good for, in seconds."""

import transaction


app.Plone.acl_users.session.timeout = 7200  # noqa: F821
transaction.commit()
