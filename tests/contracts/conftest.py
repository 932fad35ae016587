"""Every port's adapters, in memory and on Azure's own APIs: one suite a port runs on each.

Tests of one process share an Azurite, each with tables and containers of its own.
"""

from collections.abc import Iterator
from uuid import uuid4

import pytest
from azure.data.tables import TableClient
from azure.storage.blob import BlobServiceClient

from adapters.clients import blob_service, table_service


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
