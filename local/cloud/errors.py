"""What the control plane refuses, in the codes and the shape of Azure Resource Manager."""

from collections.abc import Mapping
from typing import Any


class Refused(Exception):  # noqa: N818 - It is an answer, not a fault of this program.
    """A request that ARM would not do: an HTTP status, a code, and a sentence for people."""

    def __init__(
        self, status: int, code: str, sentence: str, headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(sentence)
        self.status = status
        self.code = code
        self.sentence = sentence
        self.headers = dict(headers or {})

    @property
    def body(self) -> dict[str, Any]:
        """The body of the answer."""
        return {"error": {"code": self.code, "message": self.sentence}}


def unauthenticated(code: str, sentence: str) -> Refused:
    """Nobody is known to have sent this; the header tells clients what to bring."""
    challenge = f'Bearer authorization_uri="https://login.microsoftonline.com", error="{code}"'
    return Refused(401, code, sentence, {"WWW-Authenticate": challenge})


def unauthorized(principal: str, action: str, scope: str) -> Refused:
    """The principal has no role that grants this."""
    return Refused(
        403,
        "AuthorizationFailed",
        f"The client '{principal}' does not have authorization to perform action '{action}' over "
        f"scope '{scope}' or the scope is invalid.",
    )


def throttled(seconds: int) -> Refused:
    """Too many requests; the header says when to come again."""
    return Refused(
        429,
        "TooManyRequests",
        f"The request is being throttled: try again after {seconds} seconds.",
        {"Retry-After": str(seconds)},
    )


def not_found(kind: str, name: str, group: str) -> Refused:
    """There is no such resource; `kind` is its full type."""
    return Refused(
        404,
        "ResourceNotFound",
        f"The Resource '{kind}/{name}' under resource group '{group}' was not found.",
    )
