"""Why a job failed: Azure ML tells it in the run history, not in the job.

The run history is a data plane of the workspace that takes ARM's token; the workspace says where
it is. azure-ai-ml 1.35.2 goes the same way.
"""

from functools import cached_property
from typing import Any
from urllib.parse import urlsplit

from adapters.arm import Arm
from decisions.errors import Missing, RatchetError

API_VERSION = "2024-04-01"

_LONGEST = 4000


class History:
    """The run history of a workspace, given by its ARM id."""

    def __init__(self, arm: Arm, workspace: str) -> None:
        self._arm = arm
        self._workspace = workspace

    def reason(self, job: str) -> str | None:
        """What the workspace says of a failed job; no error, since the failure counts more."""
        try:
            details = self._service.find(f"/history/v1.0{self._workspace}/runs/{job}/details")
        except RatchetError as error:
            return f"the workspace did not say why: {error}"
        return _message(details or {})

    @cached_property
    def _service(self) -> Arm:
        workspace = self._arm.find(self._workspace, API_VERSION) or {}
        discovery = workspace.get("properties", {}).get("discoveryUrl")
        if discovery is None:
            raise Missing(f"{self._workspace} does not say where its run history is")
        origin, path = _split(discovery)
        services = self._arm.at(origin).find(path) or {}
        return self._arm.at(services.get("api", origin))


def _message(details: dict[str, Any]) -> str | None:
    error = (details.get("error") or {}).get("error") or {}
    message = error.get("message")
    return str(message)[-_LONGEST:] if message else None


def _split(url: str) -> tuple[str, str]:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}", parts.path
