"""A deployment that only remembers: real storage and queues, and no app behind them."""

import json
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from azure.core.exceptions import ResourceExistsError
from msgspec.structs import replace

from adapters.clients import blob_service, servicebus_client, table_service
from adapters.storage.blobs import AzureBlobs
from adapters.storage.models import TableModels
from decisions.actions import Version
from decisions.codec import decode_event
from decisions.decide import decide
from decisions.events import AnyEvent, Window, WindowJudged
from decisions.facts import Facts
from decisions.incidents import OWN, Incident, Watch
from decisions.policies import BatchPolicy, DataPolicy, ModelPolicy, Place, RetrainPolicy
from decisions.ports import Entry
from decisions.state import Drift
from drift.policy import Judging
from drift.report.document import Report, dumps
from drift.results import Compared, Figure, Rows
from drift.verdict import judge
from tests.adapters.servers import Bus, service_bus
from tests.cli.shell import Said, ratchet
from tests.contracts.queues import ServiceBusQueues

START = datetime(2026, 11, 21, tzinfo=UTC)
HOUR = timedelta(hours=1)
BATCH = BatchPolicy(
    schedule="0 0 3 * * *",
    input=Place(container="batch", path="in/**"),
    output=Place(container="batch", path="out/"),
)
CONFIG = """\
models:
  {model}:
    data: {{path: data/x/*.parquet}}
    retrain: {{pipeline: train, on: [drift]}}
    drift: {{windows: {{raise_after: 1, of_last: 1, clear_after: 1, cooldown: 0s}}}}
    batch: {{schedule: 0 0 3 * * *, input: batch/in/, output: batch/out/}}
"""


class Deployment:
    """One model of a name that no other test has."""

    def __init__(self, storage: str, bus: str, folder: Path, resources: ExitStack) -> None:
        self.model = f"m{uuid4().hex[:12]}"
        (folder / "ratchet.yaml").write_text(CONFIG.format(model=self.model))
        values = {
            "RATCHET_STORAGE": storage,
            "RATCHET_SERVICEBUS": bus,
            "RATCHET_CONFIG": str(folder / "ratchet.yaml"),
        }
        self._settings = folder / "local.settings.json"
        self._settings.write_text(json.dumps({"Values": values}))
        tables = resources.enter_context(table_service(storage))
        self._models = TableModels(tables.create_table_if_not_exists("models"))
        blobs = resources.enter_context(blob_service(storage))
        for container in ("reports", "batch"):
            with suppress(ResourceExistsError):
                blobs.create_container(container)
        self.blobs = AzureBlobs(blobs)
        self._queues = ServiceBusQueues(resources.enter_context(servicebus_client(bus)))

    def ratchet(self, *arguments: object, columns: int = 100) -> Said:
        """Run a command against this deployment."""
        return ratchet(*arguments, "--settings", self._settings, columns=columns)

    def asked(self) -> list[AnyEvent]:
        """What waits in the model's lane."""
        return [decode_event(one.body) for one in self._queues.lane(self.model)]

    def has_champion(self, run: str, sha256: str) -> None:
        """A version is the best so far; nothing is live."""
        snapshot = self._models.load(self.model)
        champion = Version(version="1", run=run, sha256=sha256, manifest="m")
        self._models.settle(snapshot.tag, replace(snapshot.state, champion=champion))

    def opens(self, incident: Incident) -> None:
        """An incident is open."""
        self.is_in(drift=Drift(watches={OWN: Watch(incident=incident)}))

    def is_in(self, **known: Any) -> None:
        """The model is in a state."""
        snapshot = self._models.load(self.model)
        self._models.settle(snapshot.tag, replace(snapshot.state, **known))

    def hears(self, event: AnyEvent, at: datetime) -> None:
        """An event is answered as it would be by the app."""
        snapshot = self._models.load(self.model)
        policy = ModelPolicy(
            data=DataPolicy(container="data", pattern="x/*"),
            retrain=RetrainPolicy(pipeline="train"),
            batch=BATCH,
        )
        decision = decide(snapshot.state, event, Facts(), policy, at)
        entry = Entry(
            at=at,
            seq=decision.state.seq,
            event=type(event).__name__,
            cause=event.cause,
            sentence=decision.sentence or "",
            numbers=decision.numbers,
        )
        self._models.commit(snapshot.tag, decision.state, event.cause, entry)

    def judges(self, hour: int, score: float) -> None:
        """The window of an hour was judged; its report has one column `x` of that score."""
        end = START + hour * HOUR
        event = WindowJudged(
            model=self.model,
            window=Window(start=end - HOUR, end=end),
            version="1",
            verdict="stable",
            sentence="It was judged.",
        )
        content = dumps(report_of(self.model, event.window, score))
        self.blobs.write("reports", f"{self.model}/{event.window.name}/report.json", content)
        entry = Entry(
            at=end, seq=hour, event="WindowJudged", cause=event.cause, sentence=event.sentence
        )
        snapshot = self._models.load(self.model)
        state = replace(snapshot.state, seq=snapshot.state.seq + 1)
        self._models.commit(snapshot.tag, state, event.cause, entry)


def report_of(model: str, window: Window, score: float) -> Report:
    """A report on one column, as it was judged by the customary policy."""
    figure = Figure(value=score, p_value=1e-9)
    column = Compared(
        name="x",
        kind="numeric",
        statistics={"psi": figure, "ks": figure},
        effect=score,
        p_value=1e-9,
    )
    rows = Rows(reference=1000, current=1000)
    return Report(
        title=model,
        version="1",
        start=window.start,
        end=window.end,
        made_at=window.end,
        reference="the data that version 1 was trained on",
        current=f"what endpoint {model} was asked",
        verdict=judge([column], rows, Judging()),
        compared=(column,),
    )


@pytest.fixture(scope="session")
def queues(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bus]:
    """One Service Bus for all tests of commands; each model has its lane."""
    with service_bus(tmp_path_factory.mktemp("bus")) as running:
        yield running


@pytest.fixture
def deployment(storage: str, queues: Bus, tmp_path: Path) -> Iterator[Deployment]:
    """A model that nothing happened to yet."""
    with ExitStack() as resources:
        yield Deployment(storage, queues.connection, tmp_path, resources)
