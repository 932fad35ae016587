"""Codes, environments and components: named, versioned, and never changed once they are there."""

import re
from typing import Any

from local.cloud.arm import Answer, Request
from local.cloud.errors import Refused
from local.cloud.store import Store
from local.cloud.workspace.answers import not_allowed, page
from local.cloud.workspace.errors import not_found, wrong
from local.cloud.workspace.plan import Spec
from local.cloud.workspace.record import now

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,254}")
_MUTABLE = frozenset({"description", "tags", "properties", "isArchived"})


class Assets:
    """One collection, such as `components`, of one workspace."""

    def __init__(self, workspace: str, kind: str, store: Store) -> None:
        self._workspace = workspace
        self._kind = kind
        self._store = store

    def answer(self, request: Request) -> Answer:
        """Answer for names, versions, or one of either. Raises Refused."""
        match request.method, request.action, request.id.names[1:]:
            case "GET", None, ():
                names = self._store.names(self._kind)
                return page((self._container(name) for name in names), request)
            case "GET", None, (name,) if request.id.is_collection:
                digest = request.query.get("hash")
                return page(self._with(digest) if digest else self._versions(name), request)
            case "GET", None, (name,):
                return Answer(status=200, body=self._container(name))
            case "GET", None, (name, version):
                return Answer(status=200, body=self.get(name, version))
            case "PUT", None, (name, version):
                return self._put(name, version, request.body)
        raise not_allowed(request)

    def get(self, name: str, version: str) -> dict[str, Any]:
        """One version."""
        document = self._store.get(self._kind, name, version)
        if document is None:
            raise not_found(self._kind.rstrip("s"), f"{name}:{version}")
        return self._view(name, version, document)

    def _put(self, name: str, version: str, body: Spec) -> Answer:
        """Create a version; the same one again is that one, another one under its name refused."""
        if not (_NAME.fullmatch(name) and _NAME.fullmatch(version)):
            raise wrong(f"{name}:{version} cannot be the name of one of the {self._kind}.")
        properties = body.get("properties")
        if not isinstance(properties, dict):
            raise wrong(f"{name}:{version} has no properties.")
        known = self._store.get(self._kind, name, version)
        if known is not None:
            _same(f"{name}:{version}", known["properties"], properties)
        document = {"properties": properties, "created": (known or {}).get("created", now())}
        self._store.put(self._kind, name, document, version)
        return Answer(status=200 if known else 201, body=self._view(name, version, document))

    def _versions(self, name: str) -> list[dict[str, Any]]:
        """Every version of a name, the newest first."""
        versions = reversed(self._store.versions(self._kind, name))
        return [self.get(name, version) for version in versions]

    def _with(self, digest: str) -> list[dict[str, Any]]:
        """Every version, of whatever name, whose files have this digest.

        Clients give anonymous code a new name each time and ask by digest whether it is there.
        """
        every = (view for name in self._store.names(self._kind) for view in self._versions(name))
        return [
            view
            for view in every
            if (view["properties"].get("properties") or {}).get("hash_sha256") == digest
        ]

    def _container(self, name: str) -> dict[str, Any]:
        versions = self._store.versions(self._kind, name)
        if not versions:
            raise not_found(self._kind.rstrip("s"), name)
        return {
            "id": f"{self._workspace}/{self._kind}/{name}",
            "name": name,
            "type": f"Microsoft.MachineLearningServices/workspaces/{self._kind}",
            "properties": {"latestVersion": versions[-1], "isArchived": False},
        }

    def _view(self, name: str, version: str, document: Spec) -> dict[str, Any]:
        return {
            "id": f"{self._workspace}/{self._kind}/{name}/versions/{version}",
            "name": version,
            "type": f"Microsoft.MachineLearningServices/workspaces/{self._kind}/versions",
            "properties": {"isArchived": False, "isAnonymous": False, **document["properties"]},
            "systemData": {"createdAt": document["created"], "createdByType": "User"},
        }


def _same(asset: str, known: Spec, given: Spec) -> None:
    fixed = [{key: one[key] for key in one if key not in _MUTABLE} for one in (known, given)]
    if fixed[0] != fixed[1]:
        raise Refused(
            409,
            "UserError",
            f"{asset} exists with other content; give what is new another version.",
        )
