"""The Swagger 2.0 document that Azure ML's clients ask an endpoint for.

Its paths, operations and definitions are called as those of Azure ML's own servers. Swagger 2.0
cannot say that a body may have one of several forms, so it tells one of them.
"""

from typing import Any

from scoring.server.openapi.schemas import number
from scoring.signature import Signature

ANSWERS = {"bool": "boolean", "string": "string", "int32": "integer", "int64": "integer"}
ERROR = {
    "description": "The service failed to answer.",
    "schema": {"$ref": "#/definitions/ErrorResponse"},
}


def swagger(name: str, version: str, signature: Signature, *, keyed: bool) -> dict[str, Any]:
    """The document of the endpoint of a name; `keyed` says whether a key is needed."""
    scheme = {"type": "apiKey", "name": "Authorization", "in": "header"}
    described = "Bearer <key>"
    return {
        "swagger": "2.0",
        "info": {"title": name, "version": version},
        "consumes": ["application/json"],
        "produces": ["application/json"],
        **(
            {"securityDefinitions": {"Bearer": {**scheme, "description": described}}}
            if keyed
            else {}
        ),
        "paths": {
            "/": {"get": _operation("ServiceHealthCheck", {"type": "string"})},
            "/score": {"post": _score(keyed=keyed)},
            "/swagger.json": {"get": _specification()},
        },
        "definitions": {
            "ServiceInput": _input(signature),
            "ServiceOutput": {"type": "array", "items": _answer(signature)},
            "ErrorResponse": {
                "type": "object",
                "properties": {"error_code": {"type": "string"}, "message": {"type": "string"}},
            },
        },
    }


def _operation(name: str, schema: dict[str, Any]) -> dict[str, Any]:
    answer = {"description": "The answer.", "schema": schema}
    return {"operationId": name, "responses": {"200": answer, "default": ERROR}}


def _score(*, keyed: bool) -> dict[str, Any]:
    body = {
        "name": "serviceInputPayload",
        "in": "body",
        "required": True,
        "schema": {"$ref": "#/definitions/ServiceInput"},
    }
    found = _operation("RunMLService", {"$ref": "#/definitions/ServiceOutput"})
    return {**found, "parameters": [body], **({"security": [{"Bearer": []}]} if keyed else {})}


def _specification() -> dict[str, Any]:
    version = {"name": "version", "in": "query", "type": "integer", "enum": [2, 3]}
    found = _operation("GetSwaggerSpec", {"type": "object"})
    return {**found, "parameters": [{**version, "required": False}]}


def _input(signature: Signature) -> dict[str, Any]:
    """Rows beside the names of their columns where the model names them, else bare rows."""
    exact = {"minItems": signature.width, "maxItems": signature.width}
    table = {"type": "array", "items": {"type": "array", "items": number(signature), **exact}}
    names = {
        "type": "array",
        "items": {"type": "string", "enum": list(signature.columns or ())},
        **exact,
    }
    split = {
        "type": "object",
        "required": ["columns", "data"],
        "properties": {"columns": names, "data": table},
    }
    return {
        "type": "object",
        "required": ["input_data"],
        "properties": {"input_data": split if signature.columns else table},
    }


def _answer(signature: Signature) -> dict[str, Any]:
    answer = {"type": ANSWERS.get(signature.answer.type, "number")}
    several = len(signature.answer.shape) == 2 and signature.answer.shape[1] != 1
    return {"type": "array", "items": answer} if several else answer
