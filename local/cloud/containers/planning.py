"""From a group's body to what its containers run."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from local.cloud.containers.addresses import Address
from local.cloud.containers.bodies import Body, ports
from local.cloud.containers.container import Plan
from local.cloud.errors import Refused
from local.cloud.settings import Image

# A container sees nothing of this program's own environment.
_PATH = "/usr/local/bin:/usr/bin:/bin"
_NAME = re.compile(r"[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?")
_PORTS = range(1, 65536)
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


@dataclass(frozen=True, kw_only=True)
class Planner:
    """Knows the images, and the environment that an identity (by its ARM id) gives a program."""

    images: Mapping[str, Image]
    identity: Callable[[str], Mapping[str, str]]

    def check(self, group: str, body: Body) -> None:
        """Refuse a group that cannot be run. Raises Refused."""
        containers = body["properties"]["containers"]
        _check_names([group, *(container["name"] for container in containers)])
        _check_ports(ports(body))
        for container in containers:
            _check_variables(container["properties"])
            image = container["properties"]["image"]
            if image not in self.images:
                raise Refused(
                    400,
                    "InaccessibleImage",
                    f"The image '{image}' in container group '{group}' is not accessible: the "
                    "settings of the miniature Azure name no command for it under `images`.",
                )

    def plans(self, body: Mapping[str, Any], address: Address, folder: Path) -> Iterable[Plan]:
        """What each container of a group runs, at the group's address, in a folder of its own."""
        given: dict[str, str] = {}
        for resource in (body.get("identity") or {}).get("userAssignedIdentities") or {}:
            given |= self.identity(resource)
        policy = body["properties"]["restartPolicy"]
        for container in body["properties"]["containers"]:
            place = folder / container["name"]
            place.mkdir(parents=True, exist_ok=True)
            yield self._plan(container, given, address, place, policy)

    def _plan(
        self,
        container: Mapping[str, Any],
        identity: Mapping[str, str],
        address: Address,
        folder: Path,
        policy: str,
    ) -> Plan:
        properties = container["properties"]
        image = self.images[properties["image"]]
        known = _Place(address, [port["port"] for port in properties.get("ports", [])])
        command = properties.get("command") or [known.told(word) for word in image.command]
        fixed = {name: known.told(value) for name, value in image.environment.items()}
        return Plan(
            name=container["name"],
            image=properties["image"],
            command=tuple(command),
            environment={
                "PATH": _PATH,
                "HOME": str(folder),
                **fixed,
                **identity,
                **_variables(properties),
            },
            folder=folder,
            policy=policy,
        )


class _Place:
    """Where a container shall listen, for the words of its image that ask."""

    def __init__(self, address: Address, ports: list[int]) -> None:
        port = ports[0] if ports else 0
        self._words = {"{ip}": address.ip, "{port}": str(address.ports.get(port, port))}

    def told(self, text: str) -> str:
        for word, meaning in self._words.items():
            text = text.replace(word, meaning)
        return text


def _check_names(names: list[str]) -> None:
    """Refuse names that Azure does; those of containers name folders here."""
    group, *containers = names
    wrong = [name for name in names if not _NAME.fullmatch(name)]
    if wrong or len(set(containers)) < len(containers) or not containers:
        raise Refused(
            400,
            "InvalidContainerGroupName" if group in wrong else "InvalidContainerName",
            f"The container group {group!r} needs containers with distinct names, and all names "
            "must have at most 63 characters out of a-z, 0-9 and '-', which stands inside only.",
        )


def _check_ports(numbers: list[int]) -> None:
    if any(number not in _PORTS for number in numbers):
        raise Refused(400, "InvalidPort", "A port must lie between 1 and 65535.")


def _check_variables(properties: Mapping[str, Any]) -> None:
    for name, value in _variables(properties).items():
        if not _VARIABLE.fullmatch(name) or "\0" in value:
            raise Refused(
                400,
                "InvalidEnvironmentVariable",
                f"The environment variable {name!r} needs a name out of letters, digits and '_', "
                "and a value without NUL.",
            )


def _variables(properties: Mapping[str, Any]) -> dict[str, str]:
    return {
        one["name"]: one.get("secureValue") or one.get("value") or ""
        for one in properties.get("environmentVariables") or []
    }
