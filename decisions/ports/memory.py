"""What is remembered of models between two decisions."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Protocol

from msgspec import Struct

from decisions.state import ModelState


class Entry(Struct, frozen=True, kw_only=True):
    """One line of a model's ledger: what happened, in a sentence, with its numbers."""

    at: datetime
    seq: int
    event: str
    cause: str
    sentence: str
    numbers: dict[str, Any] = {}
    actions: tuple[str, ...] = ()
    decision: str | None = None


class Snapshot(Struct, frozen=True, kw_only=True):
    """A model's state and the opaque tag under which it may be replaced."""

    state: ModelState
    tag: str


class Models(Protocol):
    """The memory of all models: state, answered causes and ledger, committed together."""

    def load(self, model: str) -> Snapshot:
        """The state now; a model never seen has a fresh state and the tag ''."""

    def answered(self, model: str, cause: str) -> bool:
        """Whether a decision for this cause was committed."""

    def commit(self, tag: str, state: ModelState, cause: str, entry: Entry | None) -> str:
        """Replace the state, insert the cause and the entry, all or nothing; gives the new tag.

        Raises Conflict when the tag is stale or the cause has been answered.
        """

    def settle(self, tag: str, state: ModelState) -> str:
        """Replace the state alone (its pending actions changed). Raises Conflict as `commit`."""

    def ledger(self, model: str, limit: int) -> Sequence[Entry]:
        """The newest entries first."""
