"""The first thing that every service does with a request: who is it, and may they?"""

from starlette.requests import Request

from local.cloud.errors import Refused, throttled, unauthenticated, unauthorized
from local.cloud.faults import Call, Faults
from local.cloud.identity.tokens import Tokens
from local.cloud.roles import Roles

# What clients of the public cloud ask tokens for when they mean to call Resource Manager.
MANAGEMENT = "https://management.azure.com"
_ITS_OLDER_NAME = "https://management.core.windows.net"


class Guard:
    """Tells principals by their tokens, and refuses what their roles do not grant.

    `audience` is this cloud's own address; tokens for the public cloud's names of Resource Manager
    count as well, as they do for every service of Azure ML.
    """

    def __init__(self, tokens: Tokens, roles: Roles, faults: Faults, audience: str) -> None:
        self._tokens = tokens
        self._roles = roles
        self._faults = faults
        self._audiences = {MANAGEMENT, _ITS_OLDER_NAME, audience}

    def admit(self, service: str, request: Request) -> Call:
        """The call that a request makes. Raises Refused (401, 429)."""
        kind, _, token = request.headers.get("Authorization", "").partition(" ")
        if kind.lower() != "bearer" or not token:
            raise unauthenticated(
                "AuthenticationFailed", "The header Authorization with a bearer token is missing."
            )
        principal = self._tokens.principal(token, self._audiences)
        call = Call(
            service=service, method=request.method, path=request.url.path, principal=principal
        )
        if fault := self._faults.strike("throttle", call):
            raise throttled(fault.retry_after)
        return call

    def authorize(self, call: Call, action: str, scope: str) -> None:
        """Raise Refused (403) unless the caller may do this to the resource of that id."""
        granted = self._roles.allow(call.principal, action, scope)
        if not granted or self._faults.strike("forbid", call):
            raise unauthorized(call.principal, action, scope)

    def authorize_use(self, call: Call, action: str, scope: str) -> None:
        """The same for a resource that another one makes use of, such as an identity."""
        if not self._roles.allow(call.principal, action, scope):
            raise Refused(
                403,
                "LinkedAuthorizationFailed",
                f"The client '{call.principal}' has permission for what it asks, but not to "
                f"perform action '{action}' on the linked scope '{scope}'.",
            )
