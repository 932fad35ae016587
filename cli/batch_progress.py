"""A batch that is watched: a bar until it ends, with the rows that it scores in a second."""

import time

from cli.progress import Tell, progress
from decisions.errors import Missing
from decisions.events import Window
from decisions.ports import Ports
from handlers import plans, results
from handlers.batch_history import Account, find

_EVERY = 0.5  # Seconds between two looks.
_BEGINS_WITHIN = 60.0


def watched(batch: str, ports: Ports) -> Account:
    """A batch once it has ended, while a bar shows how far it is. Raises Missing."""
    account = _begun(batch, ports)
    with progress(f"Batch {account.id}") as tell:
        rate = _Rate(account, ports)
        while account.state == "running":
            rate.show(tell)
            time.sleep(_EVERY)
            account = find(account.id, ports)
    return account


def _begun(batch: str, ports: Ports) -> Account:
    """A batch, which may have been asked for a moment ago. Raises Missing."""
    deadline = time.monotonic() + _BEGINS_WITHIN
    while True:
        try:
            return find(batch, ports)
        except Missing:
            if "/" not in batch or time.monotonic() > deadline:
                raise
            time.sleep(_EVERY)


class _Rate:
    """How far a batch is, and how many rows a second it has scored since one looks at it."""

    def __init__(self, account: Account, ports: Ports) -> None:
        self._account, self._ports = account, ports
        self._window = Window(start=account.start, end=account.end)
        self._since = time.monotonic()
        self._rows = 0
        self._seen = self._done()

    def show(self, tell: Tell) -> None:
        """Tell a bar."""
        plan = plans.written(self._account.model, self._window, self._ports)
        if plan is None or not plan.parts:
            return
        done = self._done()
        new = results.read(plan, done - self._seen, self._ports)
        self._seen = done
        self._rows += sum(one.rows for one in new)
        rate = self._rows / (time.monotonic() - self._since)
        said = f", {rate:,.0f} rows/s" if rate else ""
        tell(len(done) / len(plan.parts), f"{len(done)} of {len(plan.parts)} parts{said}")

    def _done(self) -> frozenset[int]:
        return results.done(self._account.model, self._window, self._ports)
