"""What may stand in ratchet.yaml: one validated model; its JSON Schema completes it in editors."""

from datetime import timedelta
from itertools import permutations
from typing import Annotated, Literal

from pydantic import Field, ValidationInfo, field_validator

from scoring.goals import GOALS, Goal, plain
from wiring.config import places
from wiring.config.batch import Batch, reads
from wiring.config.drift import Drift
from wiring.config.values import Duration, Metric, ModelName, Section, SomeDuration


class Workspace(Section):
    """The Azure Machine Learning workspace."""

    cloud: Literal["AzureCloud", "AzureChinaCloud", "AzureUSGovernment"] = "AzureCloud"
    """Which Azure."""
    tracking_uri: str | None = None
    """Where MLflow listens; the setting MLFLOW_TRACKING_URI unless given."""


class Data(Section):
    """Where training data arrives."""

    path: str
    """Container and pattern of the blobs: data/digits/*.parquet; ** also matches folders."""
    quiet: Duration = timedelta(minutes=2)
    """Wait until uploads pause for so long …"""
    max_wait: Duration = timedelta(minutes=30)
    """… but not longer than this after the first."""
    min_files: int = Field(default=1, ge=1)
    """Never train for fewer new files."""

    @field_validator("path")
    @classmethod
    def _names_a_container(cls, path: str) -> str:
        places.check(path, "a pattern, such as data/digits/*.parquet", places.BATCH)
        return path


class Retrain(Section):
    """When a training starts."""

    pipeline: str = Field(pattern=r"^[A-Za-z0-9_-]+(:[A-Za-z0-9._-]+)?$")
    """The published pipeline component: name, or name:version."""
    on: tuple[Literal["new_data", "drift", "schedule"], ...] = ("new_data", "drift")
    """What starts one, beside a person."""
    max_per_day: int = Field(default=12, ge=1)
    """Never start more a day (UTC)."""
    max_duration: SomeDuration = timedelta(hours=24)
    """Cancel a run that takes longer."""
    max_refusals: int = Field(default=3, ge=0)
    """Pause the model when so many challengers in a row were refused on drift; 0 for never."""


class Gate(Section):
    """What a challenger has to win by, on the same test rows."""

    metric: Metric = "test_accuracy"
    """The metric that decides."""
    goal: Goal = Field(default="maximize", validate_default=True)
    """Which way is better; it has to be the metric's own."""
    min_gain: float = Field(default=0.0, ge=0, allow_inf_nan=False)
    """The gain has to exceed this; ties keep the champion."""
    confidence: float = Field(default=0.95, ge=0, lt=1, allow_inf_nan=False)
    """Of the one-sided paired bound on the gain; 0 compares the bare numbers."""

    @field_validator("goal")
    @classmethod
    def _is_the_metrics_own(cls, goal: Goal, others: ValidationInfo) -> Goal:
        metric = others.data.get("metric", "")
        own = GOALS.get(plain(metric), goal)
        if goal != own:
            raise ValueError(f"{own}: that is which way {metric} is better")
        return goal


class Rollout(Section):
    """How a new version takes over."""

    target: Literal["aci"] = "aci"
    """Where it is served."""
    steps: tuple[Annotated[int, Field(ge=1, le=100)], ...] = (10, 50, 100)
    """Its share of the traffic, step by step, in percent."""
    bake: Duration = timedelta(minutes=10)
    """How long each step is watched."""
    ready_within: SomeDuration = timedelta(minutes=30)
    """Roll back when it does not come up in this time."""

    @field_validator("steps")
    @classmethod
    def _rises_to_100(cls, steps: tuple[int, ...]) -> tuple[int, ...]:
        if not steps or sorted(set(steps)) != list(steps) or steps[-1] != 100:
            raise ValueError("percentages that rise and end at 100, such as [10, 50, 100]")
        return steps


class Model(Section):
    """One model."""

    data: Data
    retrain: Retrain
    gate: Gate = Gate()
    rollout: Rollout = Rollout()
    drift: Drift | None = None
    batch: Batch | None = None

    @field_validator("drift", mode="before")
    @classmethod
    def _says_something(cls, drift: object) -> object:
        if drift is None:
            raise ValueError("a section: {} for all that it has unless given, or leave it out")
        return drift

    @field_validator("batch", mode="before")
    @classmethod
    def _says_what(cls, batch: object) -> object:
        if batch is None:
            raise ValueError("a section with schedule, input and output, or leave it out")
        return batch

    @field_validator("batch")
    @classmethod
    def _leaves_no_training_data(cls, batch: Batch | None, others: ValidationInfo) -> Batch | None:
        data = others.data.get("data")
        if batch and data and reads(data.path, batch.output):
            raise ValueError(f"another output: {data.path} reads {batch.output} as training data")
        return batch


class Notification(Section):
    """Somebody who wants to be told, by signed webhooks."""

    name: str = Field(pattern=r"^[A-Za-z0-9_-]{1,64}$")
    """A name for the log."""
    url: str
    """Where to POST; https, unless private_network."""
    secret: str | list[str]
    """whsec_…; the newest first while secrets are rotated."""
    format: Literal["standard"] = "standard"
    """Standard Webhooks."""
    events: list[str] = Field(default_factory=lambda: ["*"], min_length=1)
    """Patterns of kinds: model.*, run.failed, data.quarantined."""
    private_network: bool = False
    """Allow plain HTTP and addresses of the own network."""


class Configuration(Section):
    """ratchet.yaml."""

    workspace: Workspace = Workspace()
    models: dict[ModelName, Model] = Field(min_length=1)
    notifications: list[Notification] = Field(default_factory=list)

    @field_validator("models")
    @classmethod
    def _share_no_output(cls, models: dict[str, Model]) -> dict[str, Model]:
        """What Ratchet left is never read, and two batches of one name would mix their parts."""
        for one, other in permutations(models, 2):
            left = models[one].batch
            if left and _uses(models[other], left.output):
                raise ValueError(
                    f"outputs of batches for themselves: {other} reads or shares {left.output}, "
                    f"which {one} leaves"
                )
        return models

    @field_validator("notifications")
    @classmethod
    def _names_are_unique(cls, notifications: list[Notification]) -> list[Notification]:
        names = [one.name for one in notifications]
        if len(set(names)) != len(names):
            raise ValueError("a different name for each")
        return notifications


def _uses(model: Model, output: str) -> bool:
    """Whether a model reads what a batch leaves, or leaves its own there."""
    batch = model.batch
    own = batch is not None and (batch.output == output or reads(batch.input, output))
    return own or reads(model.data.path, output)


class Trial(Section):
    """A file with a section `drift` alone, to be tried on what was judged before."""

    drift: Drift
