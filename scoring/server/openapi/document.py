"""The OpenAPI 3.1 document of an endpoint: every path, body, header and fault."""

from typing import Any

from scoring.server.openapi import faults, schemas
from scoring.server.openapi.faults import ALWAYS, HEADERS, responses
from scoring.server.openapi.inference import inference
from scoring.server.openapi.schemas import Schema, record, ref
from scoring.signature import Signature

SCORING = ("400", "401", "404", "413", "424", *ALWAYS)
DEPLOYMENT = "azureml-model-deployment"


def document(name: str, version: str, signature: Signature, *, keyed: bool) -> dict[str, Any]:
    """The document of the endpoint of a name, whose model has this version and signature.

    `keyed` says whether a key is needed.
    """
    security: dict[str, Any] = {"security": [{"key": []}]} if keyed else {}
    schemes = {"securitySchemes": {"key": {"type": "http", "scheme": "bearer"}}} if keyed else {}
    return {
        "openapi": "3.1.0",
        "info": {"title": name, "version": version, "description": "Scores rows with a model."},
        "paths": {**_open(name), **_guarded(name, security)},
        "components": {
            "schemas": {
                **schemas.rows(signature),
                **schemas.requests(signature),
                **inference(signature),
                **faults.schemas(),
            },
            **schemes,
        },
    }


def _open(name: str) -> dict[str, Any]:
    """What whoever watches the server asks, without a key."""
    live = record({"live": {"type": "boolean"}})
    ready = record({"live": {"type": "boolean"}, "ready": {"type": "boolean"}})
    model_ready = record({"name": {"type": "string"}, "ready": {"type": "boolean"}})
    server = record(
        {
            "name": {"type": "string"},
            "version": {"type": "string"},
            "extensions": {"type": "array", "items": {"type": "string"}},
        }
    )
    unready = responses("404", *ALWAYS, inference=True)
    return {
        "/": _get("The process lives", {"const": "Healthy"}),
        "/healthz": _get("The process lives", live),
        "/readyz": _get("A deployment can answer", ready),
        "/ping": _get("A deployment can answer", ready),
        "/health": _get("A deployment can answer", ready),
        "/version": _get("The release of MLflow whose protocol is spoken", kind="text/plain"),
        "/metrics": _get("What happened, for Prometheus", kind="text/plain"),
        "/v2": _get("What this server is", server),
        "/v2/health/live": _get("The process lives", live),
        "/v2/health/ready": _get(
            "A deployment can answer", ready, responses(*ALWAYS, inference=True)
        ),
        **_model(name, "/ready", "get", _get("The model can answer", model_ready, unready)["get"]),
    }


def _guarded(name: str, security: dict[str, Any]) -> dict[str, Any]:
    """What tells of the model or asks it."""
    told = responses("401")
    metadata = _get(
        "What the model takes and gives",
        ref("ModelMetadata"),
        responses("401", "404", *ALWAYS, inference=True),
    )
    version = [_parameter("version", "query", {"enum": [2, 3]})]
    invocations = _json(ref("InvocationsRequest")) | {
        "text/csv": {"schema": {"type": "string"}},
    }
    paths = {
        "/openapi.json": _get("This document", {"type": "object"}, told),
        "/swagger.json": _get(
            "This document, or as Swagger 2.0", {"type": "object"}, responses("400") | told
        ),
        "/score": {
            "post": _scoring("Azure ML's contract", _json(ref("ScoreRequest")), "Predictions")
        },
        "/invocations": {"post": _scoring("MLflow's contract", invocations, "InvocationsAnswer")},
        **_model(name, "", "get", metadata["get"]),
        **_model(name, "/infer", "post", _inference()),
    }
    paths["/swagger.json"]["get"]["parameters"] = version
    paths["/invocations"]["post"]["responses"] |= responses("415")
    return {path: _secured(item, security) for path, item in paths.items()}


def _secured(item: dict[str, Any], security: dict[str, Any]) -> dict[str, Any]:
    return {
        key: value | security if key in ("get", "post") else value for key, value in item.items()
    }


def _get(
    summary: str,
    schema: Schema | None = None,
    faulty: dict[str, Any] | None = None,
    kind: str = "application/json",
) -> dict[str, Any]:
    content = {kind: {"schema": schema or {"type": "string"}}}
    answer = {"description": summary, "headers": HEADERS, "content": content}
    found = responses(*ALWAYS) | (faulty or {})
    return {"get": {"summary": summary, "responses": {"200": answer, **found}}}


def _scoring(
    summary: str, content: dict[str, Any], answer: str, *, inference: bool = False
) -> dict[str, Any]:
    deployment = {"description": "The deployment that answered.", "schema": {"type": "string"}}
    return {
        "summary": summary,
        "parameters": [
            _parameter(DEPLOYMENT, "header", {"type": "string"}),
            _parameter("x-request-id", "header", {"type": "string"}),
            _parameter("x-ratchet-key", "header", {"type": "string"}),
        ],
        "requestBody": {"required": True, "content": content},
        "responses": {
            "200": {
                "description": "An answer a row.",
                "headers": {**HEADERS, DEPLOYMENT: deployment},
                "content": _json(ref(answer)),
            },
            **responses(*SCORING, inference=inference),
        },
    }


def _inference() -> dict[str, Any]:
    return _scoring(
        "The Open Inference Protocol",
        _json(ref("InferenceRequest")),
        "InferenceAnswer",
        inference=True,
    )


def _model(name: str, action: str, method: str, operation: dict[str, Any]) -> dict[str, Any]:
    """The two paths of an operation on the model, without and with a version."""
    model = _parameter("model", "path", {"const": name})
    version = _parameter("version", "path", {"type": "string"})
    return {
        f"/v2/models/{{model}}{action}": {"parameters": [model], method: operation},
        f"/v2/models/{{model}}/versions/{{version}}{action}": {
            "parameters": [model, version],
            method: operation,
        },
    }


def _parameter(name: str, place: str, schema: Schema) -> dict[str, Any]:
    return {"name": name, "in": place, "required": place == "path", "schema": schema}


def _json(schema: Schema) -> dict[str, Any]:
    return {"application/json": {"schema": schema}}
