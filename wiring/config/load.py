"""From the file to the policies that decisions are taken by; all mistakes are said at once."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeVar

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from decisions.policies import (
    DataPolicy,
    DriftPolicy,
    GatePolicy,
    ModelPolicy,
    RetrainPolicy,
    RolloutPolicy,
)
from wiring.config.document import Document
from wiring.config.problems import Place, Problem, Problems
from wiring.config.sections import Configuration, Model, Trial
from wiring.config.values import Section

Whole = TypeVar("Whole", bound=Section)


def load(path: Path, settings: Mapping[str, str]) -> Configuration:
    """Read and check a file; `${NAME}` in it means the setting of that name. Raises Problems."""
    return _checked(read(path), settings, Configuration)


def drift_policy(path: Path) -> DriftPolicy:
    """A policy to be tried, from a file of its own. Raises Problems."""
    return _checked(read(path), {}, Trial).drift.policy()


def read(path: Path) -> Document:
    """Read a file without checking what it says. Raises Problems."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        expected = "a readable file; set RATCHET_CONFIG to where it is"
        problem = Problem(line=1, place=(), found=str(error), expected=expected)
        raise Problems(path, [problem]) from error
    return Document(path, text)


def policy(model: Model) -> ModelPolicy:
    """What decisions need to know of a model's section."""
    container, _, pattern = model.data.path.partition("/")
    data = model.data.model_dump(exclude={"path"})
    return ModelPolicy(
        data=DataPolicy(container=container, pattern=pattern, **data),
        retrain=RetrainPolicy(**model.retrain.model_dump()),
        gate=GatePolicy(**model.gate.model_dump()),
        rollout=RolloutPolicy(**model.rollout.model_dump()),
        drift=model.drift.policy() if model.drift else None,
        batch=model.batch.policy() if model.batch else None,
    )


def _checked(document: Document, settings: Mapping[str, str], kind: type[Whole]) -> Whole:
    problems = document.doubled()
    values = document.written
    try:
        values = document.filled(settings)
    except Problems as error:
        problems += error.problems
    try:
        whole = kind.model_validate(values)
    except ValidationError as error:
        problems += [_problem(document, one) for one in error.errors()]
    if problems:
        raise Problems(document.path, problems)
    return whole


def _problem(document: Document, error: ErrorDetails) -> Problem:
    place = tuple(part for part in error["loc"] if part != "[key]")
    return Problem(
        line=document.line(place),
        place=place,
        # What stands under an unknown name may be a secret whose name was misspelt.
        found=None if error["type"] == "extra_forbidden" else _found(document.written, place),
        expected=_expected(error),
    )


def _found(values: Any, place: Place) -> Any:
    for part in place:
        try:
            values = values[part]
        except (KeyError, IndexError, TypeError):
            return None
    return values


def _expected(error: ErrorDetails) -> str:
    match error["type"]:
        case "missing":
            return "this value, which is missing"
        case "extra_forbidden":
            return "no such name here"
        case "value_error":
            return error["msg"].removeprefix("Value error, ")
        case _:
            return error["msg"].removeprefix("Input should be ")
