"""A deployment becomes a model that is ready for traffic: fetched, verified, loaded, warm."""

from scoring.server.documents import Deployment
from scoring.server.pace import Pace, measured
from scoring.server.source import Source
from scoring.sessions import Model, load_model

MODEL_LIMIT = 512 << 20
"""The largest model file in bytes that is fetched into memory."""


def prepare(source: Source, deployment: Deployment) -> tuple[Model, Pace]:
    """Fetch and load one deployment's model, and measure its pace, which warms it up.

    Blocks. Raises Unavailable when it may work later, any other ScoringError when it will not.
    """
    content = source.model(deployment.model, MODEL_LIMIT)
    model = load_model(content, deployment.sha256)
    return model, measured(model)
