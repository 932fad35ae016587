"""The heavy work: each piece is done by itself, and its result goes back to the model's lane."""

import hashlib

from decisions import patterns
from decisions.actions import (
    AdmitCandidate,
    AnyWork,
    DeliverWebhook,
    EvaluateCandidate,
    FreezeManifest,
    InspectArrivals,
    JudgeWindow,
    ProfilePart,
    ProfileReference,
    ScoreBatch,
    ScorePartition,
    SmokeTest,
)
from decisions.codec import encode
from decisions.errors import Rejected
from decisions.events import (
    CandidateAdmitted,
    CandidateEvaluated,
    CandidateRefused,
    Manifest,
    ManifestFrozen,
    SmokeTested,
)
from decisions.ports import Admitted, BlobVersion, Ports
from handlers import batches, inspection, outbox, windows


def work(item: AnyWork, ports: Ports) -> None:  # noqa: C901 - One arm a kind of work.
    """Do one piece of work and send its result. Raises Transient, or Rejected to give it up."""
    match item:
        case InspectArrivals():
            inspection.inspect(item, ports)
        case FreezeManifest():
            ports.messages.lane(freeze(item, ports))
        case AdmitCandidate():
            ports.messages.lane(admit(item, ports))
        case EvaluateCandidate():
            ports.messages.lane(evaluate(item, ports))
        case SmokeTest():
            ports.messages.lane(smoke_test(item, ports))
        case ProfileReference():
            windows.profile_reference(item, ports)
        case JudgeWindow():
            windows.judge(item, ports)
        case ProfilePart():
            windows.profile_part(item, ports)
        case ScoreBatch():
            batches.score(item, ports)
        case ScorePartition():
            batches.score_part(item, ports)
        case DeliverWebhook():
            outbox.deliver(item, ports)


def freeze(item: FreezeManifest, ports: Ports) -> ManifestFrozen:
    """List the admitted blobs as they are now, and store the list under its digest."""
    policy = ports.policies[item.model].data
    admitted = ports.arrivals.admitted(item.model)
    blobs = [
        blob
        for blob in ports.blobs.list(policy.container, patterns.prefix(policy.pattern))
        if patterns.matches(policy.pattern, blob.path) and (blob.path, blob.etag) in admitted
    ]
    content = _manifest(item.model, blobs, ports)
    digest = hashlib.sha256(content).hexdigest()
    path = f"{item.model}/{digest}.json"
    ports.blobs.write("manifests", path, content)
    manifest = Manifest(
        digest=digest,
        url=ports.blobs.url("manifests", path),
        files=len(blobs),
        size=sum(blob.size for blob in blobs),
    )
    return ManifestFrozen(model=item.model, attempt=item.attempt, manifest=manifest)


def admit(item: AdmitCandidate, ports: Ports) -> CandidateAdmitted | CandidateRefused:
    """Have the model file of a run examined."""
    verdict = ports.examiner.admit(item.run)
    if isinstance(verdict, Admitted):
        return CandidateAdmitted(model=item.model, run=item.run, sha256=verdict.sha256)
    return CandidateRefused(
        model=item.model, run=item.run, code=verdict.code, reason=verdict.reason
    )


def evaluate(item: EvaluateCandidate, ports: Ports) -> CandidateEvaluated:
    """Have a challenger and the champion scored on the same rows."""
    gate = ports.policies[item.model].gate
    comparison = ports.examiner.evaluate(item.run, item.sha256, item.champion, gate)
    return CandidateEvaluated(model=item.model, run=item.run, comparison=comparison)


def smoke_test(item: SmokeTest, ports: Ports) -> SmokeTested:
    """Ask the new deployment about real rows; only an answer counts. Raises Transient to retry."""
    target = ports.policies[item.model].rollout.target
    question = ports.examiner.question(item.run)
    problem = None
    try:
        answer = ports.endpoints.score(item.endpoint, target, item.deployment, question)
    except Rejected as error:
        problem = f"the smoke test failed: {error}"
    else:
        problem = None if answer.strip() else "the smoke test got an empty answer"
    return SmokeTested(
        model=item.model,
        deployment=item.deployment,
        generation=item.generation,
        problem=problem,
    )


def _manifest(model: str, blobs: list[BlobVersion], ports: Ports) -> bytes:
    files = [
        {"url": ports.blobs.url(blob.container, blob.path), "etag": blob.etag, "size": blob.size}
        for blob in blobs
    ]
    files.sort(key=lambda file: str(file["url"]))
    return encode({"schema": 1, "model": model, "files": files})
