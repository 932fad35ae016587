"""The Open Inference Protocol, version 2, over HTTP: `POST /v2/models/…/infer`.

All outputs are answered unless the request names those that it wants: the label or quantity, and
the probabilities of a classifier that has them. Tensors are JSON in both directions; the extension
for binary tensors is not offered, and refused by name.
"""

from functools import partial
from typing import Any

import msgspec
import numpy as np
import orjson
from msgspec import Struct
from numpy.typing import NDArray

from scoring.errors import ModelFailed, WrongRows
from scoring.predict import Answers, Probabilities
from scoring.server.protocols.asked import Asked, Read
from scoring.server.protocols.tensors import DATATYPES, InputTensor, Parameters, rows_of_tensors
from scoring.signature import Signature

BINARY = ("binary_data", "binary_data_output")


class OutputWanted(Struct, frozen=True):
    """An output that a request names."""

    name: str
    parameters: Parameters = {}


class Inference(Struct, frozen=True):
    """A request."""

    inputs: list[InputTensor]
    id: str | None = None
    outputs: list[OutputWanted] = []
    parameters: Parameters = {}


DECODER = msgspec.json.Decoder(Inference)


def inference_reader(model: str) -> Read:
    """What reads the requests to a model, and answers under its name."""

    def read(body: bytes, signature: Signature) -> Asked:
        request = _parsed(body)
        names = _outputs(request, signature)
        probabilities = signature.probabilities
        return Asked(
            rows=rows_of_tensors(request.inputs, signature),
            render=partial(_render, model, request.id, names, signature),
            probabilities=probabilities is not None and probabilities.name in names,
        )

    return read


def _parsed(body: bytes) -> Inference:
    try:
        return DECODER.decode(body)
    except msgspec.ValidationError as problem:
        raise WrongRows(str(problem)) from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as problem:
        raise WrongRows(f"the body is not JSON: {problem}") from None


def _outputs(request: Inference, signature: Signature) -> list[str]:
    """The names of the outputs to answer."""
    offered = output_names(signature)
    if not (request.outputs or request.parameters):
        return offered
    for parameters in (request.parameters, *(each.parameters for each in request.outputs)):
        if any(parameters.get(name) for name in BINARY):
            raise WrongRows("binary tensors are not answered: leave out the parameter")
    for wanted in request.outputs:
        if wanted.name not in offered:
            raise WrongRows(
                f"there is no output {wanted.name!r:.80}; "
                f"the model answers {', '.join(map(repr, offered))}"
            )
    return list(dict.fromkeys(wanted.name for wanted in request.outputs)) or offered


def output_names(signature: Signature) -> list[str]:
    """The outputs that a model answers, its label or quantity first."""
    outputs = (signature.answer, signature.probabilities)
    return [output.name for output in outputs if output is not None]


def _render(
    model: str,
    name: str | None,
    wanted: list[str],
    signature: Signature,
    answers: Answers,
    version: str,
) -> bytes:
    named = {} if name is None else {"id": name}
    return orjson.dumps(
        {
            "model_name": model,
            "model_version": version,
            **named,
            "outputs": [_output(each, signature, answers) for each in wanted],
        }
    )


def _output(name: str, signature: Signature, answers: Answers) -> dict[str, Any]:
    probabilities = answers.probabilities
    if name == signature.answer.name or probabilities is None:
        return _tensor(name, DATATYPES[signature.answer.type], answers.labels)
    found = _tensor(name, probabilities_type(signature), probabilities.matrix)
    return {**found, **_classes(probabilities)}


def probabilities_type(signature: Signature) -> str:
    """The type of a model's probabilities; what ZipMap makes are always FP32."""
    output = signature.probabilities
    return DATATYPES.get(output.type, "FP32") if output else "FP32"


def _classes(probabilities: Probabilities) -> dict[str, Any]:
    """The names of the matrix's columns, where the model tells them, as a parameter."""
    if probabilities.classes is None:
        return {}
    return {"parameters": {"classes": orjson.dumps(probabilities.classes).decode()}}


def _tensor(name: str, datatype: str, values: NDArray[Any]) -> dict[str, Any]:
    if values.dtype.kind == "f" and not np.isfinite(values).all():
        raise ModelFailed("the model answered a number that is not finite, which JSON cannot hold")
    return {
        "name": name,
        "shape": values.shape,
        "datatype": datatype,
        "data": values.ravel().tolist(),
    }
