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

from collections import deque
from collections.abc import Collection, Iterator
from datetime import UTC, datetime
from io import BytesIO
from typing import Any

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from scoring.server.settings import RESERVED
from scoring.signature import Signature, Tensor

HOUR = 3600 * 1_000_000
PREDICTION = "prediction"
LONGEST_TEXT = 256
"""Characters of a text label that are kept."""
OVERHEAD = 512
"""Bytes that a request takes in the queue beside its values, about."""


class Answered(Struct, frozen=True, gc=False):
    """One request that was answered; `at` in microseconds since 1970, `latency` in seconds.

    The values of its rows and its answers are kept as bytes, one behind the other, or as texts:
    thousands of them are put together in no time, and arrays that small take ten times the memory.
    """

    request: str
    version: str
    at: int
    latency: float
    signature: Signature
    rows: int
    values: bytes
    answers: bytes | list[str]

    @property
    def size(self) -> int:
        """How many bytes it takes, about."""
        answers = self.answers
        length = len(answers) if isinstance(answers, bytes) else sum(map(len, answers))
        return len(self.values) + length + OVERHEAD


def single(answers: NDArray[Any]) -> NDArray[Any]:
    """An answer a row to keep: the first of several, texts bounded."""
    if answers.ndim == 2:
        answers = answers[:, 0]
    if not answers.dtype.hasobject:
        return answers
    return np.array([str(answer)[:LONGEST_TEXT] for answer in answers], dtype=object)


def packed(answers: NDArray[Any]) -> bytes | list[str]:
    """What is kept of answers, as it is queued."""
    kept = single(answers)
    return kept.tolist() if kept.dtype.hasobject else kept.tobytes()


def files(queue: deque[Answered], most_rows: int) -> Iterator[list[Answered]]:
    """What each file holds: requests of one model and hour, in order, about `most_rows` rows.

    The queue is emptied on the way, so that what was written is not kept.
    """
    begun: dict[tuple[int, int], list[Answered]] = {}
    rows: dict[tuple[int, int], int] = {}
    while queue:
        each = queue.popleft()
        kind = (each.at // HOUR, id(each.signature))  # Each model has a signature of its own.
        begun.setdefault(kind, []).append(each)
        rows[kind] = rows.get(kind, 0) + each.rows
        if rows[kind] >= most_rows:
            yield begun.pop(kind)
            del rows[kind]
    yield from begun.values()


def folder(answered: list[Answered]) -> str:
    """Where a file belongs: the hour of its rows."""
    return datetime.fromtimestamp(answered[0].at // 1_000_000, UTC).strftime("%Y/%m/%d/%H")


def parquet(answered: list[Answered], excluded: Collection[str]) -> bytes:
    """The file of some requests, without the excluded columns."""
    # Only whoever writes a file pays for the import: neither the start nor a request.
    import pyarrow as pa
    from pyarrow.parquet import write_table

    columns = _values(pa, answered) | _facts(pa, answered)
    kept = {name: column for name, column in columns.items() if name not in excluded}
    texts = [name for name, column in kept.items() if pa.types.is_string(column.type)]
    output = BytesIO()
    write_table(pa.table(kept), output, compression="zstd", use_dictionary=texts)
    return output.getvalue()


def practise() -> None:
    """Write a small file to nowhere, so that the first one to be kept takes no longer than others.

    It imports what writes files, and has its memory and its codecs prepared.
    """
    tensor = Tensor(name="", type="float32", shape=(None, 1))
    zero = bytes(4)
    signature = Signature(rows=tensor, answer=tensor)
    parquet([Answered("", "", 0, 0.0, signature, 1, zero, zero)], ())


def _values(pa: Any, answered: list[Answered]) -> dict[str, Any]:
    """The model's columns and its answers."""
    signature = answered[0].signature
    values = b"".join([each.values for each in answered])
    matrix = np.frombuffer(values, signature.rows.type).reshape(-1, signature.width)
    columns = {
        name: pa.array(matrix[:, position])
        for position, name in enumerate(map(signature.field, range(signature.width)))
        if name != PREDICTION and not name.startswith(RESERVED)
    }
    return {**columns, PREDICTION: _predictions(pa, answered)}


def _predictions(pa: Any, answered: list[Answered]) -> Any:
    kind = answered[0].signature.answer.type
    if kind == "string":
        return pa.array([text for each in answered for text in each.answers], pa.string())
    numbers = b"".join([each.answers for each in answered if isinstance(each.answers, bytes)])
    return pa.array(np.frombuffer(numbers, kind))


def _facts(pa: Any, answered: list[Answered]) -> dict[str, Any]:
    """What is known of each row beside its values."""
    requests = np.repeat(np.arange(len(answered)), [each.rows for each in answered])

    def spread(values: list[Any], kind: Any) -> Any:
        return pa.array(values, type=kind).take(requests)

    return {
        "ratchet.request": spread([each.request for each in answered], pa.string()),
        "ratchet.version": spread([each.version for each in answered], pa.string()),
        "ratchet.at": spread([each.at for each in answered], pa.timestamp("us", tz="UTC")),
        "ratchet.latency_ms": spread([1000 * each.latency for each in answered], pa.float32()),
        "ratchet.status": pa.repeat(pa.scalar(200, pa.int16()), len(requests)),
    }
