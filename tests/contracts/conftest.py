"""Every port's adapters, in memory and on Azure's own APIs: one suite a port runs on each.

Tests of one process share an Azurite, each with tables and containers of its own; a Service Bus
lives for one test, since its queues have fixed names.
"""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from azure.data.tables import TableClient
from azure.servicebus import ServiceBusClient
from azure.storage.blob import BlobServiceClient

from adapters.clients import blob_service, servicebus_client, table_service
from local.ports import free_ports
from local.processes import Service, Supervisor
from local.servicebus.amqp.sas import connection_string

_UNIQUE = {"requiresDuplicateDetection": True}
_QUEUES = {
    "events": {},
    "lanes": {**_UNIQUE, "requiresSession": True},
    "work": {**_UNIQUE, "maxDeliveryCount": 2},
    "parked": {},
}


@pytest.fixture
def table(storage: str) -> Iterator[TableClient]:
    """An empty table."""
    with table_service(storage) as service:
        yield service.create_table(f"t{uuid4().hex}")


@pytest.fixture
def blob_account(storage: str) -> Iterator[BlobServiceClient]:
    """The account in which tests make containers of their own."""
    with blob_service(storage) as service:
        yield service


@pytest.fixture
def servicebus(tmp_path: Path) -> Iterator[str]:
    """The connection string of a Service Bus with Ratchet's queues, empty."""
    queues = [{"name": name, "properties": settings} for name, settings in _QUEUES.items()]
    (tmp_path / "queues.json").write_text(json.dumps({"queues": queues}))
    [port] = free_ports(1)
    command = [sys.executable, "-m", "local.servicebus", "--port", str(port)]
    command += ["--data", str(tmp_path / "data"), "--queues", str(tmp_path / "queues.json")]
    with Supervisor(tmp_path / "logs") as processes:
        processes.start(Service(name="servicebus", command=command))
        yield connection_string(port)


@pytest.fixture
def bus(servicebus: str) -> Iterator[ServiceBusClient]:
    """A client of it."""
    with servicebus_client(servicebus) as client:
        yield client
