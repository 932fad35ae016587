"""Ratchet's own adapter puts an endpoint; the miniature runs the real scoring server for it."""

import contextlib
import sys
from pathlib import Path
from uuid import uuid4

import pytest
from azure.core.exceptions import ResourceExistsError
from azure.storage.blob import BlobServiceClient

from adapters.aci import ContainerEndpoints, GroupSettings
from adapters.arm import Arm
from decisions.actions import DeploymentSpec, EndpointSpec
from decisions.facts import DeploymentFacts
from tests.local.cloud.emulator import CONTAINERS, GROUP, IDENTITY, eventually, host

SUBNET = f"{GROUP}/providers/Microsoft.Network/virtualNetworks/v/subnets/endpoints"
SCORING = {
    "command": [sys.executable, "-m", "scoring.server"],
    "environment": {"HOST": "{ip}", "PORT": "{port}", "PYTHONPATH": str(Path(__file__).parents[3])},
}


def test_endpoint_is_put_served_and_taken_away(
    storage: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    name = f"digits-{uuid4().hex[:8]}"
    broken = DeploymentSpec(name="v1", version="1", artifact="runs/j/model", sha256="0" * 64)
    wanted = EndpointSpec(name=name, target="aci", generation=1, deployments=(broken,), traffic={})
    with host(tmp_path, images={"scoring": SCORING}) as running:
        cloud = running.start()
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", cloud.addresses["ca_bundle"])
        arm = Arm(
            cloud.addresses["resource_manager"],
            cloud.credential("app"),
            "https://management.azure.com/.default",
            "Ratchet",
        )
        endpoints = _endpoints(arm, storage)
        endpoints.apply(wanted)
        (deployment,) = eventually(lambda: _tried(endpoints, name))
        assert deployment.state == "failed"
        assert "runs/j/model/model.onnx" in str(deployment.reason)
        assert arm.find(f"{GROUP}/{CONTAINERS}/{name}", "2023-05-01")
        endpoints.apply(
            EndpointSpec(name=name, target="aci", generation=2, deployments=(), traffic={})
        )
        eventually(lambda: arm.find(f"{GROUP}/{CONTAINERS}/{name}", "2023-05-01") is None)


def _endpoints(arm: Arm, storage: str) -> ContainerEndpoints:
    documents = BlobServiceClient.from_connection_string(storage).get_container_client("endpoints")
    with contextlib.suppress(ResourceExistsError):
        documents.create_container()
    settings = GroupSettings(
        location="local",
        image="scoring",
        environment={},
        secrets={"RATCHET_STORAGE": storage},
        identity=IDENTITY,
        subnet=SUBNET,
    )
    return ContainerEndpoints(arm, GROUP, documents, settings)


def _tried(endpoints: ContainerEndpoints, name: str) -> list[DeploymentFacts]:
    """The deployments that the endpoint has tried to load."""
    facts = endpoints.look(name, "aci")
    return [one for one in facts.deployments if one.state != "loading"] if facts else []
