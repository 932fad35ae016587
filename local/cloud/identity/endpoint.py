"""The managed identity endpoint of App Service, api-version 2019-08-01.

A program with IDENTITY_ENDPOINT and IDENTITY_HEADER in its environment asks here for tokens; the
header's secret says which principal it is. `azure-identity` does this by itself.
Source: learn.microsoft.com/azure/app-service/overview-managed-identity, "REST endpoint reference".
"""

import hmac
from collections.abc import Iterable

from starlette.requests import Request
from starlette.responses import JSONResponse

from local.cloud.identity.tokens import Tokens, object_id
from local.cloud.settings import Principal

API_VERSION = "2019-08-01"
PATH = "/msi/token"


class IdentityEndpoint:
    """Gives a principal its tokens."""

    def __init__(self, tokens: Tokens, principals: Iterable[Principal]) -> None:
        self._tokens = tokens
        self._principals = list(principals)

    async def token(self, request: Request) -> JSONResponse:
        """Answer `GET /msi/token?api-version=…&resource=…`."""
        principal = self._known(request.headers.get("X-IDENTITY-HEADER", ""))
        if principal is None:
            return _refusal(401, "The header X-IDENTITY-HEADER is not that of any identity.")
        resource = request.query_params.get("resource", "")
        if request.query_params.get("api-version") != API_VERSION or not resource:
            return _refusal(400, f"Ask for a resource, with api-version={API_VERSION}.")
        token, ends = self._tokens.issue(principal.name, resource.rstrip("/"))
        return JSONResponse(
            {
                "access_token": token,
                "expires_on": str(ends),
                "resource": resource,
                "token_type": "Bearer",
                "client_id": str(object_id(principal.name)),
            },
            headers={"Cache-Control": "no-store"},
        )

    def _known(self, secret: str) -> Principal | None:
        """Whoever has this secret; every one is compared, in constant time."""
        given = secret.encode()
        found = [p for p in self._principals if hmac.compare_digest(p.secret.encode(), given)]
        return found[0] if found else None


def _refusal(status: int, message: str) -> JSONResponse:
    return JSONResponse({"statusCode": status, "message": message}, status)
