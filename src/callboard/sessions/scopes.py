"""Of what a policy may speak, from the widest to the narrowest; the narrowest that says it wins. Pure."""

from __future__ import annotations

ORGANIZATION, SUBJECT, SESSION = SCOPES = ("organization", "subject", "session")
