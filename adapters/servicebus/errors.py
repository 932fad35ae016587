"""One translation of Service Bus errors; they are no HTTP answers, so they have types instead."""

from collections.abc import Iterator
from contextlib import contextmanager

from azure.servicebus.exceptions import (
    MessageSizeExceededError,
    MessagingEntityNotFoundError,
    ServiceBusAuthenticationError,
    ServiceBusAuthorizationError,
)

from adapters.errors import refusal, said, translated
from decisions.errors import Missing, Rejected


@contextmanager
def queue_errors(what: str, role: str) -> Iterator[None]:
    """Raise a Service Bus error of the block as Transient, Missing or Rejected.

    `what` says what was attempted; `role` names the built-in role that allows it. A queue that is
    full or disabled is Transient, as all that is not named here: the same message may pass later.
    """
    with translated(what, role):
        try:
            yield
        except (ServiceBusAuthenticationError, ServiceBusAuthorizationError) as error:
            raise refusal(what, role, said(error)) from error
        except MessagingEntityNotFoundError as error:
            raise Missing(f"{what}: {said(error)}") from error
        except MessageSizeExceededError as error:
            raise Rejected(f"{what}: {said(error)}", "too_large") from error
