"""A batch of a million rows, scored by one, two and four host processes that compete for its parts.

What a batch takes is counted from its beginning to its publication, messages and storage included.
All hosts, Azurite and the emulators share one machine, and one host already scores a part on each
core: more hosts are faster only where there are more cores than one of them uses.
"""

import hashlib
import os
import statistics
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from msgspec.structs import replace

from adapters.clients import blob_service
from benchmarks.batch.data import table
from benchmarks.batch.models import model
from benchmarks.measure import Figure
from decisions.actions import Version
from decisions.events import BatchDue
from decisions.timetable import asked_now
from handlers.batch_history import Account, of_model
from local.stack import Stack
from wiring.services import Services
from wiring.settings import Settings

MODEL = "bench"
_CONFIG = Path(__file__).parent / "ratchet.yaml"
_HOSTS = (1, 2, 4)
_ROWS = 1_000_000
_BATCHES = 3
_PATIENCE = 300.0


def figures() -> Iterator[Figure]:
    """Rows a second of gradient boosting, which keeps the cores busy, and against one host."""
    rates = {hosts: _rate(hosts) for hosts in _HOSTS}
    for hosts, rate in rates.items():
        yield Figure(
            what=f"batch of {_ROWS:,} rows, {os.cpu_count()} cores: rows a second of {hosts} "
            f"host process{'es' if hosts > 1 else ''} / of one",
            value=f"{rate:,.0f} / {rates[1]:,.0f} = {rate / rates[1]:.2f}",
            bound="",
            holds=True,
        )


def _rate(hosts: int) -> float:
    """The median of some batches, after one in which each host imports what it needs."""
    with (
        tempfile.TemporaryDirectory(prefix="ratchet-hosts-") as folder,
        Stack(Path(folder), _CONFIG, hosts=hosts) as stack,
    ):
        services = Services(Settings.of_file(stack.settings_file))
        _furnish(services)
        _scored(services)
        return _ROWS / statistics.median(_scored(services).seconds for _ in range(_BATCHES))


def _furnish(services: Services) -> None:
    """The rows, and a champion to score them with."""
    content = model("boosting").read_bytes()
    services.blobs.write("runs", f"{MODEL}/model/model.onnx", content)
    # Not by our own adapter: what Ratchet wrote itself is no input.
    inputs = blob_service(services.settings["RATCHET_STORAGE"]).get_container_client("batch")
    inputs.upload_blob(f"{MODEL}/in/rows.parquet", table(_ROWS).read_bytes())
    digest = hashlib.sha256(content).hexdigest()
    champion = Version(version="1", run=MODEL, sha256=digest, manifest="")
    snapshot = services.models.load(MODEL)
    state = replace(snapshot.state, champion=champion)
    services.models.commit(snapshot.tag, state, "benchmark", None)


def _scored(services: Services) -> Account:
    """Ask for a batch as `ratchet batch run` does; gives it once it is published."""
    wish = _wish(services)
    services.messages.lane(wish)
    deadline = time.monotonic() + _PATIENCE
    while time.monotonic() < deadline:
        for batch in of_model(MODEL, services):
            if batch.end == wish.window.end and batch.figures:
                if (batch.state, batch.figures.scored) != ("published", _ROWS):
                    raise AssertionError(f"batch {batch.id} is {batch.state}: {batch.sentence}")
                return batch
        time.sleep(0.2)
    raise TimeoutError(f"no batch was published within {_PATIENCE:.0f} s")


def _wish(services: Services) -> BatchDue:
    """A batch of all files, as soon as a second has passed since they came and since the last."""
    policy = services.policies[MODEL].batch
    if policy is None:
        raise AssertionError(f"{_CONFIG} has no batch of {MODEL}")
    state = services.models.load(MODEL).state
    time.sleep(1.0)  # Windows begin and end on whole seconds.
    window = asked_now(state, policy, services.now())
    if window is None:
        raise AssertionError("a second has not passed")
    return BatchDue(
        model=MODEL, window=window, ordinal=state.batches.asked, reason="person", by="bench"
    )
