"""A running emulator for each test that asks for one."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from azure.servicebus import ServiceBusClient

from tests.local.servicebus.emulator import Emulator, emulator


@pytest.fixture
def servicebus(tmp_path: Path) -> Iterator[Emulator]:
    """An emulator with the usual queues, empty."""
    with emulator(tmp_path / "data") as running:
        yield running


@pytest.fixture
def client(servicebus: Emulator) -> Iterator[ServiceBusClient]:
    """Microsoft's client, connected to it."""
    with servicebus.client() as connected:
        yield connected
