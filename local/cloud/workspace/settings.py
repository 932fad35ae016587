"""What a workspace is made of."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

# Every workspace has the first; the second is where Ratchet has its jobs write.
DATASTORES = {"workspaceblobstore": "azureml-blobstore", "ratchet_runs": "runs"}


@dataclass(frozen=True, kw_only=True)
class Settings:
    """A workspace's surroundings.

    `id` is its ARM id, `storage` the connection string of its account, `datastores` its containers
    by name, `folder` where it keeps its state and its steps work, `environment` what every step is
    told besides Azure ML's own variables (the endpoint of its identity, say), and `seconds` the
    longest that a step may take. `mlflow` is the MLflow server itself, `tracking_uri` the address
    under which the workspace offers it to steps and to everybody, and `tracking_token` gives the
    bearer token that a step needs there, or "" where none is asked for.
    """

    id: str
    storage: str
    mlflow: str
    tracking_uri: str
    folder: Path
    location: str = "local"
    datastores: Mapping[str, str] = field(default_factory=lambda: dict(DATASTORES))
    tracking_token: Callable[[], str] = lambda: ""
    environment: Mapping[str, str] = field(default_factory=dict)
    seconds: float = 600.0
