"""What a run says of the model that it left: read from its MLmodel file, and not believed."""

import re
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

import yaml

from decisions.errors import Missing, Rejected
from decisions.ports import Blobs

_LONGEST = 1_000_000
_RUN_ID = re.compile(r"[A-Za-z0-9_-]{1,255}")


@dataclass(frozen=True, kw_only=True)
class Source:
    """The MLflow run that logged a model, and where below its artifacts the model lies."""

    run_id: str
    path: str

    @property
    def uri(self) -> str:
        """The source of a model version; MLflow accepts it only together with its run id."""
        return f"runs:/{self.run_id}/{self.path}"


def source_of(blobs: Blobs, job: str) -> Source:
    """The source of the model that a job left below `runs/<job>/model`. Raises Rejected."""
    path = f"{job}/model/MLmodel"
    try:
        content = blobs.read("runs", path, span=range(_LONGEST))
    except Missing as missing:
        raise Missing(
            f"run {job} left no model: runs/{path} is not there; the pipeline's output `model` "
            "has to be an MLflow model folder",
            "no_model",
        ) from missing
    return _source(_parsed(content, path), path)


def _parsed(content: bytes, path: str) -> dict[str, Any]:
    try:
        parsed = yaml.safe_load(content)
    except yaml.YAMLError as error:
        raise Rejected(f"runs/{path} is not YAML: {error}", "bad_model") from error
    return parsed if isinstance(parsed, dict) else {}


def _source(mlmodel: dict[str, Any], path: str) -> Source:
    run_id, artifact_path = mlmodel.get("run_id"), mlmodel.get("artifact_path")
    if not isinstance(run_id, str) or not _RUN_ID.fullmatch(run_id):
        raise Rejected(f"runs/{path} names no run_id: log the model within a run", "bad_model")
    if not isinstance(artifact_path, str) or not _stays_below(artifact_path):
        raise Rejected(
            f"runs/{path} has the artifact_path {artifact_path!r}: log the model under a relative "
            "path of its run",
            "bad_model",
        )
    return Source(run_id=run_id, path=artifact_path)


def _stays_below(path: str) -> bool:
    parts = PurePosixPath(path).parts
    return bool(parts) and parts[0] != "/" and ".." not in parts and ":" not in path
