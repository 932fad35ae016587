"""One control plane for all tests that do not stop it; each uses resources of its own."""

from collections.abc import Iterator

import pytest

from tests.local.cloud.emulator import Emulator, host


@pytest.fixture(scope="session")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emulator]:
    """A running control plane without a workspace."""
    with host(tmp_path_factory.mktemp("cloud")) as running:
        yield running.start()
