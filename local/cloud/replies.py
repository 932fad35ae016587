"""Answers as ARM sends them."""

import uuid
from collections.abc import Mapping
from typing import Any

from starlette.responses import JSONResponse, Response


def reply(status: int, body: Any = None, headers: Mapping[str, str] | None = None) -> Response:
    """An answer with or without a body, and the id that Azure's support would ask for."""
    known = {"x-ms-request-id": str(uuid.uuid4()), **(headers or {})}
    if body is None:
        return Response(status_code=status, headers=known)
    return JSONResponse(body, status, headers=known)
