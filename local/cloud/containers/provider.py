"""What ARM answers for Microsoft.ContainerInstance.

Source of paths, statuses and shapes: Azure/azure-rest-api-specs, containerInstance.json 2023-05-01
(MIT).
"""

from typing import Any

from local.cloud.arm import Answer, Request, ResourceType
from local.cloud.containers.bodies import Body, links, told
from local.cloud.containers.groups import Groups
from local.cloud.containers.records import Record
from local.cloud.errors import not_found
from local.cloud.ids import ResourceId

_TYPE = "Microsoft.ContainerInstance/containerGroups"
# ACI gives the last 4 MB of a log at most.
_LONGEST_LOG = 4 * 1024 * 1024


class ContainerInstance:
    """The provider of container groups."""

    namespace = "Microsoft.ContainerInstance"
    api_versions = frozenset(
        {"2021-10-01", "2022-09-01", "2023-05-01", "2024-05-01-preview", "2025-09-01", "2026-07-01"}
    )
    spec = "containerinstance.2023-05-01"
    types = (
        ResourceType(
            path="containerGroups",
            put="ContainerGroup",
            patch="Resource",
            actions={"start": None, "stop": None, "restart": None},
            links=links,
        ),
        ResourceType(path="containerGroups/containers/logs"),
    )

    def __init__(self, groups: Groups) -> None:
        self._groups = groups

    def answer(self, request: Request) -> Answer:
        """Answer for one group, its logs, or all groups of a scope. Raises Refused."""
        if request.id.is_collection and len(request.id.types) == 1:
            return self._list(request.id)
        if request.method == "PUT":
            return self._put(request)
        if request.method == "DELETE":
            return self._delete(request)
        record = self._found(request.id)
        match request.method, request.action:
            case "GET", None if len(request.id.types) > 1:
                return self._logs(record, request)
            case "GET", None:
                return Answer(status=200, body=self._view(record))
            case "PATCH", None:
                tags = request.body.get("tags") or {}
                return Answer(status=200, body=self._view(self._groups.describe(record.key, tags)))
            case _, action:
                return self._act(record, str(action).lower(), request.slow)

    def _list(self, scope: ResourceId) -> Answer:
        below = f"{scope.scope}/".lower()
        found = [one for one in self._groups.records.all() if one.key.startswith(below)]
        return Answer(status=200, body={"value": [self._view(one, brief=True) for one in found]})

    def _put(self, request: Request) -> Answer:
        record, new = self._groups.put(request.id, request.body, request.slow, request.failure)
        return Answer(
            status=201 if new else 200, body=self._view(record), operation=record.operation
        )

    def _delete(self, request: Request) -> Answer:
        if self._groups.records.find(request.id.key) is None:
            return Answer(status=204)
        record = self._groups.delete(request.id.key, request.slow)
        return Answer(status=202, operation=record.operation)

    def _act(self, record: Record, action: str, slow: float) -> Answer:
        if action == "start":
            return Answer(status=202, operation=self._groups.start(record.key, slow).operation)
        if action == "stop":
            self._groups.stop(record.key)
        else:
            self._groups.restart(record.key)
        return Answer(status=204)

    def _logs(self, record: Record, request: Request) -> Answer:
        container = request.id.names[1]
        names = [one["name"] for one in record.body["properties"]["containers"]]
        if container not in names:
            raise not_found(f"{_TYPE}/containers", container, str(request.id.group))
        path = self._groups.folder(record.key) / container / f"{container}.log"
        content = path.read_bytes()[-_LONGEST_LOG:] if path.exists() else b""
        lines = content.decode(errors="replace").splitlines(keepends=True)
        tail = request.query.get("tail", "")
        kept = lines[-int(tail) :] if tail.isdecimal() and int(tail) else lines
        return Answer(status=200, body={"content": "".join(kept)})

    def _found(self, resource: ResourceId) -> Record:
        """The group of a path, which may go on to what is below the group."""
        own = ResourceId(
            subscription=resource.subscription,
            group=resource.group,
            namespace=resource.namespace,
            types=resource.types[:1],
            names=resource.names[:1],
        )
        record = self._groups.records.find(own.key)
        if record is None:
            raise not_found(_TYPE, own.name, str(own.group))
        return record

    def _view(self, record: Record, brief: bool = False) -> Body:
        """A group; a list of groups tells nothing of how they run, as in Azure."""
        body = told(record.body, record.address)
        body["properties"]["provisioningState"] = record.state
        if not brief:
            self._add_instance_views(record, body["properties"])
        own = {"id": record.id, "name": record.name, "type": _TYPE}
        return {**own, **body}

    def _add_instance_views(self, record: Record, properties: Body) -> None:
        group = self._groups.running(record.key)
        views = group.views() if group else {}
        for container in properties["containers"]:
            if container["name"] in views:
                container["properties"]["instanceView"] = views[container["name"]]
        properties["instanceView"] = {"events": _events(record), "state": _state(record, group)}


def _state(record: Record, group: Any) -> str:
    if record.stopped:
        return "Stopped"
    if record.state == "Failed":
        return "Failed"
    return str(group.state()) if group else "Pending"


def _events(record: Record) -> list[Body]:
    if record.problem is None:
        return []
    return [{"count": 1, "name": "Failed", "message": record.problem, "type": "Warning"}]
