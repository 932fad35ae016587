"""One translation of Azure's errors into those that say what happens next.

Every adapter that stands on azure-core wraps its calls in `translated`. What it raises holds the
first line of the service's answer without query strings, where a SAS would stand.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager

from azure.core.exceptions import AzureError, DecodeError, HttpResponseError

from adapters.retry_after import retry_after
from decisions.errors import Conflict, Missing, RatchetError, Rejected, Transient

_ASKED_TO_WAIT = {408, 425, 429}
_NOT_ALLOWED = {401, 403}
_CHANGED = {409, 412}
_QUERY = re.compile(r"\?\S*")
_LONGEST = 300


@contextmanager
def translated(what: str, role: str | None = None) -> Iterator[None]:
    """Raise an azure-core error of the block as Transient, Conflict, Missing or Rejected.

    `what` says what was attempted ("read data/digits/a.parquet"); `role` names the built-in role
    that allows it, for the sentence that a refusal gets.
    """
    try:
        yield
    except HttpResponseError as error:
        raise _of_answer(error, what, role) from error
    except AzureError as error:
        # No answer: the service was not reached, or fell silent. The call may work later.
        raise Transient(f"{what}: {said(error)}") from error


def said(error: Exception) -> str:
    """The first line of what an error says, short and without query strings."""
    lines = str(getattr(error, "message", error)).strip().splitlines() or [type(error).__name__]
    return _QUERY.sub("", lines[0])[:_LONGEST]


def refusal(what: str, role: str | None, reason: str) -> Rejected:
    """The error for a call that the app's identity may not make."""
    remedy = f"grant it the role {role}" if role else "grant it a role that allows this"
    return Rejected(
        f"{what}: the app's identity is not allowed to: {reason}; {remedy}", "forbidden"
    )


def _of_answer(error: HttpResponseError, what: str, role: str | None) -> RatchetError:
    # Without a status there was no answer but, say, no token: that too may work later.
    status = error.status_code
    sentence = f"{what}: {said(error)}"
    if status in _NOT_ALLOWED:
        return refusal(what, role, said(error))
    if status is None or status >= 500 or status in _ASKED_TO_WAIT or _garbled(error):
        return Transient(sentence, retry_after(getattr(error.response, "headers", {})))
    if status == 404:
        return Missing(sentence)
    if status in _CHANGED:
        return Conflict(sentence)
    return Rejected(sentence, _code(error))


def _garbled(error: HttpResponseError) -> bool:
    """Whether an answer of success could not be read to its end."""
    return isinstance(error, DecodeError)


def _code(error: HttpResponseError) -> str:
    """The service's own word for a mistake, which its documentation explains."""
    code = getattr(error, "error_code", None) or (error.error.code if error.error else None)
    return str(getattr(code, "value", code) or f"http_{error.status_code}")
