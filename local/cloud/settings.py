"""The file that the control plane is started with, in JSON.

    {"principals": [{"name": "function-app", "secret": "…", "assignments": [
         {"role": "Ratchet", "scope": "/subscriptions/S/resourceGroups/G"}]}],
     "roles": ["infra/role.json", {"Name": "Owner", "Actions": ["*"]}],
     "images": {"ratchet/scoring": {
         "command": ["python", "-m", "scoring.server", "--host", "{ip}", "--port", "{port}"]}},
     "tls_port": 8443, "port": 8400,
     "workspace": {
         "id": "/subscriptions/S/resourceGroups/G/providers/…/workspaces/W",
         "storage": "DefaultEndpointsProtocol=…", "mlflow": "http://127.0.0.1:5000",
         "compute": "training",
         "topic": {"endpoint": "http://127.0.0.1:8500/api/events", "key": "…"}}}

It holds secrets, so whoever writes it keeps it from others. A principal's `secret` is what its
programs have in IDENTITY_HEADER; `resource` is the ARM id of a user-assigned identity, under which
a container group may run. In an image's command and environment `{ip}` and `{port}` stand for the
address that the container group was given.
"""

from pathlib import Path
from typing import Annotated

import msgspec

Port = Annotated[int, msgspec.Meta(ge=0, le=65535)]
Secret = Annotated[str, msgspec.Meta(min_length=16)]


class Assignment(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A role by its name, and the resource below which it holds."""

    role: str
    scope: str


class Principal(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Somebody: a program or a person."""

    name: str
    secret: Secret
    assignments: tuple[Assignment, ...] = ()
    resource: str | None = None


class RoleDefinition(msgspec.Struct, frozen=True, rename="pascal", kw_only=True):
    """A role in the form of Azure's custom role definitions."""

    name: str
    description: str = ""
    is_custom: bool = True
    actions: tuple[str, ...] = ()
    not_actions: tuple[str, ...] = ()
    data_actions: tuple[str, ...] = ()
    not_data_actions: tuple[str, ...] = ()
    assignable_scopes: tuple[str, ...] = ()


class Image(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What runs for a container image: a command line and what its environment always has."""

    command: tuple[str, ...]
    environment: dict[str, str] = {}


class Topic(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The Event Grid topic that the workspace's events go to."""

    endpoint: str
    key: str


class WorkspaceSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The Azure ML workspace.

    `storage` is the connection string of its account, `mlflow` a plain MLflow server, `compute` the
    name of the principal that its steps run as.
    """

    id: str
    storage: str
    mlflow: str
    compute: str
    topic: Topic | None = None


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """All of it. A port of 0 is any free one."""

    principals: tuple[Principal, ...]
    roles: tuple[str | RoleDefinition, ...]
    images: dict[str, Image] = {}
    tls_port: Port = 0
    port: Port = 0
    token_seconds: Annotated[int, msgspec.Meta(ge=1)] = 24 * 3600
    workspace: WorkspaceSettings | None = None


def load(path: Path) -> Settings:
    """The settings of a file. Raises ValueError that says where it is wrong."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=Settings)
    except (OSError, msgspec.DecodeError) as error:
        raise ValueError(f"the settings {path} cannot be used: {error}") from error


def role_definitions(settings: Settings, folder: Path) -> list[RoleDefinition]:
    """The roles, those that are given as a path read from there. Raises ValueError."""
    return [_role(folder / role) if isinstance(role, str) else role for role in settings.roles]


def _role(path: Path) -> RoleDefinition:
    try:
        return msgspec.json.decode(path.read_bytes(), type=RoleDefinition)
    except (OSError, msgspec.DecodeError) as error:
        raise ValueError(f"the role {path} cannot be used: {error}") from error
