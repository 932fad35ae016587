"""The few models that a process scores with, kept from one piece to the next."""

from functools import lru_cache
from typing import TYPE_CHECKING

from decisions.actions import Version
from decisions.errors import Rejected
from decisions.ports import Blobs

if TYPE_CHECKING:
    from scoring.sessions import Model

_KEPT = 4
_RUNS = "runs"


class LoadedModels:
    """Loads the model of a version, and none but the one that was admitted."""

    def __init__(self, blobs: Blobs) -> None:
        self._blobs = blobs
        self._load = lru_cache(maxsize=_KEPT)(self._loaded)

    def of(self, version: Version) -> "Model":
        """The model. Raises Missing when the run left none, Rejected when it cannot be used."""
        return self._load(version.run, version.sha256)

    def _loaded(self, run: str, sha256: str) -> "Model":
        from scoring.errors import ScoringError
        from scoring.sessions import load_model

        content = self._blobs.read(_RUNS, f"{run}/model/model.onnx")
        try:
            return load_model(content, sha256)
        except ScoringError as error:
            raise Rejected(f"the model of {run} cannot be used: {error}", "model") from error
