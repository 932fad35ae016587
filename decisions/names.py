"""Names are the idempotency keys: every effect is called after the business key of its cause.

Two calls that mean the same give the same name, on any machine, in any release.
"""

import hashlib
import re

_JOB = re.compile(r"(?P<model>.+)-(?P<attempt>\d{5})-[0-9a-f]{8}")


def digest(*parts: str) -> str:
    """SHA-256 in hex over the parts, each with its length, so that no two lists of parts collide.

    >>> digest("a", "bc") == digest("ab", "c")
    False
    """
    framed = "".join(f"{len(part)}:{part}" for part in parts)
    return hashlib.sha256(framed.encode()).hexdigest()


def message_id(model: str, kind: str, key: str, retry: int = 0) -> str:
    """The id by which the queue drops a second send of the same message."""
    return digest(model, kind, key, str(retry))


def job_name(model: str, attempt: int, cause: str) -> str:
    """The name of a training job; the attempt in it lets the same cause be tried anew.

    >>> job_name("digits", 3, "training/new_data/17/0")
    'digits-00003-e7fb8b56'
    """
    return f"{model}-{attempt:05d}-{digest(model, cause)[:8]}"


def model_of_job(job: str) -> str | None:
    """The model that a job was submitted for, or None when the name is not one of ours.

    >>> model_of_job("digits-00003-4f5fdba3")
    'digits'
    >>> model_of_job("AutoML_ad912b2d_5") is None
    True
    """
    match = _JOB.fullmatch(job)
    return match["model"] if match else None


def deployment_name(version: str, sha256: str) -> str:
    """The name of one version behind an endpoint.

    >>> deployment_name("2", "3f9a1c20" + 56 * "0")
    'v2-3f9a1c20'
    """
    return f"v{version}-{sha256[:8]}"


def blob_key(account: str, container: str, path: str, etag: str) -> str:
    """The business key of one version of one blob."""
    return digest(account, container, path, etag.strip('"'))


def webhook_id(model: str, kind: str, key: str, subscriber: str) -> str:
    """The `webhook-id` header: the same at every try, different for every subscriber."""
    return f"msg_{digest(model, kind, key, subscriber)[:32]}"


def incident_id(model: str, monitor: str, window: str) -> str:
    """What an incident is called, from raised to cleared: after the window that raised it.

    >>> incident_id("digits", "ratchet", "20261121T080000Z")
    'inc-97ba5bc5'
    """
    return f"inc-{digest(model, monitor, window)[:8]}"


def attempt_of_job(job: str) -> int:
    """Which of its model's trainings a job was; 0 when the name is not one of ours.

    >>> attempt_of_job("digits-00003-4f5fdba3")
    3
    >>> attempt_of_job("AutoML_ad912b2d_5")
    0
    """
    match = _JOB.fullmatch(job)
    return int(match["attempt"]) if match else 0
