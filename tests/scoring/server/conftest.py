"""The storage account of a server that runs as a process."""

from collections.abc import Iterator

import pytest

from tests.scoring.server.processes import Account


@pytest.fixture
def account(storage: str) -> Iterator[Account]:
    found = Account(storage)
    with found.service:
        yield found
