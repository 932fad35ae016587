"""Answered requests become Parquet files, which drift and canary analysis read.

    <column> …            the rows as the model took them, by the model's names of its columns, or
                          by position ("0", "1", …) when it names none
    prediction            the label or quantity; the first one of a model that answers several
    ratchet.request       the request's id, text: rows of one request share it and keep their order
    ratchet.version       the version that answered, text
    ratchet.at            when it was answered, UTC, in microseconds
    ratchet.latency_ms    from the request's first byte to its answer, float32
    ratchet.status        the HTTP status, int16; always 200, since only valid rows are logged

Columns of a model that are called as one of the log's own are left out.

A file holds rows of one model and of one UTC hour, so that its columns have one type each and
whoever wants an hour finds all of it in that hour's folder.
"""

from array import array
from collections import deque
from collections.abc import Collection
from datetime import UTC, datetime
from io import BytesIO
from typing import Any

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from scoring.rows import Matrix
from scoring.server.settings import RESERVED
from scoring.signature import Signature, Tensor

HOUR = 3600 * 1_000_000
PREDICTION = "prediction"
LONGEST_TEXT = 256
"""Characters of a text label that are kept."""
OVERHEAD = 256
"""Bytes that a request takes in a batch beside its values, about."""


class Answered(Struct, frozen=True, gc=False):
    """One request that was answered; `at` in microseconds since 1970, `latency` in seconds."""

    request: str
    version: str
    at: int
    latency: float
    signature: Signature
    rows: Matrix
    answers: NDArray[Any]

    @property
    def size(self) -> int:
        """How many bytes it takes, about."""
        texts = sum(map(len, self.answers)) if self.answers.dtype.hasobject else 0
        return self.rows.nbytes + self.answers.nbytes + texts + OVERHEAD


def single(answers: NDArray[Any]) -> NDArray[Any]:
    """An answer a row to keep: the first of several, texts bounded."""
    if answers.ndim == 2:
        answers = answers[:, 0]
    if answers.dtype != object:
        return answers
    return np.array([str(answer)[:LONGEST_TEXT] for answer in answers], dtype=object)


class Batch:
    """The requests of one model and hour, kept by column as they come: the rows of one file.

    Values are copied behind each other. To keep the arrays of each request instead costs a file of
    10,000 small requests three times the processor time, and the process ten times the memory.
    """

    def __init__(self, signature: Signature, hour: int) -> None:
        self.folder = datetime.fromtimestamp(hour * 3600, UTC).strftime("%Y/%m/%d/%H")
        self.rows = 0
        self.size = 0
        self.signature = signature
        self._values = bytearray()
        self._answers = bytearray()
        self._texts: list[str] = []  # Answers that are texts.
        self._requests: list[str] = []
        self._versions: list[str] = []
        self._at = array("q")
        self._seconds = array("d")
        self._lengths = array("q")

    def add(self, answered: Answered, size: int) -> None:
        """Take the rows of a request, which come behind those that are there; `size` is theirs."""
        self._values += answered.rows.tobytes()
        if answered.answers.dtype.hasobject:
            self._texts += answered.answers.tolist()
        else:
            self._answers += answered.answers.tobytes()
        self._requests.append(answered.request)
        self._versions.append(answered.version)
        self._at.append(answered.at)
        self._seconds.append(answered.latency)
        self._lengths.append(len(answered.rows))
        self.rows += len(answered.rows)
        self.size += size

    def parquet(self, excluded: Collection[str]) -> bytes:
        """The file, without the excluded columns."""
        # Only whoever writes a file pays for the import: neither the start nor a request.
        import pyarrow as pa
        from pyarrow.parquet import write_table

        columns = self._model_columns(pa) | self._facts(pa)
        kept = {name: column for name, column in columns.items() if name not in excluded}
        texts = [name for name, column in kept.items() if pa.types.is_string(column.type)]
        output = BytesIO()
        write_table(pa.table(kept), output, compression="zstd", use_dictionary=texts)
        return output.getvalue()

    def _model_columns(self, pa: Any) -> dict[str, Any]:
        """The model's columns and its answers."""
        signature = self.signature
        matrix = np.frombuffer(self._values, signature.rows.type).reshape(self.rows, -1)
        columns = {
            name: pa.array(matrix[:, position])
            for position, name in enumerate(map(signature.field, range(signature.width)))
            if name != PREDICTION and not name.startswith(RESERVED)
        }
        return {**columns, PREDICTION: self._predictions(pa)}

    def _predictions(self, pa: Any) -> Any:
        kind = self.signature.answer.type
        if kind == "string":
            return pa.array(self._texts, pa.string())
        return pa.array(np.frombuffer(self._answers, kind))

    def _facts(self, pa: Any) -> dict[str, Any]:
        """What is known of each row beside its values."""
        requests = pa.array(np.repeat(np.arange(len(self._lengths)), self._lengths))

        def spread(values: Any, kind: Any) -> Any:
            return pa.array(values, kind).take(requests)

        milliseconds = (1000 * np.frombuffer(self._seconds)).astype("float32")
        at = np.frombuffer(self._at, "datetime64[us]")
        return {
            "ratchet.request": spread(self._requests, pa.string()),
            "ratchet.version": spread(self._versions, pa.string()),
            "ratchet.at": spread(at, pa.timestamp("us", tz="UTC")),
            "ratchet.latency_ms": spread(milliseconds, pa.float32()),
            "ratchet.status": pa.repeat(pa.scalar(200, pa.int16()), self.rows),
        }


class Batches:
    """What is collected: a batch for each model and hour, and another one when that is full."""

    def __init__(self, most_rows: int) -> None:
        self.rows = 0
        self._most_rows = most_rows
        self._full: list[Batch] = []
        self._open: dict[tuple[int, int], Batch] = {}

    def add(self, answered: Answered, size: int) -> None:
        """Put a request of a size into its batch, which is full with the one that makes it so."""
        hour, signature = answered.at // HOUR, answered.signature
        kind = hour, id(signature)  # Each model has a signature of its own.
        batch = self._open.get(kind)
        if batch is None:
            batch = self._open[kind] = Batch(signature, hour)
        batch.add(answered, size)
        self.rows += len(answered.rows)
        if batch.rows >= self._most_rows:
            self._full.append(self._open.pop(kind))

    def take(self) -> deque[Batch]:
        """All batches, which are no longer here then."""
        taken = deque([*self._full, *self._open.values()])
        self._full, self._open, self.rows = [], {}, 0
        return taken


def practise() -> None:
    """Write a small file to nowhere, so that the first one to be kept takes no longer than others.

    It imports what writes files, and has its memory and its codecs prepared.
    """
    tensor = Tensor(name="", type="float32", shape=(None, 1))
    batch = Batch(Signature(rows=tensor, answer=tensor), 0)
    row = np.zeros((1, 1), "float32")
    batch.add(Answered("", "", 0, 0.0, batch.signature, row, row[0]), row.nbytes)
    batch.parquet(())
