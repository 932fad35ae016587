"""HTTP: a request becomes trigger data, and what the function returns becomes a response."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from azure.functions.http import HttpResponseConverter
from azure.functions.meta import Datum
from starlette.requests import Request
from starlette.responses import Response


def request_data(request: Request, parameters: dict[str, str], body: bytes) -> Datum:
    """The data of a request. The body stays bytes, as Python workers ask for."""
    return _data(
        request.method, str(request.url), body,
        headers=_joined(request.headers.items()),
        query=_joined(request.query_params.multi_items()),
        params=_strings(parameters.items()),
    )  # fmt: skip


def manual_data(url: str, body: str) -> Datum:
    """The data of a run by hand: its input arrives as the body of a POST."""
    return _data("POST", url, body.encode(), headers={}, query={}, params={})


def response(result: Any) -> Response:
    """The response to what a function returned; nothing returned is 204."""
    if result is None:
        return Response(status_code=204)
    datum = HttpResponseConverter.encode(result, expected_type=None)
    if datum.type == "string":
        return Response(datum.value, media_type="text/plain")
    value = datum.value
    headers = {name: header.value for name, header in value["headers"].items()}
    answer = Response(value["body"].value, int(value["status_code"].value), headers)
    for cookies in value["cookies"] or ():
        for morsel in cookies.values():
            answer.headers.append("set-cookie", morsel.OutputString())
    return answer


def _data(method: str, url: str, body: bytes, **mappings: dict[str, Datum]) -> Datum:
    value = {
        "method": Datum(method, "string"),
        "url": Datum(url, "string"),
        "body": Datum(body, "bytes"),
        **mappings,
    }
    return Datum(value, "http")


def _joined(items: Iterable[tuple[str, str]]) -> dict[str, Datum]:
    """Repeated names become one value, joined by commas, as in the real host."""
    values = defaultdict[str, list[str]](list)
    for name, value in items:
        values[name].append(value)
    return _strings((name, ",".join(parts)) for name, parts in values.items())


def _strings(items: Iterable[tuple[str, str]]) -> dict[str, Datum]:
    return {name: Datum(value, "string") for name, value in items}
