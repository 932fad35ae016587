"""Codes, environments and components: named, versioned, and never changed once they are there."""

import json
import re
from collections.abc import Iterable
from typing import Any

from local.cloud.workspace.errors import Refused, not_found, wrong
from local.cloud.workspace.plan import Spec
from local.cloud.workspace.record import now
from local.cloud.workspace.store import Store

KINDS = ("codes", "environments", "components")

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,254}")
_MUTABLE = frozenset({"description", "tags", "properties", "isArchived"})


class Assets:
    """One collection, such as `components`, of one workspace."""

    def __init__(self, workspace: str, kind: str, store: Store) -> None:
        self._workspace = workspace
        self._kind = kind
        self._store = store

    def put(self, name: str, version: str, body: Spec) -> tuple[int, dict[str, Any]]:
        """Create a version; the same one again is that one, another one under its name refused."""
        if not (_NAME.fullmatch(name) and _NAME.fullmatch(version)):
            raise wrong(f"{name}:{version} cannot be the name of one of the {self._kind}.")
        properties = body.get("properties")
        if not isinstance(properties, dict):
            raise wrong(f"{name}:{version} has no properties.")
        known = self._store.get(self._kind, name, version)
        if known is not None:
            self._same(name, version, known["properties"], properties)
        document = {"properties": properties, "created": (known or {}).get("created", now())}
        self._store.put(self._kind, name, document, version)
        return (200 if known else 201), self._view(name, version, document)

    def get(self, name: str, version: str) -> dict[str, Any]:
        """One version."""
        document = self._store.get(self._kind, name, version)
        if document is None:
            raise not_found(self._kind.rstrip("s"), f"{name}:{version}")
        return self._view(name, version, document)

    def versions(self, name: str) -> list[dict[str, Any]]:
        """Every version of a name, the newest first."""
        versions = reversed(self._store.versions(self._kind, name))
        return [self.get(name, version) for version in versions]

    def with_digest(self, digest: str) -> list[dict[str, Any]]:
        """Every version, of whatever name, whose files have this digest.

        Clients give anonymous code a new name each time and ask by digest whether it is there.
        """
        every = (view for name in self._store.names(self._kind) for view in self.versions(name))
        return [
            view
            for view in every
            if view["properties"].get("properties", {}).get("hash_sha256") == digest
        ]

    def container(self, name: str) -> dict[str, Any]:
        """A name with all its versions."""
        versions = self._store.versions(self._kind, name)
        if not versions:
            raise not_found(self._kind.rstrip("s"), name)
        return {
            "id": f"{self._workspace}/{self._kind}/{name}",
            "name": name,
            "type": f"Microsoft.MachineLearningServices/workspaces/{self._kind}",
            "properties": {"latestVersion": versions[-1], "isArchived": False},
        }

    def containers(self) -> Iterable[dict[str, Any]]:
        """Every name."""
        return [self.container(name) for name in self._store.names(self._kind)]

    def _same(self, name: str, version: str, known: Spec, given: Spec) -> None:
        fixed = [{key: one[key] for key in one if key not in _MUTABLE} for one in (known, given)]
        if json.dumps(fixed[0], sort_keys=True) != json.dumps(fixed[1], sort_keys=True):
            raise Refused(
                409,
                "UserError",
                f"{name}:{version} exists with other content; give what is new another version.",
            )

    def _view(self, name: str, version: str, document: Spec) -> dict[str, Any]:
        return {
            "id": f"{self._workspace}/{self._kind}/{name}/versions/{version}",
            "name": version,
            "type": f"Microsoft.MachineLearningServices/workspaces/{self._kind}/versions",
            "properties": {"isArchived": False, "isAnonymous": False, **document["properties"]},
            "systemData": {"createdAt": document["created"], "createdByType": "User"},
        }
