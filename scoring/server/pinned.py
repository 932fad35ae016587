"""A server that follows nothing: one model, whose bytes are pinned, with all the traffic.

It is told to the rest as a document that never changes, so that there is one way to serve.
"""

from collections.abc import Callable
from pathlib import Path

import msgspec

from scoring.errors import Unsuitable
from scoring.server.documents import Deployment, Desired
from scoring.server.settings import Misconfigured
from scoring.server.source import Document, Missing, Source, Unavailable

MODEL = "model.onnx"


class PinnedSource:
    """The source of one model; `log` keeps the log of inputs and predictions, if there is one."""

    def __init__(
        self, endpoint: str, sha256: str, read: Callable[[int], bytes], log: Source | None
    ) -> None:
        self._document = Document(_document(endpoint, sha256), tag=sha256)
        self._read = read
        self._log = log

    def desired(self, known: str | None) -> Document | None:
        """The document, once."""
        return None if known == self._document.tag else self._document

    def model(self, folder: str, limit: int) -> bytes:  # noqa: ARG002 - there is one model.
        """The bytes of the model. Raises Unsuitable above `limit` of them."""
        return self._read(limit)

    def report(self, status: bytes) -> None:
        """Nothing: nobody asked for anything that could be answered by a status."""

    def keep(self, path: str, content: bytes) -> None:
        """Keep a file of the log where there is a place for it."""
        if self._log is None:
            raise Missing("there is no storage account to log to")
        self._log.keep(path, content)


def find_model(folder: Path) -> Path:
    """The model file of a folder, or of the one folder in it that has one. Raises Misconfigured."""
    found = [folder / MODEL] if (folder / MODEL).is_file() else sorted(folder.glob(f"*/{MODEL}"))
    if len(found) != 1:
        raise Misconfigured(
            f"AZUREML_MODEL_DIR has to hold one {MODEL}, in it or one folder below: "
            f"{folder} holds {len(found) or 'none'}"
        )
    return found[0]


def read_file(path: Path, limit: int) -> bytes:
    """The bytes of a file. Raises Unsuitable above `limit` of them, Unavailable if unreadable."""
    try:
        with path.open("rb") as file:
            content = file.read(limit + 1)
    except OSError as problem:
        raise Unavailable(f"{path} cannot be read: {problem.strerror}") from problem
    if len(content) > limit:
        raise Unsuitable(f"{path.name} has more than {limit:,} bytes")
    return content


def _document(endpoint: str, sha256: str) -> bytes:
    """The model is its own version, called by the beginning of its digest."""
    name = sha256[:12]
    deployment = Deployment(name=name, version=name, model=f"pinned/{name}", sha256=sha256)
    desired = Desired(
        schema=1, endpoint=endpoint, generation=1, deployments=(deployment,), traffic={name: 100}
    )
    return msgspec.json.encode(desired)
