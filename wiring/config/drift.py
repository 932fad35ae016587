"""The section `drift` of a model: which windows are judged, by what, and what makes an incident."""

from datetime import timedelta
from typing import Annotated, Literal

from pydantic import Field, ValidationInfo, field_validator

from decisions.policies import DriftPolicy
from drift.policy import CategoricalStatistic, Judging, NumericStatistic
from wiring.config.values import Column, Duration, Schedule, Section, Zone

_MOST_WINDOWS = 50  # So many are remembered at most: they travel in the model's state.

Windows = Annotated[int, Field(ge=1, le=_MOST_WINDOWS)]


class Statistic(Section):
    """By what a column is judged, by its kind."""

    numeric: NumericStatistic = "psi"
    """Numbers and dates."""
    categorical: CategoricalStatistic = "psi"
    """Categories, texts, true and false."""


class Incidents(Section):
    """How many windows make an incident, and how many end it."""

    raise_after: Windows = 2
    """An incident is raised when so many windows drifted, the newest among them …"""
    of_last: Windows = Field(default=3, validate_default=True)
    """… of so many."""
    clear_after: Windows = 3
    """It is cleared after so many calm windows in a row."""
    cooldown: Duration = timedelta(hours=24)
    """None is raised for so long after one was cleared; 0s for no such pause."""

    @field_validator("of_last")
    @classmethod
    def _holds_them(cls, of_last: int, others: ValidationInfo) -> int:
        least = others.data.get("raise_after", 1)
        if of_last < least:
            raise ValueError(f"at least {least}, which is raise_after")
        return of_last


class Drift(Section):
    """What production sees is compared with what the live version was trained on; left out: never.

    Judged by `threshold`, `alpha` and `floor` together: all three have to be exceeded.
    """

    schedule: Schedule = "0 0 * * * *"
    """When a window ends and is judged: NCRONTAB, second minute hour day month weekday."""
    time_zone: Zone = "UTC"
    """The time zone of the schedule, of the IANA database."""
    grace: Duration = timedelta(minutes=1)
    """A window is judged so long after its end: by then the endpoint's last logs have landed."""
    reference: Literal["training"] = "training"
    """Compared with: the data that the live version was trained on."""
    current: Literal["inference"] = "inference"
    """What is judged: the inputs and predictions that the endpoint logs."""
    columns: tuple[Column, ...] = ()
    """Judge these columns only; all, unless given. The model's answers are called prediction."""
    ignore: tuple[Column, ...] = ()
    """Judge all columns but these; what the endpoint does not log belongs here too."""
    statistic: Statistic = Statistic()
    threshold: float | None = Field(default=None, gt=0, allow_inf_nan=False)
    """A column drifts from this score on; the customary one of its statistic unless given."""
    alpha: float = Field(default=0.05, gt=0, le=1)
    """The share of false alarms among windows; 1 leaves p-values out."""
    adjust: Literal["benjamini_hochberg", "bonferroni", "none"] = "benjamini_hochberg"
    """How p-values are adjusted for the number of columns."""
    floor: float = Field(default=0.05, ge=0, lt=1)
    """The smallest share of the rows that has to have moved; 0 leaves it out."""
    min_rows: int = Field(default=200, ge=1)
    """Windows of fewer rows are unknown."""
    calm: float = Field(default=0.75, gt=0, le=1)
    """A window is calm when all scores are below this share of their threshold."""
    windows: Incidents = Incidents()

    @field_validator("ignore")
    @classmethod
    def _leaves_some(cls, ignore: tuple[str, ...], others: ValidationInfo) -> tuple[str, ...]:
        both = sorted(set(ignore) & set(others.data.get("columns", ())))
        if both:
            raise ValueError(f"none of the columns to judge, but {both[0]} is among them")
        return ignore

    def policy(self) -> DriftPolicy:
        """What decisions need to know of it."""
        judging = {
            name: getattr(self, name)
            for name in ("threshold", "alpha", "adjust", "floor", "min_rows", "calm")
        }
        return DriftPolicy(
            schedule=self.schedule,
            time_zone=self.time_zone,
            grace=self.grace,
            columns=self.columns,
            ignore=self.ignore,
            judging=Judging(**self.statistic.model_dump(), **judging),
            **self.windows.model_dump(),
        )
