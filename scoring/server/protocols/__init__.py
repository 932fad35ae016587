"""The protocols in which rows are sent, and predictions sent back; one module each.

    azureml           POST /score, Azure ML's online contract
    mlflow            POST /invocations, MLflow's scoring server
    open_inference    POST /v2/models/…/infer, the Open Inference Protocol

Each one reads a body into what is asked: rows, and how the answer to them is written. Which models
and deployments there are is no matter of theirs. `tables` has the forms of rows in JSON that
Azure ML and MLflow share, `tensors` those of the Open Inference Protocol.

Sources: see tests/specs/inference/SOURCES.md.
"""

from scoring.server.protocols.asked import Asked, Read
from scoring.server.protocols.azureml import read_azureml
from scoring.server.protocols.mlflow import mlflow_reader
from scoring.server.protocols.open_inference import inference_reader

__all__ = [
    "Asked",
    "Read",
    "inference_reader",
    "mlflow_reader",
    "read_azureml",
]
