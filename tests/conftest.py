"""What several test packages share: servers that are slow to start and started once."""

import ssl
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
import trustme
from azure.core.credentials import AccessToken
from azure.servicebus import ServiceBusClient
from azure.storage.blob import BlobServiceClient, ContainerClient

from adapters.arm import Arm
from adapters.clients import servicebus_client
from tests.adapters.receiver import Receiver
from tests.adapters.servers import Bus, azurite, mlflow_server, service_bus


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests that share what is made once for their module run in one worker, not in all of them."""
    for item in items:
        if isinstance(item, pytest.Function) and not item.get_closest_marker("xdist_group"):
            made = item._fixtureinfo.name2fixturedefs.values()
            if any(fixture.scope == "module" for (*_, fixture) in made):
                item.add_marker(pytest.mark.xdist_group(item.nodeid.partition("::")[0]))


class Credential:
    """Gives the same token for every scope."""

    def get_token(self, *scopes: str, **_: object) -> AccessToken:
        return AccessToken(f"token for {scopes[0]}", 4_000_000_000)


@pytest.fixture(scope="session")
def mlflow_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a real MLflow server; each test uses names of its own."""
    with mlflow_server(tmp_path_factory.mktemp("mlflow")) as url:
        yield url


@pytest.fixture(scope="session")
def storage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The connection string of a real Azurite; each test uses containers of its own."""
    with azurite(tmp_path_factory.mktemp("azurite")) as connection:
        yield connection


@pytest.fixture
def servicebus(tmp_path: Path) -> Iterator[Bus]:
    """A Service Bus of the test's own, since its queues have fixed names."""
    with service_bus(tmp_path) as running:
        yield running


@pytest.fixture
def bus(servicebus: Bus) -> Iterator[ServiceBusClient]:
    """The app's client of it."""
    with servicebus_client(servicebus.connection) as client:
        yield client


@pytest.fixture
def documents(storage: str) -> Iterator[ContainerClient]:
    """An empty container in the place of `endpoints`."""
    with BlobServiceClient.from_connection_string(storage) as service:
        yield service.create_container(f"endpoints-{uuid4().hex}")


@pytest.fixture
def manager(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Receiver]:
    """A Resource Manager that answers what a test wants, over TLS as the real one.

    This process trusts its certificate for as long as the test runs.
    """
    authority = trustme.CA()
    authority.cert_pem.write_to_path(tmp_path / "authority.pem")
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tmp_path / "authority.pem"))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(context)
    with Receiver(context) as running:
        yield running


@pytest.fixture
def arm(manager: Receiver) -> Arm:
    """A client of that Resource Manager."""
    return Arm(manager.url, Credential(), "scope/.default", "Owner")
