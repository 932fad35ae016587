"""Azure Resource Manager: everything that happens to a request before a provider answers it."""

import json
from collections.abc import Iterable
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request as HttpRequest
from starlette.responses import Response

from local.cloud import arm
from local.cloud.arm import Answer, Provider, ResourceType
from local.cloud.errors import Refused
from local.cloud.faults import Call, Faults
from local.cloud.guard import Guard
from local.cloud.ids import ResourceId, parse
from local.cloud.operations import Operations
from local.cloud.replies import reply
from local.cloud.schemas import load
from local.cloud.stale import Memory

_VERBS = {"GET": "read", "PUT": "write", "PATCH": "write", "DELETE": "delete"}
_OPERATIONS = ("locations", "operations")
_LARGEST = 4 * 1024 * 1024
_POLL_SECONDS = "1"


class ResourceManager:
    """Answers for the resources of all providers; `address` is the base of the URLs it gives."""

    def __init__(
        self,
        providers: Iterable[Provider],
        operations: Operations,
        guard: Guard,
        faults: Faults,
        address: str,
    ) -> None:
        self._providers = {provider.namespace.lower(): provider for provider in providers}
        self._operations = operations
        self._guard = guard
        self._faults = faults
        self._memory = Memory(faults)
        self._address = address

    async def answer(self, http: HttpRequest) -> Response:
        """Answer any request below `/subscriptions`. Raises Refused."""
        call = self._guard.admit("arm", http)
        version = _api_version(http)
        resource, action = parse(call.path, action=call.method == "POST")
        provider = self._provider(resource, version)
        if resource.types == _OPERATIONS:
            return reply(200, self._operation(call, resource))
        self._guard.authorize(call, _action(call.method, resource, action), str(resource))
        kind = _kind(provider, resource, version)
        body = await _body(http)
        self._check(call, provider, kind, action, body)
        request = self._request(call, http, resource, action, body)
        answer = await run_in_threadpool(self._memory.answer, call, provider, request)
        return reply(answer.status, answer.body, self._headers(answer, resource, version))

    def _provider(self, resource: ResourceId, version: str) -> Provider:
        found = self._providers.get(resource.namespace.lower())
        if found is None:
            raise Refused(
                404,
                "InvalidResourceNamespace",
                f"The resource namespace '{resource.namespace}' is invalid.",
            )
        if version not in found.api_versions:
            known = ", ".join(sorted(found.api_versions))
            raise Refused(
                400,
                "NoRegisteredProviderFound",
                f"No registered resource provider found for API version '{version}' for type "
                f"'{'/'.join(resource.types)}'. The supported api-versions are '{known}'.",
            )
        return found

    def _check(
        self, call: Call, provider: Provider, kind: ResourceType, action: str | None, body: arm.Body
    ) -> None:
        """Refuse a body that the published definition does not allow."""
        definition = _definition(call.method, kind, action)
        problems = load(provider.spec).problems(definition, body) if definition else []
        if problems:
            raise Refused(
                400, "InvalidRequestContent", f"The request is invalid: {'; '.join(problems)}."
            )
        for needed, scope in kind.links(body):
            self._guard.authorize_use(call, needed, scope)

    def _request(
        self,
        call: Call,
        http: HttpRequest,
        resource: ResourceId,
        action: str | None,
        body: arm.Body,
    ) -> arm.Request:
        writes = call.method != "GET"
        slow = self._faults.strike("slow", call) if writes else None
        fail = self._faults.strike("fail", call) if writes else None
        return arm.Request(
            method=call.method,
            id=resource,
            action=action,
            query=dict(http.query_params),
            body=body,
            principal=call.principal,
            slow=slow.delay if slow else 0.0,
            failure=fail.reason if fail else None,
        )

    def _operation(self, call: Call, resource: ResourceId) -> dict[str, Any]:
        """A long-running operation, for whoever may read what it is about."""
        found = None if resource.is_collection else self._operations.find(resource.name)
        if found is None:
            raise Refused(404, "OperationNotFound", f"There is no operation {resource}.")
        about, _ = parse(found.pop("resourceId"))
        self._guard.authorize(call, f"{about.type}/read", str(about))
        return {"id": str(resource), **found}

    def _headers(self, answer: Answer, resource: ResourceId, version: str) -> dict[str, str]:
        if answer.operation is None:
            return {}
        place = f"{self._address}/subscriptions/{resource.subscription}/providers"
        path = f"{place}/{resource.namespace}/locations/local/operations/{answer.operation}"
        return {
            "Azure-AsyncOperation": f"{path}?api-version={version}",
            "Retry-After": _POLL_SECONDS,
        }


def _api_version(http: HttpRequest) -> str:
    version = http.query_params.get("api-version")
    if not version:
        raise Refused(
            400,
            "MissingApiVersionParameter",
            "The api-version query parameter (?api-version=) is required for all requests.",
        )
    return version


def _action(method: str, resource: ResourceId, action: str | None) -> str:
    """The action of Azure's roles that a request takes."""
    if action is not None:
        return f"{resource.type}/{action}/action"
    if method not in _VERBS:
        raise Refused(405, "MethodNotAllowed", f"{method} is nothing that {resource.type} takes.")
    if method != "GET" and (resource.is_collection or resource.group is None):
        raise Refused(
            405, "MethodNotAllowed", f"{method} takes a resource of a resource group, by its name."
        )
    return f"{resource.type}/{_VERBS[method]}"


def _kind(provider: Provider, resource: ResourceId, version: str) -> ResourceType:
    path = "/".join(resource.types).lower()
    for kind in provider.types:
        if kind.path.lower() == path:
            return kind
    raise Refused(
        404,
        "InvalidResourceType",
        f"The resource type '{'/'.join(resource.types)}' could not be found in the namespace "
        f"'{provider.namespace}' for api version '{version}'.",
    )


def _definition(method: str, kind: ResourceType, action: str | None) -> str | None:
    """The definition of a body; None where there is none to be. Raises Refused (404, 405)."""
    if action is not None:
        known = {name.lower(): definition for name, definition in kind.actions.items()}
        if action.lower() not in known:
            raise Refused(404, "InvalidAction", f"{kind.path} has no action '{action}'.")
        return known[action.lower()]
    if method in {"GET", "DELETE"}:
        return None
    definition = kind.put if method == "PUT" else kind.patch
    if definition is None:
        raise Refused(405, "MethodNotAllowed", f"{method} is nothing that {kind.path} takes.")
    return definition


async def _body(http: HttpRequest) -> arm.Body:
    content = bytearray()
    async for part in http.stream():
        content += part
        if len(content) > _LARGEST:
            raise Refused(413, "RequestContentTooLarge", "The request is larger than 4 MB.")
    try:
        body = json.loads(content) if content else {}
    except (ValueError, RecursionError) as error:
        raise Refused(400, "InvalidRequestContent", "The request content is not JSON.") from error
    if not isinstance(body, dict):
        raise Refused(400, "InvalidRequestContent", "The request content is not a JSON object.")
    return body
