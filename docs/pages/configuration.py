"""The page about ratchet.yaml, from the model that validates it."""

from datetime import timedelta
from typing import Any

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from docs.pages.markdown import document, sentence, table, told
from wiring.config.batch import Batch
from wiring.config.drift import Drift, Incidents, Statistic
from wiring.config.sections import (
    Configuration,
    Data,
    Gate,
    Model,
    Notification,
    Retrain,
    Rollout,
    Workspace,
)
from wiring.config.values import Section

PLACES: dict[str, type[Section]] = {
    "workspace": Workspace,
    "models.NAME": Model,
    "models.NAME.data": Data,
    "models.NAME.retrain": Retrain,
    "models.NAME.gate": Gate,
    "models.NAME.rollout": Rollout,
    "models.NAME.drift": Drift,
    "models.NAME.drift.statistic": Statistic,
    "models.NAME.drift.windows": Incidents,
    "models.NAME.batch": Batch,
    "notifications[]": Notification,
}
_UNITS = (("d", 86400), ("h", 3600), ("m", 60), ("s", 1))


def page() -> str:
    """Every value of ratchet.yaml, section by section."""
    return document(
        "ratchet.yaml",
        "One file says everything. `ratchet config check` says all its mistakes at once, with "
        "line, what was found and what was expected; `ratchet config schema` prints its JSON "
        "Schema, which completes it in editors.",
        "`${NAME}` means the setting of that name. A duration is a number and a unit: `ms`, `s`, "
        "`m`, `h` or `d`. A name that is not listed here is a mistake.",
        *_section(Configuration, "The file"),
        *_sections(),
    )


def _sections() -> list[str]:
    return [block for place, section in PLACES.items() for block in _section(section, f"`{place}`")]


def _section(section: type[BaseModel], title: str) -> list[str]:
    schema = section.model_json_schema()["properties"]
    rows = [
        (f"`{name}`", _takes(field, schema[name]), _default(field), field.description or "")
        for name, field in section.model_fields.items()
    ]
    return [
        f"## {title}",
        f"{sentence(told(section))}.",
        table(("Name", "Takes", "Unless given", "Meaning"), rows),
    ]


def _takes(field: FieldInfo, schema: dict[str, Any]) -> str:
    if field.annotation is timedelta:
        return "a duration"
    refers = any("$ref" in one for one in (schema, *schema.get("anyOf", ())))
    return "a section" if refers else _words(schema)


def _words(schema: dict[str, Any]) -> str:
    if "enum" in schema:
        return "one of " + ", ".join(f"`{one}`" for one in schema["enum"])
    if "const" in schema:
        return f"`{schema['const']}`"
    if "anyOf" in schema:
        return " or ".join(_words(one) for one in schema["anyOf"] if one != {"type": "null"})
    if schema.get("type") == "array":
        return f"a list of: {_words(schema['items'])}"
    if schema.get("type") == "object":
        return "sections by name"
    return _limited(schema)


def _limited(schema: dict[str, Any]) -> str:
    words = {"string": "text", "integer": "a whole number", "number": "a number"}
    kind = words.get(schema.get("type", ""), schema.get("type", "sections"))
    limits = [
        f"{said} {schema[key]:g}"
        for key, said in (
            ("minimum", "from"),
            ("exclusiveMinimum", "above"),
            ("maximum", "to"),
            ("exclusiveMaximum", "below"),
        )
        if key in schema
    ]
    return " ".join(["true or false" if kind == "boolean" else kind, *limits])


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return "needed"
    value = field.get_default(call_default_factory=True)
    match value:
        case timedelta():
            return f"`{_duration(value)}`"
        case Section():
            return "as below"
        case tuple() | list():
            return f"`[{', '.join(map(str, value))}]`"
        case None:
            return ""
        case _:
            return f"`{str(value).lower() if isinstance(value, bool) else value}`"


def _duration(value: timedelta) -> str:
    """A duration in its largest whole unit."""
    seconds = int(value.total_seconds())
    unit, length = next((unit, length) for unit, length in _UNITS if seconds % length == 0)
    return f"{seconds // length}{unit}"
