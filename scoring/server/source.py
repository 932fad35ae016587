"""Where an endpoint's documents and models lie, as the server needs to see it."""

from typing import Protocol

from msgspec import Struct

from scoring.errors import ScoringError


class Unavailable(ScoringError):  # noqa: N818 - says what happens next: it is tried again.
    """The store did not answer, or not with what was asked; the same may work later."""


class Missing(ScoringError):  # noqa: N818 - as above: it is not tried again.
    """The store answered that there is no such document or model."""


class Document(Struct, frozen=True):
    """A document's bytes and the tag that changes when they do."""

    content: bytes
    tag: str


class Source(Protocol):
    """The store of one endpoint. All methods may block, and raise Missing or Unavailable."""

    def desired(self, known: str | None) -> Document | None:
        """What the endpoint is to serve; None when it still has the known tag."""

    def model(self, folder: str, limit: int) -> bytes:
        """The model file of a folder (container/prefix). Raises Unsuitable above `limit` bytes."""

    def report(self, status: bytes) -> None:
        """Replace the endpoint's status."""

    def keep(self, path: str, content: bytes) -> None:
        """Keep a file of the endpoint's log; one that is there under this path already stays."""
