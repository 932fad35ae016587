"""Pieces of blobs in every format are scored by the model that was admitted, and none other."""

import io

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from msgspec.structs import replace

from adapters.memory.blobs import MemoryBlobs
from adapters.partitions.partitions import ScoringPartitions
from decisions.actions import Version
from decisions.errors import Missing, Rejected, Unfit
from decisions.policies import Wanted
from decisions.ports import BlobVersion
from tests.scoring.models import classifier, digest, regressor

MODEL = classifier(["no", "yes"], columns=["a", "b"])
VERSION = Version(version="1", run="digits-1", sha256=digest(MODEL), manifest="m")


@pytest.fixture
def blobs() -> MemoryBlobs:
    there = MemoryBlobs()
    there.write("runs", "digits-1/model/model.onnx", MODEL)
    return there


def parquet(rows: int, group: int) -> bytes:
    file = io.BytesIO()
    numbers = pa.array(range(rows), pa.float64())
    columns = {"id": numbers.cast(pa.int64()), "a": numbers, "b": pa.array([5.0] * rows)}
    pq.write_table(pa.table(columns), file, group)
    return file.getvalue()


def test_parquet_is_scored_by_row_groups(blobs: MemoryBlobs):
    blob = blobs.upload("data", "rows.parquet", parquet(10, 4))
    port, wanted = ScoringPartitions(blobs), Wanted(keep=("id",), probabilities=True)
    pieces = port.cut(blob, VERSION, wanted, most=1)
    assert [piece.rows for piece in pieces] == [4, 4, 2]
    done = [port.score(blob, piece, VERSION, wanted) for piece in pieces]
    tables = [pq.read_table(io.BytesIO(one.output)) for one in done]
    found = pa.concat_tables(tables)
    assert found.column_names == ["id", "prediction", "probability.no", "probability.yes"]
    assert found["id"].to_pylist() == list(range(10))
    assert found["prediction"].to_pylist()[:4] == ["yes"] * 4
    assert found["prediction"].to_pylist()[6:] == ["no"] * 4


def test_parquet_that_is_replaced_while_it_is_scored_is_missing(blobs: MemoryBlobs):
    blob = blobs.upload("data", "rows.parquet", parquet(10, 4))
    port = ScoringPartitions(Replacing(blobs, reads=3))
    first, *_ = port.cut(blob, VERSION, Wanted(), most=1)
    with pytest.raises(Missing):
        port.score(blob, first, VERSION, Wanted())


class Replacing(MemoryBlobs):
    """Storage in which a file is gone after so many reads of it."""

    def __init__(self, blobs: MemoryBlobs, reads: int) -> None:
        super().__init__()
        self._inner, self._left = blobs, reads

    def read(
        self, container: str, path: str, *, etag: str | None = None, span: range | None = None
    ) -> bytes:
        self._left -= path == "rows.parquet"
        if self._left < 0:
            raise Missing(f"{path} is gone")
        return self._inner.read(container, path, etag=etag, span=span)


def test_model_that_is_not_the_admitted_one_is_rejected(blobs: MemoryBlobs):
    blob = blobs.upload("data", "rows.parquet", parquet(10, 4))
    port = ScoringPartitions(blobs)
    with pytest.raises(Rejected, match="was admitted; not loaded"):
        port.cut(blob, replace(VERSION, sha256="0" * 64), Wanted(), most=100)


def test_model_that_is_gone_is_missing(blobs: MemoryBlobs):
    blob = blobs.upload("data", "rows.parquet", parquet(10, 4))
    with pytest.raises(Missing):
        ScoringPartitions(blobs).cut(blob, replace(VERSION, run="digits-2"), Wanted(), most=100)


@pytest.mark.parametrize(
    ("content", "wanted", "cause"),
    [
        (parquet(10, 4)[:-9], Wanted(), "data/rows cannot be read as Parquet"),
        (parquet(10, 4), Wanted(keep=("c",)), "data/rows has no column `c`"),
        (b"prediction,a,b\n1,2,3\n", Wanted(), "data/rows has a column `prediction` itself"),
    ],
)
def test_file_of_which_nothing_can_be_scored_is_unfit(
    blobs: MemoryBlobs, content: bytes, wanted: Wanted, cause: str
):
    blob = blobs.upload("data", "rows", content)
    with pytest.raises(Unfit, match=cause):
        ScoringPartitions(blobs).cut(blob, VERSION, wanted, most=100)


def test_probabilities_of_a_model_without_any_are_rejected(blobs: MemoryBlobs):
    model = regressor([1.0, 1.0], columns=["a", "b"])
    blobs.write("runs", "digits-3/model/model.onnx", model)
    version = replace(VERSION, run="digits-3", sha256=digest(model))
    blob = BlobVersion(container="data", path="rows", etag="1", size=1)
    with pytest.raises(Rejected, match="gives no probabilities"):
        ScoringPartitions(blobs).cut(blob, version, Wanted(probabilities=True), most=100)
