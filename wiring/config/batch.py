"""The section `batch` of a model: when which files are scored, and what is left of them."""

import re
from datetime import timedelta
from typing import Annotated, Literal, get_args

from pydantic import BeforeValidator, Field, ValidationInfo, WithJsonSchema, field_validator

from decisions import patterns
from decisions.policies import BatchPolicy, Place, Shape, Wanted
from wiring.config import places
from wiring.config.values import Column, Duration, Schedule, Section, SomeDuration, Zone

_MIB = 1024 * 1024
_WORDS = ("live", "champion")
_EXAMPLES = "a folder or a pattern, such as batch/digits/in/ or batch/digits/*.csv"


def _which(value: object) -> str:
    text = str(value)
    if text in _WORDS or re.fullmatch("[1-9][0-9]*", text):
        return text
    raise ValueError("live, champion or the number of a version")


Which = Annotated[
    str,
    BeforeValidator(_which),
    WithJsonSchema({"anyOf": [{"enum": list(_WORDS)}, {"type": "integer", "minimum": 1}]}),
]


class Batch(Section):
    """Files are scored by a schedule, and their answers published all at once; left out: never."""

    schedule: Schedule
    """When a batch is due: NCRONTAB, second minute hour day month weekday."""
    time_zone: Zone = "UTC"
    """The time zone of the schedule, of the IANA database."""
    grace: Duration = timedelta(minutes=1)
    """A batch begins so long after it is due: by then what was just uploaded is listed."""
    input: str
    """Container and folder, or pattern, of the files: batch/digits/in/, batch/digits/*.csv."""
    output: str
    """Container and folder of the answers: batch/digits/out/; each batch gets a folder in it."""
    model: Which = "live"
    """The version that scores, the same for a whole batch: live, champion or a number."""
    take: Literal["new", "all"] = "new"
    """Files uploaded since the last batch, or all that are there."""
    overlap: Literal["skip", "queue"] = "skip"
    """Due times that pass while a batch runs: left to the next one, or each run after it."""
    catch_up: Literal["one", "all", "none"] = "one"
    """Due times missed while nothing ran: one batch for all, one for each, or left out."""
    keep: tuple[Column, ...] | None = None
    """Columns to hand through; those that the model does not take, unless given."""
    probabilities: bool = False
    """Whether a classifier's probabilities are left too."""
    format: Shape = "parquet"
    """What the answers are written in."""
    max_rejects: float = Field(default=0.01, ge=0, le=1, allow_inf_nan=False)
    """A batch has failed when a larger share of its rows was rejected."""
    max_duration: SomeDuration = timedelta(hours=6)
    """A batch has failed when it takes longer."""
    piece_mb: int = Field(default=64, ge=1, le=1024)
    """Files are scored side by side in pieces of so many MiB."""

    @field_validator("input")
    @classmethod
    def _names_files(cls, place: str) -> str:
        places.check(place, _EXAMPLES)
        last = place.rpartition("/")[2]
        if last and not set("*?.") & set(last):
            raise ValueError(f"a folder with / at its end or a pattern: {place}/ or {place}*")
        return place

    @field_validator("output")
    @classmethod
    def _names_a_folder(cls, place: str) -> str:
        places.check(place, "a folder, such as batch/digits/out/")
        if not place.endswith("/") or set("*?") & set(place):
            raise ValueError("a folder with / at its end, such as batch/digits/out/")
        return place

    @field_validator("output")
    @classmethod
    def _is_no_input(cls, place: str, others: ValidationInfo) -> str:
        read = others.data.get("input")
        if read and reads(read, place):
            raise ValueError(f"a folder that is no input: {read} reads it")
        return place

    @field_validator("keep")
    @classmethod
    def _names_each_once(cls, keep: tuple[str, ...] | None) -> tuple[str, ...] | None:
        if keep and len(set(keep)) < len(keep):
            raise ValueError("each column once")
        return keep

    def policy(self) -> BatchPolicy:
        """What decisions need to know of it."""
        named = ("schedule", "time_zone", "grace", "model", "take", "overlap", "catch_up")
        limits = ("max_rejects", "max_duration")
        return BatchPolicy(
            input=_pattern(self.input),
            output=_place(self.output),
            wanted=Wanted(shape=self.format, keep=self.keep, probabilities=self.probabilities),
            piece=self.piece_mb * _MIB,
            **{name: getattr(self, name) for name in (*named, *limits)},
        )


def reads(path: str, output: str) -> bool:
    """Whether a container with a folder or pattern names what a batch leaves in a folder."""
    read, left = _pattern(path), _place(output)
    example = f"{left.path}20261121T030000Z/part-00001"
    return read.container == left.container and any(
        patterns.matches(read.path, f"{example}.{shape}") for shape in get_args(Shape)
    )


def _pattern(path: str) -> Place:
    """A folder means all that is in it, at any depth."""
    return _place(f"{path}**" if path.endswith("/") else path)


def _place(path: str) -> Place:
    container, _, rest = path.partition("/")
    return Place(container=container, path=rest)
