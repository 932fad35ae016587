"""The services of a stack, each with the file that it is started with, made from one layout."""

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from local.azurite.server import azurite, connection_string
from local.cloud.certificate import Certificate
from local.cloud.gateway import PREFIX
from local.cloud.identity.endpoint import PATH as TOKEN_PATH
from local.cloud.identity.tokens import Tokens
from local.functions.keys import load_or_create_keys
from local.layout import (
    ENDPOINT_IDENTITY,
    ENDPOINT_KEY,
    GROUP,
    QUEUES,
    STORAGE,
    SUBNET,
    TOPIC,
    WORKSPACE,
    Layout,
    write_secret,
)
from local.mlflow import mlflow_server, tracking_uri
from local.ports import HOST
from local.processes import Service
from local.receiver import receiver
from local.servicebus.amqp.sas import connection_string as servicebus_connection

PROJECT = Path(__file__).resolve().parents[1]
IMAGE = "ratchet/scoring"
OWN_CONTAINERS = (
    "manifests", "quarantine", "decisions", "endpoints", "runs", "inference", "batch", "reports",
)  # fmt: skip
CONTAINERS = ("data", *OWN_CONTAINERS)
TABLES = ("models", "arrivals", "deliveries")
# Lanes are sessions. Duplicate detection only saves work: the cause row is the guarantee.
_PLAIN = {"lockDuration": "PT1M", "maxDeliveryCount": 10, "requiresDuplicateDetection": True}
QUEUE_PROPERTIES: Mapping[str, Mapping[str, Any]] = {
    "events": _PLAIN,
    "lanes": {**_PLAIN, "requiresSession": True},
    "work": {**_PLAIN, "lockDuration": "PT5M"},
    "parked": {},
}
_COMPUTE_ROLE = {
    "Name": "Training compute",
    "Actions": [
        "Microsoft.MachineLearningServices/workspaces/read",
        "Microsoft.MachineLearningServices/workspaces/experiments/*",
        "Microsoft.MachineLearningServices/workspaces/metadata/artifacts/*",
    ],
}
_OWNER_ROLE = {"Name": "Owner", "Actions": ["*"]}


class Emulators:
    """Makes the services of the stack in `folder`; `retry_factor` is that of Event Grid."""

    def __init__(
        self,
        folder: Path,
        layout: Layout,
        *,
        queues: Mapping[str, Mapping[str, Any]],
        retry_factor: float,
    ) -> None:
        self.folder = folder
        self.layout = layout
        self._queues = queues
        self._retry_factor = retry_factor

    @property
    def storage(self) -> str:
        """The storage account, as clients reach it: uploads are seen by Event Grid."""
        ports = self.layout.ports
        return connection_string(blob=ports.blob, queue=ports.queue, table=ports.table)

    @property
    def service_bus(self) -> str:
        """The namespace."""
        return servicebus_connection(self.layout.ports.servicebus)

    @property
    def resource_manager(self) -> str:
        """The address of Azure Resource Manager."""
        return f"https://{HOST}:{self.layout.ports.resource_manager}"

    @property
    def _token_key(self) -> Path:
        return self.folder / "cloud" / "token.key"

    @property
    def ca_bundle(self) -> Path:
        """What lets clients trust the TLS ports."""
        return self.folder / "cloud" / "tls" / "ca-bundle.pem"

    def identity(self, secret: str) -> dict[str, str]:
        """The environment by which a program is a principal of the miniature Azure."""
        return {
            "IDENTITY_ENDPOINT": f"http://{HOST}:{self.layout.ports.identity}{TOKEN_PATH}",
            "IDENTITY_HEADER": secret,
            "REQUESTS_CA_BUNDLE": str(self.ca_bundle),
        }

    def app_settings(self) -> dict[str, str]:
        """The settings of the app, whoever runs it."""
        return {
            "RATCHET_STORAGE": self.storage,
            "RATCHET_SERVICEBUS": self.service_bus,
            "RATCHET_WORKSPACE": WORKSPACE,
            "RATCHET_RESOURCE_MANAGER": self.resource_manager,
            "RATCHET_SCORING_IMAGE": IMAGE,
            "RATCHET_ENDPOINT_IDENTITY": ENDPOINT_IDENTITY,
            "RATCHET_ENDPOINT_SUBNET": SUBNET,
            "RATCHET_ENDPOINT_KEYS": ENDPOINT_KEY,
            "RATCHET_EVENT_TOPIC": f"https://{HOST}:{self.layout.ports.eventgrid_tls}"
            "/topics/ratchet/api/events",
            "MLFLOW_TRACKING_URI": f"{self.resource_manager}{PREFIX}{WORKSPACE}",
        }

    def azurite(self) -> Service:
        """Blob and Table Storage."""
        ports = self.layout.ports
        data = self.folder / "azurite"
        return azurite(data, blob=ports.azurite_blob, queue=ports.queue, table=ports.table)

    def mlflow(self) -> Service:
        """MLflow, which clients reach through the workspace's gateway."""
        return mlflow_server(self.folder / "mlflow", port=self.layout.ports.mlflow)

    def servicebus(self) -> Service:
        """The queues."""
        queues = [{"name": name, "properties": kept} for name, kept in self._queues.items()]
        settings = self._write("queues.json", {"queues": queues})
        port = self.layout.ports.servicebus
        return self._own("servicebus", {"amqp": port}, "--port", port, "--queues", settings)

    def cloud(self) -> Service:
        """Resource Manager, identity, the workspace and the container groups."""
        ports = self.layout.ports
        # Made here, so that whoever comes up first finds them.
        Certificate(self.folder / "cloud" / "tls")
        Tokens(self._token_key, 0)
        settings = self._write("cloud.json", self._cloud_settings())
        named = {"resource manager": ports.resource_manager, "identity": ports.identity}
        return self._own("cloud", named, "--settings", settings)

    def eventgrid(self) -> Service:
        """Topics, and the storage account's events."""
        ports = self.layout.ports
        settings = self._write("eventgrid.json", self._eventgrid_settings())
        named = {"topics": ports.eventgrid, "TLS": ports.eventgrid_tls, "blobs": ports.blob}
        return self._own("eventgrid", named, "--port", ports.eventgrid, "--settings", settings)

    def receiver(self) -> Service:
        """A subscriber of webhooks."""
        secret = self.folder / "webhook.secret"
        write_secret(secret, self.layout.webhook_secret.encode())
        return receiver(self.folder / "receiver", port=self.layout.ports.receiver, secret=secret)

    def functions(self, number: int, app: Path, settings: Path) -> Service:
        """One of the Functions hosts."""
        port = self.layout.functions[number]
        # One folder for all hosts: only one of them may run the timers.
        data = self.folder / "functions-host"
        options = ("--app", app, "--port", str(port), "--settings", settings, "--data", data)
        keys = ("--keys", self._keys)
        return Service(
            name=f"functions-{number}",
            command=(sys.executable, "-m", "local.functions", *options, *keys),
            ports={"http": port},
            folder=PROJECT,
        )

    @property
    def master_key(self) -> str:
        """The key that opens every door of the app, its administration too."""
        return load_or_create_keys(self._keys).master

    @property
    def _keys(self) -> Path:
        # All hosts of an app have the same keys, as in Azure.
        return self.folder / "functions-keys.json"

    def _own(self, name: str, ports: Mapping[str, int], *options: object) -> Service:
        data = ("--data", str(self.folder / name))
        return Service(
            name=name,
            command=(sys.executable, "-m", f"local.{name}", *data, *map(str, options)),
            ports=ports,
            folder=PROJECT,
        )

    def _write(self, name: str, settings: Mapping[str, Any]) -> Path:
        path = self.folder / name
        write_secret(path, json.dumps(settings, indent=2).encode())
        return path

    def _cloud_settings(self) -> dict[str, Any]:
        kept = self.layout
        principals = [
            _principal("function-app", kept.function_app, "Ratchet"),
            _principal("compute", kept.compute, "Training compute"),
            _principal("person", kept.person, "Owner"),
            {"name": "endpoint", "secret": kept.endpoint, "resource": ENDPOINT_IDENTITY},
        ]
        scoring = {
            "command": [sys.executable, "-m", "scoring.server"],
            "environment": {"HOST": "{ip}", "PORT": "{port}", "PYTHONPATH": str(PROJECT)},
        }
        return {
            "principals": principals,
            "roles": [str(PROJECT / "infra" / "role.json"), _COMPUTE_ROLE, _OWNER_ROLE],
            "images": {IMAGE: scoring},
            "tls_port": kept.ports.resource_manager,
            "port": kept.ports.identity,
            "workspace": {
                "id": WORKSPACE,
                "storage": self.storage,
                "mlflow": tracking_uri(kept.ports.mlflow),
                "compute": "compute",
                "topic": {"endpoint": self._topic("workspace"), "key": kept.topic_key},
            },
        }

    def _eventgrid_settings(self) -> dict[str, Any]:
        ports = self.layout.ports
        key = self.layout.topic_key
        topics: list[dict[str, Any]] = [
            {"name": "storage", "id": STORAGE, "key": key},
            {"name": "workspace", "id": WORKSPACE, "key": key},
            {
                "name": "ratchet",
                "id": TOPIC,
                "key": key,
                "inputSchema": "CloudEventSchemaV1_0",
                "senders": ["function-app", "person"],
            },
        ]
        return {
            "topics": topics,
            "subscriptions": [_to_events("storage", _UPLOADS), _to_events("workspace", {})],
            "serviceBus": self.service_bus,
            "storage": connection_string(
                blob=ports.azurite_blob, queue=ports.queue, table=ports.table
            ),
            "watch": {"topic": "storage", "port": ports.blob, "upstream": ports.azurite_blob},
            "tls": {
                "port": ports.eventgrid_tls,
                "authority": str(self.folder / "cloud" / "tls"),
                "tokenKey": str(self._token_key),
            },
            "retryFactor": self._retry_factor,
        }

    def _topic(self, name: str) -> str:
        return f"http://{HOST}:{self.layout.ports.eventgrid}/topics/{name}/api/events"


# Ratchet's own outputs never count, nor do inputs of batches; filtered here, they cost no message.
_UPLOADS = {
    "includedEventTypes": ["Microsoft.Storage.BlobCreated"],
    "advancedFilters": [
        {
            "operatorType": "StringNotBeginsWith",
            "key": "subject",
            "values": [f"/blobServices/default/containers/{name}/" for name in OWN_CONTAINERS],
        }
    ],
}


def _to_events(topic: str, wish: Mapping[str, Any]) -> dict[str, Any]:
    """A subscription that puts a topic's events on the queue `events`."""
    destination = {
        "endpointType": "ServiceBusQueue",
        "properties": {"resourceId": f"{QUEUES}/events"},
    }
    return {
        "name": f"{topic}-to-events",
        "topic": topic,
        "properties": {
            "destination": destination,
            "filter": wish,
            "eventDeliverySchema": "CloudEventSchemaV1_0",
        },
    }


def _principal(name: str, secret: str, role: str) -> dict[str, Any]:
    return {"name": name, "secret": secret, "assignments": [{"role": role, "scope": GROUP}]}
