"""Azure Resource Manager: one request, one answer, never a wait.

ARM's long-running operations are not followed: a PUT that is accepted (201, 202) is done as far
as this client is concerned, since no function may wait and looking again is the lane's business.
Retries are few and short for the same reason. When ARM asks for a longer wait than that, the
error carries the wait and whoever called schedules it.
"""

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from azure.core.credentials import TokenCredential
from azure.core.pipeline import PipelineResponse
from azure.core.pipeline.policies import RequestIdPolicy, RetryPolicy, UserAgentPolicy
from azure.core.rest import HttpRequest, HttpResponse
from azure.mgmt.core import ARMPipelineClient
from azure.mgmt.core.policies import ARMChallengeAuthenticationPolicy, ARMHttpLoggingPolicy

from adapters.errors import translated
from decisions.errors import Conflict, Missing, Transient

_LONGEST_WAIT = 2.0
_CONNECT, _READ = 5, 20


class _BriefRetryPolicy(RetryPolicy[Any, Any]):
    """Retries only what a wait of two seconds may heal; a longer wait belongs to the lane."""

    def is_retry(self, settings: dict[str, Any], response: PipelineResponse[Any, Any]) -> bool:
        """Whether to try again at once: never when a longer wait was asked for."""
        asked = self.get_retry_after(response) or 0.0
        return asked <= _LONGEST_WAIT and super().is_retry(settings, response)


class Arm:
    """Requests to one Resource Manager, each for one resource by its id.

    `base_url` and `scope` depend on the cloud (`https://management.azure.com` and
    `https://management.azure.com/.default` in the public one); `role` is the built-in role that
    allows what is asked, for the sentence that a refusal gets.
    """

    def __init__(self, base_url: str, credential: TokenCredential, scope: str, role: str) -> None:
        self._credential = credential
        self._scope = scope
        self._role = role
        self._client: ARMPipelineClient[HttpRequest, HttpResponse] = ARMPipelineClient(
            base_url=base_url,
            policies=[
                RequestIdPolicy(),
                UserAgentPolicy(base_user_agent="ratchet"),
                _BriefRetryPolicy(retry_total=2, retry_backoff_factor=0.5),
                ARMChallengeAuthenticationPolicy(credential, scope),
                ARMHttpLoggingPolicy(),
            ],
            connection_timeout=_CONNECT,
            read_timeout=_READ,
        )

    def at(self, base_url: str) -> "Arm":
        """The same caller at another address, for data planes that take ARM's token."""
        return Arm(base_url, self._credential, self._scope, self._role)

    def find(self, resource: str, version: str | None = None) -> dict[str, Any] | None:
        """A resource as it is now; None when there is none."""
        try:
            return self._send("GET", resource, version)
        except Missing:
            return None

    def list(self, collection: str, version: str, **options: str) -> list[dict[str, Any]]:
        """The first page of a collection, chosen and ordered by OData `options` (`top="1"`)."""
        chosen = {f"${name}": value for name, value in options.items()}
        try:
            page = self._send("GET", collection, version, chosen)
        except Missing:
            return []
        return list(page.get("value", []))

    def put(self, resource: str, version: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """Create or replace a resource; gives it as ARM accepted it, ready or not."""
        return self._send("PUT", resource, version, body=body)

    def post(self, action: str, version: str) -> None:
        """Ask a resource to do something."""
        self._send("POST", action, version)

    def delete(self, resource: str, version: str) -> None:
        """Ask for a resource to be deleted; one that is not there is deleted."""
        try:
            self._send("DELETE", resource, version)
        except Missing:
            return

    def _send(
        self,
        method: str,
        resource: str,
        version: str | None,
        options: Mapping[str, str] | None = None,
        body: Mapping[str, Any] | None = None,
    ) -> dict[str, Any]:
        request = HttpRequest(
            method,
            self._client.format_url(quote(resource)),
            params={**({"api-version": version} if version else {}), **(options or {})},
            json=body,
        )
        try:
            with translated(f"{method} {resource}", self._role):
                response = self._client.send_request(request)
                response.raise_for_status()
                answer: dict[str, Any] = response.json() if response.content else {}
                return answer
        except Conflict as busy:
            # Another operation on the resource is under way; it ends by itself.
            raise Transient(str(busy)) from busy
