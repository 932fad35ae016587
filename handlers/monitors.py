"""Drift as other monitors tell it: in a CloudEvent, or in Azure's own event, which is retired.

Source: Event Grid schema of DatasetDriftDetected.
"""

from collections.abc import Mapping
from typing import Annotated, Any

import msgspec
from msgspec import Meta, Struct

from decisions.errors import Rejected
from decisions.events import DriftDetected, Drifted

Name = Annotated[str, Meta(min_length=1)]


def legacy(data: Mapping[str, Any]) -> DriftDetected:
    """The drift of a data drift v1 monitor, retired in September 2025; the monitor names the model.

    Raises Rejected when a field is missing.
    """
    try:
        return DriftDetected(
            model=str(data["datadriftname"]),
            monitor=str(data["datadriftname"]),
            window=str(data["runid"]),
            score=float(data["driftcoefficient"]),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise Rejected(f"the drift event lacks or misspells a field: {error}") from error


class Told(Struct, frozen=True, kw_only=True):
    """The data of a CloudEvent in which a monitor of any kind reports drift.

    `window` names what was looked at: of one monitor and window there is one drift. Its figures are
    those of the column that drifted most, or of all of them, as `measures`.
    """

    model: Name
    monitor: Name
    window: Name
    features: tuple[str, ...] = ()
    score: float | None = None
    threshold: float | None = None
    measures: tuple[Drifted, ...] = ()


def told(data: Mapping[str, Any]) -> DriftDetected:
    """The drift that any other monitor reports. Raises Rejected with what is wrong."""
    try:
        found = msgspec.convert(data, Told)
    except msgspec.ValidationError as error:
        raise Rejected(f"the data of the drift event: {error}", "malformed") from error
    first = found.measures[0] if found.measures else None
    return DriftDetected(
        model=found.model,
        monitor=found.monitor,
        window=found.window,
        features=found.features or tuple(dict.fromkeys(one.name for one in found.measures)),
        score=first.score if first else found.score,
        threshold=first.threshold if first else found.threshold,
        measures=found.measures,
    )
