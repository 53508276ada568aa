"""How the database itself can fail a unit of work."""

from __future__ import annotations


class UnavailableError(Exception):
    """The database could not do it now: nothing was kept, and it may be tried again."""


class OutcomeUnknownError(Exception):
    """The connection was lost while committing: everything was kept or nothing, and nobody knows which.

    Whoever tries again must be able to meet what the first try left: by a row's unique key, or by its fence.
    """
