"""How long a ticket is good for, in seconds."""

import transaction


app.Plone.acl_users.session.timeout = 15  # noqa: F821
transaction.commit()
