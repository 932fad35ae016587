"""The memory of all models, in memory: tags are counters, a commit checks before it writes."""

from collections import defaultdict
from collections.abc import Sequence
from threading import Lock

from decisions.errors import Conflict
from decisions.ports import Entry, Snapshot
from decisions.state import ModelState


class MemoryModels:
    """Port `Models`."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._states: dict[str, Snapshot] = {}
        self._causes: set[tuple[str, str]] = set()
        self._ledger: dict[str, list[Entry]] = defaultdict(list)

    def load(self, model: str) -> Snapshot:
        """The state now, or a fresh one."""
        return self._states.get(model) or Snapshot(state=ModelState(model=model), tag="")

    def answered(self, model: str, cause: str) -> bool:
        """Whether a decision for this cause was committed."""
        return (model, cause) in self._causes

    def commit(self, tag: str, state: ModelState, cause: str, entry: Entry | None) -> str:
        """State, cause and entry together, or none of them."""
        with self._lock:
            if self.answered(state.model, cause):
                raise Conflict(f"{state.model}: {cause} has been answered")
            new_tag = self._replace(tag, state)
            self._causes.add((state.model, cause))
            if entry:
                self._ledger[state.model].append(entry)
            return new_tag

    def settle(self, tag: str, state: ModelState) -> str:
        """The state alone."""
        with self._lock:
            return self._replace(tag, state)

    def ledger(self, model: str, limit: int) -> Sequence[Entry]:
        """The newest entries first."""
        return self._ledger[model][::-1][:limit]

    def _replace(self, tag: str, state: ModelState) -> str:
        if self.load(state.model).tag != tag:
            raise Conflict(f"{state.model}: the state changed since it was read")
        new_tag = str(int(tag or 0) + 1)
        self._states[state.model] = Snapshot(state=state, tag=new_tag)
        return new_tag
