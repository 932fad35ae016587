"""JSON Schemas of the Open Inference Protocol, narrowed to what a model takes and gives."""

from scoring.server.openapi.schemas import Schema, array, record, ref
from scoring.server.protocols.open_inference import output_names
from scoring.server.protocols.tensors import DATATYPES, FLOATS
from scoring.signature import Signature

PARAMETERS: Schema = {
    "type": "object",
    "additionalProperties": {"type": ["string", "number", "boolean"]},
}


def inference(signature: Signature) -> dict[str, Schema]:
    """The schemas of the Open Inference Protocol."""
    outputs: Schema = {"enum": output_names(signature)}
    names = [signature.rows.name, *(signature.columns or ())]
    whole = signature.rows.type.startswith("int")
    kinds = [kind for kind in _numeric() if not (whole and kind in FLOATS)]
    shape = array({"type": "integer", "minimum": 0}, minItems=1, maxItems=2)
    described = record(
        {
            "name": {"type": "string"},
            "datatype": {"type": "string"},
            "shape": array({"type": "integer", "minimum": -1}),
        }
    )
    return {
        "Parameters": PARAMETERS,
        "TensorData": array(
            {"anyOf": [ref("TensorData"), {"type": ["number", "string", "boolean"]}]}
        ),
        "InputTensor": _with_parameters(
            {
                "name": {"enum": names},
                "shape": shape,
                "datatype": {"enum": kinds},
                "data": ref("TensorData"),
            }
        ),
        "OutputWanted": _with_parameters({"name": outputs}),
        "OutputTensor": _with_parameters(
            {
                "name": outputs,
                "shape": array({"type": "integer", "minimum": 0}),
                "datatype": {"enum": list(DATATYPES.values())},
                "data": ref("TensorData"),
            }
        ),
        "InferenceRequest": _with_parameters(
            {"inputs": array(ref("InputTensor"), minItems=1)},
            id={"type": "string"},
            outputs=array(ref("OutputWanted")),
        ),
        "InferenceAnswer": _with_parameters(
            {
                "model_name": {"type": "string"},
                "model_version": {"type": "string"},
                "outputs": array(ref("OutputTensor"), minItems=1),
            },
            id={"type": "string"},
        ),
        "TensorMetadata": described,
        "ModelMetadata": record(
            {
                "name": {"type": "string"},
                "versions": array({"type": "string"}),
                "platform": {"type": "string"},
                "inputs": array(ref("TensorMetadata")),
                "outputs": array(ref("TensorMetadata")),
                "properties": {"type": "object", "additionalProperties": {"type": "string"}},
            }
        ),
    }


def _with_parameters(properties: dict[str, Schema], **optional: Schema) -> Schema:
    found = record(properties)
    more = {"parameters": ref("Parameters"), **optional}
    return {**found, "properties": {**properties, **more}}


def _numeric() -> list[str]:
    sizes = ("8", "16", "32", "64")
    whole = [f"{sign}INT{size}" for sign in ("", "U") for size in sizes]
    return [*whole, *sorted(FLOATS)]
