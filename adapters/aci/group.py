"""The container group of an endpoint: its ARM body, its address, and what it says of a failure."""

from dataclasses import dataclass, field
from typing import Any

from msgspec import json

from decisions import names

API_VERSION = "2023-05-01"
PORT = 8080

_TEMPLATE = "ratchet.template"
_GIVEN_UP = frozenset({"Failed", "Unhealthy"})


@dataclass(frozen=True, kw_only=True)
class GroupSettings:
    """What all container groups have in common.

    `identity` and `subnet` are ARM ids; without a subnet the address is public. `environment` is
    shown to whoever may read the group, `secrets` to nobody. `keys` open the endpoints, the newest
    first; without any they are open to whoever reaches them.
    """

    location: str
    image: str
    environment: dict[str, str]
    secrets: dict[str, str] = field(default_factory=dict, repr=False)
    keys: tuple[str, ...] = field(default=(), repr=False)
    identity: str | None = None
    subnet: str | None = None
    cpu: float = 1.0
    memory_gb: float = 1.5


def body(endpoint: str, settings: GroupSettings) -> dict[str, Any]:
    """The body of the group's PUT; a tag with its digest tells later whether anything differs.

    The digest is needed since secrets cannot be read back and ARM completes what it is given.
    """
    group = {
        "location": settings.location,
        **_identity(settings),
        "properties": {
            "osType": "Linux",
            "restartPolicy": "Always",
            "containers": [_container(endpoint, settings)],
            **_network(settings),
            **_registry(settings),
        },
    }
    template = names.digest(json.encode(group, order="deterministic").decode())
    return {**group, "tags": {"ratchet.endpoint": endpoint, _TEMPLATE: template}}


def same(found: dict[str, Any], wanted: dict[str, Any]) -> bool:
    """Whether a group is as it was put, so that no update (and no restart) is needed."""
    template = found.get("tags", {}).get(_TEMPLATE)
    return template == wanted["tags"][_TEMPLATE] and problem(found) is None


def address(found: dict[str, Any]) -> str | None:
    """Where a group serves, as `ip:port`; None while it has no address."""
    given = found["properties"].get("ipAddress") or {}
    if not given.get("ip"):
        return None
    return f"{given['ip']}:{given['ports'][0]['port']}"


def problem(found: dict[str, Any]) -> str | None:
    """Why a group will not serve, in its own words; None while it may."""
    properties = found["properties"]
    view = properties.get("instanceView") or {}
    if not _GIVEN_UP & {properties.get("provisioningState"), view.get("state")}:
        return None
    events = [*view.get("events", []), *_container_events(properties)]
    if not events:
        return "the container group failed and does not say why"
    return f"the container group failed: {max(events, key=_weight).get('message', '')}"


def _weight(event: dict[str, Any]) -> tuple[bool, str]:
    """A warning counts more than news, and what was said last more than what was said before."""
    return event.get("type") != "Normal", event.get("lastTimestamp", "")


def _container(endpoint: str, settings: GroupSettings) -> dict[str, Any]:
    plain = {**settings.environment, "RATCHET_ENDPOINT": endpoint}
    keys = {"RATCHET_ENDPOINT_KEYS": ",".join(settings.keys)} if settings.keys else {}
    secrets = {**settings.secrets, **keys}
    return {
        "name": "scoring",
        "properties": {
            "image": settings.image,
            "ports": [{"port": PORT, "protocol": "TCP"}],
            "environmentVariables": [
                *({"name": name, "value": value} for name, value in plain.items()),
                *({"name": name, "secureValue": value} for name, value in secrets.items()),
            ],
            "resources": {"requests": {"cpu": settings.cpu, "memoryInGB": settings.memory_gb}},
        },
    }


def _identity(settings: GroupSettings) -> dict[str, Any]:
    if settings.identity is None:
        return {}
    return {"identity": {"type": "UserAssigned", "userAssignedIdentities": {settings.identity: {}}}}


def _network(settings: GroupSettings) -> dict[str, Any]:
    kind = "Private" if settings.subnet else "Public"
    subnets = {"subnetIds": [{"id": settings.subnet}]} if settings.subnet else {}
    return {
        "ipAddress": {"type": kind, "ports": [{"port": PORT, "protocol": "TCP"}]},
        **subnets,
    }


def _registry(settings: GroupSettings) -> dict[str, Any]:
    """An image in Azure's own registry is pulled under the group's identity, without a password."""
    server = settings.image.partition("/")[0]
    if settings.identity is None or not server.endswith(".azurecr.io"):
        return {}
    return {"imageRegistryCredentials": [{"server": server, "identity": settings.identity}]}


def _container_events(properties: dict[str, Any]) -> list[dict[str, Any]]:
    views = (one["properties"].get("instanceView") or {} for one in properties["containers"])
    return [event for view in views for event in view.get("events", [])]
