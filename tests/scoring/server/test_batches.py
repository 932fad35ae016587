"""What a log file holds, and in which types."""

import subprocess
import sys
from collections import deque
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from scoring.server.batches import Answered, files, folder, packed, parquet, single
from scoring.signature import Signature, Tensor

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
FACTS = (
    "prediction",
    "ratchet.request",
    "ratchet.version",
    "ratchet.at",
    "ratchet.latency_ms",
    "ratchet.status",
)


def signature(
    *columns: str, width: int = 2, rows: str = "float32", answer: str = "float32"
) -> Signature:
    return Signature(
        rows=Tensor(name="X", type=rows, shape=(None, len(columns) or width)),
        answer=Tensor(name="Y", type=answer, shape=(None,)),
        columns=columns or None,
    )


def answered(
    values: Sequence[Sequence[float]],
    answers: Sequence[Any],
    taking: Signature,
    *,
    request: str = "r",
    version: str = "1",
    at: datetime = NOON,
) -> Answered:
    kind = {"string": "object"}.get(taking.answer.type, taking.answer.type)
    return Answered(
        request=request,
        version=version,
        at=(at - EPOCH) // timedelta(microseconds=1),
        latency=0.25,
        signature=taking,
        rows=len(values),
        values=np.array(values, taking.rows.type).tobytes(),
        answers=packed(np.array(answers, kind)),
    )


def written(*requests: Answered, excluded: frozenset[str] = frozenset()) -> Any:
    (batch,) = files(deque(requests), 1000)
    return pq.read_table(BytesIO(parquet(batch, excluded)))


def test_rows_of_requests_are_read_back_as_they_were():
    taking = signature("age", "weight")
    later = NOON + timedelta(microseconds=1)
    content = written(
        answered([[1, 2], [3, 4]], [0.5, 1.5], taking, request="first"),
        answered([[5, 6]], [2.5], taking, request="second", version="2", at=later),
    )
    found = content.to_pandas()
    expected = pd.DataFrame(
        {
            "age": np.array([1, 3, 5], "float32"),
            "weight": np.array([2, 4, 6], "float32"),
            "prediction": np.array([0.5, 1.5, 2.5], "float32"),
            "ratchet.request": ["first", "first", "second"],
            "ratchet.version": ["1", "1", "2"],
            "ratchet.at": pd.DatetimeIndex([NOON, NOON, later]).as_unit("us"),
            "ratchet.latency_ms": np.array([250, 250, 250], "float32"),
            "ratchet.status": np.array([200, 200, 200], "int16"),
        }
    )
    pd.testing.assert_frame_equal(found, expected, check_dtype=False)
    assert content.schema.field("ratchet.at").type == pa.timestamp("us", tz="UTC")
    assert content.schema.field("ratchet.latency_ms").type == pa.float32()
    assert content.schema.field("ratchet.status").type == pa.int16()


@pytest.mark.parametrize("rows", ["float32", "float64", "int32", "int64"])
@pytest.mark.parametrize(
    ("answer", "answers", "kind"),
    [
        ("float32", [0.5], pa.float32()),
        ("float64", [0.5], pa.float64()),
        ("int64", [7], pa.int64()),
        ("int32", [7], pa.int32()),
        ("bool", [True], pa.bool_()),
        ("string", ["yes"], pa.string()),
    ],
)
def test_types_are_those_of_the_signature(rows: str, answer: str, answers: list[Any], kind: Any):
    found = written(answered([[1, 2]], answers, signature("a", "b", rows=rows, answer=answer)))
    assert [str(found.schema.field(name).type) for name in "ab"] == [
        {"float32": "float", "float64": "double"}.get(rows, rows)
    ] * 2
    assert found.schema.field("prediction").type == kind
    assert found["prediction"].to_pylist() == answers


def test_columns_without_names_are_called_by_position():
    assert written(answered([[1, 2]], [1], signature())).column_names == ["0", "1", *FACTS]


def test_excluded_columns_are_absent():
    request = answered([[1, 2]], [1], signature("age", "weight"))
    found = written(request, excluded=frozenset({"age", "prediction", "other"}))
    assert found.column_names == ["weight", *FACTS[1:]]


def test_the_columns_of_the_log_itself_come_before_those_of_a_model():
    taking = signature("ratchet.status", "prediction", "a")
    found = written(answered([[404, 9, 1]], [1], taking))
    assert found.column_names == ["a", *FACTS]
    assert found.to_pylist()[0]["ratchet.status"] == 200
    assert found.to_pylist()[0]["prediction"] == 1


def test_an_answer_that_is_not_a_number_stays_one():
    (found,) = written(answered([[1, 2]], [float("nan")], signature()))["prediction"].to_pylist()
    assert np.isnan(found)


def test_a_file_holds_one_hour_and_one_model_in_order():
    plain, named = signature(), signature("a", "b")
    requests = [
        answered([[1, 1]], [1], plain, request="1", at=NOON - timedelta(microseconds=1)),
        answered([[1, 1]], [1], plain, request="2"),
        answered([[1, 1]], [1], named, request="3"),
        answered([[1, 1]], [1], plain, request="4"),
        answered([[1, 1]], [1], signature(answer="int64"), request="5"),
    ]
    found = [
        (folder(batch), [each.request for each in batch]) for batch in files(deque(requests), 9)
    ]
    assert found == [
        ("2026/11/21/11", ["1"]),
        ("2026/11/21/12", ["2", "4"]),
        ("2026/11/21/12", ["3"]),
        ("2026/11/21/12", ["5"]),
    ]


def test_a_file_ends_with_the_request_that_makes_it_full():
    taking = signature()
    requests = [answered([[1, 1]] * rows, [1] * rows, taking) for rows in (2, 2, 5, 1)]
    sizes = [[each.rows for each in batch] for batch in files(deque(requests), 3)]
    assert sizes == [[2, 2], [5], [1]]


def test_of_several_answers_the_first_is_kept():
    answers = np.arange(6.0).reshape(3, 2)
    assert single(answers).tolist() == [0, 2, 4]


def test_long_labels_are_cut():
    assert single(np.array(["x" * 1000, "yes"], object)).tolist() == ["x" * 256, "yes"]


def test_a_server_that_logged_nothing_yet_has_not_loaded_pyarrow():
    program = "import sys, scoring.server.serving as _; print('pyarrow' in sys.modules)"
    ended = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True)
    assert ended.stdout == b"False\n"
