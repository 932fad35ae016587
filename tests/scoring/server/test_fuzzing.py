"""Whatever strangers send, the answer is a result or a fault of theirs, and the server lives on.

Every answer is one that the server's own OpenAPI document describes.
"""

import json
import socket
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from functools import cache
from typing import Any
from urllib.parse import quote

import httpx
import jsonschema
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from onnx import TensorProto, helper

from tests.scoring.models import build, classifier, table
from tests.scoring.server.serving import ROW, serving_model

NAMES = ("digits", "whole")
PATHS = {
    "/score": ("input_data", "data", "params"),
    "/invocations": ("dataframe_split", "dataframe_records", "instances", "inputs", "params"),
    "/v2/models/digits/infer": ("id", "inputs", "outputs", "parameters"),
    "/v2/models/digits/versions/v1/infer": ("inputs", "outputs"),
}
WORDS = st.sampled_from(
    [
        "a", "b", "c", "X", "label", "columns", "data", "index", "name", "shape", "datatype",
        "parameters", "FP32", "INT64", "UINT8", "BYTES", "binary_data", "",
    ]
)  # fmt: skip
NUMBERS = st.integers() | st.floats() | st.sampled_from([2**63, -(2**70), 10**400, 1e308, 1e-320])
VALUES = st.recursive(
    st.none() | st.booleans() | NUMBERS | st.text(max_size=4) | WORDS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(WORDS, inner, max_size=5),
    max_leaves=15,
)
TENSORS = st.fixed_dictionaries(
    {
        "name": WORDS,
        "shape": st.lists(st.integers(-1, 3) | st.just(2**63), max_size=3) | VALUES,
        "datatype": st.sampled_from(["FP32", "INT64", "UINT8", "BOOL", "BYTES", "FP8"]) | VALUES,
        "data": st.lists(NUMBERS | VALUES, max_size=4) | VALUES,
    }
)
TYPES = st.sampled_from(["application/json", "text/csv", "", "text/csv; charset=utf-8", "\xff;="])
PLACES = st.integers(0, 400)
LITERALS = st.sampled_from(
    [
        b"NaN",
        b"-Infinity",
        b"1e999",
        b"0" * 50,
        b"9" * 5000,
        b'"\\ud800"',
        b"\xff",
        b"\0",
        b"[" * 99,
    ]
)


def csv(cells: list[list[str]]) -> bytes:
    return "\n".join(",".join(row) for row in cells).encode("utf-8", "surrogatepass")


@pytest.fixture(scope="module")
def clients() -> Iterator[dict[str, httpx.Client]]:
    """A classifier of named columns, and a model of whole numbers without names."""
    output = helper.make_tensor_value_info("Y", TensorProto.INT64, [None, 2])
    whole = build(
        [helper.make_node("Identity", ["X"], ["Y"])], [table(2, TensorProto.INT64)], [output]
    )
    with ExitStack() as stack:
        models = {"digits": classifier(["no", "yes"], columns=["a", "b"]), "whole": whole}
        yield {name: stack.enter_context(serving_model(models[name])) for name in models}


def check(client: httpx.Client, path: str, body: bytes, kind: str = "application/json") -> None:
    """Whether a body is answered as it should be: as described, and never by a failure."""
    headers = {b"content-type": kind.encode("latin-1")}
    response = client.post(path, content=body, headers=headers)
    assert response.status_code in (200, 400, 415), response.text
    described(str(client.base_url), path, response.status_code).validate(response.json())


@cache
def described(url: str, path: str, status: int) -> Any:
    """What checks an answer against the server's own document."""
    document = httpx.get(f"{url}/openapi.json").json()
    template = path.replace("/digits", "/{model}").replace("/v1", "/{version}")
    answer = document["paths"][template]["post"]["responses"][str(status)]
    schema = answer["content"]["application/json"]["schema"]
    return jsonschema.Draft202012Validator({**schema, "components": document["components"]})


def dumped(value: Any) -> bytes:
    return json.dumps(value).encode()


FUZZ = settings(
    max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@pytest.mark.parametrize("model", NAMES)
@pytest.mark.parametrize("path", PATHS)
@FUZZ
@given(data=st.data(), kind=TYPES)
def test_any_json_is_answered(
    clients: dict[str, httpx.Client], path: str, model: str, data: st.DataObject, kind: str
):
    keys = st.sampled_from(PATHS[path])
    bodies = st.dictionaries(keys, VALUES, max_size=3) | VALUES
    check(clients[model], path, dumped(data.draw(bodies)), kind)


@pytest.mark.parametrize("model", NAMES)
@FUZZ
@given(
    inputs=st.lists(TENSORS, max_size=3),
    outputs=st.lists(st.fixed_dictionaries({"name": WORDS}), max_size=2),
)
def test_any_tensors_are_answered(
    clients: dict[str, httpx.Client], model: str, inputs: list[Any], outputs: list[Any]
):
    body = dumped({"inputs": inputs, "outputs": outputs})
    check(clients[model], "/v2/models/digits/infer", body)


@pytest.mark.parametrize("path", PATHS)
@FUZZ
@given(place=PLACES, cut=st.integers(0, 20), literal=LITERALS)
def test_broken_json_is_answered(
    clients: dict[str, httpx.Client], path: str, place: int, cut: int, literal: bytes
):
    tensor = {"name": "X", "shape": [1, 2], "datatype": "FP32", "data": [1, 2]}
    whole = dumped({key: [tensor] if "infer" in path else [[1, 2]] for key in PATHS[path][:2]})
    place %= len(whole)
    check(clients["digits"], path, whole[:place] + literal + whole[place + cut :])


@FUZZ
@given(cells=st.lists(st.lists(st.text(max_size=4) | WORDS | st.just("1"), max_size=3), max_size=4))
def test_any_csv_is_answered(clients: dict[str, httpx.Client], cells: list[list[str]]):
    check(clients["digits"], "/invocations", csv(cells), "text/csv")
    check(clients["digits"], "/invocations", b"a,b\n" + csv(cells), "text/csv")


@FUZZ
@given(body=st.binary(max_size=200), path=st.sampled_from(sorted(PATHS)), kind=TYPES)
def test_any_bytes_are_answered(
    clients: dict[str, httpx.Client], body: bytes, path: str, kind: str
):
    check(clients["digits"], path, body, kind)


@FUZZ
@given(
    path=st.text(st.characters(exclude_characters="?#\\", exclude_categories=["Cs"]), max_size=30),
    method=st.sampled_from(["GET", "POST", "PUT", "DELETE", "HEAD", "OPTIONS", "PATCH"]),
    prefix=st.sampled_from(["/", "/v2/", "/v2/models/", "/v2/models/digits/", "/score/"]),
)
def test_any_path_and_method_is_answered(
    clients: dict[str, httpx.Client], prefix: str, path: str, method: str
):
    client = clients["digits"]
    url = quote(prefix + path)
    response = client.request(method, url)
    assert response.status_code in (200, 400, 404, 405, 415)


WIDE = [
    dumped({"data": [[1] * 1_000_000]}),
    dumped({"data": {"columns": list(range(1_000_000)), "data": []}}),
    dumped({"data": [{str(name): 1 for name in range(200_000)}] * 2}),
    dumped({"data": [dict.fromkeys(map(str, range(k)), 1) for k in (100_000, 100_001)]}),
    dumped({"data": {str(name): [1] for name in range(100_000)}}),
    dumped({"data": [[]] * 300_000}),
    dumped({"inputs": {str(name): [[1]] for name in range(100_000)}}),
    b'{"data": ' + b"[" * 1_000_000,
    b'{"data": ' + b'{"data": ' * 500_000,
    b'{"data": ' + b'{"X": ' * 900 + b"[[1, 2]]" + b"}" * 901,  # X is the models' input.
    b'{"data": [[' + b"9" * 1_000_000 + b", 1]]}",
    b'{"data": [[1, 2]], ' + b'"data": [[1, 2]], ' * 100_000 + b'"data": [[3, 4]]}',
]


@pytest.mark.parametrize("body", WIDE, ids=range(len(WIDE)))
@pytest.mark.parametrize("path", ["/score", "/invocations"])
def test_large_and_deep_bodies_are_answered(
    clients: dict[str, httpx.Client], path: str, body: bytes
):
    if path == "/invocations":
        body = body.replace(b'{"data"', b'{"inputs"', 1)
    for client in clients.values():
        check(client, path, body)


def test_many_and_wide_tensors_are_answered(clients: dict[str, httpx.Client]):
    def tensor(name: str, shape: list[int], data: list[Any], datatype: str = "FP32") -> Any:
        return {"name": name, "shape": shape, "datatype": datatype, "data": data}

    nested: Any = 1
    for _ in range(900):
        nested = [nested]
    bodies = [
        {"inputs": [tensor(str(name), [1], [1]) for name in range(30_000)]},
        {"inputs": [tensor("X", [1, 1_000_000], [1] * 1_000_000)]},
        {"inputs": [tensor("X", [2**63 - 1, 2], [1])]},
        {"inputs": [tensor("X", [2**40, 2**40], [])]},
        {"inputs": [tensor("X", [1] * 1_000_000, [1])]},
        {"inputs": [tensor("X", [1, 2], nested)]},
        {"inputs": [], "outputs": [{"name": "label"}] * 100_000},
    ]
    for client in clients.values():
        for body in bodies:
            check(client, "/v2/models/digits/infer", dumped(body))
        check(client, "/v2/models/digits/infer", b'{"inputs": ' + b"[" * 1_000_000)


def raw(client: httpx.Client, sent: bytes) -> bytes:
    """What the server says to some bytes before it closes; a reset connection says nothing."""
    with socket.create_connection((client.base_url.host, client.base_url.port or 0), 30) as peer:
        found = b""
        with suppress(OSError):  # It may have closed the connection already.
            peer.sendall(sent)
            peer.shutdown(socket.SHUT_WR)
            while part := peer.recv(65536):
                found += part
        return found


HEAD = b"POST /score HTTP/1.1\r\nHost: x\r\n"
WIRE = {
    "no HTTP": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    "an unknown version": b"GET / HTTP/9.9\r\n\r\n",
    "a broken first line": b"GET\r\n\r\n",
    "a header without a colon": HEAD + b"nonsense\r\n\r\n",
    "a header with a NUL": HEAD + b"x: a\0b\r\n\r\n",
    "headers beyond ASCII": HEAD + b"x: \xff\xfe\r\ncontent-length: 0\r\n\r\n",
    "a folded header": HEAD + b"x: a\r\n b\r\n\r\n",
    "a negative length": HEAD + b"content-length: -1\r\n\r\n",
    "a huge length": HEAD + b"content-length: " + b"9" * 30 + b"\r\n\r\n",
    "a length that is no number": HEAD + b"content-length: ten\r\n\r\n",
    "two lengths": HEAD + b"content-length: 1\r\ncontent-length: 2\r\n\r\n{}",
    "a length and chunks": (
        HEAD + b"content-length: 4\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n"
    ),
    "a chunk of no size": HEAD + b"transfer-encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n",
    "a chunk that ends early": HEAD + b"transfer-encoding: chunked\r\n\r\nff\r\n{}",
    "a body that ends early": HEAD + b"content-length: 100\r\n\r\n{}",
    "a long path": b"GET /" + b"a" * 100_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n",
    "a long header": HEAD + b"x: " + b"a" * 1_000_000 + b"\r\n\r\n",
    "many headers": HEAD + b"x: a\r\n" * 100_000 + b"\r\n",
    "an upgrade": b"GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n",
    "a tunnel": b"CONNECT example.org:443 HTTP/1.1\r\nHost: x\r\n\r\n",
    "an absolute path": b"GET http://example.org/ HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
    "broken percent signs": b"GET /%zz%ff%00 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
}


@pytest.mark.parametrize("sent", WIRE.values(), ids=WIRE.keys())
def test_garbage_on_the_wire_ends_one_connection_alone(
    clients: dict[str, httpx.Client], sent: bytes
):
    client = clients["digits"]
    found = raw(client, sent)
    assert not found or found.startswith((b"HTTP/1.1 2", b"HTTP/1.1 4")), found[:200]
    assert client.post("/score", json=ROW).status_code == 200


@FUZZ
@given(lines=st.lists(st.binary(max_size=40), max_size=8))
def test_any_headers_end_one_connection_alone(clients: dict[str, httpx.Client], lines: list[bytes]):
    found = raw(clients["digits"], HEAD + b"\r\n".join(lines) + b"\r\n\r\n")
    assert b"HTTP/1.1 5" not in found, found[:200]


def test_the_servers_still_serve(clients: dict[str, httpx.Client]):
    for client in clients.values():
        assert client.get("/readyz").status_code == 200
    assert clients["digits"].post("/score", json=ROW).json() == ["no"]
