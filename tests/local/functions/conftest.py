"""Hosts and a broker that several tests share; what they send has names of its own."""

import json
from collections.abc import Iterator

import pytest

from tests.local.functions.hosting import Hosted, hosted
from tests.local.functions.posting import Post, posting
from tests.local.servicebus.emulator import Emulator, spawn

QUEUES = [
    {"name": "work", "properties": {"lockDuration": "PT2S", "maxDeliveryCount": 3}},
    {"name": "lanes", "properties": {"lockDuration": "PT2S", "requiresSession": True}},
]


@pytest.fixture(scope="session")
def doors(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hosted]:
    """A host with HTTP and Event Grid functions."""
    folder = tmp_path_factory.mktemp("doors")
    with hosted("doors", folder, A_SETTING="from the settings") as host:
        yield host


@pytest.fixture(scope="module")
def bus(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emulator]:
    """A broker with one queue without sessions and one with."""
    folder = tmp_path_factory.mktemp("bus") / "data"
    with spawn(folder, json.dumps({"queues": QUEUES})) as process:
        assert process.stdout is not None
        yield Emulator(process, int(process.stdout.readline().rsplit(":", 1)[1]))


@pytest.fixture(scope="module")
def post(bus: Emulator) -> Iterator[Post]:
    """What sends to the broker."""
    with posting(bus.client()) as sending:
        yield sending
