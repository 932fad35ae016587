"""How many events one core takes in and decides, in memory."""

import json
import time
from collections.abc import Callable
from datetime import timedelta
from random import Random

from benchmarks.measure import Figure, median_of
from handlers.ingest import ingest
from handlers.lanes import Received, take_step
from tests.simulation.world import ACCOUNT, WORKSPACE, World

_EVENTS = 5_000


def figures() -> list[Figure]:
    """Uploads, each in a bucket of its own, and ends of runs, from bytes to the commit."""
    return [
        _figure("events a second: upload, from bytes to commit and effects", _upload),
        _figure("events a second: end of a run, from bytes to commit", _run),
    ]


def _figure(what: str, event: Callable[[int], bytes]) -> Figure:
    rate = _EVENTS / median_of(5, lambda: _seconds(event))
    return Figure(what=what, value=f"{rate:,.0f}", bound="at least 5,000", holds=rate >= 5_000)


def _seconds(event: Callable[[int], bytes]) -> float:
    world = World(Random(0))
    bodies = [event(number) for number in range(_EVENTS)]
    begin = time.process_time()
    for body in bodies:
        ingest(body, "events", world.ports)
        world.now += timedelta(seconds=11)
        for message in list(world.messages.waiting.values()):
            if message.queue == "lanes":
                take_step(Received(queue="lanes", body=message.body), world.ports)
        world.messages.waiting.clear()
    return time.process_time() - begin


def _upload(number: int) -> bytes:
    return _body(
        ACCOUNT,
        "Microsoft.Storage.BlobCreated",
        f"/blobServices/default/containers/data/blobs/digits/{number}.parquet",
        {"api": "PutBlob", "eTag": f"0x{number:X}", "contentLength": 1000},
    )


def _run(number: int) -> bytes:
    run = f"digits-{number:05d}-0123abcd"
    kind = "Microsoft.MachineLearningServices.RunCompleted"
    return _body(WORKSPACE, kind, f"experiments/e/runs/{run}", {"runId": run, "runType": None})


def _body(source: str, kind: str, subject: str, data: dict[str, object]) -> bytes:
    event = {
        "specversion": "1.0",
        "id": "831e1650-001e-001b-66ab-eeb76e069631",
        "source": source,
        "type": kind,
        "subject": subject,
        "time": "2026-11-21T08:00:00.9584103Z",
        "data": data,
    }
    return json.dumps(event).encode()
