"""The two loopback ports of the control plane, and who answers there.

The TLS port has what takes a bearer token: ARM, MLflow's gateway, the run history. The plain port
has what takes none: the identity endpoint, which has its own secret, and the faults.
"""

import logging
from collections.abc import Mapping

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from local.cloud.azureml import Answerer
from local.cloud.errors import Refused
from local.cloud.faults import Faults
from local.cloud.faults.admin import FaultsAdmin
from local.cloud.identity import endpoint
from local.cloud.identity.endpoint import IdentityEndpoint
from local.cloud.replies import reply

logger = logging.getLogger(__name__)

_METHODS = ["GET", "HEAD", "PUT", "PATCH", "POST", "DELETE"]
# A page of the web that resolves its own name to loopback still sends that name.
_LOOPBACK = Middleware(TrustedHostMiddleware, allowed_hosts=["127.0.0.1", "localhost"])


def with_token(answerers: Mapping[str, Answerer]) -> Starlette:
    """The application of the TLS port, from who answers for which path."""
    every = {**answerers, "/{path:path}": _nothing}
    routes = [Route(path, _edge(answer), methods=_METHODS) for path, answer in every.items()]
    return Starlette(routes=routes, middleware=[_LOOPBACK])


def without_token(identity: IdentityEndpoint, faults: Faults) -> Starlette:
    """The application of the plain port."""
    token = Route(endpoint.PATH, identity.token, methods=["GET"])
    return Starlette(routes=[token, *FaultsAdmin(faults).routes()], middleware=[_LOOPBACK])


async def _nothing(request: Request) -> Response:
    raise Refused(404, "InvalidResourceType", f"{request.url.path} is nothing that ARM answers.")


def _edge(answer: Answerer) -> Answerer:
    """Turn refusals into answers here, and what nobody foresaw too."""

    async def answered(request: Request) -> Response:
        try:
            return await answer(request)
        except Refused as refused:
            return reply(refused.status, refused.body, refused.headers)
        except Exception:
            logger.exception("%s %s failed.", request.method, request.url.path)
            failed = Refused(
                500,
                "InternalServerError",
                "The miniature Azure itself failed; its log holds the reason.",
            )
            return reply(failed.status, failed.body)

    return answered
