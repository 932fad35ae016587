"""MLflow's own REST store, made to answer at once and to raise Ratchet's errors.

MLflow would send a request again whose answer was lost, up to seven times and over minutes. For
`create` that makes two versions of one, and no function may wait that long.
"""

import json
from collections.abc import Callable
from typing import Any

from mlflow.environment_variables import MLFLOW_DISABLE_TELEMETRY
from mlflow.exceptions import MlflowException
from mlflow.store.model_registry.rest_store import RestStore
from mlflow.telemetry import set_telemetry_client
from mlflow.utils.proto_json_utils import parse_dict
from mlflow.utils.rest_utils import MlflowHostCreds, http_request
from requests import Response

from adapters.errors import refusal
from adapters.retry_after import retry_after
from decisions.errors import Missing, RatchetError, Rejected, Transient

_TIMEOUT = 20
_LONGEST = 500
_NOT_ALLOWED = frozenset({401, 403})
_ROLE = "AzureML Data Scientist"
_TRY_AGAIN = frozenset({408, 429, 500, 502, 503, 504})


def open_store(host: str, token: Callable[[], str | None]) -> "OneTryStore":
    """The registry at an address; `token` is asked for a fresh one before every request."""
    MLFLOW_DISABLE_TELEMETRY.set("true")
    set_telemetry_client()
    return OneTryStore(lambda: MlflowHostCreds(host, token=token()))


class OneTryStore(RestStore):
    """One request a call; raises Transient, Missing or Rejected."""

    def _call_endpoint(self, api: Any, json_body: str, *_: Any, **__: Any) -> Any:
        """Stands for MLflow's own; the rest, headers and further addresses, the registry lacks."""
        endpoint, method = self._get_endpoint_from_method(api)
        content = json.loads(json_body)
        given = {"params": content} if method == "GET" else {"json": content}
        answer = self._get_response_from_method(api)
        parse_dict(_body(self._ask(endpoint, method, given), endpoint), answer)
        return answer

    def _ask(self, endpoint: str, method: str, given: dict[str, Any]) -> Response:
        try:
            response: Response = http_request(
                self.get_host_creds(),
                endpoint,
                method,
                max_retries=0,
                retry_codes=(),
                timeout=_TIMEOUT,
                allow_redirects=False,
                **given,
            )
        except MlflowException as error:
            raise Transient(f"MLflow did not answer {endpoint}: {error.message}") from error
        return response


def _body(response: Response, endpoint: str) -> dict[str, Any]:
    try:
        body = response.json()
    except ValueError:
        body = {}
    if response.status_code != 200 or not isinstance(body, dict):
        raise _error(response, body if isinstance(body, dict) else {}, endpoint)
    return body


def _error(response: Response, body: dict[str, Any], endpoint: str) -> RatchetError:
    status, code = response.status_code, str(body.get("error_code") or response.status_code)
    what, message = f"MLflow {endpoint}", f"{status} {code} {body.get('message', '')}"[:_LONGEST]
    if status in _NOT_ALLOWED:
        return refusal(what, _ROLE, message)
    if status in _TRY_AGAIN:
        return Transient(f"{what}: {message}", retry_after(response.headers))
    if status == 404:
        return Missing(f"{what}: {message}", code)
    return Rejected(f"{what}: {message}", code)
