"""The memory of all models in the table `models`: one partition a model, one transaction a commit.

Rows of a partition: `state` under its ETag, `cause-DIGEST` inserted once for every cause that was
answered, `entry-SEQ` for every line of the ledger with SEQ counting down, so that the newest
stands first. A cause is in its key as a digest, since keys forbid characters that causes have.
"""

from collections.abc import Sequence
from itertools import islice

import msgspec
from azure.data.tables import TableClient

from adapters.storage.rows import Change, Rows, insert, packed, replace, tag_of, unpacked
from decisions.codec import decode_state, encode
from decisions.names import digest
from decisions.ports import Entry, Snapshot
from decisions.state import ModelState

_STATE = "state"
_LAST_SEQ = 10**12 - 1


class TableModels:
    """Port `Models`."""

    def __init__(self, table: TableClient) -> None:
        self._rows = Rows(table)

    def load(self, model: str) -> Snapshot:
        """The state now, or a fresh one under the tag ''."""
        row = self._rows.find(model, _STATE)
        if row is None:
            return Snapshot(state=ModelState(model=model), tag="")
        return Snapshot(state=decode_state(unpacked(row)), tag=tag_of(row))

    def answered(self, model: str, cause: str) -> bool:
        """Whether a decision for this cause was committed."""
        return self._rows.find(model, _cause(cause)) is not None

    def commit(self, tag: str, state: ModelState, cause: str, entry: Entry | None) -> str:
        """State, cause and entry together, or none of them."""
        changes = [_state(tag, state), insert(_cause(cause), {"cause": cause, "seq": state.seq})]
        if entry:
            changes.append(insert(_entry(entry), packed(encode(entry))))
        return self._rows.write(state.model, *changes)[0]

    def settle(self, tag: str, state: ModelState) -> str:
        """The state alone."""
        return self._rows.write(state.model, _state(tag, state))[0]

    def ledger(self, model: str, limit: int) -> Sequence[Entry]:
        """The newest entries first."""
        rows = islice(self._rows.between(model, "entry-", "entry.", page=limit), limit)
        return [msgspec.json.decode(unpacked(row), type=Entry) for row in rows]


def _state(tag: str, state: ModelState) -> Change:
    """The state's row: inserted the first time, so that of two first commits one fails."""
    properties = packed(encode(state))
    return replace(_STATE, properties, tag) if tag else insert(_STATE, properties)


def _cause(cause: str) -> str:
    return f"cause-{digest(cause)}"


def _entry(entry: Entry) -> str:
    return f"entry-{_LAST_SEQ - entry.seq:012d}"
