"""The body of a container group: what is told of it, and what an update may not change."""

import copy
from collections.abc import Iterator
from typing import Any

from local.cloud.containers.addresses import Address
from local.cloud.errors import Refused

Body = dict[str, Any]

# Azure takes these and never gives them back.
_SECRETS = frozenset(
    {"secureValue", "password", "storageAccountKey", "workspaceKey", "protectedSettings"}
)
_FIXED = ("osType", "restartPolicy", "subnetIds", "sku", "priority")
_DEFAULTS = {"restartPolicy": "Always", "sku": "Standard"}
_DEFAULT_PROTOCOL = "TCP"


def completed(body: Body) -> Body:
    """A body with what Azure adds where nothing was said."""
    made = copy.deepcopy(body)
    made["properties"] = {**_DEFAULTS, **made["properties"]}
    made["properties"].setdefault("initContainers", [])
    return made


def told(body: Body, address: Address | None) -> Body:
    """A group as a reader may see it, at the address that it was given."""
    seen: Body = _without_secrets(body)
    properties = seen["properties"]
    for volume in properties.get("volumes", []):
        if "secret" in volume:
            volume["secret"] = {}
    if address and (wanted := properties.get("ipAddress")):
        wanted["ip"] = address.ip
        for port in wanted["ports"]:
            port["port"] = address.ports[port["port"]]
            port.setdefault("protocol", _DEFAULT_PROTOCOL)
    return seen


def ports(body: Body) -> list[int]:
    """The ports that a group shows."""
    address = body["properties"].get("ipAddress") or {"ports": []}
    return [port["port"] for port in address["ports"]]


def check_update(name: str, known: Body, wanted: Body) -> None:
    """Refuse an update of what only a new group can have. Raises Refused."""
    if _fixed(known) != _fixed(wanted):
        raise Refused(
            400,
            "InvalidContainerGroupUpdate",
            f"The updates on container group '{name}' are invalid: os type, restart policy, "
            "network, sku, CPU, memory and GPU cannot be changed. Delete the group first and then "
            "create a new one.",
        )


def links(body: Body) -> Iterator[tuple[str, str]]:
    """The identities and subnets that a group makes use of, with the action that this takes."""
    identity = body.get("identity") or {}
    for resource in identity.get("userAssignedIdentities") or {}:
        yield "Microsoft.ManagedIdentity/userAssignedIdentities/assign/action", resource
    for subnet in body.get("properties", {}).get("subnetIds") or []:
        yield "Microsoft.Network/virtualNetworks/subnets/join/action", subnet["id"]


def _fixed(body: Body) -> Any:
    properties = body["properties"]
    sizes = {
        one["name"]: one["properties"]["resources"]["requests"] for one in properties["containers"]
    }
    address = properties.get("ipAddress") or {}
    return [properties.get(key) for key in _FIXED], address.get("type"), sizes


def _without_secrets(value: Any) -> Any:
    if isinstance(value, dict):
        return {k: _without_secrets(v) for k, v in value.items() if k not in _SECRETS}
    return [_without_secrets(one) for one in value] if isinstance(value, list) else value
