"""Holds a request body against the definitions of a published Swagger document.

Swagger's inheritance is flattened first: `allOf` together with `additionalProperties: false` would
refuse everything, and a discriminator is no notion of JSON Schema. Unknown properties are refused.
"""

import json
from pathlib import Path
from typing import Any

from jsonschema import Draft7Validator

SPECS = Path(__file__).parents[1] / "specs"
_REFERENCE = "#/definitions/"


class Definitions:
    """The definitions in one file below `tests/specs`."""

    def __init__(self, path: str) -> None:
        self._all: dict[str, Any] = json.loads((SPECS / path).read_text())["definitions"]

    def mistakes(self, name: str, body: Any) -> list[str]:
        """What is wrong with a body as an instance of a definition."""
        schema = self._schema({"$ref": _REFERENCE + name}, body)
        return [
            f"{'/'.join(map(str, error.absolute_path))}: {error.message}"
            for error in Draft7Validator(schema).iter_errors(body)
        ]

    def _schema(self, schema: dict[str, Any], body: Any) -> dict[str, Any]:
        """The schema that holds for this body, with all references and subtypes resolved."""
        merged = self._merged(schema, body)
        if isinstance(body, dict) and "properties" in merged:
            known = {name: one for name, one in merged["properties"].items() if name in body}
            properties = {name: self._schema(one, body[name]) for name, one in known.items()}
            return {**merged, "properties": properties, "additionalProperties": False}
        if isinstance(body, dict) and isinstance(merged.get("additionalProperties"), dict):
            of_all = merged["additionalProperties"]
            return {**merged, "properties": {k: self._schema(of_all, v) for k, v in body.items()}}
        if isinstance(body, list) and "items" in merged:
            return {**merged, "items": [self._schema(merged["items"], one) for one in body]}
        return merged

    def _merged(self, schema: dict[str, Any], body: Any) -> dict[str, Any]:
        if "$ref" in schema:
            schema = self._all[schema["$ref"].removeprefix(_REFERENCE)]
            schema = self._subtype(schema, body)
        merged: dict[str, Any] = {"properties": {}, "required": []}
        for one in [*(self._merged(base, {}) for base in schema.get("allOf", [])), schema]:
            merged["properties"] |= one.get("properties", {})
            merged["required"] += one.get("required", [])
        rest = {key: value for key, value in schema.items() if key not in {*merged, "allOf"}}
        return {**{key: value for key, value in merged.items() if value}, **rest}

    def _subtype(self, schema: dict[str, Any], body: Any) -> dict[str, Any]:
        kind = body.get(schema["discriminator"]) if "discriminator" in schema else None
        subtypes = (one for one in self._all.values() if _stands_for(one, kind))
        return next(subtypes, schema) if kind else schema


def _stands_for(definition: dict[str, Any], kind: str | None) -> bool:
    return definition.get("x-ms-discriminator-value") == kind
