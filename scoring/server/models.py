"""The paths of the Open Inference Protocol below `/v2`: this server, its model, and its versions.

    GET  /v2                    what this server is
    GET  /v2/models/{model}     what the model takes and gives
    GET  …/ready                whether it can answer
    POST …/infer                rows

There is one model, which is called as the endpoint. `/versions/{version}` may stand behind its
name, with a deployment's version or its name, and asks for this one whatever the traffic; without
it the traffic decides, and what is told is of the deployment that gets most.
"""

import json
import re
from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from typing import Any

import orjson
from msgspec import Struct, structs

from scoring.server import VERSION
from scoring.server.endpoint import Endpoint
from scoring.server.http import Answer, Fault, Handler, Request, come_again
from scoring.server.keys import Guarded
from scoring.server.protocols import inference_reader
from scoring.server.protocols.open_inference import probabilities_type
from scoring.server.protocols.tensors import DATATYPES
from scoring.server.routes import Routes, Served
from scoring.server.scorer import Scorer
from scoring.signature import Signature, Tensor

PATH = re.compile(r"/v2/models/([^/]+)(?:/versions/([^/]+))?(?:/(ready|infer))?")
BINARY = b"inference-header-content-length"
"""The header of a request whose tensors follow its JSON as bytes."""
PLATFORM = "onnx_onnxv1"


class Place(Struct, frozen=True):
    """What a path names."""

    model: str
    version: str | None


class Models:
    """Answers what is asked below `/v2/models`; `guarded` lets only those in who show a key."""

    def __init__(
        self, name: str, endpoint: Endpoint, scorer: Scorer, guarded: Callable[[Handler], Guarded]
    ) -> None:
        self._name = name
        self._endpoint = endpoint
        self._scorer = scorer
        self._guarded = guarded
        self._read = inference_reader(name)

    def at(self, path: str) -> Mapping[str, Handler | Guarded] | None:
        """What is answered at a path, by method; None when it names nothing."""
        found = PATH.fullmatch(path)
        if found is None:
            return None
        place = Place(found[1], found[2])
        match found[3]:
            case "infer":
                return {"POST": self._guarded(partial(self._infer, place))}
            case "ready":
                return {"GET": partial(self._ready, place)}
            case _:
                return {"GET": self._guarded(partial(self._metadata, place))}

    def _infer(self, place: Place, request: Request) -> Answer | Awaitable[Answer]:
        self._check(place)
        if BINARY in request.headers:
            raise Fault(400, "BAD_REQUEST", "binary tensors are not taken: send the data as JSON")
        deployment = self._served(place)[0] if place.version else None
        return self._scorer.score(request, self._read, deployment)

    def _ready(self, place: Place, _request: Request) -> Answer:
        self._served(place)
        return Answer(orjson.dumps({"name": self._name, "ready": True}))

    def _metadata(self, place: Place, _request: Request) -> Answer:
        _, served = self._served(place)
        versions = sorted({each.version for each in self._endpoint.routes.served.values()})
        return Answer(orjson.dumps(_described(self._name, versions, served)))

    def _check(self, place: Place) -> None:
        if place.model != self._name:
            sentence = f"there is no model {place.model!r:.80}; this endpoint serves {self._name!r}"
            raise Fault(404, "NOT_FOUND", sentence)

    def _served(self, place: Place) -> tuple[str, Served]:
        """The deployment that a path names, or the one that speaks for all. Raises Fault."""
        self._check(place)
        routes = self._endpoint.routes
        if place.version is None:
            return main_deployment(routes)
        for name, served in routes.served.items():
            if place.version in (served.version, name):
                return name, served
        raise Fault(404, "NOT_FOUND", f"no version {place.version!r:.80} is ready here")


def main_deployment(routes: Routes) -> tuple[str, Served]:
    """The deployment that gets most of the traffic. Raises Fault when none gets any."""
    if not routes.traffic:
        raise come_again("NOT_READY", "no deployment gets traffic yet; try again")
    name = max(routes.traffic, key=routes.traffic.__getitem__)
    return name, routes.served[name]


def describe_server(_request: Request) -> Answer:
    """What this server is; it offers no extension of the protocol."""
    return Answer(orjson.dumps({"name": "ratchet", "version": VERSION, "extensions": []}))


def in_its_words(answer: Answer) -> Answer:
    """A fault as the protocol wants it: the sentence stands under `error`."""
    body = orjson.loads(answer.body)
    worded = orjson.dumps({"error": body.pop("message"), **body})
    return structs.replace(answer, body=worded)


def _described(model: str, versions: list[str], served: Served) -> dict[str, Any]:
    signature = served.model.signature
    columns = {"columns": json.dumps(signature.columns)} if signature.columns else {}
    return {
        "name": model,
        "versions": versions,
        "platform": PLATFORM,
        "inputs": [_tensor(signature.rows.name, DATATYPES[signature.rows.type], signature.rows)],
        "outputs": _outputs(signature),
        "properties": {"sha256": served.model.sha256, **columns},
    }


def _outputs(signature: Signature) -> list[dict[str, Any]]:
    answer, probabilities = signature.answer, signature.probabilities
    found = [_tensor(answer.name, DATATYPES[answer.type], answer)]
    if probabilities is not None:
        found.append(_tensor(probabilities.name, probabilities_type(signature), probabilities))
    return found


def _tensor(name: str, datatype: str, tensor: Tensor) -> dict[str, Any]:
    return {"name": name, "datatype": datatype, "shape": _shape(tensor)}


def _shape(tensor: Tensor) -> list[int]:
    """The shape as it is answered: a column of one is a list, and what ZipMap makes a matrix."""
    if tensor.type not in DATATYPES:
        return [-1, -1]
    match tensor.shape:
        case (_, 1):
            return [-1]
        case (_, width):
            return [-1, -1 if width is None else width]
        case _:
            return [-1]
