"""What tests of Event Grid share."""

from collections.abc import Iterator

import pytest

from tests.adapters.servers import azurite
from tests.local.eventgrid.grid import Endpoint, endpoint


@pytest.fixture
def hook() -> Iterator[Endpoint]:
    """A webhook endpoint that is well."""
    with endpoint() as listening:
        yield listening


@pytest.fixture(scope="session")
def storage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A connection string of Azurite itself; each test uses containers of its own."""
    with azurite(tmp_path_factory.mktemp("azurite")) as connection:
        yield connection
