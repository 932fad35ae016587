"""A deployment becomes a model that is ready for traffic: fetched, verified, loaded, warm."""

from scoring.predict import predict
from scoring.server.documents import Deployment
from scoring.server.source import Source
from scoring.sessions import Model, load_model
from scoring.synthetic import synthetic_rows

MODEL_LIMIT = 512 << 20
"""The largest model file in bytes that is fetched into memory."""


def prepare(source: Source, deployment: Deployment) -> Model:
    """Fetch and load one deployment's model, and score a row on it, which warms it up.

    Blocks. Raises Unavailable when it may work later, any other ScoringError when it will not.
    """
    content = source.model(deployment.model, MODEL_LIMIT)
    model = load_model(content, deployment.sha256)
    predict(model, synthetic_rows(model.signature, 1))
    return model
