"""JSON Schemas of what a model takes and gives, from its signature."""

from typing import Any

import numpy as np

from scoring.signature import Signature

Schema = dict[str, Any]

ANSWERS: dict[str, Schema] = {
    "bool": {"type": "boolean"},
    "string": {"type": "string"},
    "int32": {"type": "integer", "format": "int32"},
    "int64": {"type": "integer", "format": "int64"},
    # JSON has no word for what is not finite; it becomes null.
    "float32": {"type": ["number", "null"], "format": "float"},
    "float64": {"type": ["number", "null"], "format": "double"},
}


def ref(name: str) -> Schema:
    """A reference to a schema of the document."""
    return {"$ref": f"#/components/schemas/{name}"}


def array(items: Schema, **more: Any) -> Schema:
    """The schema of an array."""
    return {"type": "array", "items": items, **more}


def record(properties: dict[str, Schema], **more: Any) -> Schema:
    """The schema of an object that has all of the properties."""
    return {"type": "object", "properties": properties, "required": list(properties), **more}


def number(signature: Signature) -> Schema:
    """The schema of one value of a row: what fits the model's type."""
    kind = signature.rows.type
    if kind.startswith("int"):
        limits = np.iinfo(kind)
        return {"type": "integer", "minimum": limits.min, "maximum": limits.max}
    largest = float(np.finfo(kind).max)
    return {"type": "number", "minimum": -largest, "maximum": largest}


def rows(signature: Signature) -> dict[str, Schema]:
    """The schemas of rows, in every form that `/score` and `/invocations` take."""
    names = [signature.field(position) for position in range(signature.width)]
    closed: Schema = {"additionalProperties": False} if signature.columns else {}
    exact = {"minItems": signature.width, "maxItems": signature.width}
    value, column = ref("Number"), array(ref("Number"), minItems=1)
    split = {
        "columns": array({"enum": names}, uniqueItems=True, **exact),
        "index": array({}),
        "data": ref("Table"),
    }
    return {
        "Number": number(signature),
        "Row": array(value, **exact),
        "Table": array(ref("Row"), minItems=1),
        "Record": record(dict.fromkeys(names, value), **closed),
        "Records": array(ref("Record"), minItems=1),
        "Columns": record(dict.fromkeys(names, column), **closed),
        "Split": {"type": "object", "properties": split, "required": ["columns", "data"]},
        "DataframeSplit": {
            "type": "object",
            "properties": split,
            "required": ["data"],
            "additionalProperties": False,
        },
        "NamedTensor": record({signature.rows.name: ref("Table")}, additionalProperties=False),
        "Rows": {
            "anyOf": [ref(name) for name in ("Table", "Records", "Columns", "Split", "NamedTensor")]
        },
    }


def requests(signature: Signature) -> dict[str, Schema]:
    """The schemas of the bodies of requests, and of the predictions that answer them."""
    return {
        "ScoreRequest": _one_of({"input_data": ref("Rows"), "data": ref("Rows")}),
        "InvocationsRequest": _one_of(
            {
                "dataframe_split": ref("DataframeSplit"),
                "dataframe_records": ref("Records"),
                "instances": ref("Rows"),
                "inputs": ref("Rows"),
            }
        ),
        "Predictions": array(_answer(signature)),
        "InvocationsAnswer": record({"predictions": ref("Predictions")}),
    }


def _one_of(properties: dict[str, Schema]) -> Schema:
    """An object with exactly one of the properties; whatever else it has is left alone."""
    return {
        "type": "object",
        "properties": {**properties, "params": {}},
        "oneOf": [{"required": [name]} for name in properties],
    }


def _answer(signature: Signature) -> Schema:
    answer = ANSWERS[signature.answer.type]
    match signature.answer.shape:
        case (_, 1) | (_,) | ():
            return answer
        case _:
            return {"anyOf": [answer, array(answer)]}
