"""The app's settings: the one place that reads the environment."""

import json
import os
from collections.abc import Iterator, Mapping
from pathlib import Path

from decisions.errors import Misconfigured

REQUIRED = {
    "RATCHET_WORKSPACE": "the ARM id of the Azure Machine Learning workspace",
    "RATCHET_SCORING_IMAGE": "the container image of the scoring server",
    "RATCHET_ENDPOINT_SUBNET": "the ARM id of the subnet in which endpoints get their addresses",
    "MLFLOW_TRACKING_URI": "where the workspace's MLflow listens",
}
CONNECTIONS = {
    "RATCHET_STORAGE": ("blobServiceUri", "tableServiceUri"),
    "RATCHET_SERVICEBUS": ("fullyQualifiedNamespace",),
}
OPTIONAL = {
    "RATCHET_CONFIG": "the path of ratchet.yaml; beside function_app.py unless given",
    "RATCHET_RESOURCE_MANAGER": "the address of Azure Resource Manager; by the cloud unless given",
    "RATCHET_EVENT_TOPIC": "the Event Grid topic for Ratchet's own events; none unless given",
    "RATCHET_ENDPOINT_IDENTITY": "the ARM id of the endpoints' managed identity",
    "RATCHET_ENDPOINT_KEYS": "keys that open the endpoints, separated by commas, the newest first; "
    "whoever reaches their subnet may ask unless given",
    "RATCHET_LOCATION": "the region of the endpoints; westeurope unless given",
}


class Settings(Mapping[str, str]):
    """The environment as it was when it was first needed."""

    def __init__(self, values: Mapping[str, str]) -> None:
        self._values = values

    @classmethod
    def of_process(cls) -> "Settings":
        """The settings of this process."""
        return cls(dict(os.environ))  # noqa: TID251 - This is the one place.

    @classmethod
    def of_file(cls, path: Path) -> "Settings":
        """The settings of a local.settings.json, over those of this process.

        They become the environment of this process, as the Functions host does it: libraries read
        theirs (`IDENTITY_ENDPOINT`, `REQUESTS_CA_BUNDLE`) from there. Raises Misconfigured.
        """
        try:
            values = json.loads(path.read_text(encoding="utf-8"))["Values"]
            os.environ.update(values)  # noqa: TID251 - As above.
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise Misconfigured(f"{path} is no readable local.settings.json: {error}") from error
        return cls.of_process()

    def __getitem__(self, name: str) -> str:
        """A setting that has to be there. Raises Misconfigured by name."""
        value = self._values.get(name)
        if not value:
            purpose = REQUIRED.get(name) or OPTIONAL.get(name) or "named in ratchet.yaml"
            raise Misconfigured(f"the setting {name} is missing: {purpose}")
        return value

    def __contains__(self, name: object) -> bool:
        """Whether a setting is there and not empty."""
        return isinstance(name, str) and bool(self._values.get(name))

    def __iter__(self) -> Iterator[str]:
        """The names."""
        return iter(self._values)

    def __len__(self) -> int:
        """How many there are."""
        return len(self._values)

    @property
    def config(self) -> Path:
        """Where ratchet.yaml is."""
        beside = Path(__file__).resolve().parent.parent / "ratchet.yaml"
        return Path(self["RATCHET_CONFIG"]) if "RATCHET_CONFIG" in self else beside

    def optional(self, name: str) -> str | None:
        """A setting that need not be there."""
        return self._values.get(name) or None

    def place(self, connection: str, part: str) -> str:
        """A connection string, or the address that is used with managed identity instead."""
        return self[connection] if connection in self else self[f"{connection}__{part}"]

    def missing(self) -> list[str]:
        """The names of all settings that have to be there and are not."""
        plain = [name for name in REQUIRED if name not in self]
        connections = [
            f"{name} (or {' and '.join(f'{name}__{part}' for part in parts)})"
            for name, parts in CONNECTIONS.items()
            if name not in self and not all(f"{name}__{part}" in self for part in parts)
        ]
        return plain + connections
