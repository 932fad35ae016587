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

A file holds rows of one layout and of one UTC hour, so that its columns have one type each and
whoever wants an hour finds all of it in that hour's folder.
"""

from collections import deque
from collections.abc import Callable, Collection, Iterator
from datetime import UTC, datetime
from io import BytesIO
from typing import Any, NamedTuple

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from scoring.rows import Matrix
from scoring.server.settings import RESERVED
from scoring.signature import Signature

PREDICTION = "prediction"
LONGEST_TEXT = 256
"""Characters of a text label that are kept."""
OVERHEAD = 512
"""Bytes that a request takes in the queue beside its values, about."""


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
        texts = sum(map(len, self.answers)) if self.answers.dtype == object else 0
        return self.rows.nbytes + self.answers.nbytes + texts + OVERHEAD


class Layout(NamedTuple):
    """What the columns of a file are, and the hour of its rows as a folder."""

    hour: str
    names: tuple[str, ...]
    rows: str
    answer: str


def single(answers: NDArray[Any]) -> NDArray[Any]:
    """An answer a row to keep: the first of several, texts bounded."""
    if answers.ndim == 2:
        answers = answers[:, 0].copy()  # Not a view, which would keep all the others.
    if answers.dtype != object:
        return answers
    return np.array([str(answer)[:LONGEST_TEXT] for answer in answers], dtype=object)


def files(queue: deque[Answered], most_rows: int) -> Iterator[tuple[Layout, list[Answered]]]:
    """What each file holds: requests of one layout, in their order, about `most_rows` rows.

    The queue is emptied on the way, so that what was written is not kept.
    """
    open_files: dict[Layout, list[Answered]] = {}
    rows: dict[Layout, int] = {}
    while queue:
        each = queue.popleft()
        layout = _layout(each)
        open_files.setdefault(layout, []).append(each)
        rows[layout] = rows.get(layout, 0) + len(each.rows)
        if rows[layout] >= most_rows:
            yield layout, open_files.pop(layout)
            del rows[layout]
    yield from open_files.items()


def parquet(layout: Layout, answered: list[Answered], excluded: Collection[str]) -> bytes:
    """The file of some requests, without the excluded columns."""
    # Only whoever writes a file pays for the import: neither the start nor a request.
    import pyarrow as pa
    from pyarrow.parquet import write_table

    columns = _values(pa, layout, answered) | _facts(pa, answered)
    kept = {name: column for name, column in columns.items() if name not in excluded}
    texts = [name for name, column in kept.items() if pa.types.is_string(column.type)]
    output = BytesIO()
    write_table(pa.table(kept), output, compression="zstd", use_dictionary=texts)
    return output.getvalue()


def _layout(answered: Answered) -> Layout:
    hour = datetime.fromtimestamp(answered.at // 1_000_000, UTC).strftime("%Y/%m/%d/%H")
    signature = answered.signature
    names = signature.columns or tuple(map(str, range(signature.width)))
    return Layout(hour, names, signature.rows.type, signature.answer.type)


def _values(pa: Any, layout: Layout, answered: list[Answered]) -> dict[str, Any]:
    """The model's columns and its answers."""
    matrix = np.concatenate([each.rows for each in answered])
    answers = np.concatenate([each.answers for each in answered])
    columns = {
        name: pa.array(matrix[:, position])
        for position, name in enumerate(layout.names)
        if name != PREDICTION and not name.startswith(RESERVED)
    }
    kind = pa.type_for_alias(layout.answer)
    return {**columns, PREDICTION: pa.array(answers, type=kind)}


def _facts(pa: Any, answered: list[Answered]) -> dict[str, Any]:
    """What is known of each row beside its values."""
    counts = [len(each.rows) for each in answered]

    def spread(value: Callable[[Answered], object], kind: Any) -> Any:
        values = [value(each) for each in answered]
        return pa.array(np.repeat(np.array(values), counts), type=kind)

    return {
        "ratchet.request": spread(lambda each: each.request, pa.string()),
        "ratchet.version": spread(lambda each: each.version, pa.string()),
        "ratchet.at": spread(lambda each: each.at, pa.timestamp("us", tz="UTC")),
        "ratchet.latency_ms": spread(lambda each: each.latency * 1000, pa.float32()),
        "ratchet.status": spread(lambda _: 200, pa.int16()),
    }
