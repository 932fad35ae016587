"""What the user allows and wants, a frozen value a model; `ratchet.yaml` is read into these."""

from datetime import timedelta
from typing import Literal

from msgspec import Struct

from decisions.events import Reason

Goal = Literal["maximize", "minimize"]
Target = Literal["aci", "aks", "managed"]


class DataPolicy(Struct, frozen=True, kw_only=True):
    """Where data arrives and how uploads are gathered.

    `container` and `pattern` name the blobs (a glob in which `*` stays within a folder and `**`
    does not); training waits until uploads pause for `quiet`, but not longer than `max_wait` after
    the first, and never for fewer than `min_files` new files.
    """

    container: str
    pattern: str
    quiet: timedelta = timedelta(minutes=2)
    max_wait: timedelta = timedelta(minutes=30)
    min_files: int = 1


class RetrainPolicy(Struct, frozen=True, kw_only=True):
    """Which reasons start a training, of what pipeline, how often, and how long it may take."""

    pipeline: str
    on: tuple[Reason, ...] = ("new_data", "drift")
    max_per_day: int = 12
    max_duration: timedelta = timedelta(hours=24)


class GatePolicy(Struct, frozen=True, kw_only=True):
    """By how much, and how surely, a challenger has to win on the same test rows.

    `confidence` is that of a one-sided paired bound on the gain; 0 compares the bare numbers.
    """

    metric: str = "test_accuracy"
    goal: Goal = "maximize"
    min_gain: float = 0.0
    confidence: float = 0.95


class RolloutPolicy(Struct, frozen=True, kw_only=True):
    """Where a version is served, and in which steps of traffic it gets there."""

    target: Target = "aci"
    steps: tuple[int, ...] = (100,)
    bake: timedelta = timedelta(minutes=10)
    ready_within: timedelta = timedelta(minutes=30)


class ModelPolicy(Struct, frozen=True, kw_only=True):
    """Everything that the user says of one model."""

    data: DataPolicy
    retrain: RetrainPolicy
    gate: GatePolicy = GatePolicy()
    rollout: RolloutPolicy = RolloutPolicy()
