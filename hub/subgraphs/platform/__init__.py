"""What all rooms share and the API shows: clients, audit, and the look-up of anything by its id.

The nouns themselves are declared where their machinery stands, on the floors below.

register     a client is filed, with a secret that is shown once
life         approved, activated, suspended, resumed, revoked
change       other names, scopes, bounds, grants, redirect URIs
credentials  a new secret, new keys
people       somebody is let sign in, with a link that is shown once; another role or bounds
person_life  suspended, resumed, closed, invited again, reset
disclosure   who read a person's data, for herself and for who oversees the hub
partners     a partner city as a whole: suspended, resumed, revoked
"""

from hub.identity.clients.client import Client
from hub.identity.clients.suspension import PartnerSuspension
from hub.identity.people.person import Person
from hub.ledger.audit import AuditEntry

__all__ = ["AuditEntry", "Client", "PartnerSuspension", "Person"]
