"""What a broker refuses, with the AMQP condition that tells the client why.

BrokerError
├── MessageLockLost      the lock token is not held (any more)
├── SessionLockLost      the session is not held by this receiver (any more)
├── SessionCannotBeLocked  somebody else holds the session
├── NoSessionAvailable   no free session had a message in time
├── MessageNotFound      no message of that number is in the state asked for
├── EntityNotFound       no queue of that name
├── NotAllowed           the queue does not take this operation
├── Malformed            the request cannot be read
├── TooLarge             the message is larger than the link allows
└── Unauthorized         no valid token was put

Source of the conditions: `azure-servicebus` 7.15 (`_common/constants.py`, MIT) and the AMQP 1.0
specification, part 2.8.15 to 2.8.18.
"""

from typing import ClassVar


class BrokerError(Exception):
    """A refusal; `condition` is its AMQP symbol, `status` its code in a management response."""

    condition: ClassVar[str]
    status: ClassVar[int]


class MessageLockLost(BrokerError):  # noqa: N818 - Named as Service Bus names it.
    """The lock expired, was settled, or never was."""

    condition = "com.microsoft:message-lock-lost"
    status = 410


class SessionLockLost(BrokerError):  # noqa: N818 - As above.
    """The session's lock expired, was released, or never was this receiver's."""

    condition = "com.microsoft:session-lock-lost"
    status = 410


class SessionCannotBeLocked(BrokerError):  # noqa: N818 - As above.
    """The session is exclusive, and another receiver holds it."""

    condition = "com.microsoft:session-cannot-be-locked"
    status = 409


class NoSessionAvailable(BrokerError):  # noqa: N818 - As above.
    """The wait for the next available session ended without one."""

    condition = "com.microsoft:timeout"
    status = 408


class MessageNotFound(BrokerError):  # noqa: N818 - As above.
    """No scheduled or deferred message has that sequence number here."""

    condition = "com.microsoft:message-not-found"
    status = 404


class EntityNotFound(BrokerError):  # noqa: N818 - As above.
    """No queue has that name."""

    condition = "amqp:not-found"
    status = 404


class NotAllowed(BrokerError):  # noqa: N818 - As above.
    """The queue's properties exclude the operation."""

    condition = "amqp:not-allowed"
    status = 400


class Malformed(BrokerError):  # noqa: N818 - As above.
    """The bytes are not what the protocol says they are."""

    condition = "com.microsoft:argument-error"
    status = 400


class TooLarge(BrokerError):  # noqa: N818 - As above.
    """The message exceeds the size announced on the link."""

    condition = "amqp:link:message-size-exceeded"
    status = 413


class Unauthorized(BrokerError):  # noqa: N818 - As above.
    """The connection has shown no valid token."""

    condition = "amqp:unauthorized-access"
    status = 401
