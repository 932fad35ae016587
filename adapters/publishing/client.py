"""Publishing through Microsoft's own client, azure-ai-ml, against Azure and the local workspace.

The client reads the YAML, uploads the code and registers environments and components; which
Resource Manager it talks to is all that differs between the two. It takes seconds to import and is
a development dependency: nothing that is deployed imports this module.
"""

import contextlib
import io
import os
import re
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from azure.core.credentials import TokenCredential
from azure.core.exceptions import ResourceNotFoundError

from adapters.errors import translated
from adapters.publishing.digest import content_digest
from decisions.errors import Misconfigured, Rejected

if TYPE_CHECKING:
    from azure.ai.ml import MLClient
    from azure.ai.ml.entities import Component

_WORKSPACE = re.compile(
    r"/subscriptions/(?P<subscription>[^/]+)/resourceGroups/(?P<group>[^/]+)/providers/"
    r"Microsoft\.MachineLearningServices/workspaces/(?P<name>[^/]+)/?",
    re.IGNORECASE,
)

# The clouds that the client knows by name, by the address of their Resource Manager.
_CLOUDS = {
    "https://management.azure.com": "AzureCloud",
    "https://management.chinacloudapi.cn": "AzureChinaCloud",
    "https://management.usgovcloudapi.net": "AzureUSGovernment",
}


@dataclass(frozen=True, kw_only=True)
class Published:
    """A pipeline in the workspace; `new` is False when this very content was there before."""

    name: str
    version: str
    id: str
    new: bool


def publish(
    pipeline: Path,
    workspace: str,
    credential: TokenCredential,
    resource_manager: str = "https://management.azure.com",
) -> Published:
    """Publish a pipeline component under a version that is the digest of its content.

    So publishing twice is publishing once. `workspace` is an ARM id. Raises Rejected, saying what
    is wrong with the YAML, and the errors of `decisions.errors` for what the workspace refuses.
    """
    with _cloud_forgotten(), _understood(pipeline):
        component = _loaded(pipeline)
        component.version = content_digest(pipeline)[:12]
        client = _client(workspace, credential, resource_manager)
        known = _found(client, component)
        there = known or client.components.create_or_update(component)
    return Published(
        name=str(there.name), version=str(there.version), id=str(there.id), new=known is None
    )


@contextlib.contextmanager
def _cloud_forgotten() -> Iterator[None]:
    """Keep the client's memory of its cloud, an environment variable, from other processes.

    A process that inherited it would be refused the unknown cloud before it could name its own.
    """
    variable = "AZUREML_CURRENT_CLOUD"
    before = os.environ.pop(variable, None)  # noqa: TID251 - The client's, not a setting of ours.
    try:
        yield
    finally:
        os.environ.pop(variable, None)  # noqa: TID251 - As above.
        if before is not None:
            os.environ[variable] = before  # noqa: TID251 - As above.


def _loaded(pipeline: Path) -> "Component":
    from azure.ai.ml import load_component

    if not pipeline.is_file():
        raise Rejected(f"{pipeline} is not a file; give the YAML of a pipeline component")
    component = load_component(pipeline)
    if component.type != "pipeline":
        raise Rejected(
            f"{pipeline} is a component of type {component.type}; Ratchet submits pipelines, so "
            "publish the YAML whose type is pipeline"
        )
    return component


def _found(client: "MLClient", component: "Component") -> "Component | None":
    try:
        known: Component = client.components.get(component.name, component.version)
    except ResourceNotFoundError:
        return None
    return known


def _client(workspace: str, credential: TokenCredential, resource_manager: str) -> "MLClient":
    from azure.ai.ml import MLClient

    match = _WORKSPACE.fullmatch(workspace)
    if match is None:
        raise Misconfigured(f"RATCHET_WORKSPACE is not the ARM id of a workspace: {workspace}")
    return MLClient(
        credential,
        match["subscription"],
        match["group"],
        match["name"],
        show_progress=False,
        enable_telemetry=False,
        **_cloud(resource_manager.rstrip("/")),
    )


def _cloud(resource_manager: str) -> dict[str, Any]:
    """How the client is told its cloud: one that it knows, or all of another's addresses.

    Another's storage has no common suffix; the client only shows it, since it uploads to the
    addresses that the workspace gives it.
    """
    if name := _CLOUDS.get(resource_manager):
        return {"cloud": name}
    addresses = ("azure_portal", "resource_manager", "active_directory", "aml_resource_id")
    metadata = dict.fromkeys((*addresses, "registry_discovery_endpoint"), resource_manager)
    host = urlsplit(resource_manager).netloc
    return {"cloud": host, "cloud_metadata": {**metadata, "storage_endpoint": host}}


@contextlib.contextmanager
def _understood(pipeline: Path) -> Iterator[None]:
    """Raise Ratchet's errors for the client's, and keep its remarks off the terminal."""
    with (
        warnings.catch_warnings(),
        contextlib.redirect_stderr(io.StringIO()),
        translated(f"publishing {pipeline}"),
    ):
        warnings.simplefilter("ignore")
        from azure.ai.ml.exceptions import MlException
        from marshmallow import ValidationError

        try:
            yield
        except (MlException, ValidationError) as error:
            # What follows the mistakes recommends an editor.
            mistakes = str(error).partition("The easiest way to author")[0].strip()
            raise Rejected(f"{pipeline} cannot be published: {mistakes}", "bad_pipeline") from error
