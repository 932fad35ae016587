"""Errors that say what happens next.

RatchetError
├── Transient      throttled, unavailable, timed out: the same call later may succeed
├── Rejected       the same call will fail however often it is made: tell people, go on
│   ├── Missing    what was asked for is not there
│   └── Unfit      a file of others cannot be used: leave it out, go on with the rest
├── Conflict       somebody else was first: read again, then decide again
└── Misconfigured  a setting is missing or wrong: a person has to act

Adapters translate their vendor's errors into these; nothing above an adapter sees another kind.
"""

from datetime import timedelta


class RatchetError(Exception):
    """The root of everything that Ratchet raises on purpose."""


class Transient(RatchetError):  # noqa: N818 - The name says what happens next, not that it is bad.
    """The same call may succeed later; `retry_after` is the wait that the other side asked for."""

    def __init__(self, sentence: str, retry_after: timedelta | None = None) -> None:
        super().__init__(sentence)
        self.retry_after = retry_after


class Rejected(RatchetError):  # noqa: N818 - As above.
    """The same call will always fail; `code` is a short stable word for it."""

    def __init__(self, sentence: str, code: str = "rejected") -> None:
        super().__init__(sentence)
        self.code = code


class Missing(Rejected):
    """What was asked for does not exist (or no longer exists as it was named)."""

    def __init__(self, sentence: str, code: str = "missing") -> None:
        super().__init__(sentence, code)


class Unfit(Rejected):
    """A file of others cannot be used, by its own fault: everything else goes on without it."""

    def __init__(self, sentence: str, code: str = "unfit") -> None:
        super().__init__(sentence, code)


class Conflict(RatchetError):  # noqa: N818 - As above.
    """The thing changed since it was read: read it again."""


class Misconfigured(RatchetError):  # noqa: N818 - As above.
    """A setting is missing or wrong; the sentence names it."""
