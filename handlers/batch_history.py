"""The batches of a model, as people ask for them: the one that runs, and those that have ended."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, Literal

from msgspec import Struct

from decisions.errors import Missing
from decisions.events import Figures
from decisions.ports import Entry, Ports
from decisions.state import Batch
from handlers import plans, results

_WHOLE_LEDGER = 100_000


class Account(Struct, frozen=True, kw_only=True):
    """What there is to tell of a batch; `done` of its `parts` are scored while it runs."""

    id: str
    model: str
    state: Literal["running", "published", "failed", "empty"]
    version: str
    start: datetime
    end: datetime
    began: datetime
    seconds: float
    done: int | None = None
    parts: int | None = None
    figures: Figures | None = None
    document: str | None = None
    sentence: str | None = None


def of_model(model: str, ports: Ports) -> Iterator[Account]:
    """All batches of a model, the newest first."""
    running = ports.models.load(model).state.batches.running
    if running:
        yield _running(model, running, ports)
    for entry in ports.models.ledger(model, _WHOLE_LEDGER):
        if "outcome" in entry.numbers:
            yield _ended(model, entry)


def find(identifier: str, ports: Ports) -> Account:
    """The batch of an id such as digits/20261121T030000Z, or a model's newest. Raises Missing."""
    model, _, name = identifier.partition("/")
    if model not in ports.policies:
        known = ", ".join(ports.policies)
        raise Missing(f"no model {model!r} in ratchet.yaml; there are: {known}")
    for account in of_model(model, ports):
        if account.id == identifier or not name:
            return account
    what = f"batch {identifier}" if name else f"batch of {model}"
    raise Missing(f"no {what} has begun: see ratchet batch list {model}")


def identifier(model: str, name: str) -> str:
    """What people call a batch.

    >>> identifier("digits", "20261121T030000Z")
    'digits/20261121T030000Z'
    """
    return f"{model}/{name}"


def _running(model: str, batch: Batch, ports: Ports) -> Account:
    plan = plans.written(model, batch.window, ports)
    return Account(
        id=identifier(model, batch.window.name),
        model=model,
        state="running",
        version=batch.version.version,
        start=batch.window.start,
        end=batch.window.end,
        began=batch.since,
        seconds=(ports.now() - batch.since).total_seconds(),
        done=len(results.done(model, batch.window, ports)),
        parts=len(plan.parts) if plan else None,
    )


def _ended(model: str, entry: Entry) -> Account:
    told: dict[str, Any] = entry.numbers
    return Account(
        id=identifier(model, told["batch"]),
        model=model,
        state=told["outcome"],
        version=told["version"],
        start=_moment(told["start"]),
        end=_moment(told["end"]),
        began=_moment(told["began"]),
        seconds=told["seconds"],
        figures=Figures(**{name: told[name] for name in Figures.__struct_fields__}),
        document=told["document"],
        sentence=entry.sentence,
    )


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)
