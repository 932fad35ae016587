"""Answers that every collection of the workspace gives in the same way."""

from collections.abc import Iterable
from typing import Any

from local.cloud.arm import Answer, Request
from local.cloud.errors import Refused


def page(values: Iterable[dict[str, Any]], request: Request) -> Answer:
    """A collection as ARM pages it: all of it, or the first `$top`."""
    top = request.query.get("$top", "")
    shown = list(values)[: int(top) if top.isdecimal() else None]
    return Answer(status=200, body={"value": shown})


def not_allowed(request: Request) -> Refused:
    """The resource is there, and this cannot be done to it."""
    return Refused(
        405, "MethodNotAllowed", f"{request.method} is nothing that {request.id.type} answers."
    )
