"""What several test packages share: servers that are slow to start and started once."""

from collections.abc import Iterator

import pytest

from tests.adapters.mlflow_server import mlflow_server


@pytest.fixture(scope="session")
def mlflow_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a real MLflow server; each test uses names of its own."""
    with mlflow_server(tmp_path_factory.mktemp("mlflow")) as url:
        yield url
