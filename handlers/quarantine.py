"""A broken file is set aside for people, with the reason beside it; where it was, it stays."""

from decisions import names
from decisions.codec import encode
from decisions.ports import BlobVersion, Ports

_LONGEST_PLACE = 900  # A blob's name has at most 1,024 characters.


def set_aside(model: str, blob: BlobVersion, problem: str, ports: Ports) -> None:
    """Copy a blob to quarantine. Raises Missing when it is no longer that version."""
    named = blob.path if len(blob.path) <= _LONGEST_PLACE else names.digest(blob.path)
    place = f"{model}/{named}/{blob.etag}"
    ports.blobs.copy(blob, "quarantine", f"{place}/file")
    reason = {"path": f"{blob.container}/{blob.path}", "etag": blob.etag, "reason": problem}
    ports.blobs.write("quarantine", f"{place}/reason.json", encode(reason))
