"""Drift as Azure's model monitor tells it: by a tag on a run, whose text holds the figures.

It writes its findings twice: on the run of the step that made them and on the root run. Both change
their status, now and then more than once. It is one drift: that of the root run. What the text says
is believed after it was checked against its own thresholds.

Sources: azureml-assets, model_monitor_evaluate_metrics_threshold (the tag's text, and which metrics
breach from below) and event_utils (the root run's tag).
"""

import ast
import re
from collections.abc import Mapping
from typing import Any

import msgspec
from msgspec import Struct

from decisions.events import DriftDetected, Drifted

_TAG = "azureml_modelmonitor_threshold_breached"
_ROOT_TAG = "azureml.modelmonitor.threshold.breached."
_MODEL_TAG = "ratchet.model"
_ROOTS = ("mlflow.rootRunId", "azureml.rootpipelinerunid")
_LIST = re.compile(r"^\[.*\]\s*$", re.MULTILINE)

# P-values, and what is better when it is larger; of all other metrics a breach is above.
_BREACHED_BELOW = frozenset(
    [
        "TwoSampleKolmogorovSmirnovTest",
        "PearsonsChiSquaredTest",
        "Accuracy",
        "Precision",
        "Recall",
        "NormalizedDiscountedCumulativeGain",
        "AggregatedCoherencePassRate",
        "AggregatedFluencyPassRate",
        "AggregatedGroundednessPassRate",
        "AggregatedRelevancePassRate",
        "AggregatedSimilarityPassRate",
    ]
)


class _Measure(Struct, frozen=True, rename={"name": "group", "statistic": "metric_name"}):
    """One line of the tag's text, in Azure's names."""

    name: str
    statistic: str
    metric_value: float
    threshold_value: float

    @property
    def breaches(self) -> bool:
        """Whether the value is on the wrong side of its threshold."""
        if self.statistic in _BREACHED_BELOW:
            return self.metric_value < self.threshold_value
        return self.metric_value > self.threshold_value


def breach(data: Mapping[str, Any]) -> DriftDetected | None:
    """The drift that a run's tags report, if they do: the tag counts, not the run's status.

    A tag whose text cannot be read is believed; one whose figures breach nothing is not.
    """
    tags = data.get("runtags")
    tags = tags if isinstance(tags, dict) else {}
    texts = [str(text) for tag, text in tags.items() if tag == _TAG or tag.startswith(_ROOT_TAG)]
    told = [_measures(text) for text in texts]
    breached = [_drifted(one) for measures in told for one in measures if one.breaches]
    if not breached and all(told):
        return None
    experiment = str(data.get("experimentname") or "monitor")
    return DriftDetected(
        model=str(tags.get(_MODEL_TAG) or experiment),
        monitor=experiment,
        window=_root_run(data, tags),
        features=tuple(dict.fromkeys(one.name for one in breached)),
        score=breached[0].score if breached else None,
        threshold=breached[0].threshold if breached else None,
        measures=tuple(breached),
    )


def _root_run(data: Mapping[str, Any], tags: Mapping[str, Any]) -> str:
    """The run that a step belongs to, by what Azure notes on each; or the run itself."""
    properties = data.get("runproperties")
    known = {**(properties if isinstance(properties, dict) else {}), **tags}
    return next((str(known[name]) for name in _ROOTS if known.get(name)), str(data["runid"]))


def _measures(text: str) -> list[_Measure]:
    """The measures in a tag's text: JSON objects in texts, in a list as Python prints it."""
    line = _LIST.search(text)
    try:
        listed = ast.literal_eval(line[0].strip()) if line else []
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        return []
    return [found for one in listed if (found := _measure(one))]


def _measure(text: object) -> _Measure | None:
    try:
        return msgspec.json.decode(str(text), type=_Measure)
    except msgspec.DecodeError:
        return None


def _drifted(measure: _Measure) -> Drifted:
    return Drifted(
        name=measure.name,
        statistic=measure.statistic,
        score=measure.metric_value,
        threshold=measure.threshold_value,
    )
