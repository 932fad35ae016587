"""What every adapter of the port `Partitions` keeps to, in memory and on files in Blob Storage."""

import csv
import io
import json
from typing import Any, Protocol
from uuid import uuid4

import pytest
from azure.storage.blob import BlobServiceClient

from adapters.memory.blobs import MemoryBlobs
from adapters.memory.partitions import MemoryPartitions
from adapters.partitions.partitions import ScoringPartitions
from adapters.storage.blobs import AzureBlobs
from decisions.actions import Version
from decisions.errors import Missing, Unfit
from decisions.policies import Wanted
from decisions.ports import BlobVersion, Partitions, Piece, Scored
from tests.scoring.models import digest, regressor

WANTED = Wanted(shape="csv")
MODEL = regressor([1.0], columns=["x"])
VERSION = Version(version="1", run=f"r{uuid4().hex}", sha256=digest(MODEL), manifest="m")
LINES = ["id,x", *(f"n{number},{number}" for number in range(100))]


class Side(Protocol):
    """A port, and whoever uploads files."""

    @property
    def port(self) -> Partitions: ...

    def upload(self, content: str) -> BlobVersion: ...


class MemorySide:
    def __init__(self) -> None:
        self._blobs = MemoryBlobs()
        self.port = MemoryPartitions(self._blobs)

    def upload(self, content: str) -> BlobVersion:
        return self._blobs.upload("data", "in/rows.csv", content.encode())


class AzureSide:
    def __init__(self, service: BlobServiceClient) -> None:
        self._service, self._container = service, f"c{uuid4().hex}"
        self._blobs = AzureBlobs(service)
        service.create_container(self._container)
        runs = service.get_container_client("runs")
        if not runs.exists():
            runs.create_container()
        self._blobs.write("runs", f"{VERSION.run}/model/model.onnx", MODEL)
        self.port = ScoringPartitions(self._blobs)

    def upload(self, content: str) -> BlobVersion:
        container = self._service.get_container_client(self._container)
        container.upload_blob("in/rows.csv", content.encode(), overwrite=True)
        return self._blobs.find(self._container, "in/rows.csv")


@pytest.fixture(params=["memory", "azure"])
def side(request: pytest.FixtureRequest) -> Side:
    if request.param == "memory":
        return MemorySide()
    return AzureSide(request.getfixturevalue("blob_account"))


def whole(side: Side, blob: BlobVersion) -> Scored:
    (piece,) = side.port.cut(blob, VERSION, WANTED, most=1_000_000)
    return side.port.score(blob, piece, VERSION, WANTED)


def rows(scored: Scored) -> list[tuple[str, float]]:
    found = csv.DictReader(io.StringIO(scored.output.decode()))
    return [(row["id"], float(row["prediction"])) for row in found]


def rejects(content: bytes) -> list[dict[str, Any]]:
    return [json.loads(line) for line in content.splitlines()]


def test_every_row_gets_its_prediction(side: Side):
    scored = whole(side, side.upload("\n".join(LINES)))
    assert rows(scored) == [(f"n{number}", float(number)) for number in range(100)]
    assert (scored.rows, scored.scored, scored.rejected, scored.rejects) == (100, 100, 0, b"")


@pytest.mark.parametrize("most", [50, 300])
def test_pieces_are_the_whole_file(side: Side, most: int):
    blob = side.upload("\n".join(LINES))
    pieces = side.port.cut(blob, VERSION, WANTED, most)
    assert len(pieces) > 1
    assert [piece.start for piece in pieces[1:]] == [piece.stop for piece in pieces[:-1]]
    parts = [side.port.score(blob, piece, VERSION, WANTED) for piece in pieces]
    assert [row for part in parts for row in rows(part)] == rows(whole(side, blob))


def test_bad_row_is_a_reject_with_its_number_and_the_reason(side: Side):
    scored = whole(side, side.upload("id,x\nn1,1\nn2,much\nn3,3\n"))
    assert rows(scored) == [("n1", 1.0), ("n3", 3.0)]
    assert (scored.rows, scored.scored, scored.rejected) == (3, 2, 1)
    (reject,) = rejects(scored.rejects)
    assert reject["row"] == 2
    assert reject["reason"]


def test_rejects_are_numbered_in_their_file(side: Side):
    scored = whole(side, side.upload("id,x\nn1,\nn2,2\nn3,\n"))
    numbered = rejects(side.port.numbered(scored.rejects, "data/in/rows.csv", before=1000))
    assert [(one["file"], one["row"]) for one in numbered] == [
        ("data/in/rows.csv", 1001),
        ("data/in/rows.csv", 1003),
    ]
    assert all(one["reason"] for one in numbered)


def test_same_piece_gives_the_same_bytes(side: Side):
    blob = side.upload("\n".join(LINES))
    assert whole(side, blob) == whole(side, blob)


def test_file_without_the_column_of_the_model_is_unfit(side: Side):
    blob = side.upload("id,y\nn1,1\n")
    with pytest.raises(Unfit, match="has no column"):
        side.port.cut(blob, VERSION, WANTED, most=100)


@pytest.mark.parametrize("kind", ["replaced", "never there"])
def test_blob_that_is_no_longer_that_version_is_missing(side: Side, kind: str):
    blob = side.upload("\n".join(LINES))
    if kind == "replaced":
        side.upload("\n".join(reversed(LINES)))
    else:
        blob = BlobVersion(container=blob.container, path="in/none.csv", etag="0x1", size=9)
    with pytest.raises(Missing):
        side.port.cut(blob, VERSION, WANTED, most=100)
    with pytest.raises(Missing):
        side.port.score(blob, Piece(start=0, stop=blob.size), VERSION, WANTED)
