"""The answers that are no result, as the document describes them."""

from typing import Any

from scoring.server.openapi.schemas import Schema, record, ref

FAULTS = {
    "400": ("BadRequest", "The body is not what the model takes; says which row and which column."),
    "401": ("Unauthorized", "The request shows no key of this endpoint."),
    "404": ("NotFound", "There is no such path, model, version or deployment."),
    "405": ("MethodNotAllowed", "The path takes another method."),
    "408": ("Timeout", "The body did not come in time."),
    "413": ("TooLarge", "The body is larger than is taken; send fewer rows."),
    "415": ("UnsupportedMediaType", "The body is of a type that is not taken."),
    "424": ("ModelFailed", "The model failed on these rows."),
    "500": ("InternalError", "The server failed; its log has more under `x-ms-request-id`."),
    "503": ("Unavailable", "Too many requests are inside, or no model is loaded yet."),
}
HEADERS: dict[str, Schema] = {
    "x-ms-request-id": {
        "description": "The server's own name for the request.",
        "schema": {"type": "string", "format": "uuid"},
    },
    "x-request-id": {
        "description": "The client's name for the request, or else the server's.",
        "schema": {"type": "string"},
    },
}
RETRY = {"retry-after": {"description": "Seconds to wait.", "schema": {"type": "integer"}}}


def schemas() -> dict[str, Schema]:
    """The bodies of faults: Azure ML's and MLflow's, and those of the Open Inference Protocol."""
    place: dict[str, Schema] = {
        "error_code": {"type": "string"},
        "row": {"type": ["integer", "null"], "description": "Counts from 0."},
        "field": {"type": ["string", "null"]},
    }
    return {
        "Fault": _fault("message", place),
        "InferenceFault": _fault("error", place),
    }


def responses(*statuses: str, inference: bool = False) -> dict[str, Any]:
    """The faults of some statuses."""
    schema = ref("InferenceFault" if inference else "Fault")
    return {
        status: {
            "description": FAULTS[status][1],
            "headers": HEADERS | (RETRY if status == "503" else {}),
            "content": {"application/json": {"schema": schema}},
        }
        for status in statuses
    }


def _fault(sentence: str, place: dict[str, Schema]) -> Schema:
    found = record({sentence: {"type": "string"}, "error_code": place["error_code"]})
    return {**found, "properties": {sentence: {"type": "string"}, **place}}
