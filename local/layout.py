"""What a stack decides once and keeps in its folder: ports, secrets, the names of its resources.

Blob URLs stand in manifests, and container groups keep their environment: with other ports after a
restart, what was stored would point nowhere.
"""

import base64
import os
import secrets
from pathlib import Path

import msgspec

from local.ports import free_ports

SUBSCRIPTION = "/subscriptions/00000000-0000-0000-0000-000000000000"
GROUP = f"{SUBSCRIPTION}/resourceGroups/ratchet-local"
WORKSPACE = f"{GROUP}/providers/Microsoft.MachineLearningServices/workspaces/local"
STORAGE = f"{GROUP}/providers/Microsoft.Storage/storageAccounts/devstoreaccount1"
TOPIC = f"{GROUP}/providers/Microsoft.EventGrid/topics/ratchet"
QUEUES = f"{GROUP}/providers/Microsoft.ServiceBus/namespaces/local/queues"
SUBNET = f"{GROUP}/providers/Microsoft.Network/virtualNetworks/local/subnets/endpoints"
ENDPOINT_IDENTITY = f"{GROUP}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/endpoints"
ENDPOINT_KEY = "the-key-of-local-endpoints"
"""Opens the endpoints of the local stack; no secret, as Azurite's is none."""


class Ports(msgspec.Struct, frozen=True, kw_only=True):
    """A loopback port for everything that listens. `blob` is the watched one, for clients."""

    blob: int
    azurite_blob: int
    queue: int
    table: int
    mlflow: int
    servicebus: int
    eventgrid: int
    eventgrid_tls: int
    resource_manager: int
    identity: int
    receiver: int


class Layout(msgspec.Struct, frozen=True, kw_only=True):
    """All of it. Functions hosts have a port each; the secrets are those of the principals."""

    ports: Ports
    functions: tuple[int, ...]
    function_app: str
    compute: str
    endpoint: str
    person: str
    topic_key: str
    webhook_secret: str


def layout(folder: Path, hosts: int) -> Layout:
    """The layout of a stack's folder, made on its first start.

    Raises ValueError when the folder holds one that cannot be read.
    """
    file = folder / "layout.json"
    if file.exists():
        try:
            kept = msgspec.json.decode(file.read_bytes(), type=Layout)
        except msgspec.DecodeError as error:
            raise ValueError(f"{file} is no layout of a stack ({error}); delete it") from error
        missing = max(0, hosts - len(kept.functions))
        taken = (*msgspec.to_builtins(kept.ports).values(), *kept.functions)
        more = free_ports(missing, taken)
        made = msgspec.structs.replace(kept, functions=(*kept.functions, *more))
    else:
        made = _new(hosts)
    write_secret(file, msgspec.json.encode(made))
    return made


def write_secret(path: Path, content: bytes) -> None:
    """Write a file that only this user may read, in one move."""
    part = path.with_name(path.name + ".part")
    part.unlink(missing_ok=True)
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with open(descriptor, "wb") as file:  # noqa: PTH123 - Only os.open sets the mode at once.
        file.write(content)
    part.replace(path)


def _new(hosts: int) -> Layout:
    names = Ports.__struct_fields__
    numbers = free_ports(len(names) + hosts)
    return Layout(
        ports=Ports(**dict(zip(names, numbers, strict=False))),
        functions=tuple(numbers[len(names) :]),
        function_app=secrets.token_urlsafe(32),
        compute=secrets.token_urlsafe(32),
        endpoint=secrets.token_urlsafe(32),
        person=secrets.token_urlsafe(32),
        topic_key=secrets.token_urlsafe(32),
        webhook_secret=f"whsec_{base64.b64encode(secrets.token_bytes(32)).decode()}",
    )
