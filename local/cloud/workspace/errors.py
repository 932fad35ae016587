"""What the workspace refuses beyond what ARM itself does."""

from local.cloud.errors import Refused


def not_found(kind: str, name: str) -> Refused:
    """There is no such resource."""
    return Refused(404, "ResourceNotFound", f"The {kind} {name} was not found.")


def wrong(sentence: str) -> Refused:
    """The body of the request cannot be meant."""
    return Refused(400, "UserError", sentence)
