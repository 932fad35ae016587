"""A message that is given up is set aside for people, with the reason and without any secret."""

import re
import traceback

from decisions.ports import Parked

# What libraries put into their errors: queries of URLs (a SAS), and parts of connection strings.
_SECRET = re.compile(
    r"(\?|\b(?:sig|\w*(?:key|secret|password|token))\s*=\s*)[^\s;,'\")>]+", re.IGNORECASE
)


def parked(
    error: Exception,
    reason: str,
    *,
    source: str,
    body: str,
    model: str | None = None,
    retry: int = 0,
) -> Parked:
    """What is set aside of a message that failed with `error`."""
    return Parked(
        source=source,
        model=model,
        reason=reason,
        body=body,
        trace=scrubbed("".join(traceback.format_exception(error))),
        retry=retry,
    )


def named(error: Exception) -> str:
    """An error as its kind and what it says."""
    return scrubbed(f"{type(error).__name__}: {error}")


def scrubbed(text: str) -> str:
    """A text without what may be a secret.

    >>> scrubbed("GET https://s/data/a?sv=1&sig=abc failed; AccountKey=abc==;")
    'GET https://s/data/a?… failed; AccountKey=…;'
    """
    return _SECRET.sub(r"\1…", text)
