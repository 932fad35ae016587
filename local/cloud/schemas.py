"""The published definitions of a resource provider, and what a body lacks to satisfy one.

Swagger 2.0 differs from JSON Schema in three ways that matter here. A definition with a
discriminator stands for its subtypes, which in turn extend it. `additionalProperties: false` looks
at one definition only and would refuse whatever an extension adds, so it is not kept. And Azure
takes null for absent, and enumerated words in any case.
"""

import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from jsonschema import Draft4Validator, ValidationError
from jsonschema.validators import extend

_FOLDER = Path(__file__).parent / "specs"
_PREFIX = "#/definitions/"
# What a subtype extends: the definition itself, without what stands in for it elsewhere.
_OWN = "!own"


class Schemas:
    """The definitions of one spec."""

    def __init__(self, definitions: dict[str, Any]) -> None:
        self._definitions = _polymorphic(definitions)

    def problems(self, definition: str, body: Any) -> list[str]:
        """What is wrong with a body, one sentence each; none of them quotes the body's values."""
        validator = _Validator(
            {"allOf": [{"$ref": _PREFIX + definition}], "definitions": self._definitions}
        )
        errors = sorted(validator.iter_errors(_without_nulls(body)), key=lambda one: one.json_path)
        return [_sentence(error) for error in errors]


@cache
def load(spec: str) -> Schemas:
    """The definitions in `specs/<spec>.json`."""
    content = json.loads((_FOLDER / f"{spec}.json").read_text())
    return Schemas(content["definitions"])


def _polymorphic(definitions: dict[str, Any]) -> dict[str, Any]:
    bases = {name for name, one in definitions.items() if "discriminator" in one}
    made = {name: _extending(one, bases) for name, one in definitions.items()}
    for base in bases:
        made[base + _OWN] = made[base]
        word = made[base]["discriminator"]
        made[base] = {
            "type": "object",
            "required": [word],
            "subtypes": {"property": word, "definitions": dict(_subtypes(base, definitions))},
        }
    return made


def _extending(definition: dict[str, Any], bases: set[str]) -> dict[str, Any]:
    """A definition that extends discriminated ones by what they are themselves."""
    kept = {
        key: value
        for key, value in definition.items()
        if not (key == "additionalProperties" and value is False)
    }
    if "allOf" in kept:
        kept["allOf"] = [
            {"$ref": ref + _OWN} if (ref := one["$ref"]).removeprefix(_PREFIX) in bases else one
            for one in kept["allOf"]
        ]
    return kept


def _subtypes(base: str, definitions: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for name, one in definitions.items():
        if {"$ref": _PREFIX + base} in one.get("allOf", []):
            yield one.get("x-ms-discriminator-value", name).lower(), _PREFIX + name


def _check_subtype(
    validator: Any, rule: dict[str, Any], instance: Any, _: Any
) -> Iterator[ValidationError]:
    if not isinstance(instance, dict) or rule["property"] not in instance:
        return
    value = str(instance[rule["property"]]).lower()
    if value not in rule["definitions"]:
        known = ", ".join(rule["definitions"])
        error = ValidationError(f"must be one of: {known}", validator_value=known)
        error.path.append(rule["property"])
        yield error
        return
    yield from validator.descend(instance, {"$ref": rule["definitions"][value]})


def _check_enum(_: Any, words: list[Any], instance: Any, __: Any) -> Iterator[ValidationError]:
    if str(instance).lower() not in {str(word).lower() for word in words}:
        yield ValidationError(f"must be one of: {', '.join(map(str, words))}")


# Azure reads a number as text where text is meant, and azure-ai-ml counts on it (`hash_version`).
_types = Draft4Validator.TYPE_CHECKER.redefine(
    "string", lambda _, value: isinstance(value, str | int | float)
)
_Validator = extend(
    Draft4Validator, {"subtypes": _check_subtype, "enum": _check_enum}, type_checker=_types
)


def _without_nulls(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_nulls(one) for key, one in value.items() if one is not None}
    return [_without_nulls(one) for one in value] if isinstance(value, list) else value


def _sentence(error: ValidationError) -> str:
    """Where and what, in words of the schema: the value itself may be a secret."""
    place = error.json_path.removeprefix("$").removeprefix(".") or "The body"
    if error.validator == "required":
        missing = [name for name in error.validator_value if name not in error.instance]
        return f"{place} lacks {', '.join(missing)}"
    if error.validator in {"subtypes", "enum"}:
        return f"{place} {error.message}"
    return f"{place} does not satisfy {error.validator} {error.validator_value}"
