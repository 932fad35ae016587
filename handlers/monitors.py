"""Drift as Azure Machine Learning tells it: a tag on a run, today; an event of its own, once.

Sources: azureml-assets, model_monitor_evaluate_metrics_threshold (the tag's text) and event_utils
(the root run's tag); Event Grid schema of the retired DatasetDriftDetected.
"""

import re
from collections.abc import Mapping
from typing import Any

import msgspec

from decisions.errors import Rejected
from decisions.events import DriftDetected

_TAG = "azureml_modelmonitor_threshold_breached"
_ROOT_TAG = "azureml.modelmonitor.threshold.breached."
_MODEL_TAG = "ratchet.model"
_MEASURE = re.compile(r"\{[^{}]*\}")


def breach(data: Mapping[str, Any]) -> DriftDetected | None:
    """The drift that a run's tags report, if they do: the tag counts, not the run's status."""
    tags = data.get("runtags")
    tags = tags if isinstance(tags, dict) else {}
    texts = [str(text) for tag, text in tags.items() if tag == _TAG or tag.startswith(_ROOT_TAG)]
    if not texts:
        return None
    measures = [measure for text in texts for measure in _measures(text)]
    experiment = str(data.get("experimentname") or "monitor")
    return DriftDetected(
        model=str(tags.get(_MODEL_TAG) or experiment),
        monitor=experiment,
        window=str(data["runid"]),
        features=tuple(str(one["group"]) for one in measures if "group" in one),
        score=_figure(measures, "metric_value"),
        threshold=_figure(measures, "threshold_value"),
    )


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


def _measures(text: str) -> list[dict[str, Any]]:
    """The JSON objects in the tag's text, which Python printed as a list of texts."""
    found = []
    for match in _MEASURE.findall(text):
        try:
            found.append(msgspec.json.decode(match.replace('\\"', '"').encode(), type=dict))
        except (msgspec.DecodeError, msgspec.ValidationError):
            continue
    return found


def _figure(measures: list[dict[str, Any]], name: str) -> float | None:
    figures = [one[name] for one in measures if isinstance(one.get(name), int | float)]
    return float(figures[0]) if figures else None
