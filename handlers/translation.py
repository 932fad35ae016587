"""What the outside says, in Ratchet's words; parsed once, here, with every spelling that occurs.

Sources: Event Grid schemas of Azure Blob Storage and Azure Machine Learning. Samples spell the
same field `runTags` and `RunTags`, give versions as numbers and as text, and quote ETags or not.
"""

from collections.abc import Callable, Mapping
from typing import Any

from msgspec import Struct

from decisions import names
from decisions.errors import Rejected
from decisions.events import (
    AnyEvent,
    ModelDeployed,
    ModelRegistered,
    RunCompleted,
    RunFailed,
    TrainingDue,
)
from decisions.ports import BlobVersion, Scope
from handlers import azure_monitor, monitors
from handlers.envelope import Envelope

_COMMITTING = {"PutBlob", "PutBlockList", "CopyBlob", "FlushWithClose"}
_FAILED = {"failed": "Failed", "canceled": "Canceled", "notresponding": "NotResponding"}


class BlobCreated(Struct, frozen=True, kw_only=True):
    """A blob was committed, with content, in the configured account."""

    blob: BlobVersion


Happening = BlobCreated | AnyEvent


def translate(envelope: Envelope, scope: Scope) -> list[Happening] | None:
    """What happened, if it concerns anybody; None when the type is not one that we know.

    Raises Rejected when the event is malformed, or of a workspace or account not configured.
    """
    translator = TRANSLATORS.get(envelope.type)
    return translator(envelope, scope) if translator else None


def _blob_created(envelope: Envelope, scope: Scope) -> list[Happening]:
    account = envelope.source.rsplit("/", maxsplit=1)[-1]
    if account.lower() != scope.account.lower():
        raise Rejected(f"storage account {account} is not configured", "foreign")
    data = envelope.data
    size = _number(data, "contentLength")
    api = _text(data, "api")
    if api not in _COMMITTING or not (size or api == "FlushWithClose"):
        return []
    container, path = _place(envelope.subject)
    etag = _text(data, "eTag").strip('"')
    return [BlobCreated(blob=BlobVersion(container=container, path=path, etag=etag, size=size))]


def _run_completed(envelope: Envelope, scope: Scope) -> list[Happening]:
    run, model = _run(_of_workspace(envelope, scope))
    return [RunCompleted(model=model, run=run)] if model else []


def _run_status_changed(envelope: Envelope, scope: Scope) -> list[Happening]:
    data = _of_workspace(envelope, scope)
    run, model = _run(data)
    drift = azure_monitor.breach(data)
    if drift:
        return [drift]
    status = _text(data, "runstatus").lower()
    if model and status == "completed":
        return [RunCompleted(model=model, run=run)]
    if model and status in _FAILED:
        return [RunFailed(model=model, run=run, status=_FAILED[status])]
    return []


def _run(data: Mapping[str, Any]) -> tuple[str, str | None]:
    """A run and its model: only the root run of a job that Ratchet submitted has a name of ours."""
    run = _text(data, "runid")
    return run, names.model_of_job(run)


def _model_registered(envelope: Envelope, scope: Scope) -> list[Happening]:
    data = _of_workspace(envelope, scope)
    return [ModelRegistered(model=_text(data, "modelname"), version=_version(data, "modelversion"))]


def _model_deployed(envelope: Envelope, scope: Scope) -> list[Happening]:
    data = _of_workspace(envelope, scope)
    service = _text(data, "servicename")
    pairs = [one.strip().rpartition(":") for one in _text(data, "modelids").split(",")]
    return [
        ModelDeployed(model=model, endpoint=service, version=version)
        for model, _, version in pairs
        if model
    ]


def _legacy_drift(envelope: Envelope, scope: Scope) -> list[Happening]:
    return [monitors.legacy(_of_workspace(envelope, scope))]


def _told_drift(envelope: Envelope, scope: Scope) -> list[Happening]:  # noqa: ARG001 - Any source.
    return [monitors.told(envelope.data)]


def _asked_training(envelope: Envelope, scope: Scope) -> list[Happening]:  # noqa: ARG001 - As above.
    model = _text(envelope.data, "model")
    return [TrainingDue(model=model, reason="person", key=f"{envelope.source}/{envelope.id}")]


TRANSLATORS: dict[str, Callable[[Envelope, Scope], list[Happening]]] = {
    "Microsoft.Storage.BlobCreated": _blob_created,
    "Microsoft.MachineLearningServices.RunCompleted": _run_completed,
    "Microsoft.MachineLearningServices.RunStatusChanged": _run_status_changed,
    "Microsoft.MachineLearningServices.ModelRegistered": _model_registered,
    "Microsoft.MachineLearningServices.ModelDeployed": _model_deployed,
    "Microsoft.MachineLearningServices.DatasetDriftDetected": _legacy_drift,
    "Ratchet.DriftDetected": _told_drift,
    "Ratchet.TrainingRequested": _asked_training,
}
"""Who reads which type of event."""


def _of_workspace(envelope: Envelope, scope: Scope) -> dict[str, Any]:
    """The payload under lower-case names, once its workspace is known to be ours."""
    if envelope.source.strip("/").lower() != scope.workspace.strip("/").lower():
        name = envelope.source.rsplit("/", maxsplit=1)[-1]
        raise Rejected(f"workspace {name} is not configured", "foreign")
    return {name.lower(): value for name, value in envelope.data.items()}


def _place(subject: str) -> tuple[str, str]:
    """Container and path of a blob's subject; the URL may be escaped, or of another endpoint."""
    head, found, rest = subject.partition("/containers/")
    container, also_found, path = rest.partition("/blobs/")
    if not (head and found and also_found and container and path):
        raise Rejected(f"subject {subject[:200]!r} names no blob", "malformed")
    return container, path


def _text(data: Mapping[str, Any], name: str) -> str:
    value = data.get(name)
    if not isinstance(value, str) or not value:
        raise Rejected(f"data.{name} has to be a text that is not empty", "malformed")
    return value


def _version(data: Mapping[str, Any], name: str) -> str:
    value = data.get(name)
    if isinstance(value, bool) or not isinstance(value, int | str) or value == "":
        raise Rejected(f"data.{name} has to be a version", "malformed")
    return str(value)


def _number(data: Mapping[str, Any], name: str) -> int:
    value = data.get(name)
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise Rejected(f"data.{name} has to be a whole number that is not negative", "malformed")
    return value
