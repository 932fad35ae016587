"""The answers that are no result, as the document describes them."""

from typing import Any

from scoring.server.openapi.schemas import Schema, record, ref

FAULTS = {
    "400": "The body is not what the model takes; says which row and which column.",
    "401": "The request shows no key of this endpoint.",
    "404": "There is no such path, model, version or deployment.",
    "405": "The path takes another method.",
    "408": "The request did not come in time.",
    "413": "The body is larger than is taken; send fewer rows.",
    "415": "The body is of a type that is not taken.",
    "424": "The model failed on these rows.",
    "429": "Too many requests were sent ahead on this connection.",
    "431": "The headers are too many or too long.",
    "500": "The server failed; its log has more under `x-ms-request-id`.",
    "503": "Too many requests or connections are inside, or no model is loaded yet.",
}
ALWAYS = ("408", "429", "431", "500", "503")
"""What any request may be answered, whatever its path."""
OF_CONNECTIONS = frozenset({"408", "413", "429", "431", "503"})
"""What may be answered before a request is read as far as its path, so in one form for all."""
HEADERS: dict[str, Schema] = {
    "x-ms-request-id": {
        "description": "The server's own name for the request.",
        "schema": {"type": "string"},
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
    return {status: _response(status, inference=inference) for status in sorted(statuses)}


def _response(status: str, *, inference: bool) -> dict[str, Any]:
    fault, of_inference = ref("Fault"), ref("InferenceFault")
    either = {"anyOf": [fault, of_inference]} if status in OF_CONNECTIONS else of_inference
    # What is said of a connection says nothing of a request, so its headers may be missing.
    headers = {} if status in OF_CONNECTIONS else HEADERS
    return {
        "description": FAULTS[status],
        "headers": headers | (RETRY if status == "503" else {}),
        "content": {"application/json": {"schema": either if inference else fault}},
    }


def _fault(sentence: str, place: dict[str, Schema]) -> Schema:
    found = record({sentence: {"type": "string"}, "error_code": place["error_code"]})
    return {**found, "properties": {sentence: {"type": "string"}, **place}}
