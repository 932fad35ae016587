"""Places in the storage account: a container, and a path or pattern in it."""

import re

_CONTAINER = re.compile(r"[a-z0-9](?:[a-z0-9-]{1,61}[a-z0-9])")
_OWN = frozenset(
    ["manifests", "quarantine", "decisions", "endpoints", "runs", "inference", "reports"]
)
BATCH = "batch"
"""Holds what batches need; their inputs and outputs may be beside it, training data may not."""

_NEEDED = f"{BATCH}/_ratchet/"


def check(place: str, example: str, *reserved: str) -> None:
    """Raise ValueError unless a place has a container that is not Ratchet's own, and a path."""
    container, _, path = place.partition("/")
    if not _CONTAINER.fullmatch(container) or not path:
        raise ValueError(f"a container and {example}")
    if container in _OWN or container in reserved:
        raise ValueError(f"another container: {container} holds what Ratchet itself writes")
    if place.startswith(_NEEDED):
        raise ValueError(f"another folder: {_NEEDED} holds what Ratchet itself writes")
