"""BentoML's service around ONNX Runtime; a method that is not async was the faster one."""

import bentoml

from benchmarks.online.peers.session import Session


@bentoml.service(workers=1)
class Classifier:
    """The service; the arguments of a method are the fields of the JSON that is sent."""

    def __init__(self) -> None:
        self._session = Session()

    @bentoml.api  # type: ignore[untyped-decorator]  # BentoML is not installed here.
    def score(self, rows: list[list[float]]) -> list[int]:
        """A label a row."""
        return self._session.labels(rows)
