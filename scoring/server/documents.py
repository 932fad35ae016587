"""The two documents of an endpoint: what is wanted, written by Ratchet; what is so, written here.

`desired.json` carries a generation that only grows. `traffic` is empty or sums to 100, and names
deployments of the same document; a document that does not hold together is refused as a whole.
"""

from datetime import datetime
from typing import Annotated, Literal

import msgspec
from msgspec import Meta, Struct

State = Literal["loading", "ready", "failed"]
Name = Annotated[str, Meta(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,99}\Z")]
Digest = Annotated[str, Meta(pattern=r"^[0-9a-f]{64}\Z")]
Folder = Annotated[str, Meta(pattern=r"^[^/]+(/[^/]+)+$")]
Percent = Annotated[int, Meta(ge=0, le=100)]


class Deployment(Struct, frozen=True, kw_only=True):
    """One version under a name: where its MLflow folder lies (container/prefix), and its digest."""

    name: Name
    version: str
    model: Folder
    sha256: Digest


class Desired(Struct, frozen=True, kw_only=True):
    """What an endpoint is to serve."""

    schema: Literal[1]
    endpoint: str
    generation: int
    deployments: tuple[Deployment, ...]
    traffic: dict[str, Percent]

    def __post_init__(self) -> None:
        names = [deployment.name for deployment in self.deployments]
        if len(set(names)) != len(names):
            raise ValueError("a deployment's name is repeated")
        unknown = sorted(set(self.traffic) - set(names))
        if unknown:
            raise ValueError(f"traffic goes to {unknown[0]!r}, which is no deployment")
        if self.traffic and sum(self.traffic.values()) != 100:
            raise ValueError(f"traffic sums to {sum(self.traffic.values())}, not 100")


class Observed(Struct, frozen=True, kw_only=True):
    """What became of one deployment; `reason` says why it is not ready."""

    name: str
    version: str
    sha256: str
    state: State
    reason: str | None = None


class Counts(Struct, frozen=True):
    """How many rows this process wrote to the log of inputs and predictions, and how many not."""

    written: int = 0
    dropped: int = 0


class Status(Struct, frozen=True, kw_only=True):
    """What is so: the newest generation seen, its deployments, and the traffic in effect."""

    schema: Literal[1] = 1
    endpoint: str
    generation: int
    observed_at: datetime
    deployments: tuple[Observed, ...]
    traffic: dict[str, int]
    log: Counts = Counts()  # A server of an earlier image does not say.


def read_desired(content: bytes) -> Desired:
    """The document. Raises ValueError with what is wrong with it."""
    return msgspec.json.decode(content, type=Desired)


def write_status(status: Status) -> bytes:
    """The document's bytes."""
    return msgspec.json.encode(status)
