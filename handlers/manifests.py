"""What a batch leaves beside its parts: its manifest, or why it has none, and its rejects.

Their names begin with an underscore: Spark and Arrow, which read whole folders, leave such out.
"""

import json
from collections.abc import Iterator
from datetime import UTC
from typing import Any

from decisions.ports import Ports
from handlers import counting, results
from handlers.counting import Counted, CountedFile
from handlers.plans import Plan
from handlers.results import Result

Listed = list[dict[str, Any]]


def leave_rejects(plan: Plan, counted: Counted, ports: Ports) -> Listed:
    """Leave the rejects of each part, numbered in their file; gives what is said of them."""
    return [one for file in counted.files for one in _rejects(plan, file, ports)]


def of_end(plan: Plan, counted: Counted, rejects: Listed, why: str | None) -> dict[str, Any]:
    """What became of a batch, all of it; `why` says why it must not be used, if it must not."""
    figures = counting.figures(counted)
    return {
        **_head(plan, why),
        "totals": {name: getattr(figures, name) for name in figures.__struct_fields__},
        "files": [_file(plan, one) for one in counted.files],
        "parts": [_part(plan, one) for one in counted.results if one.sha256],
        "rejects": rejects,
        "quarantined": [
            {"path": one.path, "etag": one.etag, "reason": one.reason}
            for one in counted.quarantined
        ],
        "changed": [{"path": one.name, "etag": one.blob.etag} for one in counted.changed],
    }


def of_failure(plan: Plan, why: str) -> dict[str, Any]:
    """What there is to say of a batch that was given up."""
    return {**_head(plan, why), "planned": [one.name for one in plan.files]}


def readable(document: dict[str, Any] | None) -> bytes:
    """A document as it is left for people and programs."""
    return json.dumps(document, indent=1, ensure_ascii=False).encode()


def _head(plan: Plan, why: str | None) -> dict[str, Any]:
    start, end = (one.astimezone(UTC).isoformat() for one in (plan.window.start, plan.window.end))
    return {
        "schema": 1,
        "state": "failed" if why else "published",
        **({"reason": why} if why else {}),
        "model": plan.model,
        "batch": plan.window.name,
        "version": plan.version.version,
        "run": plan.version.run,
        "sha256": plan.version.sha256,
        "window": {"start": start, "end": end},
        "format": plan.policy.wanted.shape,
    }


def _file(plan: Plan, counted: CountedFile) -> dict[str, Any]:
    blob = counted.file.blob
    return {
        "path": counted.file.name,
        "etag": blob.etag,
        "size": blob.size,
        "rows": counted.rows,
        "scored": counted.scored,
        "rejected": counted.rejected,
        "parts": [_name(plan.part(one.part)) for one in counted.results if one.sha256],
    }


def _part(plan: Plan, result: Result) -> dict[str, Any]:
    name = _name(plan.part(result.part))
    return {"name": name, "rows": result.scored, "size": result.size, "sha256": result.sha256}


def _rejects(plan: Plan, file: CountedFile, ports: Ports) -> Iterator[dict[str, Any]]:
    before = 0
    for result in file.results:
        if result.rejected:
            found = results.rejects(plan, result.part, ports)
            numbered = ports.partitions.numbered(found, file.file.name, before)
            place = plan.place(f"_rejects-{result.part:05d}.jsonl")
            ports.blobs.create(plan.policy.output.container, place, numbered)
            yield {"name": _name(place), "rows": result.rejected}
        before += result.rows


def _name(path: str) -> str:
    return path.rpartition("/")[2]
